/**
 * What promises come to, once all of them have ended: none goes on by itself when another one fails.
 *
 * @throws the reason of the first that failed
 */
export async function allEnded<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason as Error;
    return result.value;
  });
}

import { sleep, type Deadline } from '../events/deadline';

/** Milliseconds. */
export interface Pace {
  readonly first: number;
  readonly longest: number;
  /** How much time is left. */
  readonly deadline: Pick<Deadline, 'remaining'>;
}

/**
 * Tries something at once, and again after pauses that grow, with jitter.
 *
 * @param attempt gives undefined as long as there is no result
 * @returns the result; undefined when the time is up
 */
export async function poll<T>(
  attempt: () => Promise<T | undefined>,
  { first, longest, deadline }: Pace,
): Promise<T | undefined> {
  for (let delay = first; ; delay = Math.min(longest, delay * 2)) {
    const result = await attempt();
    if (result !== undefined) {
      return result;
    }
    const pause = delay * (0.5 + Math.random() / 2);
    if (pause >= deadline.remaining()) {
      return undefined;
    }
    await sleep(pause);
  }
}

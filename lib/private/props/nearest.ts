/** The name that somebody has most likely meant, if one is near enough for a typo. Capitals do not matter. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const distances = names.map((name) => ({ name, distance: distance(typed.toLowerCase(), name.toLowerCase()) }));
  const [best] = distances.sort((one, other) => one.distance - other.distance);
  return best !== undefined && best.distance <= best.name.length / 3 ? best.name : undefined;
}

/** How many characters have to be inserted, removed or replaced (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let line = 0; line < from.length; line++) {
    const next = [line + 1];
    for (let column = 0; column < to.length; column++) {
      const replaced = row[column] + (from[line] === to[column] ? 0 : 1);
      next.push(Math.min(replaced, row[column + 1] + 1, next[column] + 1));
    }
    row = next;
  }
  return row[to.length];
}

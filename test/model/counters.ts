/** Counts of what happened, by name: `event Create`, `fault throttle`, … */
export class Counters {
  private readonly counts = new Map<string, number>();

  add(name: string, number = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + number);
  }

  addAll(others: Iterable<readonly [string, number]>): void {
    for (const [name, number] of others) this.add(name, number);
  }

  get(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  entries(): [string, number][] {
    return [...this.counts].sort(([one], [other]) => (one < other ? -1 : 1));
  }
}

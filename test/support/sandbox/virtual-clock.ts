import { setImmediate as turn } from 'node:timers/promises';

interface Timer {
  readonly id: number;
  readonly at: number;
  readonly fire: () => void;
}

/**
 * How many turns of the event loop without a request or a timer mean that there is nothing left to do
 * but to wait. Nothing that runs on this clock reads files or sockets, so promises and streams are all
 * that may still be on their way; a call of the SDK takes one turn, the others are there to be sure.
 */
const QUIET_TURNS = 3;

const START = Date.UTC(2027, 0, 1);

/**
 * A virtual clock for what happens in memory: time passes only when there is nothing left to do, and
 * real time plays no part, so that every run is the same.
 */
export class VirtualClock {
  private time = START;
  private quiet = 0;
  private nextId = 1;
  private readonly timers = new Map<number, Timer>();
  private readonly running = new Set<Promise<unknown>>();
  private driver: Promise<void> | undefined;

  readonly now = (): number => this.time;

  /** In place of the global functions of the same names. */
  readonly setTimeout = (fire: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): number => {
    this.touch();
    const id = this.nextId++;
    this.timers.set(id, { id, at: this.time + Math.max(0, ms), fire: () => fire(...args) });
    return id;
  };

  readonly clearTimeout = (id: unknown): void => {
    this.timers.delete(Number(id));
  };

  readonly sleep = (ms: number): Promise<void> => new Promise((resolve) => void this.setTimeout(() => resolve(), ms));

  /** Something happens. */
  readonly touch = (): void => {
    this.quiet = 0;
  };

  /** Lets time pass until the promise settles. */
  async run<T>(promise: Promise<T>): Promise<T> {
    const { running } = this;
    running.add(promise);
    const done = promise.finally(() => running.delete(promise));
    done.catch(() => undefined);
    this.touch();
    await Promise.race([done, (this.driver ??= this.drive())]);
    return done;
  }

  /** Lets a time pass in which nobody waits for anything. */
  advance(ms: number): void {
    this.time += ms;
  }

  /** One for all runs at once, which would otherwise take each other's quiet for their own. */
  private async drive(): Promise<void> {
    try {
      for (; ; this.quiet += 1) {
        await turn();
        if (this.running.size === 0) return;
        if (this.quiet >= QUIET_TURNS) this.fireNext();
      }
    } finally {
      this.running.clear();
      this.driver = undefined;
    }
  }

  private fireNext(): void {
    let next: Timer | undefined;
    for (const timer of this.timers.values()) {
      if (next === undefined || timer.at < next.at) next = timer;
    }
    if (next === undefined) throw new Error('Nothing is left to wait for, and the promise has not settled');
    this.timers.delete(next.id);
    this.time = Math.max(this.time, next.at);
    this.touch();
    next.fire();
  }
}

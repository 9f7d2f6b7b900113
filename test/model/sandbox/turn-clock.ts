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
 * real time plays no part, so that every run of a sequence is the same.
 */
export class TurnClock {
  private time = START;
  private quiet = 0;
  private nextId = 1;
  private readonly timers = new Map<number, Timer>();

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

  /** `Date` with this clock's time. */
  readonly Date = ((now) =>
    class extends Date {
      constructor(...args: [] | [string | number | Date]) {
        super(...((args.length === 0 ? [now()] : args) as [number]));
      }
      static now(): number {
        return now();
      }
    })(this.now);

  /** How many timers are set. */
  get pending(): number {
    return this.timers.size;
  }

  /** Something happens. */
  readonly touch = (): void => {
    this.quiet = 0;
  };

  /** Lets time pass until the promise settles. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = promise.finally(() => (settled = true));
    done.catch(() => undefined);
    for (this.quiet = 0; ; this.quiet += 1) {
      await turn();
      if (settled) return done;
      if (this.quiet >= QUIET_TURNS) this.fireNext();
    }
  }

  /** Lets a time pass in which nobody waits for anything. */
  advance(ms: number): void {
    this.time += ms;
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

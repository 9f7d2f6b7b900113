import { setImmediate as turn } from 'node:timers/promises';

interface Timer {
  readonly id: number;
  readonly at: number;
  readonly fire: () => void;
}

/**
 * How many turns of the event loop nothing may happen in before the virtual time moves on: what has
 * been received is passed on within a few. Turns, unlike milliseconds, are the same on a busy machine.
 */
const QUIET_TURNS = 20;

/**
 * Time that passes only when there is nothing left to do: as soon as no request is under way, it
 * jumps to the next timer. Hours of polling and retries take milliseconds.
 */
export class VirtualClock {
  /** Requests that are under way. */
  busy = 0;
  /** How many of these wait for time to pass, or for ever. */
  waiting: () => number = () => 0;
  private time = Date.UTC(2027, 0, 1);
  private quietTurns = 0;
  private running = 0;
  private driven = false;
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
    this.touch();
    this.timers.delete(Number(id));
  };

  /** Sleeps of the other side, which hold up the requests that they belong to. */
  sleeping = 0;

  readonly sleep = async (ms: number): Promise<void> => {
    this.sleeping += 1;
    await new Promise<void>((resolve) => void this.setTimeout(() => resolve(), ms));
    this.sleeping -= 1;
  };

  /** `Date` with this clock's time. */
  readonly Date = ((clock) =>
    class extends Date {
      constructor(...args: [] | [string | number | Date]) {
        super(...((args.length === 0 ? [clock.time] : args) as [number]));
      }
      static now(): number {
        return clock.time;
      }
    })(this);

  touch(): void {
    this.quietTurns = 0;
  }

  /** Lets time pass until the promise settles. */
  async run<T>(promise: Promise<T>): Promise<T> {
    this.running += 1;
    const done = promise.finally(() => (this.running -= 1));
    done.catch(() => undefined);
    if (!this.driven) void this.drive();
    return done;
  }

  /** One for all runs at once, which would otherwise take each other's quiet for their own. */
  private async drive(): Promise<void> {
    this.driven = true;
    while (this.running > 0) {
      await turn();
      if (this.busy > this.waiting()) this.touch();
      else if (this.quietTurns++ >= QUIET_TURNS && this.running > 0) this.fireNext();
    }
    this.driven = false;
  }

  private fireNext(): void {
    let next: Timer | undefined;
    for (const timer of this.timers.values()) {
      if (next === undefined || timer.at < next.at) next = timer;
    }
    if (next === undefined) return;
    this.timers.delete(next.id);
    this.time = Math.max(this.time, next.at);
    this.touch();
    next.fire();
  }
}

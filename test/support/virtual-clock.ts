import { setImmediate as turn, setTimeout as realTimeout } from 'node:timers/promises';

interface Timer {
  readonly id: number;
  readonly at: number;
  readonly fire: () => void;
}

/**
 * How long nothing may happen in real time before the virtual time moves on. A far jump, which only
 * deadlines ask for, waits longer: the SDK may be reading its files just then.
 */
const QUIET_MS = { near: 1, far: 50 };
const FAR_MS = 100_000;

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
  private lastActivity = performance.now();
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
    this.lastActivity = performance.now();
  }

  /** Lets time pass until the promise settles. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = promise.finally(() => (settled = true));
    done.catch(() => undefined);
    while (!settled) {
      await turn();
      if (this.busy > this.waiting() || settled) continue;
      const next = this.nextTimer();
      const needed = next !== undefined && next.at - this.time < FAR_MS ? QUIET_MS.near : QUIET_MS.far;
      if (next !== undefined && performance.now() - this.lastActivity >= needed) {
        this.fire(next);
      } else {
        await realTimeout(needed === QUIET_MS.far ? 1 : 0);
      }
    }
    return done;
  }

  private nextTimer(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers.values()) {
      if (first === undefined || timer.at < first.at) first = timer;
    }
    return first;
  }

  private fire(timer: Timer): void {
    this.timers.delete(timer.id);
    this.time = Math.max(this.time, timer.at);
    this.touch();
    timer.fire();
  }
}

/**
 * A point in time until which work may go on. Whatever waits or calls AWS gets one, so that no event
 * stays unanswered.
 */
export class Deadline {
  /** Aborts the calls that are under way when the time is up. */
  public readonly signal: AbortSignal;
  private readonly timer: NodeJS.Timeout;
  private readonly at: number;

  /**
   * @param milliseconds from now on
   * @param start when the event came
   */
  public constructor(
    milliseconds: number,
    private readonly start = Date.now(),
  ) {
    this.at = Date.now() + milliseconds;
    const controller = new AbortController();
    this.signal = controller.signal;
    this.timer = setTimeout(() => controller.abort(), Math.max(0, milliseconds));
  }

  /** Milliseconds, never negative. */
  public remaining(): number {
    return Math.max(0, this.at - Date.now());
  }

  /** Milliseconds since the event came. */
  public elapsed(): number {
    return Date.now() - this.start;
  }

  /** An earlier deadline that lets others have the rest of the time. */
  public atMost(milliseconds: number): Deadline {
    return new Deadline(Math.min(milliseconds, this.remaining()), this.start);
  }

  /** Waits no longer than this for work that cannot be aborted. */
  public race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(signal.reason as Error);
      signal.addEventListener('abort', giveUp, { once: true });
      if (signal.aborted) giveUp();
      void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
    });
  }

  public clear(): void {
    clearTimeout(this.timer);
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

import type { RetryErrorInfo, RetryStrategyV2, RetryToken } from '@smithy/types';
import { Deadline } from '../events/deadline';

const FIRST_DELAY = 500;
const LONGEST_DELAY = 10_000;

/**
 * How long a crowd that waits for SES spreads its tries: milliseconds for each domain that is left, and the least. Longer
 * means fewer tries for nothing, and more seconds in which nobody tries although SES would serve somebody.
 */
const SPREAD = 115;
const LEAST_SPREAD = 3_000;

/** How many of a crowd are served in a second: SES takes one call, but now and then nobody tries. */
const SERVED_PER_SECOND = 0.93;

/** Throttling passes; an error on the server's side or on the way there may be there to stay. */
const MOST_TRANSIENT_RETRIES = 8;

/** What is known of a call that is tried again. */
interface CallToken extends RetryToken {
  /** When it was tried first: milliseconds since the epoch. */
  readonly since: number;
}

/**
 * The SDK's retry strategy for many domains that are deployed at once: full jitter, as long as the
 * deadline allows. The SDK's standard strategy gives up after a few tries, far too early for SES,
 * which takes one `VerifyDomainDkim` a second from the whole account.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export class FullJitterUntilDeadline implements RetryStrategyV2 {
  public constructor(
    private readonly deadline: Deadline,
    /** How many may call at a time. */
    private readonly crowd: number,
  ) {}

  public acquireInitialRetryToken(): Promise<RetryToken> {
    return Promise.resolve(callToken(0, 0, Date.now()));
  }

  /** Rejects when the call is not worth another try: the SDK then throws the call's own error. */
  public refreshRetryTokenForRetry(token: RetryToken, error: RetryErrorInfo): Promise<RetryToken> {
    const { since } = token as CallToken;
    const retries = token.getRetryCount() + 1;
    const throttled = error.errorType === 'THROTTLING' && !isQuota(error);
    const spread = throttled ? this.spread(retries, since) : Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** retries);
    const delay = Math.random() * spread;
    const worthIt = throttled || (error.errorType === 'TRANSIENT' && retries <= MOST_TRANSIENT_RETRIES);
    if (!worthIt || delay >= this.deadline.remaining()) {
      return Promise.reject(new Error('no further retry'));
    }
    return Promise.resolve(callToken(retries, delay, since));
  }

  /**
   * A crowd that began together is served about one a second: those that are left spread over what it takes to serve
   * them. When there should long be nobody left, it is others who keep SES busy.
   */
  private spread(retries: number, since: number): number {
    const left = this.crowd - (SERVED_PER_SECOND * (Date.now() - since)) / 1_000;
    const longest = left > -this.crowd ? LEAST_SPREAD : LONGEST_DELAY;
    return Math.max(Math.min(longest, FIRST_DELAY * 2 ** retries), SPREAD * left);
  }

  public recordSuccess(): void {
    // Nothing to give back: the deadline is the only budget.
  }
}

/** The SDK counts this code of SES among those for throttling; it says that there are too many of something. */
function isQuota({ error }: RetryErrorInfo): boolean {
  return (error as { readonly name?: string } | undefined)?.name === 'LimitExceededException';
}

function callToken(retries: number, delay: number, since: number): CallToken {
  return { getRetryCount: () => retries, getRetryDelay: () => delay, since };
}

import type { RetryErrorInfo, RetryStrategyV2, RetryToken } from '@smithy/types';
import { Deadline } from '../events/deadline';

const FIRST_DELAY = 500;
const LONGEST_DELAY = 10_000;

/** Throttling passes; an error on the server's side or on the way there may be there to stay. */
const MOST_TRANSIENT_RETRIES = 8;

/**
 * The SDK's retry strategy for many domains that are deployed at once: full jitter, as long as the
 * deadline allows. The SDK's standard strategy gives up after a few tries, far too early for SES,
 * which takes one `VerifyDomainDkim` a second from the whole account.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export class FullJitterUntilDeadline implements RetryStrategyV2 {
  public constructor(private readonly deadline: Deadline) {}

  public acquireInitialRetryToken(): Promise<RetryToken> {
    return Promise.resolve(retryToken(0, 0));
  }

  /** Rejects when the call is not worth another try: the SDK then throws the call's own error. */
  public refreshRetryTokenForRetry(token: RetryToken, error: RetryErrorInfo): Promise<RetryToken> {
    const retries = token.getRetryCount() + 1;
    const delay = Math.random() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** retries);
    const worthIt =
      error.errorType === 'THROTTLING' || (error.errorType === 'TRANSIENT' && retries <= MOST_TRANSIENT_RETRIES);
    if (!worthIt || delay >= this.deadline.remaining()) {
      return Promise.reject(new Error('no further retry'));
    }
    return Promise.resolve(retryToken(retries, delay));
  }

  public recordSuccess(): void {
    // Nothing to give back: the deadline is the only budget.
  }
}

function retryToken(retries: number, delay: number): RetryToken {
  return { getRetryCount: () => retries, getRetryDelay: () => delay };
}

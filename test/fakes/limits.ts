import type { Call } from './call';

export interface RateLimit {
  perSecond: number;
  burst: number;
}

/** By operation (`VerifyDomainDkim`) or by service (`route53`); a call must pass both. */
export type RateLimits = Record<string, RateLimit>;

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets: per account and service, and per account, Region and operation. */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();

  admits(limits: RateLimits, call: Call, now: number): boolean {
    return (
      this.take(limits[call.operation], `${call.account} ${call.region} ${call.operation}`, now) &&
      this.take(limits[call.service], `${call.account} ${call.service}`, now)
    );
  }

  private take(limit: RateLimit | undefined, key: string, now: number): boolean {
    if (!limit) return true;
    const bucket = this.buckets.get(key) ?? { tokens: limit.burst, at: now };
    this.buckets.set(key, bucket);
    const refill = ((now - bucket.at) / 1000) * limit.perSecond;
    bucket.tokens = Math.min(limit.burst, bucket.tokens + refill);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}

import type { DomainMetric } from '../../lib/shared/metrics';

/** What was looked at, in the words of the check, which has no tags and settings. */
export type CheckId =
  'ses-identity' | 'ses-dkim' | 'ses-mail-from' | 'dkim' | 'mail-from' | 'spf' | 'dmarc' | 'settings' | 'tag' | 'stack';

/** How something was found, and what to do about it. */
export interface Finding {
  readonly check: CheckId;
  /** A DNS name, an identity in a Region, or a resource of the stack. */
  readonly name: string;
  readonly found: string;
  readonly expected: string;
  /** `unknown` is what could not be looked at. */
  readonly verdict: 'pass' | 'warn' | 'fail' | 'unknown';
  /** Empty when there is nothing to do. */
  readonly remedy: string;
  readonly metric?: DomainMetric;
}

/** Metrics from findings: 0 with any that fails, none with any that is unknown, otherwise 1. */
export function valuesOf(findings: readonly Finding[]): { readonly [M in DomainMetric]?: number } {
  const metrics = [...new Set(findings.flatMap(({ metric }) => metric ?? []))];
  return Object.fromEntries(
    metrics.flatMap((metric) => {
      const verdicts = findings.filter((each) => each.metric === metric).map(({ verdict }) => verdict);
      if (verdicts.includes('fail')) return [[metric, 0]];
      return verdicts.includes('unknown') ? [] : [[metric, 1]];
    }),
  );
}

/** Whether a domain is as it was deployed, as far as mail is concerned. */
export function isReady(findings: readonly Finding[]): boolean {
  return findings.every(({ verdict }) => verdict === 'pass' || verdict === 'warn');
}

import { printable } from './printable';

/**
 * How a check came out.
 *
 * - `pass`: right.
 * - `warn`: works, and could be better or safer.
 * - `fail`: wrong; mail is refused, or not authenticated.
 * - `unknown`: could not be looked up, or not without being told more.
 */
export type Verdict = 'pass' | 'warn' | 'fail' | 'unknown';

/** What was looked at. */
export type CheckId =
  /** The domain itself in DNS, and the zone that it is in. */
  | 'domain'
  /** The identity in SES: whether it exists and may send. */
  | 'ses-identity'
  /** DKIM of the identity, as SES sees it. */
  | 'ses-dkim'
  /** The identity in the Region whose keys a replica uses. */
  | 'ses-parent'
  /** The identities of single addresses in the domain, whose settings come before those of the domain. */
  | 'ses-addresses'
  /** The custom MAIL FROM domain of the identity, as SES sees it. */
  | 'ses-mail-from'
  /** One DKIM record. */
  | 'dkim'
  /** The keys that the DKIM records lead to, of which one has to be active. */
  | 'dkim-keys'
  /** The MX record of the MAIL FROM domain. */
  | 'mail-from'
  /** The SPF record of the MAIL FROM domain. */
  | 'spf'
  /** The DMARC record that applies to the domain. */
  | 'dmarc';

/** What is not as it should be, for machines. */
export type Problem =
  // The lookup itself.
  | 'timeout'
  | 'server-failure'
  | 'refused'
  | 'not-a-resolver'
  | 'unreachable'
  | 'lookup-failed'
  // The domain.
  | 'domain-missing'
  // SES.
  | 'no-region'
  | 'no-credentials'
  | 'denied'
  | 'no-answer'
  | 'no-identity'
  | 'not-verified'
  | 'not-set-up'
  | 'signing-disabled'
  | 'differs-from-ses'
  | 'overridden'
  // Records.
  | 'missing'
  | 'doubled'
  | 'doubled-name'
  | 'wrong-host'
  | 'indirect'
  | 'wrong-type'
  | 'invalid'
  | 'not-given'
  // DKIM keys.
  | 'key-missing'
  | 'key-revoked'
  | 'key-invalid'
  | 'key-weak'
  | 'key-short'
  | 'key-testing'
  // MAIL FROM and SPF.
  | 'no-mail-from'
  | 'other-region'
  | 'host-missing'
  | 'ses-not-included'
  | 'include-broken'
  | 'too-permissive'
  | 'too-many-lookups'
  | 'too-many-void-lookups'
  | 'too-many-mx'
  // DMARC.
  | 'subdomains-weaker'
  | 'partial'
  | 'testing'
  | 'spf-not-aligned'
  | 'public-suffix'
  | 'removed-tag'
  | 'report-refused'
  | 'no-reports';

/** The outcome of one check. */
export interface Finding {
  readonly check: CheckId;
  /** What was looked at: a DNS name, or an identity in a Region. */
  readonly name: string;
  readonly verdict: Verdict;
  /** What is not as it should be; may name a mere hint when the verdict is `pass`. */
  readonly problems: readonly Problem[];
  readonly found: string;
  readonly expected: string;
  /** What to do, one sentence a problem; absent when there is nothing to do. */
  readonly remedy?: string;
}

/** Everything that was looked at, and how it came out. */
export interface CheckReport {
  /** The domain, in lower case and ASCII. */
  readonly domain: string;
  /** The Region of SES; absent when it is not known. */
  readonly region?: string;
  /** The custom MAIL FROM domain; absent when there is none, or it is not known. */
  readonly mailFromDomain?: string;
  /** The DNS resolvers that were asked. */
  readonly resolvers: readonly string[];
  /** The worst of the findings: `fail`, then `unknown`, then `warn`, then `pass`. */
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

/** One thing to say about what was found; a `pass` is a hint. */
export interface Remark {
  readonly verdict: Verdict;
  readonly problem: Problem;
  readonly remedy: string;
}

/** A finding with the verdict that its remarks make: `pass` when there is none. */
export function finding(
  subject: Pick<Finding, 'check' | 'name' | 'found' | 'expected'>,
  ...remarks: readonly Remark[]
): Finding {
  return {
    check: subject.check,
    name: printable(subject.name),
    verdict: worst(remarks),
    problems: [...new Set(remarks.map(({ problem }) => problem))],
    found: printable(subject.found),
    expected: printable(subject.expected),
    ...(remarks.length > 0 && { remedy: remarks.map(({ remedy }) => printable(remedy)).join(' ') }),
  };
}

/** How the remedy begins for what SES knows, or an option may say. */
export function letSesBeAskedOrGive(sesIsAsked: boolean): string {
  return sesIsAsked ? 'Let SES be asked (AWS credentials and --region), or give' : 'Give';
}

const FROM_WORST: readonly Verdict[] = ['fail', 'unknown', 'warn', 'pass'];

/** The worst verdict; `pass` of nothing. */
export function worst(all: readonly { readonly verdict: Verdict }[]): Verdict {
  return FROM_WORST.find((verdict) => all.some((one) => one.verdict === verdict)) ?? 'pass';
}

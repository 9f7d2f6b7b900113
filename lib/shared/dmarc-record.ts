import { parseReportUri, type ReportAddress } from './report-uri';
import { parseTagList } from './tag-list';

/** What receivers are asked to do with mail that fails. */
export type Policy = 'none' | 'quarantine' | 'reject';

/** A DMARC record, with what receivers make of it. */
export interface DmarcRecord {
  readonly text: string;
  /** `none` when it is not there, or when a policy is not valid. */
  readonly policy: Policy;
  /** For subdomains; undefined: the same. */
  readonly subdomainPolicy?: Policy;
  /** For subdomains that do not exist; undefined: as for subdomains. */
  readonly nonexistentPolicy?: Policy;
  /** `t=y`: receivers are to apply the policy one level below. */
  readonly testing: boolean;
  /** DKIM counts only for the very domain of the sender. */
  readonly strictDkim: boolean;
  /** SPF counts only for the very domain of the sender. */
  readonly strictSpf: boolean;
  /** Where aggregate reports go. */
  readonly reportsTo: readonly ReportAddress[];
  /** Where failure reports go. */
  readonly failureReportsTo: readonly ReportAddress[];
  /** `y`: the domain is a public suffix; `n`: it is an organization's own. */
  readonly publicSuffix?: 'y' | 'n';
  /** Which failures to report: `0` or `1`, `d`, `s`. */
  readonly failureOptions: readonly string[];
  /** `pct` of RFC 7489, which receivers by RFC 9989 do not know; 100 when it is not there or not valid. */
  readonly percent: number;
  /** The tags of RFC 7489 that are gone: `pct`, `rf`, `ri`. */
  readonly removed: readonly string[];
  /** What receivers ignore, since it is no tag or has no valid value. */
  readonly ignored: readonly string[];
  /** `p`, `sp` and `np` that are not valid: all policies are then `none`. */
  readonly invalidPolicies: readonly string[];
}

/** A text at a `_dmarc` name: a record, none, or one that was meant to be a record. */
export type Dmarc =
  | { readonly state: 'valid'; readonly record: DmarcRecord }
  | { readonly state: 'invalid'; readonly text: string; readonly reason: string }
  /** Receivers discard it; the reason is there when somebody seems to have meant a DMARC record. */
  | { readonly state: 'none'; readonly text: string; readonly reason?: string };

/** What begins a record: the version is the one thing in it whose case matters. */
const VERSION = /^[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/;

const POLICIES: readonly string[] = ['none', 'quarantine', 'reject'];
const REMOVED = ['pct', 'rf', 'ri'];

const VALID: { readonly [tag: string]: (value: string) => boolean } = {
  adkim: (value) => value === 'r' || value === 's',
  aspf: (value) => value === 'r' || value === 's',
  t: (value) => value === 'y' || value === 'n',
  psd: (value) => value === 'y' || value === 'n' || value === 'u',
  fo: (value) => {
    const options = value.split(':').map((one) => one.trim());
    const isKnown = options.every((one) => ['0', '1', 'd', 's'].includes(one));
    return isKnown && new Set(options).size === options.length && !(options.includes('0') && options.includes('1'));
  },
};

/** Any scheme will do for a valid URI, although receivers need only know `mailto:`. */
const URI = /^\s*[a-z][a-z0-9+.-]*:[^\s]/i;

/**
 * Whether a text is a DMARC record, right or wrong. Receivers discard any other text at the name.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.10
 */
export function isDmarc(text: string): boolean {
  return VERSION.test(text);
}

/**
 * Reads a DMARC record. What is not valid in it is discarded, and the rest holds; without a valid policy, receivers
 * only send the reports that it asks for.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.7
 * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.10.1
 */
export function parseDmarc(text: string): Dmarc {
  if (!isDmarc(text)) {
    return { state: 'none', text, ...(looksLikeDmarc(text) && { reason: 'it does not begin with "v=DMARC1;"' }) };
  }
  const { tags, repeated, malformed } = parseTagList(text, (name) => name.toLowerCase());
  if (repeated.length > 0) {
    return { state: 'invalid', text, reason: `it has ${repeated.map((name) => `${name}=`).join(', ')} twice` };
  }
  const record = toRecord(
    text,
    tags,
    malformed.filter((part) => part !== ''),
  );
  const hasPolicy = tags.has('p') && record.invalidPolicies.length === 0;
  if (!hasPolicy && !(tags.get('rua') ?? '').split(',').some((uri) => URI.test(uri))) {
    const tag = record.invalidPolicies.join(', ') || 'p';
    return { state: 'invalid', text, reason: `it has no valid ${tag}, and no valid rua either` };
  }
  return { state: 'valid', record };
}

/** Whether a DMARC record asks for the same as the wanted one. */
export function dmarcSatisfies(found: string, wanted: string): boolean {
  const [one, other] = [parseDmarc(found), parseDmarc(wanted)];
  return one.state === 'valid' && other.state === 'valid' && dmarcMeaning(one.record) === dmarcMeaning(other.record);
}

/** What a record asks for, so that two of the same meaning are equal, however they are written. */
function dmarcMeaning(record: DmarcRecord): string {
  const { policy, subdomainPolicy = policy, nonexistentPolicy = subdomainPolicy, testing, percent } = record;
  const addresses = (all: readonly ReportAddress[]) => all.map((one) => `${one.localPart}@${one.domain}`).sort();
  const failures = addresses(record.failureReportsTo);
  return JSON.stringify([
    [policy, subdomainPolicy, nonexistentPolicy, testing, percent],
    [record.strictDkim, record.strictSpf, record.publicSuffix],
    addresses(record.reportsTo),
    failures,
    failures.length === 0 ? [] : [...record.failureOptions].sort(),
  ]);
}

/** Somebody seems to have meant a record. */
function looksLikeDmarc(text: string): boolean {
  const { tags } = parseTagList(text, (name) => name.toLowerCase());
  return /^dmarc/i.test(tags.get('v') ?? '') || POLICIES.includes(tags.get('p')?.toLowerCase() ?? '');
}

function toRecord(text: string, tags: ReadonlyMap<string, string>, malformed: readonly string[]): DmarcRecord {
  const value = (tag: string) => {
    const found = tags.get(tag)?.toLowerCase();
    return found !== undefined && VALID[tag](found) ? found : undefined;
  };
  const policies = ['p', 'sp', 'np'].map((tag) => ({ tag, given: tags.get(tag)?.toLowerCase() }));
  const invalidPolicies = policies.filter(({ given }) => given !== undefined && !POLICIES.includes(given));
  const [policy, subdomainPolicy, nonexistentPolicy] = policies.map(({ given }) =>
    invalidPolicies.length === 0 ? (given as Policy | undefined) : undefined,
  );
  const [rua, ruf] = ['rua', 'ruf'].map((tag) => (tags.get(tag) ?? '').split(',').map(parseReportUri));
  const psd = value('psd');
  const percent = /^\d{1,3}$/.test(tags.get('pct') ?? '') ? Number(tags.get('pct')) : 100;
  return {
    text,
    policy: policy ?? 'none',
    ...(subdomainPolicy !== undefined && { subdomainPolicy }),
    ...(nonexistentPolicy !== undefined && { nonexistentPolicy }),
    testing: value('t') === 'y',
    strictDkim: value('adkim') === 's',
    strictSpf: value('aspf') === 's',
    reportsTo: rua.filter((one) => one !== undefined),
    failureReportsTo: ruf.filter((one) => one !== undefined),
    ...((psd === 'y' || psd === 'n') && { publicSuffix: psd }),
    failureOptions: (value('fo') ?? '0').split(':').map((one) => one.trim()),
    percent: percent <= 100 ? percent : 100,
    removed: REMOVED.filter((tag) => tags.has(tag)),
    ignored: [
      ...malformed.map((part) => `"${part}"`),
      ...Object.keys(VALID).filter((tag) => tags.has(tag) && value(tag) === undefined),
      ...(tags.has('rua') && rua.includes(undefined) ? ['rua'] : []),
      ...(tags.has('ruf') && ruf.includes(undefined) ? ['ruf'] : []),
    ],
    invalidPolicies: invalidPolicies.map(({ tag }) => tag),
  };
}

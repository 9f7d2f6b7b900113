import { parseTagList } from './tag-list';

export type Policy = 'none' | 'quarantine' | 'reject';

export interface DmarcRecord {
  readonly text: string;
  readonly policy: Policy;
  /** For subdomains; undefined: the same. */
  readonly subdomainPolicy?: Policy;
  /** The part of the mail that the policy is for, 0 to 100. */
  readonly percent: number;
  /** Receivers are to report, and not to apply the policy. */
  readonly testing: boolean;
  /** SPF counts only for the very domain of the sender. */
  readonly strictSpf: boolean;
  /** Where reports go. */
  readonly reportsTo: readonly string[];
  /** `y`: the domain is a public suffix; `n`: it is an organization's own. */
  readonly publicSuffix?: 'y' | 'n';
  /** Tags with values that receivers do not understand and so ignore. */
  readonly ignored: readonly string[];
}

/** A text at a `_dmarc` name: a record, none, or one that was to be a record. */
export type Dmarc =
  | { readonly state: 'valid'; readonly record: DmarcRecord }
  | { readonly state: 'invalid'; readonly text: string; readonly reason: string }
  | { readonly state: 'none' };

/**
 * Reads a DMARC record.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.7
 */
export function parseDmarc(text: string): Dmarc {
  if (!/^\s*v\s*=\s*DMARC/i.test(text) && !/(^|;)\s*p\s*=\s*(none|quarantine|reject)/i.test(text)) {
    return { state: 'none' };
  }
  const invalid = (reason: string): Dmarc => ({ state: 'invalid', text, reason });
  if (!/^v\s*=\s*DMARC1\s*(;|$)/i.test(text)) {
    return invalid('it does not begin with "v=DMARC1;"');
  }
  const tags = parseTagList(
    text.replace(/([a-z]+)(\s*=)/gi, (_, name: string, rest: string) => name.toLowerCase() + rest),
  );
  if (tags === undefined) {
    return invalid('it is not a list of tags with one value each, set apart by ";"');
  }
  if (tags.get('v') !== 'DMARC1') {
    return invalid('"DMARC1" must be in upper case');
  }
  const policy = tags.get('p')?.toLowerCase();
  if (policy === undefined) {
    return invalid('it has no policy (p=)');
  }
  const subdomainPolicy = tags.get('sp')?.toLowerCase();
  for (const [tag, value] of [
    ['p', policy],
    ['sp', subdomainPolicy],
    ['np', tags.get('np')?.toLowerCase()],
  ]) {
    if (value !== undefined && !isPolicy(value)) {
      return invalid(`${tag}=${value} is none of none, quarantine and reject`);
    }
  }
  return { state: 'valid', record: toRecord(text, tags, policy as Policy, subdomainPolicy as Policy | undefined) };
}

function toRecord(
  text: string,
  tags: ReadonlyMap<string, string>,
  policy: Policy,
  subdomainPolicy: Policy | undefined,
): DmarcRecord {
  const lower = (tag: string) => tags.get(tag)?.toLowerCase();
  const reportsTo = (tags.get('rua') ?? '').split(',').map((uri) => uri.trim());
  const psd = lower('psd');
  const percent = lower('pct');
  const ignored = [
    ...(percent === undefined || isPercent(percent) ? [] : ['pct']),
    ...['aspf', 'adkim'].filter((tag) => !/^[rs]$/.test(lower(tag) ?? 'r')),
    ...(/^[yn]$/.test(lower('t') ?? 'n') ? [] : ['t']),
    ...(tags.has('rua') && !reportsTo.every(isMailto) ? ['rua'] : []),
  ];
  return {
    text,
    policy,
    ...(subdomainPolicy !== undefined && { subdomainPolicy }),
    percent: percent !== undefined && isPercent(percent) ? Number(percent) : 100,
    testing: lower('t') === 'y',
    strictSpf: lower('aspf') === 's',
    reportsTo: reportsTo.filter(isMailto),
    ...((psd === 'y' || psd === 'n') && { publicSuffix: psd }),
    ignored,
  };
}

function isPolicy(value: string): value is Policy {
  return value === 'none' || value === 'quarantine' || value === 'reject';
}

function isPercent(value: string): boolean {
  return /^\d{1,3}$/.test(value) && Number(value) <= 100;
}

function isMailto(uri: string): boolean {
  return /^mailto:[^@\s]+@[^@\s]+$/i.test(uri);
}

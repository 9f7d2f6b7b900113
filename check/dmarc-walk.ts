import { parseDmarc, type Dmarc } from '../lib/shared/dmarc-record';
import { dmarcRecordName } from '../lib/shared/record-names';
import type { Dns, Lookup } from './dns';

/** What there is at the `_dmarc` name of one domain. */
export interface DmarcStep {
  readonly domain: string;
  readonly lookup: Lookup<string>;
  /** The records there, right or wrong: at most one, if all is well. */
  readonly records: readonly Exclude<Dmarc, { state: 'none' }>[];
  /** Texts that were meant to be records, and that receivers discard. */
  readonly discarded: readonly { readonly text: string; readonly reason: string }[];
}

type DmarcDns = Pick<Dns, 'txt'>;

/**
 * Reads the DMARC record of a domain. Without one, it reads those of the domains above it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.10
 */
export async function readDmarc(dns: DmarcDns, domain: string): Promise<readonly DmarcStep[]> {
  const [own, ...above] = treeWalk(domain);
  const first = await readStep(dns, own);
  const isAnswered = first.lookup.state === 'failed' || first.records.length > 0;
  return isAnswered ? [first] : [first, ...(await Promise.all(above.map((name) => readStep(dns, name))))];
}

/** The domains whose records may apply to a domain, at most eight: the domain itself first. */
export function treeWalk(domain: string): [string, ...string[]] {
  const labels = domain.split('.');
  const above = labels.slice(labels.length < 8 ? 1 : labels.length - 7);
  return [domain, ...above.map((_, index) => above.slice(index).join('.'))];
}

/** The step whose record applies to the domain, or would if it were valid; undefined when no step has a record. */
export function appliedStep(steps: readonly DmarcStep[]): DmarcStep | undefined {
  const [own, ...above] = steps;
  if (own.records.length > 0) return own;
  return boundaryOf(above) ?? above.find(({ records }) => records.length > 0);
}

/**
 * The domain that all domains of one organization have in common.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.10.2
 */
export async function organizationalDomain(dns: DmarcDns, domain: string): Promise<string> {
  const steps = await Promise.all(treeWalk(domain).map((name) => readStep(dns, name)));
  const boundary = boundaryOf(steps);
  if (boundary === undefined) return domain;
  const below = steps[steps.indexOf(boundary) - 1];
  return publicSuffixOf(boundary) === 'y' && below !== undefined ? below.domain : boundary.domain;
}

/** The record of the organization, or that of the public suffix above it. */
function boundaryOf(steps: readonly DmarcStep[]): DmarcStep | undefined {
  const single = steps.filter(({ records }) => records.length === 1);
  const boundary = single.find((step) => publicSuffixOf(step) !== undefined);
  if (boundary === undefined) return single.at(-1);
  // The organization's domain is one label below the public suffix, and its record comes first.
  const below = steps[steps.indexOf(boundary) - 1];
  return publicSuffixOf(boundary) === 'y' && single.includes(below) ? below : boundary;
}

async function readStep(dns: DmarcDns, domain: string): Promise<DmarcStep> {
  const lookup = await dns.txt(dmarcRecordName(domain));
  const texts = lookup.state === 'found' ? lookup.records.map(parseDmarc) : [];
  return {
    domain,
    lookup,
    records: texts.filter((one) => one.state !== 'none'),
    discarded: texts.flatMap((one) =>
      one.state === 'none' && one.reason !== undefined ? [{ text: one.text, reason: one.reason }] : [],
    ),
  };
}

function publicSuffixOf({ records: [record] }: DmarcStep): 'y' | 'n' | undefined {
  return record.state === 'valid' ? record.record.publicSuffix : undefined;
}

import { parseDmarc, type Dmarc, type DmarcRecord, type Policy } from './dmarc-record';
import { describeFailure, Dns, failureRemark, type Lookup } from './dns';
import { finding, type Finding, type Remark } from './report';
import type { Zone } from './zone';

/** What there is at the `_dmarc` name of one domain. */
export interface DmarcStep {
  readonly domain: string;
  readonly lookup: Lookup<string>;
  /** The records there, right or wrong: at most one, if all is well. */
  readonly records: readonly Exclude<Dmarc, { state: 'none' }>[];
}

/**
 * Reads the DMARC record of a domain, and if there is none, those of the domains above it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.10
 */
export async function readDmarc(dns: Dns, domain: string): Promise<readonly DmarcStep[]> {
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

async function readStep(dns: Dns, domain: string): Promise<DmarcStep> {
  const lookup = await dns.txt(`_dmarc.${domain}`);
  const texts = lookup.state === 'found' ? lookup.records : [];
  return { domain, lookup, records: texts.map(parseDmarc).filter((one) => one.state !== 'none') };
}

/** @param mailFrom the custom MAIL FROM domain, if there is one */
export function judgeDmarc(steps: readonly DmarcStep[], mailFrom: string | undefined, zone: Zone): Finding {
  const domain = steps[0].domain;
  const step = applied(steps);
  const name = `_dmarc.${step?.domain ?? domain}`;
  const subject = { check: 'dmarc', name, expected: 'one record with p=quarantine or p=reject' } as const;
  const where = step === undefined || step.domain === domain ? '' : ` (of ${step.domain}, which ${domain} inherits)`;

  if (step?.records.length === 1 && step.records[0].state === 'valid') {
    const { record } = step.records[0];
    return finding(
      { ...subject, found: `${record.text}${where}` },
      ...judgeRecord(record, domain, step.domain, mailFrom),
    );
  }
  if (step !== undefined && step.records.length > 1) {
    return finding(
      { ...subject, found: `${step.records.length} DMARC records${where}` },
      { verdict: 'fail', problem: 'doubled', remedy: `Leave one record at ${name}: with two, receivers ignore both.` },
    );
  }
  if (step?.records[0]?.state === 'invalid') {
    const { text, reason } = step.records[0];
    return finding(
      { ...subject, found: `${text}${where}` },
      { verdict: 'fail', problem: 'invalid', remedy: `Correct the record, which receivers ignore: ${reason}.` },
    );
  }
  const failed = steps.find(({ lookup }) => lookup.state === 'failed');
  if (failed?.lookup.state === 'failed') {
    const { problem } = failed.lookup;
    return finding({ ...subject, found: describeFailure(problem) }, failureRemark(problem, `_dmarc.${failed.domain}`));
  }
  const found = { ...subject, found: 'no DMARC record' };
  const record = `the TXT record ${name} → "v=DMARC1; p=none; rua=mailto:<your address>", and go on to p=quarantine when the reports look right.`;
  return zone.state === 'nxdomain'
    ? finding(found, {
        verdict: 'fail',
        problem: 'domain-missing',
        remedy: `Make the domain exist in DNS first, then create ${record}`,
      })
    : finding(found, { verdict: 'fail', problem: 'missing', remedy: `Create ${record}` });
}

/** The step whose record applies to the domain, or would if it were right; undefined when there is none. */
function applied(steps: readonly DmarcStep[]): DmarcStep | undefined {
  const [own, ...above] = steps;
  if (own.records.length > 0) {
    return own;
  }
  const valid = above.filter(({ records }) => records.length === 1 && records[0].state === 'valid');
  const stop = valid.findIndex(({ records }) => publicSuffixOf(records[0]) !== undefined);
  if (stop < 0) {
    return valid.at(-1) ?? above.find(({ records }) => records.length > 0);
  }
  // The organization's domain is one label below the public suffix, and its record comes first.
  const boundary = valid[stop];
  const organization = above[above.indexOf(boundary) - 1];
  return publicSuffixOf(boundary.records[0]) === 'y' && valid.includes(organization) ? organization : boundary;
}

function publicSuffixOf(dmarc: Dmarc): 'y' | 'n' | undefined {
  return dmarc.state === 'valid' ? dmarc.record.publicSuffix : undefined;
}

const STRENGTH: readonly Policy[] = ['none', 'quarantine', 'reject'];

function judgeRecord(record: DmarcRecord, domain: string, foundAt: string, mailFrom: string | undefined): Remark[] {
  const remarks: Remark[] = [];
  const warn = (problem: Remark['problem'], remedy: string) => remarks.push({ verdict: 'warn', problem, remedy });
  const { policy, subdomainPolicy = policy, percent, testing, strictSpf, reportsTo, ignored } = record;
  const isOwn = foundAt === domain;
  const [tag, effective] = isOwn || record.subdomainPolicy === undefined ? ['p', policy] : ['sp', subdomainPolicy];

  if (effective === 'none') {
    warn(
      'too-permissive',
      `${tag}=none is too permissive in the long run, if fine for a start: go on to quarantine or reject when the reports look right.`,
    );
  }
  if (isOwn && STRENGTH.indexOf(subdomainPolicy) < STRENGTH.indexOf(policy)) {
    warn('subdomains-weaker', `Raise sp=${subdomainPolicy} to ${policy}, or forgers use a subdomain.`);
  }
  if (percent < 100 && effective !== 'none') {
    warn(
      'partial',
      `Remove pct=${percent}: the policy is for a part of the mail only, and newer receivers ignore pct.`,
    );
  }
  if (testing && effective !== 'none') {
    warn('testing', 'Remove t=y when the reports look right: the policy is not applied now.');
  }
  if (strictSpf && mailFrom !== undefined && mailFrom !== domain) {
    warn(
      'spf-not-aligned',
      `Remove aspf=s: with it, SPF of ${mailFrom} does not count, and DMARC rests on DKIM alone.`,
    );
  }
  if (ignored.length > 0) {
    warn('invalid', `Correct ${ignored.join(', ')}: receivers ignore a value that they do not understand.`);
  }
  if (reportsTo.length === 0 && !ignored.includes('rua')) {
    remarks.push({
      verdict: 'pass',
      problem: 'no-reports',
      remedy: 'Add rua=mailto:<your address> to get reports of who sends in your name.',
    });
  }
  return remarks;
}

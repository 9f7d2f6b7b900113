import type { DmarcRecord, Policy } from '../lib/shared/dmarc-record';
import { dmarcRecordName } from '../lib/shared/record-names';
import { judgeConsents, type Consent } from './dmarc-reports';
import { appliedStep, type DmarcStep } from './dmarc-walk';
import { describeFailure, failureRemark } from './dns';
import { finding, type Finding, type Problem, type Remark, type Verdict } from './report';
import type { Zone } from './zone';

/**
 * Judges the DMARC record that applies to a domain.
 *
 * @param consents of the owners of other domains to whom reports go
 * @param mailFrom the custom MAIL FROM domain, if there is one
 * @see https://www.rfc-editor.org/rfc/rfc9989
 */
export function judgeDmarc(
  steps: readonly DmarcStep[],
  consents: readonly Consent[],
  mailFrom: string | undefined,
  zone: Zone,
): Finding {
  const [own] = steps;
  const { domain } = own;
  const step = appliedStep(steps);
  const name = dmarcRecordName(step?.domain ?? domain);
  const subject = { check: 'dmarc', name, expected: 'one record with p=quarantine or p=reject' } as const;
  const where = step === undefined || step === own ? '' : ` (of ${step.domain}, which ${domain} inherits)`;
  const [dmarc, ...others] = step?.records ?? [];

  if (others.length > 0) {
    return finding(
      { ...subject, found: `${others.length + 1} DMARC records${where}` },
      remark('fail', 'doubled', `Leave one record at ${name}: with two, receivers ignore both.`),
    );
  }
  if (dmarc?.state === 'valid') {
    const subdomain = step === own ? undefined : zone.state === 'nxdomain' ? 'nonexistent' : 'existing';
    return finding(
      { ...subject, found: `${dmarc.record.text}${where}` },
      ...judgePolicy(dmarc.record, subdomain),
      ...judgeTags(dmarc.record, mailFrom !== undefined && mailFrom !== domain ? mailFrom : undefined),
      ...judgeDiscarded(own),
      ...judgeReports(dmarc.record),
      ...judgeConsents(consents),
    );
  }
  if (dmarc?.state === 'invalid') {
    return finding(
      { ...subject, found: `${dmarc.text}${where}` },
      remark('fail', 'invalid', `Correct the record, which receivers ignore: ${dmarc.reason}.`),
    );
  }
  return judgeNone(steps, subject, zone);
}

/** No record applies. */
function judgeNone(
  steps: readonly DmarcStep[],
  subject: Pick<Finding, 'check' | 'name' | 'expected'>,
  zone: Zone,
): Finding {
  const failed = steps.find(({ lookup }) => lookup.state === 'failed');
  if (failed?.lookup.state === 'failed') {
    const { problem } = failed.lookup;
    return finding(
      { ...subject, found: describeFailure(problem) },
      failureRemark(problem, dmarcRecordName(failed.domain)),
    );
  }
  const [discarded] = steps[0].discarded;
  if (discarded !== undefined) {
    return finding(
      { ...subject, found: discarded.text },
      remark('fail', 'invalid', `Correct the record, which receivers ignore: ${discarded.reason}.`),
    );
  }
  const found = { ...subject, found: 'no DMARC record' };
  const record = `the TXT record ${subject.name} → "v=DMARC1; p=none; rua=mailto:<your address>", and move on to p=quarantine once the reports look right.`;
  return zone.state === 'nxdomain'
    ? finding(found, remark('fail', 'domain-missing', `Make the domain exist in DNS first, then create ${record}`))
    : finding(found, remark('fail', 'missing', `Create ${record}`));
}

const FROM_WEAKEST: readonly Policy[] = ['none', 'quarantine', 'reject'];

/** @param subdomain what the domain is to the one whose record applies, if that is another */
function judgePolicy(record: DmarcRecord, subdomain: 'existing' | 'nonexistent' | undefined): Remark[] {
  const { policy, testing, percent, invalidPolicies } = record;
  const policies = {
    p: policy,
    sp: record.subdomainPolicy ?? policy,
    np: record.nonexistentPolicy ?? record.subdomainPolicy ?? policy,
  };
  const tag = subdomain === undefined ? 'p' : tagFor(record, subdomain);
  const effective = policies[tag];
  const remarks: Remark[] = [];
  const warn = (problem: Problem, remedy: string) => remarks.push(remark('warn', problem, remedy));

  if (invalidPolicies.length > 0) {
    warn('invalid', `Correct ${invalidPolicies.join(', ')}: receivers act as if p=none were there.`);
  } else if (effective === 'none') {
    warn(
      'too-permissive',
      `${tag}=none is fine to start with, but too permissive in the long run: move on to quarantine or reject once the reports look right.`,
    );
  }
  for (const weaker of subdomain === undefined ? (['sp', 'np'] as const) : []) {
    const isSet = weaker === 'sp' ? record.subdomainPolicy !== undefined : record.nonexistentPolicy !== undefined;
    if (isSet && isWeaker(policies[weaker], policy)) {
      warn('subdomains-weaker', `Raise ${weaker}=${policies[weaker]} to ${policy}, or forgers will use a subdomain.`);
    }
  }
  if (percent < 100 && effective !== 'none') {
    warn(
      'partial',
      `Remove pct=${percent}: RFC 9989 has no such tag, so some receivers apply the policy to all mail, and older ones to part of it.`,
    );
  }
  if (testing && effective !== 'none') {
    const applied = FROM_WEAKEST[FROM_WEAKEST.indexOf(effective) - 1];
    warn(
      'testing',
      `Remove t=y once the reports look right: until then ${applied} is applied instead of ${effective}.`,
    );
  }
  return remarks;
}

function tagFor(record: DmarcRecord, subdomain: 'existing' | 'nonexistent'): 'p' | 'sp' | 'np' {
  if (subdomain === 'nonexistent' && record.nonexistentPolicy !== undefined) return 'np';
  return record.subdomainPolicy === undefined ? 'p' : 'sp';
}

function isWeaker(one: Policy, other: Policy): boolean {
  return FROM_WEAKEST.indexOf(one) < FROM_WEAKEST.indexOf(other);
}

/** @param mailFrom the MAIL FROM domain, if it is another name than the domain */
function judgeTags(record: DmarcRecord, mailFrom: string | undefined): Remark[] {
  const { strictSpf, publicSuffix, ignored, removed } = record;
  const remarks: Remark[] = [];
  if (strictSpf && mailFrom !== undefined) {
    remarks.push(
      remark(
        'warn',
        'spf-not-aligned',
        `Remove aspf=s: with it, SPF of ${mailFrom} does not count, and DMARC relies on DKIM alone.`,
      ),
    );
  }
  if (publicSuffix === 'y') {
    remarks.push(remark('warn', 'public-suffix', 'Remove psd=y, unless others register their domains below this one.'));
  }
  if (ignored.length > 0) {
    remarks.push(
      remark('warn', 'invalid', `Correct ${ignored.join(', ')}: receivers ignore a value that they do not understand.`),
    );
  }
  const gone = removed.filter((tag) => tag !== 'pct' || record.percent === 100);
  if (gone.length > 0) {
    remarks.push(remark('pass', 'removed-tag', `Remove ${gone.join(', ')}: RFC 9989 has no such tag.`));
  }
  return remarks;
}

function judgeDiscarded({ discarded }: DmarcStep): Remark[] {
  return discarded.map(({ text, reason }) =>
    remark('warn', 'invalid', `Remove or correct the text "${text}", which receivers ignore: ${reason}.`),
  );
}

function judgeReports({ reportsTo, failureReportsTo, failureOptions, ignored }: DmarcRecord): Remark[] {
  const remarks: Remark[] = [];
  if (reportsTo.length === 0 && !ignored.includes('rua')) {
    remarks.push(
      remark('pass', 'no-reports', 'Add rua=mailto:<your address> to get reports about who sends in your name.'),
    );
  }
  if (failureReportsTo.length === 0 && failureOptions.join(':') !== '0') {
    remarks.push(remark('pass', 'no-reports', 'Remove fo, or add ruf: receivers ignore fo without it.'));
  }
  return remarks;
}

function remark(verdict: Verdict, problem: Problem, remedy: string): Remark {
  return { verdict, problem, remedy };
}

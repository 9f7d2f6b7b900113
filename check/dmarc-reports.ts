import { isDmarc } from '../lib/shared/dmarc-record';
import { isInZone } from '../lib/shared/domain-name';
import { dmarcRecordName } from '../lib/shared/record-names';
import { organizationalDomain, type DmarcStep } from './dmarc-walk';
import { failureRemark, type Dns, type Lookup } from './dns';
import type { Remark } from './report';

/** Whether a domain of another organization takes reports about the domain. */
export interface Consent {
  /** The domain of the report address. */
  readonly to: string;
  /** The name of the record by which it agrees. */
  readonly name: string;
  readonly lookup: Lookup<string>;
}

/** Addresses beyond these are not looked at, so that a record cannot make us ask for ever. */
const MAX_DOMAINS = 10;

/**
 * Looks up whether those agree to whom a record has reports sent.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9990#section-4
 */
export async function readConsents(dns: Pick<Dns, 'txt'>, step: DmarcStep | undefined): Promise<readonly Consent[]> {
  const [record] = step?.records ?? [];
  if (step === undefined || step.records.length !== 1 || record.state !== 'valid') return [];
  const { reportsTo, failureReportsTo } = record.record;
  const domains = new Set([...reportsTo, ...failureReportsTo].map(({ domain }) => domain));
  const others = [...domains].filter((to) => !isInZone(to, step.domain)).slice(0, MAX_DOMAINS);
  const consents = await Promise.all(others.map((to) => readConsent(dns, step.domain, to)));
  return consents.filter((one) => one !== undefined);
}

async function readConsent(dns: Pick<Dns, 'txt'>, domain: string, to: string): Promise<Consent | undefined> {
  const name = `${domain}._report.${dmarcRecordName(to)}`;
  const lookup = await dns.txt(name);
  if (lookup.state === 'found' && lookup.records.some(isDmarc)) return undefined;
  const [ours, theirs] = await Promise.all([organizationalDomain(dns, domain), organizationalDomain(dns, to)]);
  return ours === theirs ? undefined : { to, name, lookup };
}

/** What to say of reports that do not arrive. */
export function judgeConsents(consents: readonly Consent[]): Remark[] {
  return consents.map(({ to, name, lookup }) =>
    lookup.state === 'failed'
      ? failureRemark(lookup.problem, name)
      : {
          verdict: 'warn',
          problem: 'report-refused',
          remedy: `Have the owner of ${to} create the TXT record ${name} → "v=DMARC1;", or no reports are sent there.`,
        },
  );
}

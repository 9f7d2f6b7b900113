import type { MailRecord } from '../../lib/shared/mail-records';
import { poll } from '../aws/poll';
import { HostedZone } from '../aws/route53';
import type { Ses } from '../aws/ses';
import { Deadline } from '../events/deadline';
import { Failure } from '../events/failure';
import type { Freshness } from '../events/freshness';
import type { DomainConfig } from './config';
import { isOf, satisfies } from './record-set';

const FIRST_POLL_DELAY = 5_000;
const LONGEST_POLL_DELAY = 30_000;

/** What SES says of one that it looks for in DNS. */
interface Verdict {
  readonly status: string;
  /** Why, as far as SES says. */
  readonly errorType?: string;
}

/**
 * Waits until SES has found the records and DKIM is verified. SES looks by itself; this only watches.
 *
 * @returns `Success`
 * @throws Failure when SES gives up, or when the time is up, with what to check; or when the event is cancelled.
 */
export async function waitForVerification(
  ses: Ses,
  zone: HostedZone | undefined,
  config: DomainConfig,
  records: readonly MailRecord[],
  deadline: Deadline,
  freshness: Freshness,
): Promise<'Success'> {
  const look = () => lookAtDkim(ses, config.domainName);
  const verdict = await waitForVerdict(look, config.waitForVerification, deadline, freshness);
  if (verdict.status !== 'Success') {
    throw await notVerified(verdict, zone, config, records);
  }
  return 'Success';
}

/** What SES says of the DKIM of an identity. */
export async function lookAtDkim(ses: Ses, domainName: string): Promise<Verdict> {
  const { signing, errorType } = (await ses.findIdentity(domainName)) ?? {};
  return { status: signing?.status ?? 'NotStarted', errorType };
}

/**
 * Looks until SES has made up its mind, or the time is up.
 *
 * @returns what SES says in the end
 */
export async function waitForVerdict(
  look: () => Promise<Verdict>,
  seconds: number,
  deadline: Deadline,
  freshness: Freshness,
): Promise<Verdict> {
  const limit = deadline.atMost(seconds * 1_000);
  let last: Verdict | undefined;
  await poll(
    async () => {
      if (last !== undefined) {
        await freshness.checkNowAndThen();
      }
      last = await look();
      return /^(Success|Failed)$/.test(last.status) || undefined;
    },
    { first: FIRST_POLL_DELAY, longest: LONGEST_POLL_DELAY, deadline: limit },
  ).finally(() => limit.clear());
  return last ?? { status: 'NotStarted' };
}

/** The status in brackets, with what else SES says of it. */
export function shownStatus({ status, errorType }: Verdict): string {
  return errorType === undefined ? `status ${status}` : `status ${status}, ${errorType}`;
}

async function notVerified(
  verdict: Verdict,
  zone: HostedZone | undefined,
  config: DomainConfig,
  records: readonly MailRecord[],
): Promise<Failure> {
  const shown = shownStatus(verdict);
  const problem =
    verdict.status === 'Failed'
      ? `SES has given up looking for the DKIM records (${shown})`
      : `SES has not verified DKIM within ${config.waitForVerification} seconds (${shown}, which may still change for 72 hours)`;
  const [{ name, value }] = records;
  return new Failure(
    `${problem}. Tokens: ${records.map(({ id }) => id).join(', ')}; ${await findings(zone, config, records)}` +
      `"dig CNAME ${name}" must show ${value}. Then deploy again, or leave out waitForVerification.`,
  );
}

async function findings(
  zone: HostedZone | undefined,
  { domainName }: DomainConfig,
  records: readonly MailRecord[],
): Promise<string> {
  if (zone === undefined) {
    return 'their records are not in Route 53. Check that the DNS provider of the domain has them: ';
  }
  const names = records.map(({ name }) => name);
  const existing = await zone.listRecordSets(domainName, names);
  const found = records.filter((record) => existing.some((set) => isOf(set, record) && satisfies(set, record)));
  return (
    `the hosted zone has ${found.length} of their 3 records. ` +
    `Check that the domain is delegated to this zone: "dig NS" must show the zone's name servers, not those of ` +
    'another zone or account, and '
  );
}

import type { MailRecord } from '../../lib/shared/mail-records';
import { poll } from '../aws/poll';
import { HostedZone } from '../aws/route53';
import type { DkimStatus, Ses } from '../aws/ses';
import { Deadline } from '../events/deadline';
import { Failure } from '../events/failure';
import type { Freshness } from '../events/freshness';
import type { DomainConfig } from './config';
import { isOf, satisfies } from './record-set';

const FIRST_POLL_DELAY = 5_000;
const LONGEST_POLL_DELAY = 30_000;

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
  const limit = deadline.atMost(config.waitForVerification * 1_000);
  let status: DkimStatus | undefined;
  const outcome = await poll(
    async () => {
      if (status !== undefined) {
        await freshness.checkNowAndThen();
      }
      const identity = await ses.findIdentity(config.domainName);
      status = identity?.signing.status ?? 'NotStarted';
      return /^(Success|Failed)$/.test(status) ? status : undefined;
    },
    { first: FIRST_POLL_DELAY, longest: LONGEST_POLL_DELAY, deadline: limit },
  ).finally(() => limit.clear());
  if (outcome !== 'Success') {
    throw await notVerified(status ?? 'NotStarted', zone, config, records);
  }
  return outcome;
}

async function notVerified(
  status: string,
  zone: HostedZone | undefined,
  config: DomainConfig,
  records: readonly MailRecord[],
): Promise<Failure> {
  const verdict =
    status === 'Failed'
      ? 'SES has given up looking for the DKIM records (status Failed)'
      : `SES has not verified DKIM within ${config.waitForVerification} seconds (status ${status}, which may still change for 72 hours)`;
  const [{ name, value }] = records;
  return new Failure(
    `${verdict}. Tokens: ${records.map(({ id }) => id).join(', ')}; ${await findings(zone, config, records)}` +
      `"dig CNAME ${name}" must answer ${value}. Then deploy again, or leave out waitForVerification.`,
  );
}

async function findings(
  zone: HostedZone | undefined,
  { domainName }: DomainConfig,
  records: readonly MailRecord[],
): Promise<string> {
  if (zone === undefined) {
    return 'their records are not in Route 53. Check that they are at the DNS provider of the domain: ';
  }
  const names = records.map(({ name }) => name);
  const existing = await zone.listRecordSets(domainName, names);
  const found = records.filter((record) => existing.some((set) => isOf(set, record) && satisfies(set, record)));
  return (
    `the hosted zone has ${found.length} of their 3 records. ` +
    `Check that the domain is delegated to this very zone: "dig NS" for it must show the zone's name servers, not those of ` +
    'another zone or account, and '
  );
}

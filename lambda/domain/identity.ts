import type { Cancellation } from '../events/cancellation';
import { Deadline, sleep } from '../events/deadline';
import type { DomainConfig } from '../events/event';
import { Failure } from '../events/failure';
import { isOf, isRight, MailRecord } from './mail-record';
import { HostedZone } from '../aws/route53';
import { Identity, requireThreeTokens, Ses } from '../aws/ses';

const FIRST_POLL_DELAY = 5_000;
const LONGEST_POLL_DELAY = 30_000;

/**
 * An identity that does not sign with Easy DKIM's own keys stays as it is.
 *
 * @throws Failure for BYODKIM, for a Deterministic Easy DKIM replica, and for other than three tokens.
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DkimAttributes.html
 */
export function refuseForeignSigning(identity: Identity, domainName: string, region: string): void {
  const { origin } = identity;
  if (origin === 'EXTERNAL') {
    throw new Failure(
      `The identity ${domainName} in ${region} signs with its own key (BYODKIM), and switching it would break that. ` +
        'Switch it to Easy DKIM in the SES console first, or leave it as it is and remove this construct.',
    );
  }
  if (origin?.startsWith('AWS_SES_')) {
    const parent = origin.slice('AWS_SES_'.length).toLowerCase().replace(/_/g, '-');
    throw new Failure(
      `The identity ${domainName} in ${region} is a Deterministic Easy DKIM replica of the one in ${parent}, whose ` +
        'records serve both. Set up the domain in the parent Region, or switch this identity to Easy DKIM first.',
    );
  }
  if (identity.tokens.length > 0) {
    // The v1 API does not tell the origin, but BYODKIM shows its one selector there.
    requireThreeTokens(identity.tokens, domainName, region);
  }
}

/**
 * An identity whose keys are in place but whose mail is not signed would look fine and not be. A domain
 * that is in use by us already is left to whoever switched it off.
 *
 * @throws Failure
 * @see https://docs.aws.amazon.com/ses/latest/APIReference/API_SetIdentityDkimEnabled.html
 */
export function refuseSwitchedOff(identity: Identity, domainName: string, region: string): void {
  if (identity.signing === false && identity.tokens.length > 0) {
    throw new Failure(
      `The identity ${domainName} in ${region} has Easy DKIM, but its signing is switched off. Switch it on with ` +
        `"aws ses set-identity-dkim-enabled --identity ${domainName} --dkim-enabled --region ${region}", then deploy again.`,
    );
  }
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
  cancellation: Cancellation,
): Promise<'Success'> {
  const limit = deadline.atMost(config.waitForVerification * 1_000);
  try {
    for (let delay = FIRST_POLL_DELAY; ; delay = Math.min(LONGEST_POLL_DELAY, delay * 1.5)) {
      const { status } = await ses.readDkim(config.domainName);
      if (status === 'Success') {
        return status;
      }
      const pause = delay * (0.75 + Math.random() / 2);
      if (status === 'Failed' || pause >= limit.remaining()) {
        throw await notVerified(status, zone, config, records);
      }
      await sleep(pause);
      await cancellation.checkNowAndThen();
    }
  } finally {
    limit.clear();
  }
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
  const found = records.filter((record) => existing.some((set) => isOf(set, record) && isRight(set, record)));
  return (
    `the hosted zone has ${found.length} of their 3 records. ` +
    `Check that the domain is delegated to this very zone: "dig NS" for it must show the zone's name servers, not those of ` +
    'another zone or account, and '
  );
}

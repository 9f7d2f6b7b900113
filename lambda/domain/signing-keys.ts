import type { SigningKeyLength } from '../../lib/shared/contract';
import type { MailRecord } from '../../lib/shared/mail-records';
import { SETTING_NAMES } from '../../lib/shared/settings';
import { type Aws, cloudFormationClient } from '../aws/clients';
import { describeStack } from '../aws/cloudformation';
import type { Ses, Signing } from '../aws/ses';
import type { Deadline } from '../events/deadline';
import type { CustomResourceEvent } from '../events/event';
import { Failure } from '../events/failure';
import type { Log } from '../events/log';
import { Claim, claimantsOf, isActive, isOfResource } from './claims';
import type { DomainConfig } from './config';
import type { IdentityClaims } from './identity-claims';
import type { DomainState } from './physical-id';
import { NOTHING_MADE, planRecords } from './record-plan';

/**
 * Keys of another length are other keys, with other tokens. SES makes them at most once in 24 hours, does not take them
 * back, and is not documented to sign before it has found their records. So they are changed by an update only, of an
 * identity that is ours and that nobody else uses, and whose records can be written at once.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim.html
 */

/** How long it may take to learn whether an update is taken back, in milliseconds. */
const LONGEST_LOOK = 10_000;

/** What there is, and what is wanted in its place. */
export interface OtherLength {
  /** Undefined when SES does not say. */
  readonly present: string | undefined;
  readonly wanted: SigningKeyLength;
}

/**
 * Compares the length of an identity's keys with the wanted one; undefined when they agree. Where SES does not say, as
 * emulators do not, it is what the last deployment asked for.
 */
export function otherLength(
  signing: Signing,
  { signingKeyLength: wanted }: DomainConfig,
  event: CustomResourceEvent,
): OtherLength | undefined {
  const present = presentLength(signing) ?? formerLength(event);
  return wanted === undefined || wanted === present ? undefined : { present, wanted };
}

/** @throws Failure for an identity that is new to the resource and has keys of another length. */
export function refuseOtherKeys(length: OtherLength | undefined, config: DomainConfig): void {
  if (length !== undefined) {
    throw refusal(
      length,
      config,
      'They may be in use, so the first deployment with this identity does not change them. ' +
        'Leave signingKeyLength out, deploy, and set it in a later deployment',
    );
  }
}

/** @throws Failure when the keys of an identity that the resource uses are not for it alone, or not for now. */
export function refuseToChange(
  length: OtherLength,
  config: DomainConfig,
  known: DomainState,
  claims: Pick<IdentityClaims, 'isOurs' | 'all'>,
  replicaRegions: readonly string[],
  event: CustomResourceEvent,
): void {
  const users = claims.all().filter((claim) => isActive(claim) && !isOfResource(claim, event) && isForKeys(claim));
  if (length.present === undefined) {
    throw refusal(length, config, 'So nobody can tell whether they have to change. Leave signingKeyLength out');
  }
  if (!claims.isOurs) {
    throw refusal(length, config, 'Others have made the identity and may rely on them. Set takeOwnership first');
  }
  if (users.length > 0) {
    throw refusal(
      length,
      config,
      `${claimantsOf(users)} uses the identity too, with records for these keys. Leave signingKeyLength out`,
    );
  }
  if (replicaRegions.length > 0) {
    throw refusal(
      length,
      config,
      `The replica in ${replicaRegions.join(', ')} signs with them too, and AWS does not say when it would get new ones. ` +
        'Deploy without replicaRegions first',
    );
  }
  if (config.zoneId !== known.zoneId) {
    throw refusal(length, config, 'The hosted zone changes as well. Change it in a deployment of its own');
  }
  if (config.zoneId === undefined) {
    throw refusal(
      length,
      config,
      'The records of the domain are not in Route 53, so mail might go unsigned until you have added the new ones. ' +
        'Leave signingKeyLength out',
    );
  }
}

/**
 * Says why the keys stay as they are in this update, in words for the user; undefined when they are to be changed.
 *
 * @param isBehind whether the physical id has the tokens of other keys: those of the present ones would be in none
 */
export async function whyKept(
  length: OtherLength,
  { domainName, region }: DomainConfig,
  event: CustomResourceEvent,
  isBehind: boolean,
  deadline: Deadline,
  log: Log,
): Promise<string | undefined> {
  const { present, wanted } = length;
  const why = isBehind
    ? 'this update had to catch up with a change of them first'
    : (await isTakenBack(event, length, deadline, log))
      ? 'a rollback does not change them'
      : undefined;
  if (why === undefined) {
    return undefined;
  }
  log('keys-kept', { present, wanted, reason: why });
  return (
    `The keys of the identity ${domainName} in ${region} stay ${present}, because ${why}. ` +
    `For ${wanted}, deploy again with another revision: SES changes them at most once in 24 hours.`
  );
}

/** @throws AwsCallFailure */
export async function changeKeys(ses: Ses, domainName: string, wanted: SigningKeyLength): Promise<Signing> {
  let changed: Signing | undefined;
  try {
    changed = await ses.changeKeyLength(domainName, wanted);
  } catch (error) {
    // A try whose answer was lost has made them, and SES refuses the next one.
    changed = (await ses.findIdentity(domainName).catch(() => undefined))?.signing;
    if (changed === undefined || presentLength(changed) !== wanted) {
      throw error;
    }
  }
  return changed.tokens.length > 0 ? changed : ((await ses.findIdentity(domainName))?.signing ?? changed);
}

/**
 * Writes what is missing of the records for keys that stay although the update that made them has failed. What cannot be
 * written now, the next update writes.
 */
export async function publishKeys(
  { openZone }: Pick<Aws, 'openZone'>,
  records: readonly MailRecord[],
  { domainName, ttl }: DomainConfig,
  log: Log,
): Promise<void> {
  try {
    const zone = records.length > 0 ? await openZone() : undefined;
    if (zone !== undefined) {
      const names = records.map(({ name }) => name);
      const desired = { ...NOTHING_MADE, records, zoneId: zone.id, ttl };
      const { changes } = planRecords(desired, await zone.listRecordSets(domainName, names));
      if (changes.length > 0) {
        await zone.change(changes);
      }
    }
  } catch (error) {
    log('keys-unpublished', { error: (error as Error).message });
  }
}

/** Keys that have been asked for count as there: SES may make them later. */
function presentLength({ nextKeyLength, keyLength }: Signing): string | undefined {
  return nextKeyLength ?? keyLength;
}

/** Whether CloudFormation takes an update back: SES may not change the keys again so soon. */
async function isTakenBack(
  event: CustomResourceEvent,
  { present }: OtherLength,
  deadline: Deadline,
  log: Log,
): Promise<boolean> {
  const limit = deadline.atMost(LONGEST_LOOK);
  try {
    return /ROLLBACK/.test(await describeStack(cloudFormationClient(limit), event, limit, log));
  } catch {
    return formerLength(event) === present;
  } finally {
    limit.clear();
  }
}

/** Whether a claim is for more than settings. */
function isForKeys({ made, found, unreadable }: Claim): boolean {
  const kinds = [...made, ...found];
  return unreadable === true || kinds.length === 0 || !kinds.every((kind) => SETTINGS.has(kind));
}

const SETTINGS: ReadonlySet<string> = new Set(SETTING_NAMES);

/** Whether the length of the keys is chosen by the deployment, or was by the one before. */
export function choosesKeys(event: CustomResourceEvent): boolean {
  return event.ResourceProperties.SigningKeyLength !== undefined || formerLength(event) !== undefined;
}

function formerLength({ OldResourceProperties: former }: CustomResourceEvent): string | undefined {
  return (former as { readonly SigningKeyLength?: string } | null | undefined)?.SigningKeyLength;
}

function refusal({ present, wanted }: OtherLength, { domainName, region }: DomainConfig, why: string): Failure {
  const has =
    present === undefined
      ? `SES does not say which keys the identity ${domainName} in ${region} has`
      : `the identity ${domainName} in ${region} has keys of ${present}`;
  return new Failure(
    `signingKeyLength is ${wanted}, but ${has}. ${why}; or change them with "aws sesv2 ` +
      `put-email-identity-dkim-signing-attributes --email-identity ${domainName} --signing-attributes-origin AWS_SES ` +
      `--signing-attributes NextSigningKeyLength=${wanted} --region ${region}", and deploy everything that uses the ` +
      'identity again at once, with another revision, so that the records follow.',
  );
}

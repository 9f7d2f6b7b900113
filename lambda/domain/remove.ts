import { Deadline } from '../events/deadline';
import type { CustomResourceEvent } from '../events/event';
import { Aws, cloudFormationClient } from '../aws/clients';
import { describeResource } from '../aws/cloudformation';
import { AwsCallFailure } from '../events/failure';
import { Log } from '../events/log';
import { DomainState, parsePhysicalId } from './physical-id';
import { Change, planRemoval, recordsToRemove, sameIdentity, sameTokens } from './record-plan';
import { HostedZone, isNoSuchHostedZone } from '../aws/route53';
import { Ses } from '../aws/ses';

/**
 * Removes what we made for a domain and nothing else. Nothing is created on the way, so that what is
 * gone stays gone.
 *
 * @param current what the resource has in place now, if another state took the place of this one
 * @throws AwsCallFailure
 */
export async function remove(
  state: DomainState,
  current: DomainState | undefined,
  { ses, openZone }: Aws,
  log: Log,
): Promise<void> {
  // Sending stops before the keys go, so that no mail leaves with a signature that cannot be checked.
  if (state.ownsIdentity) {
    const successor = current !== undefined && sameIdentity(state, current) ? current : undefined;
    await removeIdentity(state, successor, ses, log);
  }
  const names = recordsToRemove(state, current).map(({ record }) => record.name);
  if (names.length > 0) {
    await removeRecords(
      state,
      openZone,
      async (zone) => planRemoval(state, current, await zone.listRecordSets(state.domainName, names)),
      log,
    );
  }
}

/** @param successor what the resource has in place now, if that is an identity of the same name */
async function removeIdentity(
  state: DomainState,
  successor: DomainState | undefined,
  ses: Ses,
  log: Log,
): Promise<void> {
  if (successor !== undefined && sameTokens(state.tokens, successor.tokens)) {
    return;
  }
  const { tokens } = await ses.readDkim(state.domainName);
  const another = state.tokens.length > 0 && !tokens.every((token) => state.tokens.includes(token));
  // SES may not show the tokens of a successor yet that was made a moment ago.
  const unsure = successor !== undefined && tokens.length === 0;
  if (another || unsure) {
    // Somebody made it anew, or gave it another key: it is no longer the one that we made.
    log('identity-left', { domainName: state.domainName, reason: 'its DKIM tokens are not the ones it had' });
    return;
  }
  await ses.deleteIdentity(state.domainName);
}

async function removeRecords(
  state: DomainState,
  openZone: Aws['openZone'],
  plan: (zone: HostedZone) => Promise<readonly Change[]>,
  log: Log,
): Promise<void> {
  const zone = await openZone();
  if (zone === undefined) {
    return;
  }
  try {
    // The zone may change between the look and the write: then look again, once.
    for (const last of [false, true]) {
      const changes = await plan(zone);
      log('records-planned', { changes: changes.map(({ action, record }) => `${action} ${record.name}`) });
      if (changes.length === 0) {
        return;
      }
      try {
        await zone.change(changes);
        return;
      } catch (error) {
        if (last || !(error instanceof AwsCallFailure && error.code === 'InvalidChangeBatch')) {
          throw error;
        }
      }
    }
  } catch (error) {
    if (!isNoSuchHostedZone(error)) {
      throw error;
    }
    log('records-gone', { zoneId: state.zoneId, reason: 'the hosted zone is gone' });
  }
}

/**
 * The state that took the place of the one to delete; undefined when the resource itself goes. A Delete for another id
 * than the resource has is the clean-up after a replacement, so whatever the present id names is in use.
 *
 * @throws AwsCallFailure
 */
export async function findReplacement(
  event: CustomResourceEvent,
  deadline: Deadline,
  log: Log,
): Promise<DomainState | undefined> {
  try {
    const { physicalId: id } = await describeResource(cloudFormationClient(deadline), event, deadline, log);
    return id === undefined || id === event.PhysicalResourceId ? undefined : parsePhysicalId(id);
  } catch (error) {
    if (error instanceof AwsCallFailure && error.code === 'ValidationError') {
      return undefined;
    }
    throw error;
  }
}

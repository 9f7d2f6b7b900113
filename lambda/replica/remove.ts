import { connect } from '../aws/clients';
import { Claim, claimantsOf, idsOfClaims } from '../domain/claims';
import { IdentityClaims } from '../domain/identity-claims';
import { leaveIdentity } from '../domain/leaving';
import { emptyPhysicalId, isEmptyPhysicalId, parseReplicaId } from '../domain/physical-id';
import { IsStale, staleAmong, staleness } from '../domain/staleness';
import type { Answer } from '../events/answer';
import type { Deadline } from '../events/deadline';
import type { CustomResourceEvent } from '../events/event';
import { describeError } from '../events/failure';
import { Freshness } from '../events/freshness';
import type { Log } from '../events/log';
import { outlastCancelledCreate, staysForSuccessor } from '../events/unanswered';
import { parseReplicaOrNothing, ReplicaConfig, ReplicaPlace, samePlace } from './config';
import { explainReplica } from './explain';
import { isReplica } from './signing';

/** Gives up the claim of the resource, with the replica if we made it and nobody else uses it. */
export async function removeReplica(event: CustomResourceEvent, deadline: Deadline, log: Log): Promise<Answer> {
  const physicalId = event.PhysicalResourceId ?? emptyPhysicalId(event.RequestId);
  const config = parseReplicaOrNothing(event.ResourceProperties);
  const state = parseReplicaId(physicalId);
  const place = state ?? config;
  if (place === undefined || isEmptyPhysicalId(physicalId)) {
    log('left', { reason: 'the Create has made nothing' });
    return { status: 'SUCCESS', physicalId };
  }
  try {
    if (state === undefined) {
      await outlastCancelledCreate(deadline, log);
    }
    const claims = new IdentityClaims(connect(event.StackId, place, deadline, log), place, log);
    await claims.read();
    // Where CloudFormation has made the id up, whatever the Create has left is under claims of its resource.
    const own = state === undefined ? claims.ofResource(event) : claims.all().filter(({ id }) => id === state.claim);
    if (own.length === 0) {
      log('left', { reason: 'there is no identity with our claim' });
      return { status: 'SUCCESS', physicalId, reason: state && whatStays(place, claims) };
    }
    const freshness = new Freshness(event, deadline, log);
    await freshness.require();
    const stays = state === undefined ? await staysForSuccessor(freshness, place, log) : undefined;
    if (stays !== undefined) {
      return { status: 'SUCCESS', physicalId, reason: stays };
    }
    const retain = (event.ResourceProperties as { readonly RemovalPolicy?: unknown }).RemovalPolicy !== 'destroy';
    const reason = await leave(place, own, claims, retain, staleness(event, idsOfClaims(own), deadline, log), log);
    return { status: 'SUCCESS', physicalId, reason };
  } catch (error) {
    return { status: 'FAILED', physicalId, reason: explainReplica(error, place) };
  }
}

/**
 * Takes away what earlier updates of this resource have left that CloudFormation got no answer to: it goes on with the id
 * from before, and nobody will ever ask for what is under other claims.
 *
 * @param living the claim of what was and is in place
 */
export async function discardDeadReplicas(
  event: CustomResourceEvent,
  config: ReplicaConfig,
  living: string,
  freshness: Freshness,
  deadline: Deadline,
  log: Log,
): Promise<void> {
  const former = parseReplicaOrNothing(event.OldResourceProperties);
  if (former === undefined || samePlace(former, config)) {
    return;
  }
  try {
    const claims = new IdentityClaims(connect(event.StackId, former, deadline, log), former, log);
    await claims.read();
    const dead = claims.ofResource(event).filter(({ id }) => id !== living);
    if (dead.length > 0) {
      await freshness.require();
      log('discard', { claims: idsOfClaims(dead), reason: 'no update has ended with them' });
      const isStale = () => Promise.resolve(false);
      await leave(former, dead, claims, config.retain || former.retain, isStale, log);
    }
  } catch (error) {
    log('discard-failed', { error: describeError(error) });
  }
}

/** @returns what stays, and why */
async function leave(
  place: ReplicaPlace,
  own: readonly Claim[],
  claims: IdentityClaims,
  retain: boolean,
  isStale: IsStale,
  log: Log,
): Promise<string | undefined> {
  const { domainName, region, parentRegion } = place;
  // Somebody may have made it anew, or given it other keys: it is theirs then.
  const isOther = claims.found !== undefined && !isReplica(claims.found.signing, place);
  const keep = { alone: retain || isOther, always: retain || isOther, taken: true };
  const stale = await staleAmong(claims.all(), isStale);
  try {
    const others = await leaveIdentity(
      claims,
      own,
      ({ id }) => stale.includes(id),
      keep,
      () => Promise.resolve(),
    );
    if (retain) {
      log('left', { reason: 'removalPolicy is RETAIN' });
      return undefined;
    }
    if (isOther) {
      return `The identity ${domainName} in ${region} stays: it is no longer a replica of the one in ${parentRegion}.`;
    }
    const users = claimantsOf(others);
    return users === '' ? undefined : `The replica ${domainName} in ${region} stays: ${users} still uses it.`;
  } catch (error) {
    await claims.stay(own);
    throw error;
  }
}

/** What to say of an identity whose tag does not say that this resource uses it. */
function whatStays({ domainName, region }: ReplicaPlace, claims: IdentityClaims): string | undefined {
  return claims.isOurs
    ? `The identity ${domainName} in ${region} no longer carries the tag of this resource, so others may use it: it stays. ` +
        'Delete it by hand if nobody needs it.'
    : undefined;
}

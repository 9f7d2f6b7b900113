import { belongsToIdentity, mailRecords } from '../../lib/shared/mail-records';
import type { Aws } from '../aws/clients';
import { HostedZone, isNoSuchHostedZone } from '../aws/route53';
import { Failure } from '../events/failure';
import type { Log } from '../events/log';
import { Claim, claimantsOf, idsOfClaims, isOrphan, KEYS, madeRecord, tookRecord } from './claims';
import { IdentityClaims } from './identity-claims';
import { outlastLease } from './leases';
import { leaveIdentity } from './leaving';
import { DomainState, idsOf, kindsOf } from './physical-id';
import {
  Intended,
  isInDoubt,
  planRemoval,
  RegionalClaim,
  Removal,
  recordsToRemove,
  sameIdentity,
  sameTokens,
} from './record-plan';
import { replan } from './replan';
import { IsStale, staleAmong } from './staleness';

/** What is to go. */
export interface Departure {
  readonly state: DomainState;
  /** The claims to give up. */
  readonly claims: readonly string[];
  /** Whether everything stays but the claims. */
  readonly retain: boolean;
  /** Whether what was taken over goes, too. */
  readonly takeOwnership: boolean;
  readonly isStale: IsStale;
  /** What CloudFormation shows of the resource, as far as it can be read. */
  readonly shown: DomainState | undefined;
  /** Of a Create that CloudFormation got no answer to. */
  readonly intended?: Intended;
}

/**
 * Gives up the claims of a physical resource, with what we made and nobody else uses. Nothing is created on the way, so
 * that what is gone stays gone.
 *
 * @returns what stays, and why; undefined when nothing is left
 * @throws AwsCallFailure
 */
export async function remove(departure: Departure, aws: Aws, log: Log): Promise<string | undefined> {
  const { state, claims: ids, retain } = departure;
  const claims = new IdentityClaims(aws, state, log);
  await claims.read();
  await outlastLease(claims, ids);
  const own = claims.all().filter(({ id }) => ids.includes(id));
  if (retain) {
    log('left', { reason: 'removalPolicy is RETAIN' });
    try {
      await leaveIdentity(
        claims,
        own,
        () => false,
        { alone: true, always: true, taken: true },
        () => Promise.resolve(),
      );
      return undefined;
    } catch (error) {
      await claims.stay(own);
      throw error;
    }
  }
  if (claims.found !== undefined && own.length === 0) {
    return removeWithoutClaim(departure, claims.found.signing.tokens, aws, log);
  }

  const { shown, isStale } = departure;
  if (claims.found !== undefined && isOfUnclaimed(departure, claims)) {
    log('left', { reason: 'CloudFormation has another resource at the identity, whose claim is gone', shown });
    await claims.giveUp(idsOfClaims(own));
    return undefined;
  }
  const stale = await staleAmong(claims.all(), isStale);
  let undecided: readonly string[] = [];
  let inDoubt: readonly string[] = [];
  let hasOrphans = false;
  const release = async (others: readonly Claim[]) => {
    if (others.length === 0 && claims.isOurs) {
      await refuseWithReplicas(state, claims, log);
    }
    const isTaken = departure.takeOwnership && claims.isOurs;
    const dead = claims.all().filter(({ id }) => stale.includes(id));
    const isOurs = (kind: string) =>
      dead.some((claim) => madeRecord(claim, kind, state)) ||
      (isTaken && own.some((claim) => tookRecord(claim, kind, state)));
    const leaving = { ...departure, state: withRecords(state, isOurs) };
    const elsewhere = await claimsElsewhere(leaving, claims, log);
    const remaining = { claims: others, elsewhere, shown, tokens: claims.found?.signing.tokens ?? [] };
    const states = [leaving.state, ...withNewKeys(state, own, remaining.tokens)];
    const removals = states.flatMap((each) => recordsToRemove(each, remaining));
    inDoubt = await removeRecords(leaving, removals, aws, log);
    const kinds = kindsOf(leaving.state.ownedRecords, state.tokens);
    hasOrphans = kinds.some((kind) => isOrphan(others, kind, state));
    if (elsewhere === 'unknown') {
      const names = recordsToRemove(leaving.state, { ...remaining, elsewhere: [] }).map(({ record }) => record.name);
      undecided = names.filter((name) => !removals.some(({ record }) => record.name === name));
    }
  };
  try {
    const keep = { alone: false, always: false, taken: !departure.takeOwnership };
    const others = await leaveIdentity(claims, own, ({ id }) => stale.includes(id), keep, release);
    // Nobody expects what a replacement uses to go, unless that would leave it when it goes itself.
    const users = others.filter(({ id }) => id !== shown?.claim || hasOrphans);
    const reasons = [
      ...(users.length > 0 ? [staysFor(state, users)] : []),
      ...(undecided.length > 0 ? [staysUndecided(undecided)] : []),
      ...(inDoubt.length > 0 ? [staysInDoubt(inDoubt)] : []),
    ];
    return reasons.length > 0 ? reasons.join(' ') : undefined;
  } catch (error) {
    await claims.stay(own);
    throw error;
  }
}

/**
 * SES would refuse to delete the identity, but its records would be gone by then. Replicas in Regions that the stack knows
 * nothing of cannot be seen.
 *
 * @throws Failure
 */
async function refuseWithReplicas(
  { domainName, region }: DomainState,
  claims: IdentityClaims,
  log: Log,
): Promise<void> {
  const regions = await claims.replicaRegions().catch((error: Error) => {
    log('replicas-unknown', { error: error.message });
    return [];
  });
  if (regions.length > 0) {
    throw new Failure(
      `The identity ${domainName} in ${region} has a Deterministic Easy DKIM replica in ${regions.join(', ')}, which ` +
        'signs with its keys, and SES deletes no parent before its replicas. Delete the replica first, then try again.',
    );
  }
}

/** A state with further records of ours: those that its claims have taken over, and that dead claims of it have made. */
function withRecords(state: DomainState, isOurs: (kind: string) => boolean): DomainState {
  const further = mailRecords(state)
    .map(({ id }) => id)
    .filter((id) => isOurs(kindsOf([id], state.tokens)[0]));
  return { ...state, ownedRecords: [...new Set([...state.ownedRecords, ...further])] };
}

/** What there is for the keys that the identity has got since the physical id was given. */
function withNewKeys(state: DomainState, own: readonly Claim[], tokens: readonly string[]): readonly DomainState[] {
  const kinds = own
    .filter(({ made }) => made.includes(KEYS))
    .flatMap(({ made }) => made.filter((kind) => /^\d$/.test(kind)));
  const ownedRecords = idsOf(kinds, tokens).filter((id) => id !== undefined);
  return ownedRecords.length === 0 || sameTokens(state.tokens, tokens) ? [] : [{ ...state, tokens, ownedRecords }];
}

/** Whether CloudFormation shows a resource at the identity that has no claim there. */
function isOfUnclaimed({ shown, state, claims: ids }: Departure, claims: IdentityClaims): boolean {
  return (
    shown !== undefined &&
    !ids.includes(shown.claim) &&
    sameIdentity(shown, state) &&
    claims.own(shown.claim) === undefined
  );
}

/**
 * The identity is there without our claim: somebody has removed it, or has made the identity anew. Whatever still may
 * serve it stays.
 */
async function removeWithoutClaim(
  departure: Departure,
  tokens: readonly string[],
  aws: Aws,
  log: Log,
): Promise<string | undefined> {
  const { state } = departure;
  const removals = recordsToRemove(state, { claims: [], elsewhere: [], shown: undefined, tokens });
  // SES may not show the tokens of an identity in its first moments.
  const isUseless = ({ record }: Removal) =>
    tokens.length > 0 && record.type === 'CNAME' && !tokens.includes(record.id);
  const useless = removals.filter(isUseless);
  await removeRecords(departure, useless, aws, log);
  if (useless.length === removals.length) {
    return undefined;
  }
  const names = removals.filter((each) => !useless.includes(each)).map(({ record }) => record.name);
  log('left', { names, reason: 'the identity does not have our claim' });
  return (
    `The identity ${state.domainName} in ${state.region} no longer carries the tag of this resource, so others ` +
    `may use it: it stays, with the records ${names.join(', ')}. Delete them by hand if nobody needs them.`
  );
}

/** A claim that cannot be looked at may be on any record that identities of several Regions share. */
async function claimsElsewhere(
  departure: Departure,
  claims: IdentityClaims,
  log: Log,
): Promise<readonly RegionalClaim[] | 'unknown'> {
  const { ownedRecords, tokens } = departure.state;
  if (!kindsOf(ownedRecords, tokens).some((kind) => !belongsToIdentity(kind))) {
    return [];
  }
  try {
    const found = await claims.readElsewhere();
    const stale = await staleAmong(found, departure.isStale);
    return found.filter(({ id }) => !stale.includes(id));
  } catch (error) {
    log('left', { reason: `the identities of other Regions cannot be read: ${(error as Error).message}` });
    return 'unknown';
  }
}

function staysUndecided(names: readonly string[]): string {
  return (
    `The records ${[...new Set(names)].join(', ')} stay, since the other Regions of the stack could not be asked whether ` +
    'they use them. Delete them by hand if nobody needs them.'
  );
}

function staysInDoubt(names: readonly string[]): string {
  return (
    `The records ${[...new Set(names)].join(', ')} stay: they differ from what the deployment would have made, so somebody ` +
    'else may have made them. Delete them by hand if nobody needs them.'
  );
}

function staysFor({ domainName, region }: DomainState, others: readonly Claim[]): string {
  const users = claimantsOf(others);
  return `The identity ${domainName} in ${region} stays, with the records that are in use: ${users} still uses it.`;
}

/** @returns the names of the records that stay because others may have made them */
async function removeRecords(
  departure: Departure,
  removals: readonly Removal[],
  { openZone }: Aws,
  log: Log,
): Promise<readonly string[]> {
  const { state } = departure;
  const zone = removals.length === 0 ? undefined : await openZone();
  if (zone === undefined) {
    return [];
  }
  try {
    return await replan(() => planAndRemove(zone, departure, removals, log));
  } catch (error) {
    if (!isNoSuchHostedZone(error)) {
      throw error;
    }
    log('records-gone', { zoneId: state.zoneId, reason: 'the hosted zone is gone' });
    return [];
  }
}

/** @returns the names of the records that others may have made */
async function planAndRemove(
  zone: HostedZone,
  { state, intended }: Departure,
  removals: readonly Removal[],
  log: Log,
): Promise<readonly string[]> {
  const existing = await zone.listRecordSets(
    state.domainName,
    removals.map(({ record }) => record.name),
  );
  const doubtful = removals.filter(({ record }) => intended !== undefined && isInDoubt(record, existing, intended));
  const inDoubt = doubtful.map(({ record }) => record.name);
  const changes = planRemoval(
    removals.filter((each) => !doubtful.includes(each)),
    existing,
  );
  log('records-planned', { changes: changes.map(({ action, record }) => `${action} ${record.name}`) });
  if (changes.length > 0) {
    await zone.change(changes);
  }
  return inDoubt;
}

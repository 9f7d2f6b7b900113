import type { DomainState, ReplicaState } from '../../lambda/domain/physical-id';
import { type Ending, type Evidence, isOfAnotherStack } from './evidence';
import type { Item } from './ledger';
import type { Holding } from './uses';

export const KEPT_FOR_THE_DEAD = 'kept for a claim that nobody will ever give up';
export const NEVER_ASKED = 'CloudFormation gave up the clean-up, or never asked for it';
export const MADE_WHERE_FOUND = 'made by a resource that has left, where another one had found a record of others';
const LOST_CLAIM = 'the identity had lost the claim, and the answer says so';
const UNDECIDED = 'other Regions could not be asked whether they use it, and the answer says so';
const FORMER_TOKENS = 'kept for a resource that had records for other tokens, before the identity was made anew';

/** A thing of ours that nobody uses, now that CloudFormation has done with a resource that it belonged to. */
export interface Leftover<State> {
  readonly item: Item;
  readonly held: Holding;
  /** What the id of the resource says; undefined for a Create without an answer. */
  readonly state: State;
  readonly ending: Ending;
}

/** Why a thing may stay, and when that is so. */
interface Rule<State> {
  readonly reason: string;
  readonly applies: (leftover: Leftover<State>, evidence: Evidence) => boolean;
}

const GIVEN_UP: Rule<unknown> = { reason: NEVER_ASKED, applies: ({ ending }) => ending === 'given up' };

const OF_DOMAINS: readonly Rule<DomainState>[] = [
  { reason: MADE_WHERE_FOUND, applies: ({ held, item }, evidence) => evidence.isFinder(held, item) },
  GIVEN_UP,
];

const OF_RETAINED_DOMAINS: readonly Rule<DomainState>[] = [
  {
    // Whoever comes next takes it for ours as long as a claim is on it.
    reason: KEPT_FOR_THE_DEAD,
    applies: ({ item, state }, evidence) => evidence.deadClaimsFor(item, state).length > 0,
  },
];

const OF_DELETED_DOMAINS: readonly Rule<DomainState>[] = [
  { reason: LOST_CLAIM, applies: (_, evidence) => evidence.hasSaid('no longer carries the tag') },
  {
    reason: 'the DMARC text of a rolled-back update, where CloudFormation did not show the one to go back to',
    applies: ({ item, state }, evidence) => evidence.isOfRollbackUnseen(state, item),
  },
  {
    reason: 'made by a resource whose claim somebody has edited',
    applies: (_, evidence) => evidence.lastIncident?.edited === true,
  },
  { reason: UNDECIDED, applies: (_, evidence) => evidence.hasSaid('could not be asked') },
  { reason: FORMER_TOKENS, applies: ({ item }, evidence) => evidence.isHeldForFormerTokens(item) },
  {
    reason: 'of a stack that has left, in use by a Create that had failed before it could take it over',
    applies: ({ held, item }) => held.failed === true && isOfAnotherStack(held, item.madeBy),
  },
  {
    // Claims tell that several stacks use a DMARC record, and the id of each only the text that it gave.
    reason: 'a DMARC record that another stack had overwritten with its own text',
    applies: ({ held, item }) => item.key.includes(' _dmarc.') && isOfAnotherStack(held, item.writtenBy),
  },
  {
    reason: 'the MX record of another Region, where somebody has edited the claim that tells which one to have',
    applies: ({ item, state }, evidence) => evidence.isOfRegionUntold(state, item),
  },
  {
    reason: 'kept for settings that could not be deleted before it',
    applies: ({ item, state }, evidence) => evidence.isHeldBySettings(state, item),
  },
  {
    reason: KEPT_FOR_THE_DEAD,
    applies: ({ held, state, item, ending }, evidence) => evidence.isHeldByTheDead(held, state, item, ending),
  },
];

/** Of what a Create has made that CloudFormation has had no answer to. */
const OF_UNANSWERED: readonly Rule<undefined>[] = [
  { reason: KEPT_FOR_THE_DEAD, applies: ({ item }, evidence) => evidence.hasUnreadableClaims(item) },
  { reason: UNDECIDED, applies: (_, evidence) => evidence.hasSaid('could not be asked') },
  { reason: FORMER_TOKENS, applies: ({ item }, evidence) => evidence.isHeldForFormerTokens(item) },
  {
    reason: 'of a Create without an answer, and changed since; the answer says that it stays',
    applies: (_, evidence) => evidence.hasSaid('differ from what the deployment would have made'),
  },
  {
    reason: 'of a Create without an answer, for a former host; the run that found so was killed',
    applies: ({ held, item }, evidence) => evidence.lastIncident!.killed > 0 && evidence.hasFormerHost(held, item),
  },
];

const OF_REPLICAS: readonly Rule<ReplicaState>[] = [
  GIVEN_UP,
  {
    reason: KEPT_FOR_THE_DEAD,
    applies: ({ state: { region, domainName } }, evidence) => evidence.deadClaims(region, domainName).length > 0,
  },
];

const OF_DELETED_REPLICAS: readonly Rule<ReplicaState>[] = [
  { reason: LOST_CLAIM, applies: (_, evidence) => evidence.hasSaid('no longer carries the tag') },
];

export function isRetained({ properties }: Holding): boolean {
  return properties.RemovalPolicy === 'retain';
}

export function reasonToLeave(leftover: Leftover<DomainState>, evidence: Evidence): string | undefined {
  const further = isRetained(leftover.held) ? OF_RETAINED_DOMAINS : OF_DELETED_DOMAINS;
  return firstReason([...OF_DOMAINS, ...further], leftover, evidence);
}

export function reasonToLeaveUnanswered(leftover: Leftover<undefined>, evidence: Evidence): string | undefined {
  return isRetained(leftover.held) ? undefined : firstReason(OF_UNANSWERED, leftover, evidence);
}

export function reasonToLeaveReplica(leftover: Leftover<ReplicaState>, evidence: Evidence): string | undefined {
  const further = isRetained(leftover.held) ? [] : OF_DELETED_REPLICAS;
  return firstReason([...OF_REPLICAS, ...further], leftover, evidence);
}

/** The first rule that applies tells. */
function firstReason<State>(
  rules: readonly Rule<State>[],
  leftover: Leftover<State>,
  evidence: Evidence,
): string | undefined {
  return rules.find(({ applies }) => applies(leftover, evidence))?.reason;
}

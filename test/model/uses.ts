import type { ReplicaProperties, ResourceProperties, SettingsProperties } from '../../lib/shared/contract';
import {
  claimOf as claimOfId,
  type DomainState,
  parsePhysicalId,
  parseReplicaId,
  type ReplicaState,
} from '../../lambda/domain/physical-id';
import { furtherRecords } from './further-records';
import { identityKey, type Item, recordKey } from './ledger';

export type Properties = ResourceProperties | SettingsProperties | ReplicaProperties;

/** What CloudFormation holds for a resource. */
export interface Holding {
  readonly id: string;
  readonly properties: Properties;
  /** The event that CloudFormation got no answer to, so that it made the id up. */
  readonly unanswered?: string;
  /** Whether the Create has failed, so that nothing is in place. */
  readonly failed?: boolean;
  readonly stack: string;
  readonly logicalId: string;
  /** The tokens of the keys that its identity has got since the id was given, if they are its too. */
  readonly keys?: readonly string[];
}

/** The domain of a holding; undefined for settings, and for one that we gave no id. */
export function stateOf({ id }: Holding): DomainState | undefined {
  return parsePhysicalId(id);
}

export function replicaOf({ id }: Holding): ReplicaState | undefined {
  return parseReplicaId(id);
}

/** Whether an item is the replica of a holding. */
export function isReplicaOf(held: Holding, { key }: Item): boolean {
  const replica = replicaOf(held);
  return replica !== undefined && key === identityKey(replica.region, replica.domainName);
}

export function claimOf({ id }: Holding): string | undefined {
  return claimOfId(id);
}

/** Whether a domain is about an identity or a record, whoever made it. */
export function isAt(state: DomainState, { key, content }: Pick<Item, 'key' | 'content'>): boolean {
  const { region, domainName, zoneId, tokens } = state;
  if (key === identityKey(region, domainName)) return true;
  if (zoneId === undefined) return false;
  if (tokens.some((token) => key === recordKey(zoneId, `${token}._domainkey.${domainName}`))) return true;
  return furtherRecords(state).some((record) => record.key === key) && content !== '';
}

/** Whether it is a record for the keys that the identity of a holding has got since the id was given. */
export function hasKey(held: Holding, item: Item): boolean {
  const state = stateOf(held);
  return state !== undefined && held.keys !== undefined && isAt({ ...state, tokens: held.keys }, item);
}

/**
 * Whether any resource is about an identity or a record.
 *
 * @param except a resource that does not count
 */
export function isUsed(
  holdings: readonly Holding[],
  item: Item,
  except?: { readonly StackId: string; readonly LogicalResourceId: string },
): boolean {
  return holdings.some((held) => {
    if (held.stack === except?.StackId && held.logicalId === except.LogicalResourceId) return false;
    const state = stateOf(held);
    if (held.unanswered !== undefined && item.madeBy?.requestId === held.unanswered) return true;
    return (state !== undefined && isAt(state, item)) || hasKey(held, item) || isReplicaOf(held, item);
  });
}

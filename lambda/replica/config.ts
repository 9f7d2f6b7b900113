import { REPLICA_RULES } from '../../lib/shared/rules';
import { parseTags } from '../domain/config';
import type { CustomResourceEvent } from '../events/event';
import { checkedProperties } from '../events/properties';

/** Which identity a replica is, and of which one. */
export interface ReplicaPlace {
  readonly domainName: string;
  readonly region: string;
  /** That of the identity whose keys it has. */
  readonly parentRegion: string;
}

/** The properties of the custom resource for a replica as real types. */
export interface ReplicaConfig extends ReplicaPlace {
  readonly retain: boolean;
  /** Seconds; 0 does not wait. */
  readonly waitForVerification: number;
  /** The user's tags for the identity. */
  readonly tags: { readonly [key: string]: string };
}

/**
 * Reads the properties of an event.
 *
 * @throws Failure naming the prop, its value and the remedy.
 */
export function parseReplica(properties: CustomResourceEvent['ResourceProperties']): ReplicaConfig {
  const given = checkedProperties(properties, REPLICA_RULES);
  return {
    domainName: given.DomainName!,
    region: given.SesRegion!,
    parentRegion: given.ParentRegion!,
    retain: given.RemovalPolicy === 'retain',
    waitForVerification: Number(given.WaitForVerification ?? 0),
    tags: parseTags(properties),
  };
}

/** Properties that cannot work were refused, so that nothing was made of them. */
export function parseReplicaOrNothing(properties: unknown): ReplicaConfig | undefined {
  try {
    return parseReplica(properties as CustomResourceEvent['ResourceProperties']);
  } catch {
    return undefined;
  }
}

export function samePlace(one: ReplicaPlace, other: ReplicaPlace): boolean {
  return one.domainName === other.domainName && one.region === other.region && one.parentRegion === other.parentRegion;
}

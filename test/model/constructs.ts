import {
  REPLICA_RESOURCE_TYPE,
  type ReplicaProperties,
  RESOURCE_TYPE,
  SETTINGS_RESOURCE_TYPE,
} from '../../lib/shared/contract';
import { at, RESOURCES, toProperties } from './places';
import type { Wish } from './plan';
import { REPLICA_REGIONS } from './replicas';
import { toSettings } from './settings';
import type { Properties } from './uses';

/** What a stack has one custom resource for. */
export interface Construct {
  /** What its logical id begins with. */
  readonly name: string;
  readonly type: string;
  /** The name of the one that is made before it, and removed after it. */
  readonly needs?: string;
  /** The number of the one whose wishes are its own. */
  readonly follows?: number;
  /** Undefined when the wishes ask for none. */
  readonly toProperties: (wish: Wish) => Properties | undefined;
}

const [FIRST] = RESOURCES;

const DOMAINS: readonly Construct[] = RESOURCES.map(({ logicalId: name }, number) => ({
  name,
  type: RESOURCE_TYPE,
  toProperties: (wish) => toProperties(number, wish),
}));

export const DOMAINS_AND_SETTINGS: readonly Construct[] = [
  ...DOMAINS,
  {
    name: 'Settings',
    type: SETTINGS_RESOURCE_TYPE,
    needs: FIRST.logicalId,
    follows: 0,
    toProperties: (wish) => toSettings(toProperties(0, wish), wish),
  },
];

/** Two replicas of the first domain, which may be in one Region. */
export const DOMAIN_AND_REPLICAS: readonly Construct[] = [
  DOMAINS[0],
  ...['ReplicaA', 'ReplicaB'].map((name) => ({
    name,
    type: REPLICA_RESOURCE_TYPE,
    needs: FIRST.logicalId,
    toProperties: toReplica,
  })),
];

function toReplica({ region, retain, wait = 'none', ttl }: Wish): ReplicaProperties {
  return {
    DomainName: FIRST.domains[0],
    SesRegion: at(REPLICA_REGIONS, region),
    ParentRegion: FIRST.regions[0],
    RemovalPolicy: retain ? 'retain' : 'destroy',
    ...(wait !== 'none' && { WaitForVerification: wait }),
    ...(ttl && { Revision: ttl }),
  };
}

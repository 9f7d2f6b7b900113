import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { REPLICA_RESOURCE_TYPE, RESOURCE_TYPE, SETTINGS_RESOURCE_TYPE } from '../../lib/shared/contract';
import type { Access } from '../aws/client-settings';
import { cloudFormationClient } from '../aws/clients';
import { describeResource, describeStack, listResources, ResourceStatus, StackResource } from '../aws/cloudformation';
import {
  DomainState,
  parsePhysicalId,
  parseReplicaId,
  parseSettingsId,
  ReplicaState,
  SettingsState,
} from '../domain/physical-id';
import { sameIdentity } from '../domain/record-plan';
import type { Deadline } from '../events/deadline';
import { Failure } from '../events/failure';
import type { Log } from '../events/log';

/** A run that only looks, one domain after the other. */
export const LOOKING: Access = { mayWrite: false, crowd: 1 };

/** A resource of the stack with what its physical id says. */
export interface Deployed<State> {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly state: State;
}

/** All resources of the stack that are about one identity. */
export interface Subject {
  readonly domainName: string;
  readonly region: string;
  readonly domains: readonly Deployed<DomainState>[];
  readonly settings: readonly Deployed<SettingsState>[];
  readonly replicas: readonly Deployed<ReplicaState>[];
}

/**
 * Whether the last deployment of a stack has succeeded, and none has begun. After a rollback, what CloudFormation shows of a
 * resource has not been observed, so that nothing is repaired by it.
 */
export function isAtRest(status: string): boolean {
  return /^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status);
}

/** Why a watch leaves the stack alone. */
export class StackIsBusy extends Failure {}

/** The stack that a watch looks after, as CloudFormation shows it. */
export class WatchedStack {
  private readonly client: CloudFormationClient;

  public constructor(
    public readonly id: string,
    private readonly deadline: Deadline,
    private readonly log: Log,
  ) {
    this.client = cloudFormationClient(deadline, LOOKING);
  }

  public get name(): string {
    const [, name = this.id] = this.id.split('/');
    return name;
  }

  /** Such as `UPDATE_COMPLETE`. */
  public status(): Promise<string> {
    return describeStack(this.client, { StackId: this.id }, this.deadline, this.log);
  }

  /** @throws StackIsBusy */
  public async requireRest(): Promise<void> {
    const status = await this.status();
    if (!isAtRest(status)) {
      throw new StackIsBusy(`the stack is ${status}`);
    }
  }

  public describe(logicalId: string): Promise<ResourceStatus> {
    const resource = { StackId: this.id, LogicalResourceId: logicalId };
    return describeResource(this.client, resource, this.deadline, this.log);
  }

  /** What the stack has by an id that this library gave; a resource that was never made has none. */
  public async subjects(): Promise<readonly Subject[]> {
    const resources = await listResources(this.client, { StackId: this.id }, this.deadline, this.log);
    const domains = deployed(resources, RESOURCE_TYPE, parsePhysicalId);
    const settings = deployed(resources, SETTINGS_RESOURCE_TYPE, parseSettingsId);
    const replicas = deployed(resources, REPLICA_RESOURCE_TYPE, parseReplicaId);
    const identities = new Map(
      [...domains, ...settings, ...replicas].map(({ state: { domainName, region } }) => [
        `${region} ${domainName}`,
        { domainName, region },
      ]),
    );
    return [...identities.values()].map((identity) => ({
      ...identity,
      domains: domains.filter(({ state }) => sameIdentity(state, identity)),
      settings: settings.filter(({ state }) => sameIdentity(state, identity)),
      replicas: replicas.filter(({ state }) => sameIdentity(state, identity)),
    }));
  }
}

function deployed<State>(
  resources: readonly StackResource[],
  ofType: string,
  parse: (physicalId: string) => State | undefined,
): readonly Deployed<State>[] {
  return resources.flatMap(({ logicalId, physicalId, type }) => {
    const state = type === ofType ? parse(physicalId) : undefined;
    return state === undefined ? [] : [{ logicalId, physicalId, state }];
  });
}

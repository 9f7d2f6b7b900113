import { REPLICA_RESOURCE_TYPE, type ReplicaProperties, type ResourceProperties } from '../../lib/shared/contract';
import { DOMAIN, Event, REGION, StackResource, World } from './stack';

/** The Region of the replica, whose parent is in {@link REGION}. */
export const REPLICA_REGION = 'us-east-1';

/** The properties that every replica has, but for those given; a {@link StackResource} takes those of a domain. */
export function replica(given: Partial<ReplicaProperties> = {}): ResourceProperties {
  const properties: ReplicaProperties = {
    DomainName: DOMAIN,
    SesRegion: REPLICA_REGION,
    ParentRegion: REGION,
    RemovalPolicy: 'destroy',
    ...given,
  };
  return properties as unknown as ResourceProperties;
}

/** CloudFormation's side of the custom resource for a replica. */
export class ReplicaResource extends StackResource {
  protected override readonly type = REPLICA_RESOURCE_TYPE;

  constructor(world: World, logicalId = 'Replica', stackId?: string) {
    super(world, logicalId, stackId);
  }

  override creation(given = replica()): Event {
    return super.creation(given);
  }

  override create(given = replica()): ReturnType<StackResource['create']> {
    return super.create(given);
  }
}

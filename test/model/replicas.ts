import { replicaOrigin } from '../../lib/shared/replica-origin';
import { RESOURCES } from './places';

/** The Regions of replicas; their parent is in the first one of the first domain. */
export const REPLICA_REGIONS = ['us-east-1', 'eu-south-1'];

export const PARENT_ORIGIN = replicaOrigin(RESOURCES[0].regions[0]) as `AWS_SES_${string}`;

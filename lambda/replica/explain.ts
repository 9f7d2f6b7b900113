import { describeError } from '../events/failure';
import type { ReplicaPlace } from './config';

/** Why something about a replica failed. */
export function explainReplica(error: unknown, { domainName, region, parentRegion }: ReplicaPlace): string {
  return `Replica of ${domainName} (SES in ${region}, keys of ${parentRegion}): ${describeError(error)}`;
}

import { cloudFormationClient } from '../aws/clients';
import { describeStack } from '../aws/cloudformation';
import type { Deadline } from '../events/deadline';
import type { CustomResourceEvent } from '../events/event';
import type { Log } from '../events/log';
import { Claim, isOwnedBy, ownerId } from './claims';

/**
 * Claims of the very resource that is deleted with its whole stack are left over from a clean-up that CloudFormation has
 * given up: nothing will ever use them again.
 */
export function staleness(
  event: CustomResourceEvent,
  own: readonly string[],
  deadline: Deadline,
  log: Log,
): (claim: Claim) => Promise<boolean> {
  let isStackGoing: Promise<boolean> | undefined;
  return async (claim) => {
    if (own.includes(claim.id) || !isOwnedBy(claim, ownerId(event))) {
      return false;
    }
    isStackGoing ??= describeStack(cloudFormationClient(deadline), event, deadline, log).then(
      (status) => /^(DELETE|ROLLBACK)_/.test(status),
      () => false,
    );
    return isStackGoing;
  };
}

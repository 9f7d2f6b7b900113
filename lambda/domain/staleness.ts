import { cloudFormationClient } from '../aws/clients';
import { describeStack } from '../aws/cloudformation';
import type { Deadline } from '../events/deadline';
import type { CustomResourceEvent } from '../events/event';
import type { Log } from '../events/log';
import { Claim, isOfResource } from './claims';

/** Whether a claim is one that nobody will ever give up. */
export type IsStale = (claim: Claim) => Promise<boolean>;

/** The ids of those claims that nobody will ever give up. */
export async function staleAmong(claims: readonly Claim[], isStale: IsStale): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const claim of claims) {
    if (await isStale(claim)) {
      stale.push(claim.id);
    }
  }
  return stale;
}

/**
 * Claims of the very resource that is deleted with its whole stack are left over from a clean-up that CloudFormation has
 * given up: nothing will ever use them again.
 */
export function staleness(event: CustomResourceEvent, own: readonly string[], deadline: Deadline, log: Log): IsStale {
  let isStackGoing: Promise<boolean> | undefined;
  return async (claim) => {
    if (own.includes(claim.id) || !isOfResource(claim, event)) {
      return false;
    }
    isStackGoing ??= describeStack(cloudFormationClient(deadline), event, deadline, log).then(
      (status) => /^(DELETE|ROLLBACK)_/.test(status),
      () => false,
    );
    return isStackGoing;
  };
}

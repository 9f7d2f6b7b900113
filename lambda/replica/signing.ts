import { parentRegionOf, replicaOrigin } from '../../lib/shared/replica-origin';
import type { Ses, Signing } from '../aws/ses';
import { lookAtDkim, shownStatus, waitForVerdict } from '../domain/verification';
import type { Deadline } from '../events/deadline';
import { Failure } from '../events/failure';
import type { Freshness } from '../events/freshness';
import type { ReplicaConfig, ReplicaPlace } from './config';

/** Whether an identity has the keys of the parent. */
export function isReplica({ origin }: Signing, { parentRegion }: ReplicaPlace): boolean {
  return origin === replicaOrigin(parentRegion);
}

/**
 * An identity that signs otherwise stays as it is.
 *
 * @throws Failure
 */
export function requireReplica(signing: Signing, place: ReplicaPlace): void {
  const { domainName, region, parentRegion } = place;
  if (isReplica(signing, place)) {
    return;
  }
  const parent = parentRegionOf(signing.origin);
  const found =
    parent !== undefined
      ? `is a Deterministic Easy DKIM replica of the one in ${parent}`
      : signing.origin === 'EXTERNAL'
        ? 'signs with its own key (BYODKIM)'
        : 'has Easy DKIM keys of its own';
  throw new Failure(
    `The identity ${domainName} in ${region} ${found}, so it is not a replica of the one in ${parentRegion}. ` +
      `Leave ${region} out of replicaRegions, or delete that identity first if nobody sends from it.`,
  );
}

/**
 * Waits until SES has verified the replica. SES looks by itself, at the records of the parent; this only watches.
 *
 * @throws Failure when SES gives up, or when the time is up; or when the event is cancelled.
 */
export async function waitForReplica(
  ses: Ses,
  { domainName, parentRegion, waitForVerification }: ReplicaConfig,
  deadline: Deadline,
  freshness: Freshness,
): Promise<void> {
  const look = () => lookAtDkim(ses, domainName);
  const verdict = await waitForVerdict(look, waitForVerification, deadline, freshness);
  if (verdict.status === 'Success') {
    return;
  }
  const problem =
    verdict.status === 'Failed'
      ? 'SES has given up verifying the replica'
      : `SES has not verified the replica within ${waitForVerification} seconds`;
  throw new Failure(
    `${problem} (${shownStatus(verdict)}). It uses the keys and the DNS records of the identity in ${parentRegion}: check ` +
      'that SES has verified that one. Then deploy again, or leave out waitForVerification.',
  );
}

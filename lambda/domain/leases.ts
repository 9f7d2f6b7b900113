import { poll } from '../aws/poll';
import { isLeased, leaseKey } from './claims';
import type { IdentityClaims } from './identity-claims';

/** For a watch that is about to repair what a claim is for: whoever comes from now on waits until {@link endLease}. */
export async function takeLease(claims: IdentityClaims, id: string): Promise<void> {
  await claims.tag({ [leaseKey(id)]: String(Math.floor(Date.now() / 1_000)) });
}

export async function endLease(claims: IdentityClaims, id: string): Promise<void> {
  await claims.untag([leaseKey(id)]);
}

/** Waits until no watch is repairing what some claims are for. Call it before changing any of that. */
export async function outlastLease(claims: IdentityClaims, ids: readonly string[]): Promise<void> {
  if (isLeased(claims.tags, ids)) {
    claims.log('wait', { reason: 'a watch is repairing what is about to change' });
    const again = async () => {
      await claims.read();
      return isLeased(claims.tags, ids) ? undefined : true;
    };
    await poll(again, { first: 1_000, longest: 5_000, deadline: claims.aws.deadline });
  }
}

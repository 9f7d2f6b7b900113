import { MARK, USED } from '../../lib/shared/claim-tags';
import { Claim, IDENTITY, idsOfClaims, isActive, isLeaving, tookIdentity, Tags, toTag } from './claims';
import type { IdentityClaims } from './identity-claims';

/** Whether the identity stays. */
export interface Keep {
  /** In any case. */
  readonly alone: boolean;
  /** Once others have left it to us, too. */
  readonly always: boolean;
  /** If it was taken over. */
  readonly taken: boolean;
}

/**
 * Gives claims up, with what only they are for. An identity that this library made goes with the last of them.
 *
 * @param isStale whether a claim is one that nobody will ever give up
 * @param release takes away what those who stay do not use
 * @returns the claims that stay
 */
export async function leaveIdentity(
  claims: IdentityClaims,
  own: readonly Claim[],
  isStale: (claim: Claim) => boolean,
  keep: Keep,
  release: (others: readonly Claim[]) => Promise<void>,
): Promise<readonly Claim[]> {
  const ids = idsOfClaims(own);
  const others = () => claims.all().filter((claim) => !ids.includes(claim.id) && isActive(claim) && !isStale(claim));
  for (let stays = keep.alone; ; stays = keep.always) {
    if (!stays && others().length === 0) {
      await announceLeave(claims, own);
    }
    const users = others();
    await release(users);
    await end(claims, ids, users, stays || (keep.taken && claims.all().some(tookIdentity)));
    if (users.length === 0) {
      return users;
    }
    // They may have left at the same time, and have seen us stay.
    await claims.reread();
    if (others().length > 0 || claims.found === undefined) {
      return others();
    }
  }
}

/** Whoever comes from now on waits until {@link end}. */
async function announceLeave(claims: IdentityClaims, own: readonly Claim[]): Promise<void> {
  if (claims.found === undefined || own.length === 0) {
    return;
  }
  const leavingSince = Math.floor(Date.now() / 1_000);
  const leaving = Object.assign({}, ...own.map((claim) => toTag({ ...claim, leavingSince }))) as Tags;
  if (await claims.tagUnlessGone(leaving)) {
    await claims.reread();
  }
}

async function end(
  claims: IdentityClaims,
  ids: readonly string[],
  others: readonly Claim[],
  keep: boolean,
): Promise<void> {
  if (claims.found === undefined) {
    return;
  }
  if (others.length === 0 && !keep && claims.isOurs) {
    await claims.aws.ses.deleteIdentity(claims.subject.domainName).catch(async (error: Error) => {
      if (await claims.isStillThere()) throw error;
    });
    return;
  }
  const hasMadeIt = (claim: Claim) => tookIdentity(claim) || claim.made.includes(IDENTITY);
  // A claim that somebody has edited may have said so.
  const mayBeGivenBack = claims
    .all()
    .some((claim) => ids.includes(claim.id) && (tookIdentity(claim) || claim.unreadable));
  if (others.length > 0 && mayBeGivenBack && !others.some(hasMadeIt)) {
    // Those who stay have not asked for it.
    await claims.tag({ [MARK]: USED });
  }
  // Without a claim it is an identity like any other; but whoever is on the way out needs its own to get there.
  const isLast = others.length === 0 && !claims.all().some((claim) => !ids.includes(claim.id) && isLeaving(claim));
  await (isLast ? claims.clear() : claims.giveUp(ids));
}

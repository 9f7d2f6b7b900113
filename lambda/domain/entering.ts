import { MADE, MARK, USED } from '../../lib/shared/claim-tags';
import { poll } from '../aws/poll';
import type { Signing } from '../aws/ses';
import { Failure } from '../events/failure';
import type { Freshness } from '../events/freshness';
import { Claim, claimantsOf, IDENTITY, isLeaving, Tags, toTag } from './claims';
import type { IdentityClaims } from './identity-claims';

/** How long whoever comes waits for the one that is leaving, in milliseconds: its records may take that long to go. */
const LONGEST_FAREWELL = 5 * 60_000;

/** How an identity was found, or made. */
export interface Entered {
  /** Whether this run made it. */
  readonly isNew: boolean;
  /** The claim that was there already; undefined when this run has put it. */
  readonly earlier?: Claim;
  /** Whether that is certainly not of this run. */
  readonly isOfEarlierRun?: boolean;
  readonly signing: Signing;
}

/**
 * Makes the identity with a claim on it, or puts the claim on the one that is there.
 *
 * Whoever comes puts a claim first and looks afterwards; whoever may be the last to leave says so first and looks
 * afterwards. So at least one of them sees the other: the one that comes then waits, and the one that leaves then stays
 * away from what is in use.
 *
 * @param further the user's tags, for an identity that is made
 * @param mayExist whether to look before trying to make it
 * @param check refuses an identity that cannot be used
 * @throws Failure
 */
export async function enterIdentity(
  claims: IdentityClaims,
  claim: Claim,
  further: Tags,
  freshness: Freshness,
  mayExist: boolean,
  check: (signing: Signing) => void,
): Promise<Entered> {
  let mayBeOurs = false;
  for (let look = mayExist; ; look = true) {
    if (look) {
      await claims.read();
    }
    if (claims.found === undefined) {
      await freshness.require();
      const made = await claims.make({ ...further, [MARK]: MADE, ...toTag(claim) });
      if ('signing' in made) {
        return { isNew: true, signing: made.signing };
      }
      mayBeOurs ||= made.mayBeMade;
      continue;
    }
    const { signing } = claims.found;
    check(signing);
    const own = claims.own(claim.id);
    const isGoing = claims.all().some((other) => other.id !== claim.id && isLeaving(other));
    // Who leaves has seen a claim that has long been there, but maybe not one of a run that was killed.
    if (own !== undefined && (mayExist || !isGoing)) {
      return { isNew: false, earlier: own, isOfEarlierRun: !mayBeOurs, signing };
    }
    // A claim that says who has made the identity is for a new one.
    const made = claim.made.filter((each) => each !== IDENTITY);
    if (!isGoing && (await join(claims, { ...claim, made }, freshness))) {
      return { isNew: false, signing };
    }
    await waitForFarewell(claims);
  }
}

/** @returns whether the identity is there to stay */
async function join(claims: IdentityClaims, claim: Claim, freshness: Freshness): Promise<boolean> {
  await freshness.require();
  const mark: Tags = claims.isMarked ? {} : { [MARK]: USED };
  if (!(await claims.tagUnlessGone({ ...mark, ...toTag(claim) }))) {
    return false;
  }
  await claims.reread();
  return claims.found !== undefined && !claims.all().some(isLeaving);
}

async function waitForFarewell(claims: IdentityClaims): Promise<void> {
  const { domainName, region } = claims.subject;
  claims.log('wait', { reason: 'the last user of the identity is about to remove it' });
  const { deadline: whole } = claims.aws;
  const deadline = whole.atMost(Math.min(LONGEST_FAREWELL, whole.remaining() / 2));
  const gone = await poll(
    async () => {
      // By the same call that has shown it: another one may have other tags, for a moment.
      await claims.read();
      return claims.found === undefined || !claims.all().some(isLeaving) || undefined;
    },
    { first: 2_000, longest: 15_000, deadline },
  ).finally(() => deadline.clear());
  if (!gone) {
    const by = claimantsOf(claims.all().filter(isLeaving));
    throw new Failure(
      `The identity ${domainName} in ${region} is being removed by ${by}: deploy again when that has finished.`,
    );
  }
}

import { MADE, MARK, USED } from '../../lib/shared/claim-tags';
import { replicaOrigin } from '../../lib/shared/replica-origin';
import type { Aws } from '../aws/clients';
import { poll } from '../aws/poll';
import type { Identity, Ses, Signing } from '../aws/ses';
import { allEnded } from '../events/all-ended';
import { AwsCallFailure, Failure } from '../events/failure';
import type { Freshness } from '../events/freshness';
import type { Log } from '../events/log';
import type { DomainConfig } from './config';
import type { RegionalClaim } from './record-plan';
import {
  Claim,
  IDENTITY,
  isActive,
  isLeased,
  isLeaving,
  isMade,
  isOfResource,
  leaseKey,
  readClaims,
  ResourceIds,
  sameClaim,
  tagKey,
  Tags,
  tookIdentity,
  toTag,
} from './claims';

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
 * One identity and who uses it, by the claims among its tags.
 *
 * Whoever comes puts a claim first and looks afterwards; whoever may be the last to leave says so first and looks
 * afterwards. So at least one of them sees the other: the one that comes then waits, and the one that leaves then stays
 * away from what is in use.
 */
export class IdentityClaims {
  /** Whether something on the identity may have changed by these means. */
  public hasChanged = false;
  private identity: Identity | undefined;
  private tags: Tags = {};

  public constructor(
    private readonly aws: Pick<Aws, 'ses' | 'sesElsewhere' | 'deadline'>,
    /** With the Region of its parent if it is to be made as a replica. */
    private readonly subject: Pick<DomainConfig, 'domainName' | 'region' | 'signingKeyLength'> & {
      readonly parentRegion?: string;
    },
    private readonly log: Log,
  ) {}

  /** The identity at the last look; undefined when it did not exist. */
  public get found(): Identity | undefined {
    return this.identity;
  }

  /** Whether the identity is marked as one that this library made, or has taken over. */
  public get isOurs(): boolean {
    return isMade(this.tags);
  }

  public all(): readonly Claim[] {
    return readClaims(this.tags);
  }

  /** The claims of the very resource that an event is for. */
  public ofResource(event: ResourceIds): readonly Claim[] {
    return this.all().filter((claim) => isOfResource(claim, event));
  }

  public own(id: string): Claim | undefined {
    return this.all().find((claim) => claim.id === id);
  }

  /** Looks at the identity. */
  public async read(): Promise<void> {
    this.identity = await this.ses.findIdentity(this.subject.domainName);
    this.tags = this.identity?.tags ?? {};
  }

  /** Looks at the tags again. */
  public async reread(): Promise<void> {
    const tags = await this.ses.readTags(this.subject.domainName);
    this.tags = tags ?? {};
    if (tags === undefined) {
      this.identity = undefined;
    }
  }

  /** For whoever could not change it: IAM denies access to what has no tags because it is gone. */
  public async isStillThere(): Promise<boolean> {
    await this.read().catch(() => undefined);
    return this.identity !== undefined;
  }

  /** The claims on the identities of the same name in the other Regions of the stack, with their Regions. */
  public async readElsewhere(): Promise<readonly RegionalClaim[]> {
    const found = await this.findElsewhere();
    return found.flatMap(({ region, tags }) => readClaims(tags).map((claim) => ({ ...claim, region })));
  }

  /** The other Regions of the stack that have a replica of the identity. */
  public async replicaRegions(): Promise<readonly string[]> {
    const origin = replicaOrigin(this.subject.region);
    const found = await this.findElsewhere();
    return found.filter(({ signing }) => signing.origin === origin).map(({ region }) => region);
  }

  /**
   * Makes the identity with a claim on it, or puts the claim on the one that is there.
   *
   * @param further the user's tags, for an identity that is made
   * @param mayExist whether to look before trying to make it
   * @param check refuses an identity that cannot be used
   * @throws Failure
   */
  public async enter(
    claim: Claim,
    further: Tags,
    freshness: Freshness,
    mayExist: boolean,
    check: (signing: Signing) => void,
  ): Promise<Entered> {
    let mayBeOurs = false;
    for (let look = mayExist; ; look = true) {
      if (look) {
        await this.read();
      }
      if (this.identity === undefined) {
        await freshness.require();
        this.hasChanged = true;
        const { domainName, parentRegion, signingKeyLength: keyLength } = this.subject;
        const tags = { ...further, [MARK]: MADE, ...toTag(claim) };
        const made = await this.ses.createIdentity(domainName, tags, { parentRegion, keyLength });
        if ('signing' in made) {
          this.accept(made);
          return { isNew: true, signing: made.signing };
        }
        mayBeOurs ||= made.mayBeMade;
        continue;
      }
      const { signing } = this.identity;
      check(signing);
      const own = this.own(claim.id);
      const isGoing = this.all().some((other) => other.id !== claim.id && isLeaving(other));
      // Who leaves has seen a claim that has long been there, but maybe not one of a run that was killed.
      if (own !== undefined && (mayExist || !isGoing)) {
        return { isNew: false, earlier: own, isOfEarlierRun: !mayBeOurs, signing };
      }
      // A claim that says who has made the identity is for a new one.
      const made = claim.made.filter((each) => each !== IDENTITY);
      if (!isGoing && (await this.join({ ...claim, made }, freshness))) {
        return { isNew: false, signing };
      }
      await this.waitForFarewell();
    }
  }

  /** Puts a claim, or changes it; one that is there as it should be is left. */
  public async put(claim: Claim, freshness: Freshness): Promise<void> {
    if (!sameClaim(this.own(claim.id), claim)) {
      await freshness.require();
      await this.change(claim);
    }
  }

  /** Changes a claim. The mark follows in the same call, so that a run that is killed leaves neither without the other. */
  public async change(claim: Claim): Promise<void> {
    const before = this.own(claim.id);
    const isTaken = [claim, ...this.all().filter(({ id }) => id !== claim.id)].some(tookIdentity);
    const isGivenBack = before !== undefined && tookIdentity(before) && !isTaken;
    const mark: Tags = tookIdentity(claim) && !this.isOurs ? { [MARK]: MADE } : isGivenBack ? { [MARK]: USED } : {};
    await this.tag({ ...toTag(claim), ...mark });
  }

  /**
   * Changes the tags that the user has given, on an identity that this library made: others keep theirs.
   *
   * @param former those that were given before
   */
  public async changeUserTags(wanted: Tags, former: Tags, freshness: Freshness): Promise<void> {
    if (!this.isOurs) {
      return;
    }
    const isOurs = (key: string) => this.tags[key] === undefined || this.tags[key] === former[key];
    const set = Object.entries(wanted).filter(([key, value]) => this.tags[key] !== value && isOurs(key));
    const removed = Object.keys(former).filter((key) => !(key in wanted) && this.tags[key] === former[key]);
    const left = Object.keys(wanted).filter((key) => this.tags[key] !== wanted[key] && !isOurs(key));
    if (left.length > 0) {
      this.log('tags-left', { keys: left, reason: 'somebody else has given them another value' });
    }
    if (set.length > 0) {
      await freshness.require();
      await this.tag(Object.fromEntries(set));
    }
    if (removed.length > 0) {
      await freshness.require();
      await this.untag(removed);
    }
  }

  /**
   * Gives claims up, with what only they are for. An identity that this library made goes with the last of them.
   *
   * @param isStale whether a claim is one that nobody will ever give up
   * @param keep whether the identity stays in any case; once others have left it to us, too; if it was taken over
   * @param release takes away what those who stay do not use
   * @returns the claims that stay
   */
  public async part(
    own: readonly Claim[],
    isStale: (claim: Claim) => boolean,
    keep: { readonly alone: boolean; readonly always: boolean; readonly taken: boolean },
    release: (others: readonly Claim[]) => Promise<void>,
  ): Promise<readonly Claim[]> {
    const ids = own.map(({ id }) => id);
    const others = () => this.all().filter((claim) => !ids.includes(claim.id) && isActive(claim) && !isStale(claim));
    for (let stays = keep.alone; ; stays = keep.always) {
      if (!stays && others().length === 0) {
        await this.announceLeave(own);
      }
      const users = others();
      await release(users);
      await this.end(ids, users, stays || (keep.taken && this.all().some(tookIdentity)));
      if (users.length === 0) {
        return users;
      }
      // They may have left at the same time, and have seen us stay.
      await this.reread();
      if (others().length > 0 || this.identity === undefined) {
        return others();
      }
    }
  }

  /** For a watch that is about to repair what a claim is for: whoever comes from now on waits until {@link endLease}. */
  public async takeLease(id: string): Promise<void> {
    await this.tag({ [leaseKey(id)]: String(Math.floor(Date.now() / 1_000)) });
  }

  public async endLease(id: string): Promise<void> {
    await this.untag([leaseKey(id)]);
  }

  /** Waits until no watch is repairing what these claims are for. Call it before changing any of that. */
  public async outlastLease(ids: readonly string[]): Promise<void> {
    if (isLeased(this.tags, ids)) {
      this.log('wait', { reason: 'a watch is repairing what is about to change' });
      const again = async () => {
        await this.read();
        return isLeased(this.tags, ids) ? undefined : true;
      };
      await poll(again, { first: 1_000, longest: 5_000, deadline: this.aws.deadline });
    }
  }

  /** Takes back that claims are leaving, so that nobody waits for what does not go; what was to go can be tried again. */
  public async stay(claims: readonly Claim[]): Promise<void> {
    if (claims.length === 0) {
      return;
    }
    // A run that was killed may have announced it before.
    const staying = claims.map((claim) => toTag({ ...claim, leavingSince: undefined }));
    try {
      await this.tag(Object.assign({}, ...staying) as Tags);
    } catch (error) {
      this.log('still-leaving', { problem: (error as Error).message });
    }
  }

  /** Gives claims up, without a look at what they are for. */
  public async giveUp(ids: readonly string[]): Promise<void> {
    await this.drop(keysOf(ids));
  }

  private get ses(): Ses {
    return this.aws.ses;
  }

  /** The identities of the same name in the other Regions of the stack. */
  private async findElsewhere(): Promise<readonly (Identity & { readonly region: string })[]> {
    const looks = await allEnded(
      this.aws.sesElsewhere.map(async (ses) => {
        const identity = await ses.findIdentity(this.subject.domainName);
        return identity === undefined ? [] : [{ ...identity, region: ses.region }];
      }),
    );
    return looks.flat();
  }

  /** Whoever comes from now on waits until {@link end}. */
  private async announceLeave(own: readonly Claim[]): Promise<void> {
    if (this.identity === undefined || own.length === 0) {
      return;
    }
    const leavingSince = Math.floor(Date.now() / 1_000);
    const leaving = Object.assign({}, ...own.map((claim) => toTag({ ...claim, leavingSince }))) as Tags;
    if (await this.tagUnlessGone(leaving)) {
      await this.reread();
    }
  }

  private async end(ids: readonly string[], others: readonly Claim[], keep: boolean): Promise<void> {
    if (this.identity === undefined) {
      return;
    }
    if (others.length === 0 && !keep && this.isOurs) {
      await this.ses.deleteIdentity(this.subject.domainName).catch(async (error: Error) => {
        if (await this.isStillThere()) throw error;
      });
      return;
    }
    const hasMadeIt = (claim: Claim) => tookIdentity(claim) || claim.made.includes(IDENTITY);
    // A claim that somebody has edited may have said so.
    const mayBeGivenBack = this.all().some(
      (claim) => ids.includes(claim.id) && (tookIdentity(claim) || claim.unreadable),
    );
    if (others.length > 0 && mayBeGivenBack && !others.some(hasMadeIt)) {
      // Those who stay have not asked for it.
      await this.tag({ [MARK]: USED });
    }
    // Without a claim it is an identity like any other; but whoever is on the way out needs its own to get there.
    const isLast = others.length === 0 && !this.all().some((claim) => !ids.includes(claim.id) && isLeaving(claim));
    await this.drop(isLast ? [...keysOf(this.all().map(({ id }) => id)), MARK] : keysOf(ids));
  }

  private accept(identity: Identity): void {
    this.identity = identity;
    this.tags = identity.tags;
  }

  /** @returns whether the identity is there to stay */
  private async join(claim: Claim, freshness: Freshness): Promise<boolean> {
    await freshness.require();
    const mark: Tags = MARK in this.tags ? {} : { [MARK]: USED };
    if (!(await this.tagUnlessGone({ ...mark, ...toTag(claim) }))) {
      return false;
    }
    await this.reread();
    return this.identity !== undefined && !this.all().some(isLeaving);
  }

  private async waitForFarewell(): Promise<void> {
    const { domainName, region } = this.subject;
    this.log('wait', { reason: 'the last user of the identity is about to remove it' });
    const deadline = this.aws.deadline.atMost(Math.min(LONGEST_FAREWELL, this.aws.deadline.remaining() / 2));
    const gone = await poll(
      async () => {
        // By the same call that has shown it: another one may have other tags, for a moment.
        await this.read();
        return this.identity === undefined || !this.all().some(isLeaving) || undefined;
      },
      { first: 2_000, longest: 15_000, deadline },
    ).finally(() => deadline.clear());
    if (!gone) {
      const by = this.all()
        .filter(isLeaving)
        .map((claim) => claim.by);
      throw new Failure(
        `The identity ${domainName} in ${region} is being removed by ${by.join(', ')}: deploy again when that has finished.`,
      );
    }
  }

  private async drop(keys: readonly string[]): Promise<void> {
    const present = keys.filter((key) => key in this.tags);
    if (present.length > 0) {
      await this.untag(present);
    }
  }

  private async tag(tags: Tags): Promise<void> {
    this.hasChanged = true;
    await this.ses.tag(this.subject.domainName, tags);
    this.tags = { ...this.tags, ...tags };
  }

  /** @returns false when there is no identity any more */
  private async tagUnlessGone(tags: Tags): Promise<boolean> {
    try {
      await this.tag(tags);
      return true;
    } catch (error) {
      if (!(error instanceof AwsCallFailure && error.code === 'NotFoundException')) {
        throw error;
      }
      this.identity = undefined;
      this.tags = {};
      return false;
    }
  }

  private async untag(keys: readonly string[]): Promise<void> {
    await this.ses.untag(this.subject.domainName, keys);
    this.tags = Object.fromEntries(Object.entries(this.tags).filter(([key]) => !keys.includes(key)));
  }
}

/** The keys of claims, and of what a watch may have left beside them. */
function keysOf(ids: readonly string[]): readonly string[] {
  return ids.flatMap((id) => [tagKey(id), leaseKey(id)]);
}

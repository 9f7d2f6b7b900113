import { MADE, MARK, USED } from '../../lib/shared/claim-tags';
import { replicaOrigin } from '../../lib/shared/replica-origin';
import type { Aws } from '../aws/clients';
import type { Identity } from '../aws/ses';
import { allEnded } from '../events/all-ended';
import { AwsCallFailure } from '../events/failure';
import type { Freshness } from '../events/freshness';
import type { Log } from '../events/log';
import type { DomainConfig } from './config';
import type { RegionalClaim } from './record-plan';
import {
  Claim,
  idsOfClaims,
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

/** What identity claims are on: with the Region of its parent if it is to be made as a replica. */
type Subject = Pick<DomainConfig, 'domainName' | 'region' | 'signingKeyLength'> & { readonly parentRegion?: string };

/** One identity as it was at the last look, and who uses it, by the claims among its tags. */
export class IdentityClaims {
  /** Whether something on the identity may have changed by these means. */
  public hasChanged = false;
  private identity: Identity | undefined;
  private lastTags: Tags = {};

  public constructor(
    public readonly aws: Pick<Aws, 'ses' | 'sesElsewhere' | 'deadline'>,
    public readonly subject: Subject,
    public readonly log: Log,
  ) {}

  /** The identity at the last look; undefined when it did not exist. */
  public get found(): Identity | undefined {
    return this.identity;
  }

  public get tags(): Tags {
    return this.lastTags;
  }

  /** Whether the identity is marked as one that this library made, or has taken over. */
  public get isOurs(): boolean {
    return isMade(this.lastTags);
  }

  /** Whether it is marked at all: as one that this library made, or uses. */
  public get isMarked(): boolean {
    return MARK in this.lastTags;
  }

  public all(): readonly Claim[] {
    return readClaims(this.lastTags);
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
    this.accept(await this.aws.ses.findIdentity(this.subject.domainName));
  }

  /** Looks at the tags again. */
  public async reread(): Promise<void> {
    const tags = await this.aws.ses.readTags(this.subject.domainName);
    this.lastTags = tags ?? {};
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

  /** Makes the identity. @returns it, or whether an earlier try has made the one that is there */
  public async make(tags: Tags): Promise<Identity | { readonly mayBeMade: boolean }> {
    this.hasChanged = true;
    const { domainName, parentRegion, signingKeyLength: keyLength } = this.subject;
    const made = await this.aws.ses.createIdentity(domainName, tags, { parentRegion, keyLength });
    if ('signing' in made) {
      this.accept(made);
    }
    return made;
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

  /** Gives all claims up, and the mark. */
  public async clear(): Promise<void> {
    await this.drop([...keysOf(idsOfClaims(this.all())), MARK]);
  }

  public async tag(tags: Tags): Promise<void> {
    this.hasChanged = true;
    await this.aws.ses.tag(this.subject.domainName, tags);
    this.lastTags = { ...this.lastTags, ...tags };
  }

  /** @returns false when there is no identity any more */
  public async tagUnlessGone(tags: Tags): Promise<boolean> {
    try {
      await this.tag(tags);
      return true;
    } catch (error) {
      if (!(error instanceof AwsCallFailure && error.code === 'NotFoundException')) {
        throw error;
      }
      this.accept(undefined);
      return false;
    }
  }

  public async untag(keys: readonly string[]): Promise<void> {
    await this.aws.ses.untag(this.subject.domainName, keys);
    this.lastTags = Object.fromEntries(Object.entries(this.lastTags).filter(([key]) => !keys.includes(key)));
  }

  private accept(identity: Identity | undefined): void {
    this.identity = identity;
    this.lastTags = identity?.tags ?? {};
  }

  private async drop(keys: readonly string[]): Promise<void> {
    const present = keys.filter((key) => key in this.lastTags);
    if (present.length > 0) {
      await this.untag(present);
    }
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
}

/** The keys of claims, and of what a watch may have left beside them. */
function keysOf(ids: readonly string[]): readonly string[] {
  return ids.flatMap((id) => [tagKey(id), leaseKey(id)]);
}

import type { ResourceProperties } from '../../lib/shared/contract';
import { documentedDkimDomain } from '../../lib/shared/dkim-hosts';
import { readClaims, type Claim } from '../../lambda/domain/claims';
import type { DomainState } from '../../lambda/domain/physical-id';
import type { FakeAws } from '../fakes/fake-aws';
import { claims, type Incident } from './incident';
import { identityKey, type Item, type Maker, plain, recordKey } from './ledger';
import { ACCOUNT, REGIONS } from './places';
import type { Setup } from './plan';
import { claimOf, hasKey, type Holding, isReplicaOf, isUsed, stateOf } from './uses';

/** What became of a physical resource. */
export type Ending = 'deleted with its stack' | 'replaced' | 'removed' | 'given up';

/** What ids, claims and answers say about who has something, and what they cannot say any more. */
export class Evidence {
  /** The last event for a resource. */
  lastIncident: Incident | undefined;
  /** The ids of resources that had found a record of others, in the place of which another resource has made one. */
  private readonly finders = new Map<string, Set<string>>();
  /** The same by the id that an update was about to replace when it made the record. */
  private readonly formerFinders = new Map<string, Set<string>>();
  /** The identities that somebody has deleted or taken claims from. */
  private readonly tamperedWith = new Set<string>();

  constructor(
    private readonly fake: FakeAws,
    private readonly setup: Setup,
    /** What CloudFormation holds in all stacks. */
    readonly holdings: () => readonly Holding[],
  ) {}

  /** Somebody has deleted an identity or changed its tags. */
  tamper(region: string, domain: string): void {
    this.tamperedWith.add(identityKey(region, domain));
  }

  /** A resource has found a record of others, in the place of which there is one of ours now. */
  noteFinder(key: string, id: string, isOwn: boolean): void {
    const finders = isOwn ? this.formerFinders : this.finders;
    finders.set(key, (finders.get(key) ?? new Set()).add(id));
  }

  isUsed(item: Item): boolean {
    return isUsed(this.holdings(), item);
  }

  /** Whether an id says that its resource, or one of us before it, has made a record, or that it has a replica. */
  isClaimed(item: Item): boolean {
    return this.holdings().some(
      (held) =>
        claims(stateOf(held), item) || hasKey(held, item) || (isReplicaOf(held, item) && !this.hasLostClaim(held)),
    );
  }

  /** Whether a resource uses a record where it had found one of others. */
  isFound(item: Item): boolean {
    const finders = [this.finders, this.formerFinders].flatMap((each) => [...(each.get(item.key) ?? [])]);
    return this.holdings().some((held) => finders.includes(held.id) && isUsed([held], item));
  }

  /** Whether a resource that uses an item takes over what others have made. */
  mayBeTaken(item: Item): boolean {
    const takes = ({ properties }: Holding) => (properties as ResourceProperties).TakeOwnership !== undefined;
    return this.holdings().some((held) => takes(held) && isUsed([held], item));
  }

  /** Whether a resource had found a record of others, in the place of which another one has made this. */
  isFinder(held: Holding, { key }: Item): boolean {
    return this.finders.get(key)?.has(held.id) === true;
  }

  /** Whether the last answer told the user. */
  hasSaid(words: string): boolean {
    return this.lastIncident?.answers.some(({ body }) => body.Reason?.includes(words)) === true;
  }

  /** Whether somebody has taken its claim from the identity, as if the resource had left. */
  hasLostClaim(held: Holding): boolean {
    const { SesRegion: region, DomainName: domain } = held.properties;
    const claim = claimOf(held);
    if (claim === undefined || !this.tamperedWith.has(identityKey(region, domain))) return false;
    return !this.claimsOn(region, domain).some(({ id }) => id === claim);
  }

  /** Whether an item is an identity that nobody has a claim on any more, whoever still uses it. */
  hasLostAllClaims({ region, domainName }: Pick<DomainState, 'region' | 'domainName'>, { key }: Item): boolean {
    return key === identityKey(region, domainName) && this.claimsOn(region, domainName).length === 0;
  }

  /** Whether somebody has edited a claim that may be on an item. */
  hasUnreadableClaims(item: Item): boolean {
    return REGIONS.flatMap((region) => [...this.fake.identities.in(ACCOUNT, region).values()]).some(
      ({ domain, tags }) => item.key.includes(domain) && readClaims(tags).some(({ unreadable }) => unreadable),
    );
  }

  /** The claims on an identity that no resource has. */
  deadClaims(region: string, domain: string): readonly Claim[] {
    const living = this.holdings().map(claimOf);
    return this.claimsOn(region, domain).filter(({ id, unreadable }) => unreadable || !living.includes(id));
  }

  /** MX, SPF and DMARC records serve all Regions. */
  deadClaimsFor({ key }: Item, { region, domainName }: Pick<DomainState, 'region' | 'domainName'>): readonly Claim[] {
    const isShared = / (MX|TXT) /.test(key);
    return (isShared ? REGIONS : [region]).flatMap((each) => this.deadClaims(each, domainName));
  }

  /** Whether claims are left on the identity that no resource has: a clean-up of theirs was given up. */
  isHeldByTheDead({ stack, logicalId }: Holding, state: DomainState, item: Item, ending: Ending): boolean {
    const dead = this.deadClaimsFor(item, state);
    if (dead.some(({ unreadable }) => unreadable)) return true;
    if (dead.length > 0 && this.lastIncident?.blind) return true;
    // With its stack all of a resource goes, whatever has been given up before.
    const own = `${stack.split('/')[1]}/${logicalId}`;
    return dead.some(({ by }) => ending !== 'deleted with its stack' || by !== own);
  }

  /** Whether a claim holds a DKIM record, though its id has others: claims name the first to third token, whatever they are. */
  isHeldForFormerTokens({ key }: Item): boolean {
    return this.holdings().some((held) => {
      const state = stateOf(held);
      const identity = state && this.fake.identity(state.region, state.domainName);
      const isOfIdentity = identity?.tokens.some(
        (token) => key === recordKey(state!.zoneId ?? '', `${token}._domainkey.${identity.domain}`),
      );
      return isOfIdentity && readClaims(identity!.tags).some(({ id }) => id === claimOf(held));
    });
  }

  /** Whether settings are still on the identity: a rollback has failed to delete them. */
  isHeldBySettings({ region, domainName }: DomainState, { key }: Item): boolean {
    const ids = this.claimsOn(region, domainName).map(({ id }) => id);
    const isIdentity = key === identityKey(region, domainName);
    return isIdentity && this.holdings().some((held) => !stateOf(held) && ids.includes(claimOf(held) ?? ''));
  }

  /** Whether it is a DKIM record with a host that SES no longer gives. */
  hasFormerHost({ properties: { SesRegion } }: Holding, { key, content }: Item): boolean {
    const host = this.fake.signingHostedZoneFor(SesRegion) ?? documentedDkimDomain(SesRegion);
    return key.includes('._domainkey.') && !content.endsWith(`.${host}`);
  }

  /** Claims tell that a DMARC record is used, and only the id that CloudFormation shows tells its text. */
  isOfRollbackUnseen({ dmarc }: DomainState, { key, content }: Item): boolean {
    const isCertain = this.setup.shows === 'present' && this.setup.lag === 0;
    return !isCertain && key.includes(' _dmarc.') && content !== plain(`"${dmarc}"`);
  }

  /** Only a claim tells for which Region an MX record is when the one that it was made for goes. */
  isOfRegionUntold({ region, domainName }: DomainState, { key, content }: Item): boolean {
    const isOfAnother = key.includes(' MX ') && !content.includes(`.${region}.`);
    return isOfAnother && this.tamperedWith.has(identityKey(region, domainName));
  }

  private claimsOn(region: string, domain: string): readonly Claim[] {
    return readClaims(this.fake.identity(region, domain)?.tags ?? {});
  }
}

export function isOfAnotherStack({ stack }: Holding, maker: Maker | undefined): boolean {
  return maker !== undefined && !maker.requestId.startsWith(stack);
}

import { documentedDkimDomain } from '../../lib/shared/dkim-hosts';
import { readClaims, type Claim } from '../../lambda/domain/claims';
import { type DomainState, parsePhysicalId } from '../../lambda/domain/physical-id';
import type { Call, FakeAws } from '../fakes/fake-aws';
import type { Counters } from './counters';
import { configOf } from './excuses';
import { claims, type Incident } from './incident';
import type { Keys } from './keys';
import {
  type Difference,
  identityKey,
  type Item,
  type Ledger,
  type Maker,
  type Origin,
  plain,
  recordKey,
} from './ledger';
import { ACCOUNT, REGIONS } from './places';
import type { Setup } from './plan';
import type { SettingsLedger } from './settings-ledger';
import { claimOf, hasKey, type Holding, isAt, isReplicaOf, isUsed, replicaOf, stateOf } from './uses';

/** What became of a physical resource. */
export type Ending = 'deleted with its stack' | 'replaced' | 'removed' | 'given up';

export const CLAIM_UNANSWERED =
  'somebody has deleted the identity, or edited its tags, with the claim of an event without an answer';

export const NOT_TAKEN_BACK = 'of a take-over that was not taken back';

const NEVER_ASKED = 'CloudFormation gave up the clean-up, or never asked for it';
const MADE_WHERE_FOUND = 'made by a resource that has left, where another one had found a record of others';

/** What nobody can know to be ours any more, so that it may stay or go: each time with its reason, which is counted. */
export class Exemptions {
  /** The last event for a resource. */
  lastIncident: Incident | undefined;
  /** The ids of resources that an update has left half way, since the way back failed as well. */
  readonly stuck = new Set<string>();
  /** The ids of resources that had found a record of others, in the place of which another resource has made one. */
  private readonly finders = new Map<string, Set<string>>();
  /** The same by the id that an update was about to replace when it made the record. */
  private readonly formerFinders = new Map<string, Set<string>>();
  /** The identities that somebody has deleted or taken claims from. */
  private readonly tamperedWith = new Set<string>();

  constructor(
    private readonly fake: FakeAws,
    private readonly ledger: Ledger,
    private readonly settings: SettingsLedger,
    private readonly setup: Setup,
    private readonly counters: Counters,
    private readonly keys: Keys,
    /** What CloudFormation holds in all stacks. */
    private readonly holdings: () => readonly Holding[],
  ) {}

  private isUsed(item: Item): boolean {
    return isUsed(this.holdings(), item);
  }

  /** Somebody has deleted an identity or changed its tags. */
  tamper(region: string, domain: string): void {
    this.tamperedWith.add(identityKey(region, domain));
  }

  /** The records for keys that the ids of resources do not have: only claims say whose they are. */
  ofLaterKeys(): readonly Item[] {
    const holdings = this.holdings();
    return this.ledger.ours().filter((item) => {
      const isInId = holdings.some((held) => claims(stateOf(held), item));
      return !isInId && item.key.startsWith('record') && holdings.some((held) => hasKey(held, item));
    });
  }

  /** A resource has made a record where others may have found one, or it has itself. */
  remember({ event }: Incident, { key, before, after }: Difference): void {
    if (before?.origin === 'ours' || after?.origin !== 'ours' || key.startsWith('identity')) return;
    for (const held of this.holdings()) {
      const state = stateOf(held);
      if (!state || !isAt(state, after) || claims(state, after)) continue;
      const isOwn = held.stack === event.StackId && held.logicalId === event.LogicalResourceId;
      const finders = isOwn ? this.formerFinders : this.finders;
      finders.set(key, (finders.get(key) ?? new Set()).add(held.id));
    }
  }

  /** What an id that CloudFormation has done with was about, and what nobody will ever be asked to delete. */
  writeOff(gone: Holding, ending: Ending): void {
    const held = this.keys.with(gone, true);
    const state = stateOf(held);
    for (const item of this.ledger.ours()) {
      const stays = held.properties.RemovalPolicy === 'retain' || ending === 'given up';
      if (state && stays && isInFormOf(state, item) && this.isUsed(item)) {
        this.exempt(item, 'used in the form that a resource wants which was retained or given up');
        continue;
      }
      const { SesRegion: region, DomainName: domainName, RemovalPolicy } = held.properties;
      const isNobodys = RemovalPolicy === 'retain' && this.hasLostAllClaims({ region, domainName }, item);
      const isUnheard = held.unanswered !== undefined && item.madeBy?.requestId === held.unanswered;
      if (isUnheard && (isNobodys || !this.isUsed(item))) {
        if (RemovalPolicy === 'retain') this.ledger.mark(item, 'others');
        else if (this.hasUnreadableClaims(item)) {
          this.exempt(item, 'kept for a claim that nobody will ever give up');
        } else if (this.isUndecided()) {
          this.exempt(item, 'other Regions could not be asked whether they use it, and the answer says so');
        } else if (this.isHeldForFormerTokens(item)) {
          this.exempt(item, 'kept for a resource that had records for other tokens, before the identity was made anew');
        } else if (this.hasSaid('differ from what the deployment would have made')) {
          this.exempt(item, 'of a Create without an answer, and changed since; the answer says that it stays');
        } else if (this.lastIncident!.killed > 0 && this.hasFormerHost(held, item)) {
          this.exempt(item, 'of a Create without an answer, for a former host; the run that found so was killed');
        }
        continue;
      }
      if (isReplicaOf(held, item)) this.writeOffReplica(held, item, ending);
      if (state === undefined) continue;
      if (ending === 'given up' && item.takers?.includes(state.claim)) {
        this.exempt(item, NOT_TAKEN_BACK);
        continue;
      }
      if (held.properties.RemovalPolicy === 'retain' && this.hasLostAllClaims(state, item)) {
        this.ledger.mark(item, 'others');
        continue;
      }
      const retains = held.properties.RemovalPolicy === 'retain';
      if (retains && claims(state, item) && !this.isClaimed(item) && this.isUsed(item)) {
        // To whoever else uses it, it is one that was there before.
        this.ledger.mark(item, 'others');
      } else if (ending !== 'given up' && claims(state, item) && !this.isClaimed(item) && this.isFound(item)) {
        this.exempt(
          item,
          MADE_WHERE_FOUND,
          this.deadClaimsFor(item, state.region, state.domainName).length === 0 ? 'others' : 'limbo',
        );
        continue;
      }
      if (!(isAt(state, item) || hasKey(held, item)) || this.isUsed(item)) continue;
      if (this.finders.get(item.key)?.has(held.id)) {
        this.exempt(item, MADE_WHERE_FOUND);
      } else if (ending === 'given up') {
        this.exempt(item, NEVER_ASKED);
      } else if (held.properties.RemovalPolicy === 'retain') {
        // Whoever comes next takes it for ours as long as a claim is on it.
        const isClaimed = this.deadClaimsFor(item, state.region, state.domainName).length > 0;
        if (isClaimed) this.exempt(item, 'kept for a claim that nobody will ever give up');
        else this.ledger.mark(item, 'others');
      } else if (this.hasSaid('no longer carries the tag')) {
        this.exempt(item, 'the identity had lost the claim, and the answer says so');
      } else if (this.isOfRollbackUnseen(state, item)) {
        this.exempt(
          item,
          'the DMARC text of a rolled-back update, where CloudFormation did not show the one to go back to',
        );
      } else if (this.lastIncident?.edited) {
        this.exempt(item, 'made by a resource whose claim somebody has edited');
      } else if (this.isUndecided()) {
        this.exempt(item, 'other Regions could not be asked whether they use it, and the answer says so');
      } else if (this.isHeldForFormerTokens(item)) {
        this.exempt(item, 'kept for a resource that had records for other tokens, before the identity was made anew');
      } else if (held.failed && isOfAnotherStack(held, item.madeBy)) {
        this.exempt(item, 'of a stack that has left, in use by a Create that had failed before it could take it over');
      } else if (item.key.includes(' _dmarc.') && isOfAnotherStack(held, item.writtenBy)) {
        // Claims tell that several stacks use a DMARC record, and the id of each only the text that it gave.
        this.exempt(item, 'a DMARC record that another stack had overwritten with its own text');
      } else if (this.isOfRegionUntold(state, item)) {
        this.exempt(
          item,
          'the MX record of another Region, where somebody has edited the claim that tells which one to have',
        );
      } else if (item.key === identityKey(state.region, state.domainName) && this.isHeldBySettings(state)) {
        this.exempt(item, 'kept for settings that could not be deleted before it');
      } else if (this.isHeldByTheDead(held, state, item, ending)) {
        this.exempt(item, 'kept for a claim that nobody will ever give up');
      }
    }
  }

  private writeOffReplica(held: Holding, item: Item, ending: Ending): void {
    if (this.isUsed(item)) return;
    const { region, domainName } = replicaOf(held)!;
    if (ending === 'given up') this.exempt(item, 'CloudFormation gave up the clean-up, or never asked for it');
    else if (this.deadClaims(region, domainName).length > 0) {
      this.exempt(item, 'kept for a claim that nobody will ever give up');
    } else if (held.properties.RemovalPolicy === 'retain') this.ledger.mark(item, 'others');
    else if (this.hasSaid('no longer carries the tag')) {
      this.exempt(item, 'the identity had lost the claim, and the answer says so');
    }
  }

  /** Whether an id says that its resource, or one of us before it, has made a record. */
  isClaimed(item: Item): boolean {
    return this.holdings().some((held) => claims(stateOf(held), item) || hasKey(held, item));
  }

  /** Whether a resource uses a record where it had found one of others. */
  private isFound(item: Item): boolean {
    const finders = [this.finders, this.formerFinders].flatMap((each) => [...(each.get(item.key) ?? [])]);
    return this.holdings().some((held) => finders.includes(held.id) && isUsed([held], item));
  }

  /** Whether a claim holds a DKIM record, though its id has others: claims name the first to third token, whatever they are. */
  private isHeldForFormerTokens({ key }: Item): boolean {
    return this.holdings().some((held) => {
      const state = stateOf(held);
      const identity = state && this.fake.identity(state.region, state.domainName);
      const isOfIdentity = identity?.tokens.some(
        (token) => key === recordKey(state!.zoneId ?? '', `${token}._domainkey.${identity.domain}`),
      );
      return isOfIdentity && readClaims(identity!.tags).some(({ id }) => id === claimOf(held));
    });
  }

  /** Whether it is a DKIM record with a host that SES no longer gives. */
  private hasFormerHost({ properties: { SesRegion } }: Holding, { key, content }: Item): boolean {
    const host = this.fake.signingHostedZoneFor(SesRegion) ?? documentedDkimDomain(SesRegion);
    return key.includes('._domainkey.') && !content.endsWith(`.${host}`);
  }

  private isUndecided(): boolean {
    return this.hasSaid('could not be asked');
  }

  private hasSaid(words: string): boolean {
    return this.lastIncident?.answers.some(({ body }) => body.Reason?.includes(words)) === true;
  }

  /** @param origin whose it is from now on */
  exempt(item: Item, reason: string, origin: Origin = 'limbo'): void {
    this.ledger.mark(item, origin);
    this.counters.add(`exempt: ${reason}`);
  }

  /** What an update that failed has made goes with its way back, which is not denied or in doubt. */
  settleFailedUpdate(requestId: string, retains: boolean): void {
    for (const item of this.ledger.ours()) {
      if (item.madeBy?.requestId !== requestId || this.isUsed(item)) continue;
      if (retains) this.ledger.mark(item, 'others');
      else if (this.lastIncident?.denied || this.lastIncident?.outage) {
        this.exempt(item, 'of an update without an answer, whose way back was denied or throttled');
      } else if (this.hasUnreadableClaims(item)) {
        this.exempt(item, 'kept for a claim that nobody will ever give up');
      }
    }
  }

  /** An event has had no answer, and CloudFormation asks for nothing that it may have made. */
  neverAsked(requestId: string): void {
    for (const item of this.ledger.ours()) {
      if (item.madeBy?.requestId === requestId && !this.isUsed(item)) this.exempt(item, NEVER_ASKED);
    }
  }

  exemptUnused(reason: string): void {
    this.ledger.ours().forEach((item) => this.isUsed(item) || this.exempt(item, reason));
  }

  /** Whether somebody has taken its claim from the identity, as if the resource had left. */
  hasLostClaim(held: Holding): boolean {
    const { SesRegion: region, DomainName: domain } = held.properties;
    const claim = claimOf(held);
    if (claim === undefined || !this.tamperedWith.has(identityKey(region, domain))) return false;
    return !this.claimsOn(region, domain).some(({ id }) => id === claim);
  }

  /** Whether an item is an identity that nobody has a claim on any more, whoever still uses it. */
  private hasLostAllClaims({ region, domainName }: Pick<DomainState, 'region' | 'domainName'>, { key }: Item): boolean {
    return key === identityKey(region, domainName) && this.claimsOn(region, domainName).length === 0;
  }

  private claimsOn(region: string, domainName: string): readonly Claim[] {
    return readClaims(this.fake.identity(region, domainName)?.tags ?? {});
  }

  /** Whether somebody has edited a claim that may be on an item. */
  private hasUnreadableClaims(item: Item): boolean {
    return REGIONS.flatMap((region) => [...this.fake.identities.in(ACCOUNT, region).values()]).some(
      ({ domain, tags }) => item.key.includes(domain) && readClaims(tags).some(({ unreadable }) => unreadable),
    );
  }

  /** Claims tell that a DMARC record is used, and only the id that CloudFormation shows tells its text. */
  private isOfRollbackUnseen(state: DomainState, { key, content }: Item): boolean {
    const isCertain = this.setup.shows === 'present' && this.setup.lag === 0;
    return !isCertain && key.includes(' _dmarc.') && content !== plain(`"${state.dmarc}"`);
  }

  /** The claims on an identity that no resource has. */
  deadClaims(region: string, domainName: string): readonly Claim[] {
    const living = this.holdings().map(claimOf);
    return this.claimsOn(region, domainName).filter(({ id, unreadable }) => unreadable || !living.includes(id));
  }

  /** Only a claim tells for which Region an MX record is when the one that it was made for goes. */
  private isOfRegionUntold({ region, domainName }: DomainState, { key, content }: Item): boolean {
    const isOfAnother = key.includes(' MX ') && !content.includes(`.${region}.`);
    return isOfAnother && this.tamperedWith.has(identityKey(region, domainName));
  }

  /** Whether settings are still on the identity: a rollback has failed to delete them. */
  private isHeldBySettings({ region, domainName }: DomainState): boolean {
    const ids = this.claimsOn(region, domainName).map(({ id }) => id);
    return this.holdings().some((held) => stateOf(held) === undefined && ids.includes(claimOf(held) ?? ''));
  }

  /** Whether claims are left on the identity that no resource has: a clean-up of theirs was given up. */
  private isHeldByTheDead(
    { stack, logicalId }: Holding,
    { region, domainName }: DomainState,
    item: Item,
    ending: Ending,
  ): boolean {
    const dead = this.deadClaimsFor(item, region, domainName);
    if (dead.some(({ unreadable }) => unreadable)) return true;
    if (dead.length > 0 && this.lastIncident?.blind) return true;
    // With its stack all of a resource goes, whatever has been given up before.
    const own = `${stack.split('/')[1]}/${logicalId}`;
    return dead.some(({ by }) => ending !== 'deleted with its stack' || by !== own);
  }

  /** MX, SPF and DMARC records serve all Regions. */
  private deadClaimsFor({ key }: Item, region: string, domainName: string): readonly Claim[] {
    const isShared = / (MX|TXT) /.test(key);
    return (isShared ? REGIONS : [region]).flatMap((each) => this.deadClaims(each, domainName));
  }

  /** What a failed event leaves for claims that no resource has. */
  settleFailure(incident: Incident): void {
    const config = configOf(incident);
    for (const item of config ? this.ledger.ours() : []) {
      const isKept = this.deadClaimsFor(item, config!.region, config!.domainName).length > 0;
      if (!incident.made(item)) continue;
      if (this.isUsed(item)) {
        const isLeft = this.hasSaid('which this deployment made, stay') && !this.isClaimed(item) && this.isFound(item);
        if (isLeft) this.exempt(item, MADE_WHERE_FOUND, isKept ? 'limbo' : 'others');
      } else if (isKept) {
        this.exempt(item, 'kept for a claim that nobody will ever give up');
      }
    }
  }

  /** What a resource uses that another one has made, whose claim somebody has edited. */
  settleAdoption(id: string): void {
    const state = parsePhysicalId(id);
    for (const item of state ? this.ledger.ours() : []) {
      if (isAt(state!, item) && !claims(state, item) && this.hasUnreadableClaims(item)) {
        this.exempt(item, 'made by a resource whose claim somebody has edited');
      }
    }
  }

  /** Somebody had deleted the identity, and with it the claims of all but the one that makes it anew. */
  forgetClaims({ event, previous }: Incident, { region, params }: Call): void {
    for (const held of this.holdings()) {
      const state = stateOf(held);
      const isOf = state?.region === region && state.domainName === params.EmailIdentity;
      if (!isOf || (held.stack === event.StackId && held.id === event.PhysicalResourceId && previous)) continue;
      for (const item of this.ledger.ours()) {
        if (isAt(state, item) && !item.key.startsWith('identity')) {
          this.exempt(item, 'somebody has deleted the identity with all claims, and another resource made it anew');
        }
      }
    }
  }

  /** Somebody is about to delete an identity: what an event without an answer has made, only its claim there says. */
  loseUnanswered(region: string, domain: string): void {
    if (this.deadClaims(region, domain).length === 0) return;
    const states = this.holdings().flatMap((held) => stateOf(held) ?? []);
    for (const item of this.ledger.ours()) {
      const isInId = states.some((state) => isAt(state, item));
      if (isOf(item, region, domain) && !isInId) this.exempt(item, CLAIM_UNANSWERED);
    }
  }

  /** What is ours at a domain can be told no longer. */
  loseSight(region: string, domain: string): void {
    for (const item of this.ledger.ours()) {
      if (isOf(item, region, domain)) this.exempt(item, 'somebody has removed or edited the claims');
    }
    this.settings.loseSight(region, domain);
  }
}

function isOf({ key }: Item, region: string, domain: string): boolean {
  return key === identityKey(region, domain) || key.includes(`.${domain} `) || key.includes(` ${domain} `);
}

function isOfAnotherStack({ stack }: Holding, maker: Maker | undefined): boolean {
  return maker !== undefined && !maker.requestId.startsWith(stack);
}

/** Whether it is an MX record with the Region of a domain, or a DMARC record with its text. */
function isInFormOf(state: DomainState, item: Item): boolean {
  if (!isAt(state, item)) return false;
  const { key, content } = item;
  return key.includes(' MX ')
    ? content.includes(`.${state.region}.`)
    : key.includes(' _dmarc.') && content === plain(`"${state.dmarc}"`);
}

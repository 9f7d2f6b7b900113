import { MADE, MARK } from '../../lib/shared/claim-tags';
import { readClaims } from '../../lambda/domain/claims';
import { type DomainState, kindsOf } from '../../lambda/domain/physical-id';
import { FakeAws, type Call, type StackResource } from '../fakes/fake-aws';
import { VirtualClock } from '../support/sandbox/virtual-clock';
import { Counters } from './counters';
import { Evidence } from './evidence';
import { excuses } from './excuses';
import { CLAIM_UNANSWERED, Exemptions } from './exemptions';
import { type CloudFormationEvent, Incident } from './incident';
import { judgeCall } from './judge-call';
import { CHANGE_KEYS, judgeKeyChange } from './judge-keys';
import { judgeEffect } from './judge-effect';
import { judgeReplicaLoss, replicaExcuses } from './judge-replicas';
import { propertiesOf, settingsExcuses } from './judge-settings';
import { Keys } from './keys';
import { identityKey, type Item, Ledger, recordKey, type Difference } from './ledger';
import { Others } from './others';
import { Ownership } from './ownership';
import { ACCOUNT, DOMAINS, at, REGIONS, ROLE, STACK_REGION, ZONES } from './places';
import type { ActPlan, Setup } from './plan';
import { REPLICA_REGIONS } from './replicas';
import { SettingsFinders } from './settings-finders';
import { SettingsLedger } from './settings-ledger';
import { settingsOf, type Values } from './settings';
import { Trace } from './trace';
import { claimOf, type Holding, isUsed, replicaOf, stateOf } from './uses';
import { Violation } from './violation';

/** Whose identities and records may not be missing. */
interface Users {
  readonly domains: readonly DomainState[];
  readonly replicas: readonly Holding[];
}

/** AWS with all who act in it, and whoever watches them. */
export class World {
  readonly clock = new VirtualClock();
  readonly fake = FakeAws.inMemory({ account: ACCOUNT, region: STACK_REGION, clock: this.clock });
  readonly ledger = new Ledger(this.fake);
  readonly settings = new SettingsLedger(this.fake);
  readonly settingsFinders: SettingsFinders;
  readonly trace = new Trace(this.clock.now);
  readonly keys = new Keys(this.fake);
  readonly evidence: Evidence;
  readonly exemptions: Exemptions;
  readonly others: Others;
  readonly ownership: Ownership;
  /** What CloudFormation holds in all stacks. */
  holdings: () => readonly Holding[] = () => [];
  /** Told of what a watch has done. */
  judgeWatch: (call: Call) => void = () => undefined;
  /** What went wrong in the middle of a call, where nobody could be told. */
  private grievance: Error | undefined;
  private incident: Incident | undefined;
  /** With an identity go the claims that say who uses it. */
  private usersBeforeDeletion: Users | undefined;
  private views: { readonly key: string; readonly view: StackResource | undefined; readonly at: number }[] = [];

  constructor(
    readonly setup: Setup,
    readonly counters: Counters,
  ) {
    const { fake, clock } = this;
    for (const { id, name, account } of ZONES) fake.addZone({ id, name, account });
    fake.addRole({ arn: ROLE, externalId: 'Z0FOREIGN', trustedBy: (account) => account === ACCOUNT });
    for (const region of REGIONS) {
      fake.addConfigurationSet(region, 'main');
      fake.addConfigurationSet(region, 'other');
    }
    fake.variables = { DOMAINS: '2', SES_REGIONS: REGIONS.join() };
    fake.insyncAfterMs = setup.insyncAfter;
    fake.verifyAfterMs = setup.verifyAfter ?? undefined;
    fake.listPageSize = setup.listPageSize;
    fake.reviveTokens = setup.reviveTokens;
    fake.effect = (call) => this.watch(call);
    fake.authorize = (call) => this.authorize(call);
    fake.before('DescribeStackResource', () => this.lookAhead());
    fake.before('DeleteEmailIdentity', () => void (this.usersBeforeDeletion = this.users()));
    this.evidence = new Evidence(fake, setup, () => this.holdings());
    this.exemptions = new Exemptions(this.ledger, this.settings, counters, this.keys, this.evidence);
    this.settingsFinders = new SettingsFinders(this.settings, counters, () => this.holdings());
    this.ownership = new Ownership(this.ledger, this.exemptions, counters, this.evidence);
    this.others = new Others(fake, setup, (ms) => clock.advance(ms));
  }

  act(plan: ActPlan): void {
    // Hours cannot pass within the time of a Lambda.
    if (this.incident && plan.on === 'time') return;
    this.counters.add(`act ${plan.on}${'what' in plan ? ` ${plan.what}` : ''}`);
    this.trace.note(`others: ${JSON.stringify(plan)}`);
    const isIdentityLost = plan.on === 'identity' && /remove|remake/.test(plan.what);
    const ofLaterKeys = this.exemptions.ofLaterKeys();
    if (plan.on === 'keys') this.keys.outdate(at(REGIONS, plan.region), at(DOMAINS, plan.domain));
    if (isIdentityLost) {
      this.exemptions.loseUnanswered(at(REGIONS, plan.region), at(DOMAINS, plan.domain));
    }
    if (plan.on === 'tags' && plan.what === 'edit claim') {
      this.exemptions.loseMaker(at(REGIONS, plan.region), at(DOMAINS, plan.domain));
    }
    this.others.act(plan);
    const differences = this.ledger.enter('others', plan.on === 'keys');
    this.settings.enter('others');
    if (this.incident && differences.length > 0) this.incident.meddled = true;
    if (plan.on === 'tags' && /remove/.test(plan.what)) {
      this.exemptions.loseSight(at(REGIONS, plan.region), at(DOMAINS, plan.domain));
    }
    if (plan.on === 'tags' || isIdentityLost) {
      this.evidence.tamper(at(REGIONS, plan.region), at(DOMAINS, plan.domain));
    }
    if (isIdentityLost) {
      this.ownership.forget(at(REGIONS, plan.region), at(DOMAINS, plan.domain));
    }
    if (plan.on === 'keys' || isIdentityLost) {
      for (const item of ofLaterKeys.filter((each) => !this.isUsed(each))) {
        this.exemptions.exempt(
          item,
          'of keys that no id has, and somebody has changed them or deleted the identity since',
        );
      }
    }
    if (this.incident && /tags|identity/.test(plan.on)) this.incident.unclaimedMeanwhile = true;
    const isOfClaims = isIdentityLost || (plan.on === 'tags' && plan.what === 'edit claim');
    for (const item of isOfClaims ? this.ledger.ours() : []) {
      if (this.incident?.made(item)) this.exemptions.exempt(item, CLAIM_UNANSWERED);
    }
    if (plan.on === 'identity' && /make/.test(plan.what)) {
      // It has none of our claims.
      const [region, domain] = [at(REGIONS, plan.region), at(DOMAINS, plan.domain)];
      const identity = this.fake.identity(region, domain);
      if (identity && readClaims(identity.tags).length === 0) this.exemptions.loseSight(region, domain);
    }
  }

  /** What CloudFormation shows of a resource, some time from now on. */
  show(key: string, view: StackResource | undefined, lag: number): void {
    const due = { key, view, at: this.clock.now() + lag };
    this.views = [...this.views.filter((each) => each.key !== key), due];
    this.lookAhead();
  }

  begin(event: CloudFormationEvent): Incident {
    this.fake.calls.length = 0;
    this.incident = new Incident(event, this.fake.calls);
    this.incident.outage = this.fake.sesv2 !== 'on';
    const { type, previous } = this.incident;
    const identity = previous && this.fake.identity(previous.region, previous.domainName);
    this.incident.subject = identity && { identity, tokens: identity.tokens, length: identity.keyLength };
    const claims = readClaims(identity?.tags ?? {});
    this.incident.unclaimed = type === 'Delete' && identity !== undefined && claims.length === 0;
    this.incident.edited = claims.some(({ id, unreadable }) => id === previous?.claim && unreadable === true);
    return this.incident;
  }

  end(incident: Incident): void {
    this.incident = undefined;
    this.evidence.lastIncident = incident;
    incident.outage ||= this.fake.sesv2 !== 'on';
    this.fake.clearFaults();
    incident.close();
    if (incident.isOfSettings && incident.unclaimedMeanwhile) {
      const { SesRegion, DomainName } = propertiesOf(incident);
      this.settings.loseSight(SesRegion, DomainName);
    }
    for (const { operation, outcome } of incident.calls) {
      this.counters.add(`call ${operation}`);
      if (outcome !== 'ok') this.counters.add(`outcome ${outcome}`);
    }
    this.trace.incident(incident);
    this.complain();
  }

  /** Others, and users of replicas that stay, make way for the deletion of the parent. */
  removeReplicasInTheWay(): void {
    for (const region of REPLICA_REGIONS) {
      const item = this.ledger.get(identityKey(region, DOMAINS[0]));
      const isInTheWay = item !== undefined && !(item.origin === 'ours' && this.isUsed(item));
      if (isInTheWay) this.act({ on: 'identity', domain: 0, region: REGIONS.indexOf(region), what: 'remove' });
    }
  }

  /** Other resources that have the identity of an event in use, as far as its tags can tell. */
  rivals({ event, properties: { SesRegion, DomainName } }: Incident): readonly Holding[] {
    return this.holdings().filter((held) => {
      const state = stateOf(held);
      const isOwn = held.stack === event.StackId && held.logicalId === event.LogicalResourceId;
      const isSame = state?.region === SesRegion && state.domainName === DomainName;
      return isSame && !isOwn && !held.failed && !this.evidence.hasLostClaim(held);
    });
  }

  /** The good reasons that the event has to fail, as things are now. */
  excuses(incident: Incident): string[] {
    if (incident.isOfReplica) return replicaExcuses(this.fake, incident);
    if (incident.isOfSettings) {
      const { SesRegion, DomainName } = propertiesOf(incident);
      const dead = this.evidence.deadClaims(SesRegion, DomainName);
      return settingsExcuses(this.fake, incident, this.holdings(), dead);
    }
    return excuses(this.fake, this.others, this.setup, incident);
  }

  /** What the identity has that an event for settings is about. */
  settingsOf(incident: Incident): Values | undefined {
    const { DomainName, SesRegion } = propertiesOf(incident);
    const identity = incident.isOfSettings ? this.fake.identity(SesRegion, DomainName) : undefined;
    return identity && settingsOf(identity);
  }

  /** A watch has put something back, in the middle of an event. */
  disturb(): void {
    if (this.incident) this.incident.meanwhile = true;
  }

  complain(): void {
    if (this.grievance) throw this.grievance;
  }

  /** What is in use at present, as CloudFormation sees it. */
  private users(): Users {
    const inUse = this.holdings().filter((held) => !held.failed && !this.evidence.hasLostClaim(held));
    const domains = inUse
      .flatMap((held) => {
        const state = stateOf(held);
        if (state === undefined) return [];
        return held.keys === undefined ? [state] : [state, { ...state, tokens: held.keys }];
      })
      .filter((state) => state.tokens.length === 3 && !this.keys.isOutdated(state));
    return { domains, replicas: inUse.filter(replicaOf) };
  }

  /** Between two operations of the stacks all that we made is in use. */
  judge(): void {
    const left = this.ledger.ours().find((item) => !this.isUsed(item));
    if (left) throw new Violation('nothing left', `${left.key} "${left.content}", made by ${left.madeBy?.requestId}`);
    for (const held of this.holdings()) this.judgeClaim(held);
  }

  /** @param event the resource of which does not count */
  isUsed(item: Item, event?: Pick<CloudFormationEvent, 'StackId' | 'LogicalResourceId'>): boolean {
    return isUsed(this.holdings(), item, event);
  }

  /** What is in use has its claim; the identity is marked as what it is. */
  private judgeClaim(held: Holding): void {
    const state = stateOf(held) ?? replicaOf(held);
    const identity = state && this.fake.identity(state.region, state.domainName);
    const item = state && this.ledger.get(identityKey(state.region, state.domainName));
    if (!identity || item?.origin === 'limbo' || held.unanswered || held.failed || this.evidence.hasLostClaim(held))
      return;
    const ours = item?.origin === 'ours';
    if (ours && item.takers && readClaims(identity.tags).some(({ unreadable }) => unreadable)) {
      return this.exemptions.exempt(item, 'taken over by a resource whose claim somebody has edited');
    }
    if (ours && !readClaims(identity.tags).some(({ id }) => id === claimOf(held))) {
      throw new Violation('claims tell the truth', `${held.id} has no claim`);
    }
    if (ours !== (identity.tags[MARK] === MADE)) {
      throw new Violation('claims tell the truth', `${item?.key} of ${item?.origin} is marked ${identity.tags[MARK]}`);
    }
  }

  private lookAhead(): void {
    const now = this.clock.now();
    for (const { key, view } of this.views.filter(({ at }) => at <= now)) {
      if (view) this.fake.stackResources.set(key, view);
      else this.fake.stackResources.delete(key);
    }
    this.views = this.views.filter(({ at }) => at > now);
  }

  private authorize(call: Call): string | undefined {
    if (!this.others.denied.has(call.operation) && !this.isProtected(call)) return undefined;
    this.counters.add('denied by a policy');
    if (this.incident && call.by === undefined) this.incident.refused = true;
    return this.fake.denial(call);
  }

  /** The role may delete only what has the mark of an identity that we made. */
  private isProtected({ operation, region, params }: Call): boolean {
    const identity =
      operation === 'DeleteEmailIdentity' ? this.fake.identity(region, params.EmailIdentity!) : undefined;
    return identity !== undefined && identity.tags[MARK] !== MADE;
  }

  private watch(call: Call): void {
    const { incident, ledger } = this;
    if (call.by !== undefined) {
      this.attempt(() => this.judgeWatch(call));
      return;
    }
    if (!incident) return;
    if (call.service === 'response') {
      const body = this.fake.responses.at(-1)!.body;
      incident.answers.push({ body, environment: incident.environment, run: incident.runs, call });
      return;
    }
    this.attempt(() => judgeCall(incident, call));
    if (call.operation === 'TagResource') this.announce(call);
    if (/^(Set|Put)/.test(call.operation)) this.enterSettings(incident);
    if (
      !/^(PutEmailIdentityDkimSigningAttributes|CreateEmailIdentity|VerifyDomainDkim|DeleteEmailIdentity|ChangeResourceRecordSets)$/.test(
        call.operation,
      )
    )
      return;
    this.settings.enter('ours');
    const { event, environment, runs: run } = incident;
    const differences: Difference[] = ledger.enter({
      requestId: `${event.StackId} ${event.RequestId}`,
      environment,
      run,
    });
    const isAnew = differences.some(({ key, before, after }) => key.startsWith('identity') && !before && after);
    if (isAnew) this.exemptions.forgetClaims(incident, call);
    differences.forEach((difference) => this.exemptions.remember(incident, difference));
    if (call.operation === CHANGE_KEYS) {
      incident.hasChangedKeys = true;
      this.counters.add('keys changed');
      const status = this.fake.stacks.get(event.StackId)!;
      this.attempt(() =>
        judgeKeyChange(this.fake, incident, call, differences, this.rivals(incident), status, this.excuses(incident)),
      );
    }
    this.keys.note(incident);
    const isDeletion = call.operation === 'DeleteEmailIdentity';
    const { domains, replicas } = isDeletion ? this.usersBeforeDeletion! : this.users();
    this.attempt(() => judgeReplicaLoss(this.fake, ledger, incident, call, differences, replicas));
    this.attempt(() => judgeEffect(this.fake, incident, call, differences, domains));
    incident.differences.push(...differences.map((difference) => ({ ...difference, run })));
  }

  private enterSettings(incident: Incident): void {
    const { StackId, LogicalResourceId } = incident.event;
    const changes = this.settings.enter('ours', `${StackId} ${LogicalResourceId}`);
    this.settingsFinders.remember(incident, changes);
    if (changes.some(({ before, after }) => before.origin === 'ours' && after.origin === 'limbo')) {
      this.counters.add(
        'exempt: a setting that a resource has given the value that others had, and another one changed',
      );
    }
  }

  /** A claim says which records are made next. */
  private announce({ region, params }: Call): void {
    const [, domain = ''] = params.ResourceArn!.split('identity/');
    const { tokens = [], tags = {} } = this.fake.identity(region, domain) ?? {};
    for (const { zoneId = '', made } of readClaims(tags)) {
      const announced = tokens.filter((token) => made.includes(kindsOf([token], tokens)[0]));
      announced.forEach((token) =>
        this.ledger.announce({ key: recordKey(zoneId, `${token}._domainkey.${domain}`), content: token }),
      );
    }
  }

  /** A call is answered, whatever is to be said of it. */
  private attempt(judge: () => void): void {
    try {
      judge();
    } catch (error) {
      this.grievance ??= error as Error;
    }
  }
}

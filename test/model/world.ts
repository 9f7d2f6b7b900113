import { MADE, MARK } from '../../lib/shared/claim-tags';
import { type Claim, readClaims } from '../../lambda/domain/claims';
import type { DomainState } from '../../lambda/domain/physical-id';
import { FakeAws, type Call, type StackResource } from '../fakes/fake-aws';
import { VirtualClock } from '../support/sandbox/virtual-clock';
import { Counters } from './counters';
import { configOf, excuses } from './excuses';
import { type CloudFormationEvent, Incident } from './incident';
import { judgeCall } from './judge-call';
import { judgeEffect } from './judge-effect';
import { propertiesOf, settingsExcuses } from './judge-settings';
import { identityKey, type Item, Ledger, type Difference, plain } from './ledger';
import { Others } from './others';
import { ACCOUNT, DOMAINS, at, REGIONS, ROLE, STACK_REGION, ZONES } from './places';
import type { ActPlan, Setup } from './plan';
import { SettingsLedger } from './settings-ledger';
import { settingsOf, type Values } from './settings';
import { Trace } from './trace';
import { claimOf, type Holding, isAt, stateOf } from './uses';
import { Violation } from './violation';

/** What became of a physical resource. */
export type Ending = 'deleted with its stack' | 'replaced' | 'removed' | 'given up';

/** AWS with all who act in it, and whoever watches them. */
export class World {
  readonly clock = new VirtualClock();
  readonly fake = FakeAws.inMemory({ account: ACCOUNT, region: STACK_REGION, clock: this.clock });
  readonly ledger = new Ledger(this.fake);
  readonly settings = new SettingsLedger(this.fake);
  readonly trace = new Trace(this.clock.now);
  readonly others: Others;
  /** What CloudFormation holds in all stacks. */
  holdings: () => readonly Holding[] = () => [];
  /** What went wrong in the middle of a call, where nobody could be told. */
  private grievance: Error | undefined;
  private incident: Incident | undefined;
  private lastIncident: Incident | undefined;
  /** The ids of resources whose claims have gone with an identity. */
  private readonly claimless = new Set<string>();
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
    this.others = new Others(fake, setup, (ms) => clock.advance(ms));
  }

  act(plan: ActPlan): void {
    // Hours cannot pass within the time of a Lambda.
    if (this.incident && plan.on === 'time') return;
    this.counters.add(`act ${plan.on}${'what' in plan ? ` ${plan.what}` : ''}`);
    this.trace.note(`others: ${JSON.stringify(plan)}`);
    this.others.act(plan);
    const differences = this.ledger.enter('others');
    this.settings.enter('others');
    if (this.incident && differences.length > 0) this.incident.meddled = true;
    if (plan.on === 'tags' && plan.what !== 'put theirs') {
      this.loseSight(at(REGIONS, plan.region), at(DOMAINS, plan.domain));
    }
    if (plan.on === 'identity' && /remove|remake/.test(plan.what) && this.incident) {
      for (const item of this.ledger.ours()) {
        if (this.incident.made(item))
          this.exempt(item, 'somebody has deleted the identity, with the claim of a run under way');
      }
    }
    if (plan.on === 'identity' && /make/.test(plan.what)) {
      // It has none of our claims.
      const [region, domain] = [at(REGIONS, plan.region), at(DOMAINS, plan.domain)];
      const identity = this.fake.identity(region, domain);
      if (identity && readClaims(identity.tags).length === 0) this.loseSight(region, domain);
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
    return this.incident;
  }

  end(incident: Incident): void {
    this.incident = undefined;
    this.lastIncident = incident;
    incident.outage ||= this.fake.sesv2 !== 'on';
    this.fake.clearFaults();
    incident.close();
    for (const { operation, outcome } of incident.calls) {
      this.counters.add(`call ${operation}`);
      if (outcome !== 'ok') this.counters.add(`outcome ${outcome}`);
    }
    this.trace.incident(incident);
    this.complain();
  }

  /** The good reasons that the event has to fail, as things are now. */
  excuses(incident: Incident): string[] {
    if (incident.isOfSettings) return settingsExcuses(this.fake, incident, this.holdings());
    return excuses(this.fake, this.others, this.setup, incident);
  }

  /** What the identity has that an event for settings is about. */
  settingsOf(incident: Incident): Values | undefined {
    const { DomainName, SesRegion } = propertiesOf(incident);
    const identity = incident.isOfSettings ? this.fake.identity(SesRegion, DomainName) : undefined;
    return identity && settingsOf(identity);
  }

  complain(): void {
    if (this.grievance) throw this.grievance;
  }

  /** The domains that are in use at present, as CloudFormation sees it. */
  uses(): DomainState[] {
    return this.holdings()
      .filter(({ id }) => !this.claimless.has(id))
      .flatMap((held) => stateOf(held) ?? [])
      .filter(({ tokens }) => tokens.length === 3);
  }

  /** Between two operations of the stacks all that we made is in use. */
  judge(): void {
    const left = this.ledger.ours().find((item) => !this.isUsed(item));
    if (left) throw new Violation('nothing left', `${left.key} "${left.content}", made by ${left.madeBy?.requestId}`);
    for (const held of this.holdings()) this.judgeClaim(held);
  }

  /** What an id that CloudFormation has done with was about, and what nobody will ever be asked to delete. */
  writeOff(held: Holding, ending: Ending): void {
    const state = stateOf(held);
    for (const item of this.ledger.ours()) {
      if (held.unanswered !== undefined && item.madeBy?.requestId === held.unanswered && !this.isUsed(item)) {
        if (held.properties.RemovalPolicy === 'retain') this.ledger.mark(item, 'others');
        continue;
      }
      if (state === undefined) continue;
      if (!isAt(state, item) || this.isUsed(item)) continue;
      if (ending === 'given up') {
        this.exempt(item, 'CloudFormation gave up the clean-up, or never asked for it');
      } else if (held.properties.RemovalPolicy === 'retain') {
        this.ledger.mark(item, 'others');
      } else if (this.lastIncident?.answers.some(({ body }) => body.Reason?.includes('does not carry the tag'))) {
        this.exempt(item, 'the identity had lost the claim, and the answer says so');
      } else if (this.isOfRollbackUnseen(state, item)) {
        this.exempt(
          item,
          'the DMARC text of a rolled-back update, where CloudFormation did not show the one to go back to',
        );
      } else if (this.isHeldByTheDead(held, state, item, ending)) {
        this.exempt(item, 'kept for a claim that nobody will ever give up');
      }
    }
  }

  exempt(item: Item, reason: string): void {
    this.ledger.mark(item, 'limbo');
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

  exemptUnused(reason: string): void {
    this.ledger.ours().forEach((item) => this.isUsed(item) || this.exempt(item, reason));
  }

  /** @param event the resource of which does not count */
  isUsed(item: Item, event?: Pick<CloudFormationEvent, 'StackId' | 'LogicalResourceId'>): boolean {
    return this.holdings().some((held) => {
      if (held.stack === event?.StackId && held.logicalId === event.LogicalResourceId) return false;
      const state = stateOf(held);
      if (held.unanswered !== undefined && item.madeBy?.requestId === held.unanswered) return true;
      return state !== undefined && isAt(state, item);
    });
  }

  /** What is in use has its claim; the identity is marked as what it is. */
  private judgeClaim(held: Holding): void {
    const state = stateOf(held);
    const identity = state && this.fake.identity(state.region, state.domainName);
    const item = state && this.ledger.get(identityKey(state.region, state.domainName));
    if (!identity || item?.origin === 'limbo' || held.unanswered || held.failed || this.claimless.has(held.id)) return;
    const ours = item?.origin === 'ours';
    if (ours && !readClaims(identity.tags).some(({ id }) => id === claimOf(held))) {
      throw new Violation('claims tell the truth', `${held.id} has no claim`);
    }
    if (ours !== (identity.tags[MARK] === MADE)) {
      throw new Violation('claims tell the truth', `${item?.key} of ${item?.origin} is marked ${identity.tags[MARK]}`);
    }
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
    return !isCertain && key.includes(' _dmarc.') && content !== plain(state.dmarc ?? '');
  }

  /** The claims on an identity that no resource has. */
  deadClaims(region: string, domainName: string): readonly Claim[] {
    const living = this.holdings().map(claimOf);
    return readClaims(this.fake.identity(region, domainName)?.tags ?? {}).filter(
      ({ id, unreadable }) => unreadable || !living.includes(id),
    );
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
      if (incident.made(item) && !this.isUsed(item) && isKept) {
        this.exempt(item, 'kept for a claim that nobody will ever give up');
      }
    }
  }

  /** Somebody had deleted the identity, and with it the claims of all but the one that makes it anew. */
  private forgetClaims({ event, previous }: Incident, { region, params }: Call): void {
    for (const held of this.holdings()) {
      const state = stateOf(held);
      const isOf = state?.region === region && state.domainName === params.EmailIdentity;
      if (!isOf || (held.stack === event.StackId && held.id === event.PhysicalResourceId && previous)) continue;
      this.claimless.add(held.id);
      for (const item of this.ledger.ours()) {
        if (isAt(state, item) && !item.key.startsWith('identity')) {
          this.exempt(item, 'somebody has deleted the identity with all claims, and another resource made it anew');
        }
      }
    }
  }

  /** What is ours at a domain can be told no longer. */
  private loseSight(region: string, domain: string): void {
    for (const item of this.ledger.ours()) {
      const isOf =
        item.key === identityKey(region, domain) ||
        item.key.includes(`.${domain} `) ||
        item.key.includes(` ${domain} `);
      if (isOf) this.exempt(item, 'somebody has removed or edited the claims');
    }
    this.settings.loseSight(region, domain);
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
    if (this.incident) this.incident.refused = true;
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
    if (!incident) return;
    if (call.service === 'response') {
      const body = this.fake.responses.at(-1)!.body;
      incident.answers.push({ body, environment: incident.environment, run: incident.runs, call });
      return;
    }
    try {
      judgeCall(incident, call);
    } catch (error) {
      this.grievance ??= error as Error;
    }
    if (/^(Set|Put)/.test(call.operation)) this.settings.enter('ours');
    if (!/^(CreateEmailIdentity|VerifyDomainDkim|DeleteEmailIdentity|ChangeResourceRecordSets)$/.test(call.operation))
      return;
    this.settings.enter('ours');
    const { event, environment, runs: run } = incident;
    const differences: Difference[] = ledger.enter({
      requestId: `${event.StackId} ${event.RequestId}`,
      environment,
      run,
    });
    const isAnew = differences.some(({ key, before, after }) => key.startsWith('identity') && !before && after);
    if (isAnew) this.forgetClaims(incident, call);
    try {
      judgeEffect(this.fake, incident, call, differences, this.uses());
    } catch (error) {
      this.grievance ??= error as Error;
    }
    incident.differences.push(...differences.map((difference) => ({ ...difference, run })));
  }
}

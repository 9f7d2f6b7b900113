import { FakeAws, type Call } from '../fakes/fake-aws';
import { VirtualClock } from '../support/sandbox/virtual-clock';
import { Counters } from './counters';
import { excuses } from './excuses';
import { type CloudFormationEvent, Incident } from './incident';
import { judgeCall } from './judge-call';
import { judgeEffect, type Use } from './judge-effect';
import { propertiesOf, settingsExcuses } from './judge-settings';
import { Ledger, type Difference } from './ledger';
import { Others } from './others';
import { ACCOUNT, REGIONS, ROLE, STACK_REGION, ZONES } from './places';
import type { ActPlan, Setup } from './plan';
import { settingsOf, type Values } from './settings';
import { Trace } from './trace';

/** AWS with all who act in it, and whoever watches them. */
export class World {
  readonly clock = new VirtualClock();
  readonly fake = FakeAws.inMemory({ account: ACCOUNT, region: STACK_REGION, clock: this.clock });
  readonly ledger = new Ledger(this.fake);
  readonly trace = new Trace(this.clock.now);
  readonly others: Others;
  /** The domains that are in use at present, as CloudFormation sees it. */
  uses: () => readonly Use[] = () => [];
  /** What went wrong in the middle of a call, where nobody could be told. */
  private grievance: Error | undefined;
  private incident: Incident | undefined;

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
    fake.insyncAfterMs = setup.insyncAfter;
    fake.verifyAfterMs = setup.verifyAfter ?? undefined;
    fake.listPageSize = setup.listPageSize;
    fake.reviveTokens = setup.reviveTokens;
    fake.effect = (call) => this.watch(call);
    fake.authorize = (call) => this.authorize(call);
    this.others = new Others(fake, setup, (ms) => clock.advance(ms));
  }

  act(plan: ActPlan): void {
    // Hours cannot pass within the time of a Lambda.
    if (this.incident && plan.on === 'time') return;
    this.counters.add(`act ${plan.on}${'what' in plan ? ` ${plan.what}` : ''}`);
    this.trace.note(`others: ${JSON.stringify(plan)}`);
    this.others.act(plan);
    const differences = this.ledger.enter('others');
    if (this.incident && differences.length > 0) this.incident.meddled = true;
    for (const { after } of differences) {
      // SES has no way to make an identity only if there is none: who made it is lost in between.
      if (this.incident && after?.key.startsWith('identity') && after.origin === 'others') {
        this.ledger.mark(after, 'limbo');
        this.counters.add('exempt: an identity made by others between our look and our call');
      }
    }
  }

  begin(event: CloudFormationEvent): Incident {
    this.fake.calls.length = 0;
    this.incident = new Incident(event, this.fake.calls);
    return this.incident;
  }

  end(incident: Incident): void {
    this.incident = undefined;
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
    if (incident.isOfSettings) return settingsExcuses(this.fake, incident);
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

  private authorize(call: Call): string | undefined {
    if (!this.others.denied.has(call.operation)) return undefined;
    this.counters.add('denied by a policy');
    if (this.incident) this.incident.refused = true;
    return this.fake.denial(call);
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
    if (!/^(VerifyDomainDkim|DeleteIdentity|ChangeResourceRecordSets)$/.test(call.operation)) return;
    const { event, environment, runs: run } = incident;
    const differences: Difference[] = ledger.enter({ requestId: event.RequestId, environment, run });
    try {
      judgeEffect(this.fake, incident, call, differences, this.uses());
    } catch (error) {
      this.grievance ??= error as Error;
    }
    incident.differences.push(...differences.map((difference) => ({ ...difference, run })));
  }
}

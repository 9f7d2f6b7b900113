import type { ResponseBody } from '../fakes/fake-aws';
import { type Claim, usesSetting } from '../../lambda/domain/claims';
import { configOf } from './excuses';
import { parsePhysicalId } from '../../lambda/domain/physical-id';
import { furtherRecords, isExactly } from './further-records';
import { type Answered, claims, type CloudFormationEvent, type Incident } from './incident';
import { judgeAnswer } from './judge-answer';
import { judgeKeys } from './judge-keys';
import { judgeReplica } from './judge-replicas';
import { judgeSettings, propertiesOf } from './judge-settings';
import { show } from './judge-effect';
import { type Item, recordKey } from './ledger';
import { hasKey, isAt } from './uses';
import { DEFAULTS } from './settings';
import type { Setting } from '../../lib/shared/settings';
import type { Delivery, Environment } from './plan';
import { ExecutionEnvironment, type Kill, type RunEnd, TIMEOUT_MS } from '../support/sandbox/execution-environment';
import { randomFrom } from '../support/sandbox/random';
import { Violation } from './violation';
import type { Watches } from './watches';
import type { World } from './world';

/** An event runs three times at most, as Lambda has it for asynchronous events. */
const MOST_RUNS = 3;

/** Brings events to the handler as Lambda does, with all that can happen on the way, and judges what comes of them. */
export class Courier {
  private environment: ExecutionEnvironment;
  private environments = 0;
  private readonly keptBack: CloudFormationEvent[] = [];
  private readonly random: () => number;

  constructor(
    private readonly world: World,
    private readonly watches: Watches,
    private readonly bundle: string | undefined,
    seed: number,
  ) {
    this.random = randomFrom(seed);
    this.environment = this.newEnvironment();
  }

  /** @returns the answer that CloudFormation gets, if it gets one. */
  async deliver(event: CloudFormationEvent, delivery: Delivery): Promise<ResponseBody | undefined> {
    const { world } = this;
    world.counters.add(`event ${event.RequestType}`);
    const incident = world.begin(event);
    const excusesBefore = world.excuses(incident);
    const settingsBefore = world.settingsOf(incident);
    const originsBefore = this.settingsOrigins(incident);
    const holdings = world.holdings().filter((held) => !world.evidence.hasLostClaim(held));
    const wasInPlace = this.isInPlace(incident);
    this.arm(incident, delivery);
    try {
      await this.runUntilDone(incident, delivery);
      if (delivery.duplicate) await this.runAgain(incident, delivery.duplicate);
    } catch (error) {
      world.trace.incident(incident);
      throw error;
    }
    world.end(incident);
    const answered = incident.answers.at(0);

    const excuses = [...new Set([...excusesBefore, ...world.excuses(incident)])];
    this.judgeRepetition(incident);
    if (answered) {
      this.judgeCancellation(incident, answered);
      this.settleOrigins(incident, answered);
      world.ownership.settle(incident, answered.body);
      if (incident.isOfReplica) {
        this.settleRepetition(incident, answered);
        judgeReplica(world.fake, world.ledger, incident, answered, excuses, (item) => world.isUsed(item));
      } else if (incident.isOfSettings) {
        const { fake, settings } = world;
        if (world.exemptions.stuck.has(event.PhysicalResourceId ?? '')) {
          world.counters.add('exempt: settings of an update whose way back failed three times');
        } else {
          judgeSettings(fake, settings, incident, answered.body, excuses, settingsBefore, originsBefore, holdings);
        }
        world.settingsFinders.settle(incident, answered.body);
        if (incident.type === 'Delete' && incident.retains) {
          const { DomainName, SesRegion } = propertiesOf(incident);
          settings.loseSight(SesRegion, DomainName);
        }
      } else {
        const isUsed = (item: Item) => world.isUsed(item);
        const othersUse = (item: Item) => world.isUsed(item, incident.event);
        this.settleRepetition(incident, answered);
        if (answered.body.Status === 'FAILED') world.exemptions.settleFailure(incident);
        else if (incident.type !== 'Delete') {
          world.exemptions.settleAdoption(answered.body.PhysicalResourceId);
          world.exemptions.settleRewritten(answered.body.PhysicalResourceId);
        }
        if (incident.type === 'Create') this.settleCreate(incident, answered.body);
        judgeAnswer(world.fake, world.ledger, incident, answered.body, excuses, isUsed, othersUse);
        judgeKeys(world.fake, world.counters, incident, answered, world.fake.stacks.get(event.StackId)!);
      }
      if (wasInPlace && answered.body.Status === 'SUCCESS' && !incident.meanwhile)
        this.judgeStability(incident, answered.body);
      world.counters.add(`answer ${event.RequestType} ${answered.body.Status}`);
    } else {
      world.counters.add(`answer ${event.RequestType} none`);
    }
    const heard = delivery.lost || incident.cancelled ? undefined : answered?.body;
    if (delivery.lost && answered) world.counters.add('lost answer');
    return heard;
  }

  /** Lambda has queued an event. */
  keepBack(event: CloudFormationEvent): void {
    this.keptBack.push(event);
  }

  /** Delivers what Lambda has queued, when nobody waits for it any more. */
  async deliverKeptBack(): Promise<void> {
    for (const event of this.keptBack.splice(0)) {
      const incident = this.world.begin(event);
      incident.late = true;
      this.world.counters.add('late event');
      const before = this.world.settingsOf(incident);
      await this.run(incident, undefined);
      this.world.end(incident);
      const after = this.world.settingsOf(incident);
      if (JSON.stringify(before) !== JSON.stringify(after) && !incident.blind) {
        throw new Violation('late events change nothing', `${event.RequestType} ${event.RequestId}: settings`);
      }
      for (const { after: item } of incident.differences) {
        if (item) this.world.exemptions.exempt(item, 'made by a late event that could not ask CloudFormation');
      }
    }
  }

  /** The end of the sequence. */
  stop(): void {
    this.environment.stop();
  }

  private newEnvironment(): ExecutionEnvironment {
    this.environments += 1;
    return new ExecutionEnvironment(this.world.fake, this.world.clock, { random: this.random, bundle: this.bundle });
  }

  private arm(incident: Incident, delivery: Delivery): void {
    const { world } = this;
    for (const { kind, call, times, ms, operation: only } of delivery.faults) {
      // Few calls are changes of records.
      const isOfChanges = kind === 'PriorRequestNotComplete';
      const operation = isOfChanges ? 'ChangeResourceRecordSets' : only;
      world.fake.addFault({
        kind,
        times,
        ms,
        operation,
        when: ({ by }) => by === undefined && (isOfChanges || this.environment.calls >= call),
      });
    }
    const { meanwhile, outage, cancelled, watch } = delivery;
    if (outage) {
      incident.outage = true;
      world.counters.add('outage');
      world.fake.addFault({ kind: 'throttle', times: Infinity, when: ({ service }) => service === outage });
    }
    this.environment.beforeCall = (call) => {
      if (cancelled === call && incident.runs === 1 && incident.type !== 'Delete') this.cancel(incident);
      if (watch?.call === call && incident.runs === 1) this.watches.start(watch);
      if (meanwhile?.call !== call || incident.meanwhile || incident.runs > 1) return;
      incident.meanwhile = true;
      world.act(meanwhile.act);
    };
  }

  /** What the stack shows when something else in it has failed. */
  private cancel(incident: Incident): void {
    const { clock, counters } = this.world;
    const { StackId, LogicalResourceId, PhysicalResourceId = 'Test-1ABCDEF' } = incident.event;
    const status = incident.type === 'Create' ? 'CREATE_FAILED' : 'UPDATE_FAILED';
    // No time passes between the start of a run and its first calls.
    const since = clock.now() + 1;
    this.world.show(`${StackId}|${LogicalResourceId}`, { physicalId: PhysicalResourceId, status, since }, 0);
    incident.callsBeforeCancelled = incident.calls.length;
    counters.add('cancelled');
  }

  private async runUntilDone(incident: Incident, delivery: Delivery): Promise<void> {
    const { world } = this;
    for (let run = 0; run < MOST_RUNS; run++) {
      const kill = delivery.kills.at(run);
      if (run > 0) {
        world.clock.advance(60_000 * run);
        const before = delivery.kills[run - 1];
        if (before?.act) {
          incident.meanwhile = true;
          world.act(before.act);
        }
        this.moveTo(before?.retryIn ?? 'same');
      }
      const began = world.clock.now();
      const end = await this.run(incident, kill);
      if (end === 'returned') return;
      if (end === 'killed') incident.killed += 1;
      if (kill?.timesOut) {
        world.counters.add('run timed out');
        // It takes longer than any watch.
        await this.watches.ended();
        world.clock.advance(Math.max(0, began + TIMEOUT_MS - world.clock.now()));
      }
    }
  }

  private async runAgain(incident: Incident, where: Environment): Promise<void> {
    const { world } = this;
    world.fake.clearFaults();
    world.counters.add(`duplicate in ${where}`);
    this.moveTo(where);
    await this.run(incident, undefined);
  }

  private moveTo(where: Environment): void {
    if (where !== 'another') return;
    this.environment.stop();
    this.environment = this.newEnvironment();
  }

  private async run(incident: Incident, kill: Kill | undefined): Promise<RunEnd> {
    const { world, environment } = this;
    incident.environment = this.environments;
    incident.runs += 1;
    const logged = environment.output.length;
    const end = await environment.run(
      {
        ResponseURL: world.fake.responseUrl(incident.event.RequestId),
        ...incident.event,
      },
      kill,
    );
    world.counters.add('runs');
    if (end !== 'returned')
      world.counters.add(`run ${end}${end === 'killed' ? (kill?.after ? ' after' : ' before') : ''}`);
    world.complain();
    if (end === 'timed out') throw new Violation('in time', `${incident.type} ${incident.event.RequestId} timed out`);
    // No sequence has so many faults that the answer cannot get through.
    if (end === 'threw') throw new Violation('answered once', `${incident.type} ${incident.event.RequestId} gave up`);
    if (end === 'returned' && (environment.timers > 0 || environment.strayCalls > 0)) {
      throw new Violation('at rest after the answer', `${environment.timers} timers, ${environment.strayCalls} calls`);
    }
    if (end === 'returned' && incident.answers.at(-1)?.run !== incident.runs) {
      throw new Violation('answered once', `${incident.type} ${incident.event.RequestId} ended without an answer`);
    }
    const taken = incident.answers.filter(({ run, call }) => run === incident.runs && call.outcome === 'ok');
    if (taken.length > 1) throw new Violation('answered once', `${taken.length} answers in one run`);
    const secret = environment.output.slice(logged).find((line) => /X-Amz-Signature|token-0|"secret"/.test(line));
    if (secret) throw new Violation('no secrets in the log', secret);
    return end;
  }

  /** Nobody will ask for what a cancelled event has made: it has to notice by itself. */
  private judgeCancellation(incident: Incident, { body, run }: Answered): void {
    const made = incident.isOfSettings
      ? incident.calls.some(
          ({ operation, outcome }) => /^(Set|Put)|EmailIdentityPolicy$/.test(operation) && outcome === 'ok',
        )
      : this.world.ledger.ours().some((item) => incident.made(item));
    if (run === 1 && incident.heardOfCancellation && made && body.Status === 'SUCCESS') {
      throw new Violation('takes back what is cancelled', `${incident.type} ${incident.event.RequestId}`);
    }
  }

  /** All answers of one environment are the same; a repetition there does nothing else. */
  private judgeRepetition(incident: Incident): void {
    const { fake } = this.world;
    const [first] = incident.answers;
    if (fake.rejectedResponses.length > 0) {
      throw new Violation('answered once', `refused: ${JSON.stringify(fake.rejectedResponses)}`);
    }
    for (const { body, environment, run } of incident.answers) {
      const same = JSON.stringify(body) === JSON.stringify(first.body);
      const isElsewhere = environment !== first.environment;
      if (!isElsewhere && !same) {
        throw new Violation('answered once', `two answers: ${JSON.stringify(first.body)} and ${JSON.stringify(body)}`);
      }
      const again = incident.differences.find((each) => each.run === run && !(isElsewhere && incident.takesBack(each)));
      if (run > first.run && again && (!isElsewhere || first.body.Status === 'SUCCESS') && !incident.meanwhile) {
        throw new Violation('stable', `${incident.type} once more: ${show(again)}`);
      }
    }
  }

  /** A Create that has failed leaves no claim that would tell its repetition elsewhere, and no id to be deleted by. */
  private settleRepetition(incident: Incident, { body, run }: Answered): void {
    if (body.Status !== 'FAILED' || incident.type !== 'Create') return;
    for (const item of this.world.ledger.ours()) {
      if (incident.made(item) && (item.madeBy?.run ?? 0) > run) {
        this.world.exemptions.exempt(item, 'made by a repetition elsewhere of a Create that had failed');
      }
    }
  }

  /** What a new resource replaces is gone for good, and what it could not ask about counts as made by others. */
  private settleCreate(incident: Incident, { Status, PhysicalResourceId }: ResponseBody): void {
    const state = parsePhysicalId(PhysicalResourceId);
    if (Status === 'FAILED' || state === undefined) return;
    const { ledger, evidence, counters } = this.world;
    for (const item of ledger.ours()) {
      if (incident.made(item)) ledger.forgetReplaced(item);
      else if (incident.isUndecided && isAt(state, item) && !claims(state, item)) {
        counters.add('exempt: found by a resource that could not ask other Regions whose it is');
        evidence.noteFinder(item.key, PhysicalResourceId, false);
      }
    }
  }

  /** What nobody can know to be ours any more. */
  private settleOrigins(incident: Incident, { body }: Answered): void {
    const { ledger } = this.world;
    for (const item of ledger.all()) {
      if (item.origin !== 'ours' || !incident.made(item)) continue;
      if (incident.meddled) {
        this.world.exemptions.exempt(item, 'others changed it between two of our calls');
      } else if (incident.type === 'Update' && body.Reason?.includes('could not be removed') && incident.denied) {
        this.world.exemptions.exempt(item, 'undo was denied, and the answer says so');
      } else if (body.Status === 'FAILED' && incident.retains && item.replaced === undefined && !this.hasKey(item)) {
        // What another one had made before is still its own.
        if (!this.world.evidence.isClaimed(item)) ledger.mark(item, 'others');
      }
    }
  }

  /** Whether it belongs to keys that nobody can take back. */
  private hasKey(item: Item): boolean {
    return this.world.holdings().some((held) => hasKey(held, item));
  }

  private settingsOrigins(incident: Incident): Map<Setting, string> {
    const { DomainName, SesRegion } = propertiesOf(incident);
    const { settings } = this.world;
    const names = Object.keys(DEFAULTS) as Setting[];
    // Its own is about to go.
    const isOwn = ({ id }: Claim) => incident.event.PhysicalResourceId?.endsWith(id) === true;
    const dead = this.world.evidence.deadClaims(SesRegion, DomainName).filter((claim) => !isOwn(claim));
    return new Map(
      names.map((setting) => {
        const origin = settings.origin(SesRegion, DomainName, setting);
        if (origin !== 'ours' || !dead.some((claim) => usesSetting(claim, setting))) return [setting, origin];
        if (incident.isOfSettings)
          this.world.counters.add('exempt: a setting kept for a claim that nobody will ever give up');
        return [setting, 'limbo'];
      }),
    );
  }

  /** Whether an Update has nothing to do. */
  private isInPlace(incident: Incident): boolean {
    const { fake, ledger } = this.world;
    const { previous } = incident;
    const config = incident.type === 'Update' && !incident.isOfSettings ? configOf(incident) : undefined;
    if (!previous || !config) return false;
    const { region, domainName, zoneId, tokens, ownedRecords, dkimDomain } = previous;
    if (region !== config.region || domainName !== config.domainName || zoneId !== config.zoneId) return false;
    const identity = fake.identity(region, domainName);
    const host = identity?.signingHostedZone;
    if (config.signingKeyLength !== undefined && config.signingKeyLength !== identity?.keyLength) return false;
    const setUp =
      identity?.tokens.join() === tokens.join() &&
      /^(Pending|Success|TemporaryFailure)$/.test(identity.dkimStatus) &&
      host === dkimDomain;
    if (zoneId === undefined) return setUp;
    const sameFurther = previous.mailFrom === config.mailFrom && previous.dmarc === config.dmarc;
    const isTheirs = ({ origin, takers }: Item) => origin === 'others' || takers !== undefined;
    const furtherInPlace = furtherRecords(config).every(({ id, key }) => {
      const item = ledger.get(key);
      const owned = ownedRecords.includes(id);
      const exact = item !== undefined && isExactly(id, item.content, region, config.dmarc);
      return exact && (owned ? !isTheirs(item) && item.ttl === config.ttl : isTheirs(item));
    });
    return (
      setUp &&
      sameFurther &&
      furtherInPlace &&
      tokens.every((token) => {
        const item = ledger.get(recordKey(zoneId, `${token}._domainkey.${domainName}`));
        const owned = ownedRecords.includes(token);
        const exact = item?.content === `${token}.${host}`;
        return exact && (owned ? item.ttl === config.ttl && item.origin !== 'others' : isTheirs(item));
      })
    );
  }

  private judgeStability(incident: Incident, answer: ResponseBody): void {
    // What an update has left that nobody heard of may go now.
    const difference = incident.differences.find(({ key, before, after }) =>
      isAt(incident.previous!, { key, content: (before ?? after)!.content }),
    );
    if (difference) throw new Violation('stable', `an Update with nothing to do: ${show(difference)}`);
    if (answer.PhysicalResourceId !== incident.event.PhysicalResourceId) {
      throw new Violation('stable', `${incident.event.PhysicalResourceId} becomes ${answer.PhysicalResourceId}`);
    }
  }
}

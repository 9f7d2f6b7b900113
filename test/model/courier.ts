import type { ResponseBody } from '../fakes/fake-aws';
import { configOf } from './excuses';
import { furtherRecords, isExactly } from './further-records';
import { type Answered, claims, type CloudFormationEvent, type Incident } from './incident';
import { judgeAnswer } from './judge-answer';
import { judgeSettings } from './judge-settings';
import { show } from './judge-effect';
import { identityKey, recordKey } from './ledger';
import type { Delivery, Environment } from './plan';
import { ExecutionEnvironment, type Kill, type RunEnd, TIMEOUT_MS } from '../support/sandbox/execution-environment';
import { randomFrom } from '../support/sandbox/random';
import { Violation } from './violation';
import type { World } from './world';
import { parsePhysicalId } from '../../lambda/domain/physical-id';

/** An event runs three times at most, as Lambda has it for asynchronous events. */
const MOST_RUNS = 3;

/** Brings events to the handler as Lambda does, with all that can happen on the way, and judges what comes of them. */
export class Courier {
  private environment: ExecutionEnvironment;
  private environments = 0;
  private readonly random: () => number;

  constructor(
    private readonly world: World,
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
    const wasInPlace = this.isInPlace(incident);
    this.arm(incident, delivery);
    await this.runUntilDone(incident, delivery);
    const answered = incident.answers.at(0);
    if (delivery.duplicate) await this.runAgain(incident, delivery.duplicate);
    world.end(incident);

    const excuses = [...new Set([...excusesBefore, ...world.excuses(incident)])];
    this.judgeRepetition(incident);
    if (answered) {
      this.judgeCancellation(incident, answered);
      this.settleOrigins(incident, answered);
      if (incident.isOfSettings) judgeSettings(world.fake, incident, answered.body, excuses, settingsBefore);
      else judgeAnswer(world.fake, world.ledger, incident, answered.body, excuses);
      if (wasInPlace && answered.body.Status === 'SUCCESS' && !incident.meanwhile)
        this.judgeStability(incident, answered.body);
      world.counters.add(`answer ${event.RequestType} ${answered.body.Status}`);
    } else {
      world.counters.add(`answer ${event.RequestType} none`);
    }
    const heard = delivery.lost || incident.cancelled ? undefined : answered?.body;
    if (delivery.lost && answered) world.counters.add('lost answer');
    this.forgetUnheard(incident, heard);
    return heard;
  }

  private newEnvironment(): ExecutionEnvironment {
    this.environments += 1;
    return new ExecutionEnvironment(this.world.fake, this.world.clock, { random: this.random, bundle: this.bundle });
  }

  private arm(incident: Incident, delivery: Delivery): void {
    const { world } = this;
    for (const { kind, call, times, ms } of delivery.faults) {
      const operation = kind === 'PriorRequestNotComplete' ? 'ChangeResourceRecordSets' : undefined;
      world.fake.addFault({
        kind,
        times,
        ms,
        operation,
        when: () => operation !== undefined || this.environment.calls >= call,
      });
    }
    const { meanwhile, outage, cancelled } = delivery;
    if (outage) {
      incident.outage = true;
      world.counters.add('outage');
      world.fake.addFault({ kind: 'throttle', times: Infinity, when: ({ service }) => service === outage });
    }
    this.environment.beforeCall = (call) => {
      if (cancelled === call && incident.runs === 1 && incident.type !== 'Delete') this.cancel(incident);
      if (meanwhile?.call !== call || incident.meanwhile || incident.runs > 1) return;
      incident.meanwhile = true;
      world.act(meanwhile.act);
    };
  }

  /** What the stack shows when something else in it has failed. */
  private cancel(incident: Incident): void {
    const { fake, clock, counters } = this.world;
    const { StackId, LogicalResourceId, PhysicalResourceId = 'Test-1ABCDEF' } = incident.event;
    const status = incident.type === 'Create' ? 'CREATE_FAILED' : 'UPDATE_FAILED';
    // No time passes between the start of a run and its first calls.
    const since = clock.now() + 1;
    fake.stackResources.set(`${StackId}|${LogicalResourceId}`, { physicalId: PhysicalResourceId, status, since });
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
    if (where === 'another') this.environment = this.newEnvironment();
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
      ? incident.calls.some(({ operation, outcome }) => /^(Set|Put)/.test(operation) && outcome === 'ok')
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
      if (environment === first.environment && !same) {
        throw new Violation('answered once', `two answers: ${JSON.stringify(first.body)} and ${JSON.stringify(body)}`);
      }
      const again = incident.differences.find((difference) => difference.run === run);
      if (
        run > first.run &&
        again &&
        (environment === first.environment || first.body.Status === 'SUCCESS') &&
        !incident.meanwhile
      ) {
        throw new Violation('stable', `${incident.type} once more: ${show(again)}`);
      }
    }
  }

  /** What nobody can know to be ours any more: the exemptions that come with kills and repetitions. */
  private settleOrigins(incident: Incident, answered: { body: ResponseBody; environment: number; run: number }): void {
    const { ledger, counters } = this.world;
    const { body } = answered;
    const state = parsePhysicalId(body.PhysicalResourceId);
    for (const item of ledger.all()) {
      if (item.origin !== 'ours' || !incident.made(item) || claims(state, item)) continue;
      const { madeBy } = item;
      if (madeBy!.run > answered.run) {
        ledger.mark(item, 'limbo');
        counters.add('exempt: made by a repetition elsewhere of an event that had failed');
      } else if (madeBy!.environment !== answered.environment) {
        ledger.mark(item, 'limbo');
        counters.add('exempt: made by a killed run, retried where nobody knows of it');
      } else if (incident.meddled) {
        ledger.mark(item, 'limbo');
        counters.add('exempt: others changed it between two of our calls');
      } else if (body.Status === 'FAILED' && incident.retains && item.replaced === undefined) {
        ledger.mark(item, 'others');
      }
    }
  }

  /** What CloudFormation does not hear of, it never sends a Delete for. */
  private forgetUnheard(incident: Incident, heard: ResponseBody | undefined): void {
    const { ledger, counters } = this.world;
    if (incident.type === 'Delete') return;
    const state = heard && parsePhysicalId(heard.PhysicalResourceId);
    for (const item of ledger.all()) {
      // What the id claims is ours from now on, however it came about.
      if (item.origin === 'limbo' && claims(state, item)) ledger.mark(item, 'ours');
      if (item.origin !== 'ours' || !incident.made(item) || claims(state, item)) continue;
      ledger.mark(item, 'limbo');
      counters.add(
        heard ? 'exempt: undo was denied, and the answer says so' : 'exempt: made by an event without an answer',
      );
    }
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
    const setUp =
      identity?.tokens.join() === tokens.join() &&
      /^(Pending|Success|TemporaryFailure)$/.test(identity.dkimStatus) &&
      host === dkimDomain &&
      (ledger.get(identityKey(region, domainName))?.origin !== 'others' || !previous.ownsIdentity);
    if (zoneId === undefined) return setUp;
    const sameFurther = previous.mailFrom === config.mailFrom && previous.dmarc === config.dmarc;
    const furtherInPlace = furtherRecords(config).every(({ id, key }) => {
      const item = ledger.get(key);
      const owned = ownedRecords.includes(id);
      const exact = item !== undefined && isExactly(id, item.content, region, config.dmarc);
      return exact && (owned ? item.origin !== 'others' && item.ttl === config.ttl : item.origin === 'others');
    });
    return (
      setUp &&
      sameFurther &&
      furtherInPlace &&
      tokens.every((token) => {
        const item = ledger.get(recordKey(zoneId, `${token}._domainkey.${domainName}`));
        const owned = ownedRecords.includes(token);
        return (
          item?.content === `${token}.${host}` && (!owned || (item.ttl === config.ttl && item.origin !== 'others'))
        );
      })
    );
  }

  private judgeStability(incident: Incident, answer: ResponseBody): void {
    const [difference] = incident.differences;
    if (difference) throw new Violation('stable', `an Update with nothing to do: ${show(difference)}`);
    if (answer.PhysicalResourceId !== incident.event.PhysicalResourceId) {
      throw new Violation('stable', `${incident.event.PhysicalResourceId} becomes ${answer.PhysicalResourceId}`);
    }
  }
}

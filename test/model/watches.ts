import { mailRecords } from '../../lib/shared/mail-records';
import { readClaims } from '../../lambda/domain/claims';
import type { DomainState } from '../../lambda/domain/physical-id';
import type { Call } from '../fakes/fake-aws';
import { ExecutionEnvironment, type RunEnd } from '../support/sandbox/execution-environment';
import { randomFrom } from '../support/sandbox/random';
import { isWrite, judgeWatchCall, judgeWatchEffect, type Watching } from './judge-watch';
import { STACKS } from './places';
import type { Alongside, Watch } from './plan';
import { claimOf, type Holding, stateOf } from './uses';
import { Violation } from './violation';
import type { World } from './world';

/** Who calls, to the fake. */
const BY = 'watch';

/** How long a write may be on its way: the handler does not wait any longer for an answer. */
const LATE_MS = 9_000;

/** The schedules of the stacks' watches: whenever one comes, whoever judges is here. */
export class Watches {
  private readonly underWay = new Map<string, Watching>();
  private readonly ends: Promise<void>[] = [];
  private runs = 0;

  constructor(
    private readonly world: World,
    private readonly bundle: string | undefined,
    private readonly seed: number,
  ) {
    world.judgeWatch = (call) => this.judge(call);
  }

  /** The schedule comes while nothing is being deployed. */
  async play({ stack: number, repairs, before, faults, kill, meanwhile }: Watch): Promise<void> {
    const { world } = this;
    const stack = STACKS[number];
    if (before) world.act(before);
    if (this.holdings(stack).length === 0) return;
    const { environment, watching } = this.launch(stack, repairs);
    for (const { kind, call, times, ms } of faults) {
      world.fake.addFault({ kind, times, ms, when: ({ by }) => by !== undefined && environment.calls >= call });
    }
    environment.beforeCall = (call) => {
      // Hours cannot pass within the time of a Lambda.
      if (call !== meanwhile?.call || meanwhile.act.on === 'time') return;
      watching.disturbed = true;
      world.act(meanwhile.act);
    };
    // One that was killed leaves its own, which ends by itself.
    const leasesBefore = this.leases();
    const end = await environment.run(event(watching), kill);
    world.fake.clearFaults();
    this.end(environment, watching, end);
    const isQuiet = faults.length === 0 && !kill && !watching.disturbed && world.others.denied.size === 0;
    if (isQuiet && world.fake.sesv2 === 'on') this.judgeResult(watching, environment, end, leasesBefore);
    world.judge();
  }

  /**
   * One that repairs begins, whatever is under way.
   *
   * @param onWrite told when it sends its first write, if that is late
   */
  start({ stack: number, isLate }: Alongside, onWrite?: () => void): ExecutionEnvironment | undefined {
    const stack = STACKS[number];
    if (this.holdings(stack).length === 0) return undefined;
    const { environment, watching } = this.launch(stack, true);
    watching.disturbed = true;
    this.world.counters.add('watch alongside');
    if (isLate) {
      this.world.fake.addFault({
        kind: 'late',
        ms: LATE_MS,
        when: ({ by, operation }) => {
          const isHit = by === watching.by && isWrite(operation);
          if (isHit) onWrite?.();
          return isHit;
        },
      });
    }
    const end = environment.run(event(watching)).then((how) => this.end(environment, watching, how));
    end.catch(() => undefined);
    this.ends.push(end);
    return environment;
  }

  /** One that repairs begins, and has made so many calls when this returns, or has sent a write that is late. */
  async ahead(alongside: Alongside | undefined): Promise<void> {
    if (!alongside) return;
    const reached = new Promise<void>((resolve) => {
      const environment = this.start(alongside, resolve);
      if (!environment) return resolve();
      if (!alongside.isLate) environment.beforeCall = (call) => call >= alongside.call && resolve();
    });
    await Promise.race([reached, ...this.ends]);
  }

  /** Until those that are under way have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.ends.splice(0));
  }

  /** Those that were under way have ended. */
  async settle(): Promise<void> {
    await this.ended();
    this.world.complain();
    this.world.judge();
  }

  private launch(stack: string, repairs: boolean) {
    this.runs += 1;
    const by = `${BY} ${this.runs}`;
    const random = randomFrom(this.seed + this.runs);
    const environment = new ExecutionEnvironment(this.world.fake, this.world.clock, {
      random,
      bundle: this.bundle,
      by,
    });
    const watching: Watching = { by, stack, repairs, began: this.holdings(stack), disturbed: false, lateWrites: 0 };
    this.underWay.set(by, watching);
    return { environment, watching };
  }

  private end(environment: ExecutionEnvironment, watching: Watching, end: RunEnd): void {
    const { world } = this;
    const { timers, strayCalls, log } = environment;
    environment.stop();
    world.counters.add(`watch ${end}`);
    world.trace.note(`watch of ${watching.stack} ${end}: ${log.map(({ step }) => step).join(' ')}`);
    world.complain();
    if (end === 'timed out') throw new Violation('in time', `the watch of ${watching.stack} timed out`);
    if (end === 'returned' && (timers > 0 || strayCalls > 0)) {
      throw new Violation('at rest after the answer', `${timers} timers, ${strayCalls} calls of the watch`);
    }
    for (const { step } of log) {
      if (step === 'repaired') world.counters.add('repaired');
      if (step === 'aside') world.counters.add('watch steps aside');
    }
  }

  private holdings(stack: string): readonly Holding[] {
    return this.world.holdings().filter((held) => held.stack === stack);
  }

  /** A call that has just taken effect. */
  private judge(call: Call): void {
    const { world } = this;
    const watching = this.underWay.get(call.by!)!;
    const holdings = [...watching.began, ...this.holdings(watching.stack)];
    if (!judgeWatchCall(watching, call, holdings)) return;
    world.disturb();
    const isBusy = world.fake.stacks.get(watching.stack)!.endsWith('_IN_PROGRESS');
    if (isBusy) watching.lateWrites += 1;
    // One for each identity may be on its way already: it is the one that the handler waits for.
    if (watching.lateWrites > identitiesOf(holdings).size)
      throw new Violation('steps aside', `${call.operation} by ${call.by}`);
    const differences = world.ledger.enter({ requestId: BY, environment: 0, run: 0 });
    judgeWatchEffect(watching, call, differences, world.settings.enter('ours'), holdings);
  }

  /** What a watch that nobody disturbed has seen and done. */
  private judgeResult(
    watching: Watching,
    environment: ExecutionEnvironment,
    end: RunEnd,
    leasesBefore: readonly string[],
  ): void {
    const { stack, repairs } = watching;
    if (end !== 'returned') throw new Violation('no failure without a cause', `the watch of ${stack} ${end}`);
    const lease = this.leases().find((key) => !leasesBefore.includes(key));
    if (lease !== undefined) throw new Violation('claims tell the truth', `the watch has left ${lease}`);
    if (environment.log.some(({ step }) => step === 'aside')) return;
    const mayRepair = repairs && /^(CREATE|UPDATE)_COMPLETE$/.test(this.world.fake.stacks.get(stack)!);
    for (const held of this.holdings(stack)) {
      const state = stateOf(held);
      if (state?.zoneId === undefined || state.tokens.length !== 3) continue;
      const missing = this.missing(state);
      const lost = missing.filter((id) => mayRepair && this.isToBePutBack(held, state, id));
      if (lost.length > 0) throw new Violation('put back what is missing', `${lost.join()} of ${held.id}`);
      if (missing.length > 0 && !this.told(environment, state)) {
        throw new Violation('missing is noticed', `${missing.join()} of ${held.id}`);
      }
    }
  }

  /** The tags by which watches say that they repair something. */
  private leases(): readonly string[] {
    return this.world.fake.identities
      .all()
      .flatMap(({ identity }) => Object.keys(identity.tags))
      .filter((key) => key.endsWith(':repair'));
  }

  /** The records of a domain at whose names there is nothing. */
  private missing(state: DomainState): readonly string[] {
    const records = this.world.fake.zones.get(state.zoneId!)?.records ?? [];
    return mailRecords(state)
      .filter(({ name, type }) => !records.some((set) => set.name === name && (set.type === type || type === 'CNAME')))
      .map(({ id }) => id);
  }

  /** Whether id and claim say that a record is ours, for an identity that is still the one it was. */
  private isToBePutBack(held: Holding, state: DomainState, id: string): boolean {
    const { fake } = this.world;
    const identity = fake.identity(state.region, state.domainName);
    const claim = readClaims(identity?.tags ?? {}).find((each) => each.id === claimOf(held));
    const kind = state.tokens.includes(id) ? String(state.tokens.indexOf(id) + 1) : id;
    const isSame = identity?.origin === 'AWS_SES' && identity.tokens.join() === state.tokens.join();
    return (
      fake.zones.get(state.zoneId!) !== undefined &&
      state.ownedRecords.includes(id) &&
      (isSame || !state.tokens.includes(id)) &&
      claim !== undefined &&
      !claim.unreadable &&
      claim.made.includes(kind)
    );
  }

  /** Whether the metric of a domain's records is 0. */
  private told({ output }: ExecutionEnvironment, { domainName, region }: DomainState): boolean {
    return output
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .some((line) => line.DomainName === domainName && line.SesRegion === region && line.RecordsInPlace === 0);
  }
}

function identitiesOf(holdings: readonly Holding[]): Set<string> {
  return new Set(holdings.map(({ properties: { DomainName, SesRegion } }) => `${SesRegion} ${DomainName}`));
}

function event({ stack, repairs }: Watching): object {
  return { Watch: { StackId: stack, Repair: repairs } };
}

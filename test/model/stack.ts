import { DECLARED } from '../../lib/shared/metrics';
import type { ResponseBody } from '../fakes/fake-aws';
import type { Courier } from './courier';
import type { CloudFormationEvent } from './incident';
import { type Construct, DOMAINS_AND_SETTINGS } from './constructs';
import { STACKS } from './places';
import { type Delivery, type Deploy, SMOOTH, type Target, type Wish } from './plan';
import type { Holding, Properties } from './uses';
import type { World } from './world';

/** A resource under one logical id. */
interface Resource {
  readonly logicalId: string;
  wish: Wish;
  /** What is in place since the last operation of the stack that ended well. */
  stable?: Holding;
  /** What an operation that is under way has put into its place. */
  next?: Holding;
  /** Whether the last event for it failed, so that a rollback has to go back from there. */
  failed?: Properties;
  failedEvent?: string;
}

/** A construct as it is deployed: its resource, and during a deployment that renames it another one. */
interface Slot {
  readonly name: string;
  current: Resource;
  incoming?: Resource;
}

/** What has to be deleted. */
interface Obsolete {
  readonly slot: Slot;
  readonly resource: Resource;
  readonly held: Holding;
}

/** How often CloudFormation tries to delete what has been replaced; what a user tries of the rest. */
const TRIES = 3;

/** CloudFormation's side of a stack: which events it sends, what it shows, and what it makes of the answers. */
export class Stack {
  readonly id: string;
  private readonly slots: Slot[];
  /** Only a deletion gets the stack out of there. */
  private broken = false;
  private requests = 0;
  private deliveries: readonly Delivery[] = [];

  constructor(
    private readonly world: World,
    private readonly courier: Courier,
    number: number,
    private readonly constructs: readonly Construct[] = DOMAINS_AND_SETTINGS,
  ) {
    this.id = STACKS[number];
    this.slots = constructs.map(({ name }) => ({
      name,
      current: { logicalId: name, wish: {} },
    }));
    this.status('CREATE_COMPLETE');
  }

  /** What CloudFormation holds, for the world to judge by. */
  holdings(): Holding[] {
    return this.slots
      .flatMap(({ current, incoming }) => [current, ...(incoming ? [incoming] : [])])
      .flatMap(({ stable, next }) => [stable, next])
      .filter((held): held is Holding => held !== undefined);
  }

  get isGone(): boolean {
    return this.holdings().length === 0;
  }

  async deploy({ resources: targets, failsElsewhere, withoutRollback, deliveries }: Deploy): Promise<void> {
    if (this.broken) return;
    this.deliveries = [...deliveries];
    this.status('UPDATE_IN_PROGRESS');
    const wishes = this.slots.map(({ current }) => current.wish);
    let failed = false;
    const all = this.constructs.map(({ follows }, index) =>
      follows === undefined ? targets[index] : this.followingTarget(index, follows, targets[follows]),
    );
    for (const [index, slot] of this.slots.entries()) {
      if (!failed) failed = !(await this.change(index, slot, all[index] ?? 'keep'));
    }
    if (failed && withoutRollback) {
      this.leaveAsItIs();
    } else if (failed || failsElsewhere) {
      this.world.counters.add('stack rolls back');
      this.slots.forEach(({ current }, index) => (current.wish = wishes[index]));
      await this.rollBack();
    } else {
      await this.commit(all);
    }
    this.world.judge();
  }

  async destroy(deliveries: readonly Delivery[]): Promise<void> {
    this.deliveries = [...deliveries];
    this.status('DELETE_IN_PROGRESS');
    let gone = true;
    for (const { current, name } of [...this.slots].reverse()) {
      const held = current.stable;
      const isNeeded = this.constructs.some(({ needs }, index) => needs === name && this.slots[index].current.stable);
      if (!held || isNeeded) continue;
      // From now on it is not in use any more.
      current.stable = undefined;
      if (await this.tryToDelete(current, held)) {
        this.world.exemptions.writeOff(held, 'deleted with its stack');
      } else {
        current.stable = held;
        gone = false;
      }
    }
    this.broken = !gone;
    this.status(gone ? 'DELETE_COMPLETE' : 'DELETE_FAILED');
    this.world.judge();
  }

  /** The settings are those of the first domain: there as long as it wishes for any. */
  private followingTarget(index: number, leader: number, target: Target = 'keep'): Target {
    const domain = this.slots[leader].current;
    if (target === 'remove') return 'remove';
    if (target === 'rename' || target === 'keep') return domain.stable ? target : 'keep';
    const wish = { ...domain.wish, ...target };
    return this.constructs[index].toProperties(wish) === undefined ? 'remove' : wish;
  }

  /** The creation or update of one resource; false when it failed. */
  private async change(index: number, slot: Slot, target: Target): Promise<boolean> {
    const { current } = slot;
    if (target === 'keep' || target === 'remove' || (target === 'rename' && !current.stable)) return true;
    if (target === 'rename') {
      this.world.counters.add('renamed');
      const [, number = '1'] = /(\d+)$/.exec(current.logicalId) ?? [];
      slot.incoming = { logicalId: `${slot.name}${Number(number) + 1}`, wish: current.wish };
      return this.apply(slot.incoming, current.stable!.properties, current.wish);
    }
    const wish = { ...current.wish, ...target };
    return this.apply(current, this.constructs[index].toProperties(wish)!, wish);
  }

  private async apply(resource: Resource, properties: Properties, wish: Wish): Promise<boolean> {
    const stable = resource.stable?.failed ? undefined : resource.stable;
    if (stable && JSON.stringify(stable.properties) === JSON.stringify(properties)) return true;
    const answer = await this.send(resource, stable ? 'Update' : 'Create', properties, stable);
    const succeeded = answer?.Status === 'SUCCESS';
    if (succeeded || !stable) {
      const id = answer?.PhysicalResourceId ?? `Test-${resource.logicalId}-1ABCDEF`;
      const unanswered = answer ? undefined : `${this.id} ${this.requestId()}`;
      resource.next = { ...this.holding(resource, id, properties, unanswered), failed: !succeeded };
    } else {
      resource.failed = properties;
      resource.failedEvent = this.requestId();
    }
    this.show(
      resource,
      resource.next ?? stable,
      `${stable ? 'UPDATE' : 'CREATE'}_${succeeded ? 'COMPLETE' : 'FAILED'}`,
    );
    resource.wish = wish;
    return succeeded;
  }

  /** The end of an operation that succeeded: what was replaced or removed is deleted. */
  private async commit(targets: readonly Target[]): Promise<void> {
    const obsolete: Obsolete[] = [];
    for (const [index, slot] of [...this.slots.entries()].reverse()) {
      const { current: resource, incoming } = slot;
      const { stable, next } = resource;
      resource.next = resource.failed = undefined;
      if (incoming?.next) {
        slot.current = { ...incoming, stable: incoming.next, next: undefined };
        slot.incoming = undefined;
        resource.stable = undefined;
        obsolete.push({ slot, resource, held: stable! });
      } else if (stable && targets[index] === 'remove') {
        resource.stable = undefined;
        resource.wish = {};
        obsolete.push({ slot, resource, held: stable });
      } else if (next) {
        resource.stable = next;
        if (stable && stable.id !== next.id) obsolete.push({ slot, resource, held: stable });
      }
    }
    this.status('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    await this.cleanUp(obsolete);
    this.status('UPDATE_COMPLETE');
  }

  /** What could not be created is replaced by the next deployment. */
  private leaveAsItIs(): void {
    for (const { current: resource } of this.slots) {
      resource.stable = resource.next ?? resource.stable;
      resource.next = undefined;
    }
    this.status('UPDATE_FAILED');
  }

  private async rollBack(): Promise<void> {
    this.status('UPDATE_ROLLBACK_IN_PROGRESS');
    const obsolete: Obsolete[] = [];
    for (const slot of [...this.slots].reverse()) {
      const { incoming, current: resource } = slot;
      slot.incoming = undefined;
      if (incoming?.next) obsolete.push({ slot, resource: incoming, held: incoming.next });
      const { stable, next, failed } = resource;
      resource.next = resource.failed = undefined;
      if (!stable && next) {
        obsolete.push({ slot, resource, held: next });
      } else if (stable && next && next.id !== stable.id) {
        if (this.world.setup.tellsOfRollback) await this.tellOfRollback(slot, stable, next, obsolete);
        else obsolete.push({ slot, resource, held: next });
      } else if (stable && (next || failed)) {
        await this.goBack(slot, stable, next?.properties ?? failed!, obsolete);
      }
    }
    this.status('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    await this.cleanUp(obsolete);
    this.status('UPDATE_ROLLBACK_COMPLETE');
  }

  /** The Update back to the old properties. */
  private async goBack(slot: Slot, stable: Holding, from: Properties, obsolete: Obsolete[]): Promise<void> {
    const { current: resource } = slot;
    for (let tries = 1; tries <= TRIES; tries++) {
      const answer = await this.send(resource, 'Update', stable.properties, { ...stable, properties: from });
      if (answer?.Status !== 'SUCCESS') continue;
      if (answer.PhysicalResourceId !== stable.id) {
        resource.stable = this.holding(resource, answer.PhysicalResourceId, stable.properties);
        obsolete.push({ slot, resource, held: stable });
      }
      this.show(resource, resource.stable, 'UPDATE_COMPLETE');
      const retains = [stable.properties, from].some(({ RemovalPolicy }) => RemovalPolicy === 'retain');
      this.world.exemptions.settleFailedUpdate(`${this.id} ${resource.failedEvent}`, retains);
      return;
    }
    // UPDATE_ROLLBACK_FAILED: the user has to delete the stack.
    this.world.counters.add('rollback failed');
    this.world.ownership.doubt({ ...stable, properties: from });
    this.world.exemptions.stuck.add(stable.id);
    this.world.exemptions.exemptUnused('of an update without an answer, whose way back failed three times');
    this.show(resource, stable, 'UPDATE_FAILED');
    this.broken = true;
  }

  /** A resource that was replaced gets an Update back from what took its place, and that is deleted then. */
  private async tellOfRollback(slot: Slot, stable: Holding, next: Holding, obsolete: Obsolete[]): Promise<void> {
    const { current: resource } = slot;
    this.world.counters.add('told of a rollback');
    const answer = await this.send(resource, 'Update', stable.properties, next);
    if (answer === undefined) this.world.exemptions.neverAsked(`${this.id} ${this.requestId()}`);
    if (answer?.Status === 'SUCCESS' && answer.PhysicalResourceId !== stable.id) {
      resource.stable = this.holding(resource, answer.PhysicalResourceId, stable.properties);
      // Nobody will ever be asked to delete the one that was there at first.
      this.world.exemptions.writeOff(stable, 'given up');
    }
    this.show(resource, resource.stable, 'UPDATE_COMPLETE');
    if (resource.stable?.id !== next.id) obsolete.push({ slot, resource, held: next });
  }

  private async cleanUp(obsolete: readonly Obsolete[]): Promise<void> {
    for (const { slot, resource, held } of obsolete) {
      const done = await this.tryToDelete(resource, held);
      if (done) {
        this.world.exemptions.writeOff(held, resource === slot.current && resource.stable ? 'replaced' : 'removed');
      } else if (
        resource === slot.current &&
        !resource.stable &&
        /ROLLBACK/.test(this.world.fake.stacks.get(this.id)!)
      ) {
        // ROLLBACK_FAILED: the user has to delete the stack.
        resource.stable = held;
        this.broken = true;
      } else {
        this.world.exemptions.writeOff(held, 'given up');
      }
    }
  }

  private async tryToDelete(resource: Resource, held: Holding): Promise<boolean> {
    for (let tries = 1; tries <= TRIES; tries++) {
      const answer = await this.send(resource, 'Delete', held.properties, held);
      const done = answer?.Status === 'SUCCESS';
      if (resource.stable) this.show(resource, resource.stable, 'UPDATE_COMPLETE');
      else this.show(resource, held, done ? 'DELETE_COMPLETE' : 'DELETE_FAILED');
      if (done) return true;
    }
    return false;
  }

  private holding(resource: Resource, id: string, properties: Properties, unanswered?: string): Holding {
    return { id, properties, unanswered, stack: this.id, logicalId: resource.logicalId };
  }

  private async send(
    resource: Resource,
    type: 'Create' | 'Update' | 'Delete',
    properties: Properties,
    held?: Holding,
  ): Promise<ResponseBody | undefined> {
    this.requests += 1;
    const [delivery = SMOOTH, ...further] = this.deliveries;
    this.deliveries = further;
    this.world.clock.advance(2_000);
    const event: CloudFormationEvent = {
      RequestType: type,
      RequestId: this.requestId(),
      LogicalResourceId: resource.logicalId,
      StackId: this.id,
      ResourceType: this.typeOf(resource),
      ...(held && { PhysicalResourceId: held.id }),
      ResourceProperties: properties,
      ...(type === 'Update' && { OldResourceProperties: held?.properties }),
    };
    this.showBegin(resource, type, held);
    if (delivery.late) {
      this.world.counters.add('kept back');
      this.courier.keepBack(event);
      return undefined;
    }
    return this.courier.deliver(event, delivery);
  }

  private typeOf({ logicalId }: Resource): string {
    return this.constructs.find(({ name }) => logicalId.startsWith(name))!.type;
  }

  private requestId(): string {
    return `${this.id.split('/')[1].toLowerCase()}-${this.requests}`;
  }

  /** What is shown while CloudFormation waits for the answer to an event. */
  private showBegin(resource: Resource, type: 'Create' | 'Update' | 'Delete', held?: Holding): void {
    const since = this.world.clock.now();
    const inProgress = (physicalId: string, status: string) =>
      this.showLater(resource, { physicalId, status: `${status}_IN_PROGRESS`, since });
    if (type === 'Create') return inProgress('', 'CREATE');
    if (type === 'Update') return inProgress(held!.id, 'UPDATE');
    if (!resource.stable || resource.stable.id === held!.id) return inProgress(held!.id, 'DELETE');
    switch (this.world.setup.shows) {
      case 'present':
        return this.showLater(resource, { physicalId: resource.stable.id, status: 'UPDATE_COMPLETE', since });
      case 'deleted':
        return inProgress(held!.id, 'DELETE');
      case 'none':
        return this.showLater(resource, undefined);
      case 'stub':
        return this.showLater(resource, { physicalId: 'pid', status: 'CREATE_COMPLETE', since });
    }
  }

  private showLater(resource: Resource, view: { physicalId: string; status: string; since: number } | undefined): void {
    const typed = view && { ...view, type: this.typeOf(resource) };
    this.world.show(`${this.id}|${resource.logicalId}`, typed, this.world.setup.lag);
  }

  private show(resource: Resource, held: Holding | undefined, status: string): void {
    const metadata = JSON.stringify({ [DECLARED]: held?.properties });
    const type = this.typeOf(resource);
    const view = held && { physicalId: held.id, status, since: this.world.clock.now(), type, metadata };
    this.world.show(`${this.id}|${resource.logicalId}`, view, 0);
  }

  private status(status: string): void {
    this.world.fake.stacks.set(this.id, status);
  }
}

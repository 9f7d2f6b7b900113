import {
  RESOURCE_TYPE,
  type ResourceProperties,
  SETTINGS_RESOURCE_TYPE,
  type SettingsProperties,
} from '../../lib/shared/contract';
import { FURTHER_RECORDS } from '../../lambda/domain/mail-record';
import { parsePhysicalId } from '../../lambda/domain/physical-id';
import type { ResponseBody } from '../fakes/fake-aws';
import type { Courier } from './courier';
import { furtherRecords } from './further-records';
import { claims } from './incident';
import type { Use } from './judge-effect';
import type { Item } from './ledger';
import { RESOURCES, toProperties } from './places';
import type { Delivery, Deploy, Target, Wish } from './plan';
import { toSettings } from './settings';
import { Violation } from './violation';
import type { World } from './world';

export const STACK_ID = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Test/0001';

/** What CloudFormation holds for a resource. */
interface Holding {
  readonly id: string;
  readonly properties: Properties;
}

type Properties = ResourceProperties | SettingsProperties;

interface Resource {
  readonly logicalId: string;
  wish: Wish;
  /** What is in place since the last operation of the stack that ended well. */
  stable?: Holding;
  /** What an operation that is under way has put into its place. */
  next?: Holding;
  /** Whether the last event for it failed, so that a rollback has to go back from there. */
  failed?: Properties;
}

/** The resource for the settings of the first domain. */
const SETTINGS = 'Settings';

function settingsProperties(wish: Wish): SettingsProperties | undefined {
  return toSettings(toProperties(0, wish), wish);
}

const SMOOTH: Delivery = { faults: [], kills: [], lost: false };

/** How often CloudFormation tries to delete what has been replaced; what a user tries of the rest. */
const TRIES = 3;

/** CloudFormation's side of a stack: which events it sends, and what it makes of the answers. */
export class Stack {
  private readonly resources: Resource[] = [...RESOURCES, { logicalId: SETTINGS }].map(({ logicalId }) => ({
    logicalId,
    wish: {},
  }));
  /** Only a deletion gets the stack out of there. */
  private broken = false;
  private requests = 0;
  private deliveries: readonly Delivery[] = [];

  constructor(
    private readonly world: World,
    private readonly courier: Courier,
  ) {
    world.uses = () => this.uses();
  }

  async deploy({ resources: targets, failsElsewhere, deliveries }: Deploy): Promise<void> {
    if (this.broken) return;
    this.deliveries = [...deliveries];
    const wishes = this.resources.map(({ wish }) => wish);
    let failed = false;
    const all = [...targets, this.settingsTarget(targets[0])];
    for (const [index, resource] of this.resources.entries()) {
      if (!failed) failed = !(await this.change(index, resource, all[index] ?? 'keep'));
    }
    if (failed || failsElsewhere) {
      this.world.counters.add('stack rolls back');
      this.resources.forEach((resource, index) => (resource.wish = wishes[index]));
      await this.rollBack();
    } else {
      await this.commit(all);
    }
    this.judge();
  }

  async destroy(deliveries: readonly Delivery[]): Promise<void> {
    this.deliveries = [...deliveries];
    let gone = true;
    for (const resource of [...this.resources].reverse()) {
      const held = resource.stable;
      if (!held) continue;
      // From now on it is not in use any more.
      resource.stable = undefined;
      this.show(resource, held);
      if (await this.tryToDelete(resource, held)) {
        this.show(resource, undefined);
        this.writeOff(resource, held, true);
      } else {
        resource.stable = held;
        gone = false;
      }
    }
    this.broken = !gone;
    this.judge();
  }

  get isGone(): boolean {
    return this.resources.every(({ stable }) => stable === undefined);
  }

  /** The settings are those of the first domain: there as long as it wishes for any. */
  private settingsTarget(target: Target = 'keep'): Target {
    const domain = this.resources[0];
    if (target === 'remove') return 'remove';
    const wish = { ...domain.wish, ...(target === 'keep' ? {} : target) };
    if (target === 'keep' && !domain.stable) return 'keep';
    return settingsProperties(wish) === undefined ? 'remove' : wish;
  }

  /** The creation or update of one resource; false when it failed. */
  private async change(index: number, resource: Resource, target: Target): Promise<boolean> {
    if (target === 'keep' || target === 'remove') return true;
    const wish = { ...resource.wish, ...target };
    const properties = resource.logicalId === SETTINGS ? settingsProperties(wish)! : toProperties(index, wish);
    const { stable } = resource;
    if (stable && JSON.stringify(stable.properties) === JSON.stringify(properties)) return true;
    const answer = await this.send(resource, stable ? 'Update' : 'Create', properties, stable);
    const succeeded = answer?.Status === 'SUCCESS';
    if (succeeded || !stable) {
      resource.next = { id: answer?.PhysicalResourceId ?? `Test-${resource.logicalId}-1ABCDEF`, properties };
      this.show(resource, resource.next);
    } else {
      resource.failed = properties;
    }
    resource.wish = wish;
    return succeeded;
  }

  /** The end of an operation that succeeded: what was replaced or removed is deleted. */
  private async commit(targets: readonly Target[]): Promise<void> {
    const obsolete: [Resource, Holding][] = [];
    for (const [index, resource] of [...this.resources.entries()].reverse()) {
      const { stable, next } = resource;
      resource.next = undefined;
      if (stable && targets[index] === 'remove') {
        resource.stable = undefined;
        resource.wish = {};
        obsolete.push([resource, stable]);
      } else if (next) {
        resource.stable = next;
        if (stable && stable.id !== next.id) obsolete.push([resource, stable]);
      }
    }
    await this.cleanUp(obsolete);
  }

  private async rollBack(): Promise<void> {
    const obsolete: [Resource, Holding][] = [];
    for (const resource of [...this.resources].reverse()) {
      const { stable, next, failed } = resource;
      resource.next = resource.failed = undefined;
      if (!stable && next) {
        if (await this.tryToDelete(resource, next)) {
          this.show(resource, undefined);
          this.writeOff(resource, next, true);
        } else {
          // ROLLBACK_FAILED: the user has to delete the stack.
          resource.stable = next;
          this.broken = true;
        }
      } else if (stable && next && next.id !== stable.id) {
        this.show(resource, stable);
        obsolete.push([resource, next]);
      } else if (stable && (next || failed)) {
        await this.goBack(resource, stable, next?.properties ?? failed!, obsolete);
      }
    }
    await this.cleanUp(obsolete);
  }

  /** The Update back to the old properties. */
  private async goBack(
    resource: Resource,
    stable: Holding,
    from: Properties,
    obsolete: [Resource, Holding][],
  ): Promise<void> {
    for (let tries = 1; tries <= TRIES; tries++) {
      const answer = await this.send(resource, 'Update', stable.properties, { id: stable.id, properties: from });
      if (answer?.Status !== 'SUCCESS') continue;
      if (answer.PhysicalResourceId !== stable.id) {
        resource.stable = { id: answer.PhysicalResourceId, properties: stable.properties };
        this.show(resource, resource.stable);
        obsolete.push([resource, stable]);
      }
      return;
    }
    // UPDATE_ROLLBACK_FAILED: the user has to delete the stack.
    this.world.counters.add('rollback failed');
    const state = parsePhysicalId(stable.id);
    const places = state ? furtherRecords(state).map(({ key }) => key) : [];
    for (const item of this.world.ledger.ours()) {
      if (!places.includes(item.key) || this.isClaimed(item)) continue;
      this.world.ledger.mark(item, 'limbo');
      this.world.counters.add('exempt: of an update whose way back was denied three times');
    }
    this.broken = true;
  }

  private async cleanUp(obsolete: readonly [Resource, Holding][]): Promise<void> {
    for (const [resource, held] of obsolete) {
      const done = await this.tryToDelete(resource, held);
      if (!resource.stable) this.show(resource, undefined);
      this.writeOff(resource, held, done);
    }
  }

  private async tryToDelete(resource: Resource, held: Holding): Promise<boolean> {
    for (let tries = 1; tries <= TRIES; tries++) {
      const answer = await this.send(resource, 'Delete', held.properties, held);
      if (answer?.Status === 'SUCCESS') return true;
    }
    return false;
  }

  /** What an id that CloudFormation has done with claims, and what nobody will ever be asked to delete. */
  private writeOff(resource: Resource, held: Holding, deleted: boolean): void {
    const { ledger, counters } = this.world;
    const state = parsePhysicalId(held.id);
    const present = resource.stable && parsePhysicalId(resource.stable.id);
    for (const item of ledger.ours()) {
      if (!claims(state, item) || this.isClaimed(item)) continue;
      if (deleted && held.properties.RemovalPolicy === 'retain') {
        // What a rolled-back move has left at a name that is in use is nobody else's.
        const inUse = present && furtherRecords(present).some(({ key }) => key === item.key);
        ledger.mark(item, inUse ? 'limbo' : 'others');
      } else if (!deleted) {
        ledger.mark(item, 'limbo');
        counters.add('exempt: CloudFormation gave up the clean-up that was denied or not answered');
      } else if (
        present &&
        claims({ ...present, ownsIdentity: true, ownedRecords: [...present.tokens, ...FURTHER_RECORDS] }, item)
      ) {
        ledger.mark(item, 'limbo');
        counters.add('exempt: a rolled-back update repaired what others had broken, and it is in use');
      }
    }
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
    this.world.clock.advance(5_000);
    if (type === 'Create') this.begin(resource);
    return this.courier.deliver(
      {
        RequestType: type,
        RequestId: `request-${this.requests}`,
        LogicalResourceId: resource.logicalId,
        StackId: STACK_ID,
        ResourceType: resource.logicalId === SETTINGS ? SETTINGS_RESOURCE_TYPE : RESOURCE_TYPE,
        ...(held && { PhysicalResourceId: held.id }),
        ResourceProperties: properties,
        ...(type === 'Update' && { OldResourceProperties: held?.properties }),
      },
      delivery,
    );
  }

  /** What DescribeStackResource tells of a resource that is being created. */
  private begin({ logicalId }: Resource): void {
    const since = this.world.clock.now();
    this.world.fake.stackResources.set(`${STACK_ID}|${logicalId}`, {
      physicalId: '',
      status: 'CREATE_IN_PROGRESS',
      since,
    });
  }

  /** What DescribeStackResource tells of a resource. */
  private show(resource: Resource, held: Holding | undefined): void {
    const { stackResources } = this.world.fake;
    const key = `${STACK_ID}|${resource.logicalId}`;
    if (held) stackResources.set(key, { physicalId: held.id, status: 'UPDATE_COMPLETE' });
    else stackResources.delete(key);
  }

  private uses(): Use[] {
    return this.resources
      .flatMap(({ stable, next }) => [stable, next])
      .flatMap((held) => (held ? (parsePhysicalId(held.id) ?? []) : []))
      .filter(({ tokens }) => tokens.length === 3);
  }

  private isClaimed(item: Item): boolean {
    return this.resources.some(({ stable }) => stable && claims(parsePhysicalId(stable.id), item));
  }

  /** Between two operations of the stack all that we made is claimed by what is in place. */
  private judge(): void {
    const left = this.world.ledger.ours().find((item) => !this.isClaimed(item));
    if (left) throw new Violation('nothing left', `${left.key} "${left.content}", made by ${left.madeBy?.requestId}`);
  }
}

import { cloudFormationClient } from '../aws/clients';
import { describeResource, describeStack, ResourceStatus } from '../aws/cloudformation';
import { claimOf, isOurPhysicalId } from '../domain/physical-id';
import { Deadline, sleep } from './deadline';
import { isEmulated } from './emulator';
import type { CustomResourceEvent } from './event';
import { AwsCallFailure, Failure } from './failure';
import { Log } from './log';

/** Between two looks for a cancellation, in milliseconds: hundreds of domains may be under way at a time. */
const INTERVAL = 15_000;
const LONGEST_LOOK = 10_000;

/** What an event must know before it changes something it asks for longer: as a share of the time that is left. */
const PATIENCE = 0.5;

/** Before the looks that tell whether an event is late, in milliseconds: what CloudFormation shows may lag behind. */
const PAUSES = [0, 2_000, 5_000];

/** An event that CloudFormation does not wait for any more. */
export class LateEvent extends Failure {
  public constructor(
    message: string,
    /** What CloudFormation shows of the resource. */
    private readonly view: ResourceStatus | undefined,
  ) {
    super(message);
  }

  /** Whether CloudFormation has rolled back what the event asked for, and so what an earlier run of it may have made. */
  public isOfFailed(claim: string): boolean {
    return /FAILED|ROLLBACK/.test(this.view?.status ?? '') && claimOf(this.view?.physicalId ?? '') !== claim;
  }
}

/**
 * Whether CloudFormation still waits for an event. Lambda queues events, for hours if need be, and delivers some of them
 * twice; and when another resource of the stack fails, CloudFormation takes no answer any more and rolls back at once.
 *
 * What it shows of a resource in the clean-up after an update or a rollback has not been observed, so that nothing is
 * concluded from it there; the claims on the identity tell what is in use.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 * @see https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1730
 */
export class Freshness {
  private readonly start = Date.now();
  private lastLook = this.start;
  private isFresh = false;
  private hasSeemedLate = false;
  private view: ResourceStatus | undefined;

  public constructor(
    private readonly event: CustomResourceEvent,
    private readonly deadline: Deadline,
    private readonly log: Log,
  ) {}

  /** The physical id that CloudFormation showed last; undefined when it showed none, or was not asked. */
  public get shownId(): string | undefined {
    return this.view?.physicalId;
  }

  /**
   * For whoever is about to change something.
   *
   * @throws LateEvent; AwsCallFailure for a Delete of which it cannot be told
   */
  public async require(): Promise<void> {
    if (this.isFresh) {
      return;
    }
    for (const pause of PAUSES) {
      await sleep(Math.min(pause, this.deadline.remaining()));
      if (await this.seemsFresh()) {
        this.isFresh = true;
        return;
      }
      this.hasSeemedLate = true;
    }
    const { RequestType: type } = this.event;
    this.log('late', { shown: this.view });
    throw new LateEvent(
      `CloudFormation no longer waits for this ${type}: it shows the resource as ${this.view?.status ?? 'unknown'}. ` +
        `Nothing was ${type === 'Delete' ? 'deleted' : 'changed'}. Deploy again if the domain is not as it should be.`,
      this.view,
    );
  }

  /**
   * For whoever waits: looks now and then.
   *
   * @throws Failure when the event is cancelled.
   */
  public async checkNowAndThen(): Promise<void> {
    if (Date.now() - this.lastLook >= INTERVAL) {
      await this.check();
    }
  }

  /**
   * For whoever has made something and is about to say so.
   *
   * @throws Failure when the event is cancelled.
   */
  public async check(): Promise<void> {
    const view = await this.look(LONGEST_LOOK).catch(() => undefined);
    // An older status is that of the operation before; one of success is that of a repetition, or an emulator's.
    if (view !== undefined && /FAILED|ROLLBACK|DELETE/.test(view.status) && view.since > this.start) {
      throw new Failure(
        `CloudFormation cancelled it (${view.status}), because something else in the stack failed: see the events of the stack.`,
      );
    }
  }

  /**
   * Whether the stack is rolled back or deleted.
   *
   * @throws AwsCallFailure
   */
  public async isGoingBack(): Promise<boolean> {
    const status = await this.stackStatus();
    return status === undefined ? isEmulated() : /^(DELETE|ROLLBACK|UPDATE_ROLLBACK)_/.test(status);
  }

  private async seemsFresh(): Promise<boolean> {
    const { RequestType: type, PhysicalResourceId: id } = this.event;
    try {
      this.view = await this.look(this.deadline.remaining() * PATIENCE);
      const verdict = type === 'Delete' ? judgeDelete(this.view, id) : judgeChange(this.view);
      return verdict === 'ask the stack' ? await this.isStackBusy() : verdict === 'fresh';
    } catch (error) {
      if (type === 'Delete') {
        throw error;
      }
      // What is made for an event that is late is found by its claim; a deployment need not fail for want of a look.
      this.log('freshness-unknown', { error: (error as Error).message });
      return !this.hasSeemedLate;
    }
  }

  /** An event that comes while the stack is at rest is late, whatever is shown of the resource. */
  private async isStackBusy(): Promise<boolean> {
    const status = await this.stackStatus();
    return status === undefined ? isEmulated() : /_IN_PROGRESS$/.test(status);
  }

  /** @returns undefined when CloudFormation says that there is no such stack. */
  private async stackStatus(): Promise<string | undefined> {
    const limit = this.deadline.atMost(this.deadline.remaining() * PATIENCE);
    try {
      return await describeStack(cloudFormationClient(limit), this.event, limit, this.log);
    } catch (error) {
      if (error instanceof AwsCallFailure && error.code === 'ValidationError') {
        return undefined;
      }
      throw error;
    } finally {
      limit.clear();
    }
  }

  /** @returns undefined when CloudFormation says that there is no such resource. */
  private async look(milliseconds: number): Promise<ResourceStatus | undefined> {
    this.lastLook = Date.now();
    const limit = this.deadline.atMost(milliseconds);
    try {
      return await describeResource(cloudFormationClient(limit), this.event, limit, this.log);
    } catch (error) {
      if (error instanceof AwsCallFailure && error.code === 'ValidationError') {
        return undefined;
      }
      throw error;
    } finally {
      limit.clear();
    }
  }
}

type Verdict = 'fresh' | 'late' | 'ask the stack';

/** Whether a view is one of a resource that is being created or updated. */
function judgeChange(view: ResourceStatus | undefined): Verdict {
  const { status = '', physicalId = '' } = view ?? {};
  if (/^(CREATE|UPDATE|IMPORT)_IN_PROGRESS$/.test(status)) {
    return 'fresh';
  }
  // An emulator may show no resource before it is there, how the operation before has ended, or the same for everything.
  const saysNothing =
    /^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status) && (isEmulated() || !isOurPhysicalId(physicalId));
  return view === undefined || saysNothing ? 'ask the stack' : 'late';
}

/** Whether a view is one of a resource that is being deleted, or that another physical id has taken the place of. */
function judgeDelete(view: ResourceStatus | undefined, id: string | undefined): Verdict {
  if (view === undefined || (view.physicalId !== id && view.status !== 'DELETE_COMPLETE')) {
    return 'ask the stack';
  }
  if (view.status === 'DELETE_IN_PROGRESS') {
    return 'fresh';
  }
  const mayBe = /_IN_PROGRESS$/.test(view.status) || (isEmulated() && view.status !== 'DELETE_COMPLETE');
  return mayBe ? 'ask the stack' : 'late';
}

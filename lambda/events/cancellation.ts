import { cloudFormationClient } from '../aws/clients';
import { describeResource, ResourceStatus } from '../aws/cloudformation';
import { Deadline, sleep } from './deadline';
import type { CustomResourceEvent } from './event';
import { Failure } from './failure';
import { Log } from './log';
import { isEmptyPhysicalId } from '../domain/physical-id';

/** Between two looks, in milliseconds: hundreds of domains may be under way at a time. */
const INTERVAL = 15_000;
const LONGEST_LOOK = 10_000;

/** Within this time a cancelled run has noticed it and taken back what it had made, in milliseconds. */
const LONGEST_UNDO = 60_000;

/** What a resource is in while CloudFormation waits for the answer to a Create or an Update. */
const UNDER_WAY = /^(CREATE|UPDATE|IMPORT)_IN_PROGRESS$/;

/**
 * When another resource of the stack fails, CloudFormation cancels what is under way: it does not take the answer any
 * more and rolls back at once. The run itself has to notice, since nobody else knows what it has made.
 *
 * @see https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1730
 */
export class Cancellation {
  private readonly start = Date.now();
  private lastLook = this.start;

  public constructor(
    private readonly event: CustomResourceEvent,
    private readonly deadline: Deadline,
    private readonly log: Log,
  ) {}

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
    this.lastLook = Date.now();
    const resource = await this.look();
    // An older status is that of the operation before, from a part of CloudFormation that lags behind.
    if (resource !== undefined && !UNDER_WAY.test(resource.status) && resource.since > this.start) {
      throw new Failure(
        `CloudFormation has cancelled it (${resource.status}), since something else in the stack failed: see its events.`,
      );
    }
  }

  /** Where it cannot be told, the run goes on. */
  private async look(): Promise<ResourceStatus | undefined> {
    const limit = this.deadline.atMost(LONGEST_LOOK);
    try {
      return await describeResource(cloudFormationClient(limit), this.event, limit, this.log);
    } catch {
      return undefined;
    } finally {
      limit.clear();
    }
  }
}

/**
 * For a Delete by an id that we did not give: CloudFormation makes one up for a Create that it did not get an answer to.
 * Should its run still be under way, it finds the role and the hosted zone in place until it has undone its work.
 *
 * @see https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1814
 */
export async function outlastCancelledCreate(physicalId: string, deadline: Deadline, log: Log): Promise<void> {
  if (!isEmptyPhysicalId(physicalId)) {
    const milliseconds = Math.min(LONGEST_UNDO, deadline.remaining());
    log('wait', { milliseconds, reason: 'a Create that was cancelled may still be undoing its work' });
    await sleep(milliseconds);
  }
}

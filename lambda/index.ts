import type { Context } from 'aws-lambda';
import { SETTINGS_RESOURCE_TYPE } from '../lib/shared/contract';
import { Answer, sendAnswer } from './events/answer';
import { Application, toAttributes } from './domain/apply';
import { connect } from './aws/clients';
import { Cancellation, outlastCancelledCreate } from './events/cancellation';
import { Deadline } from './events/deadline';
import { CustomResourceEvent, isRegion, parseConfig, parseRemoval } from './events/event';
import { describeError } from './events/failure';
import { Journal } from './events/journal';
import { createLog, Log } from './events/log';
import { DomainState, emptyPhysicalId, formatPhysicalId, parsePhysicalId } from './domain/physical-id';
import { findReplacement, remove } from './domain/remove';
import { isPlain, requireAnswerable, requireRequest } from './events/request';
import { settle } from './settings/apply';

/** What is kept of the Lambda's time to undo a failed change, and then to answer: milliseconds, and a share at most. */
const UNDO_TIME = { most: 60_000, share: 0.2 };
const ANSWER_TIME = { most: 15_000, share: 0.2 };

/**
 * The entry: sets up, changes or removes Easy DKIM for one domain, and answers CloudFormation.
 *
 * @throws Error only when there is nobody to answer, or CloudFormation could not be reached with the answer.
 */
export async function handler(
  event: CustomResourceEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<void> {
  requireAnswerable(event);
  const log = createLog({ type: event.RequestType, requestId: event.RequestId, resource: event.LogicalResourceId });
  const journal = new Journal(event.RequestId);
  const time = context.getRemainingTimeInMillis();
  const answerTime = Math.min(ANSWER_TIME.most, time * ANSWER_TIME.share);
  const undoTime = Math.min(UNDO_TIME.most, time * UNDO_TIME.share);
  const deadlines = {
    work: new Deadline(time - answerTime - undoTime),
    undo: new Deadline(time - answerTime),
    answer: new Deadline(time - answerTime / 4),
  };
  try {
    const answer = journal.read().answer ?? (await act(event, deadlines, journal, log));
    journal.note({ answer });
    await sendAnswer(event, answer, deadlines.answer, log);
  } finally {
    Object.values(deadlines).forEach((deadline) => deadline.clear());
  }
}

interface Deadlines {
  readonly work: Deadline;
  readonly undo: Deadline;
}

async function act(event: CustomResourceEvent, deadlines: Deadlines, journal: Journal, log: Log): Promise<Answer> {
  log('event', { physicalId: event.PhysicalResourceId, properties: event.ResourceProperties });
  try {
    requireRequest(event);
    if (event.ResourceType === SETTINGS_RESOURCE_TYPE) {
      return await settle(event, deadlines, journal, log);
    }
    return event.RequestType === 'Delete'
      ? await removeDomain(event, deadlines, log)
      : await applyDomain(event, deadlines, journal, log);
  } catch (error) {
    const physicalId = isPlain(event.PhysicalResourceId) ? event.PhysicalResourceId : emptyPhysicalId(event.RequestId);
    return { status: 'FAILED', physicalId, reason: explain(error) };
  }
}

async function applyDomain(
  event: CustomResourceEvent,
  deadlines: Deadlines,
  journal: Journal,
  log: Log,
): Promise<Answer> {
  const config = parseConfig(event.ResourceProperties);
  const former = event.PhysicalResourceId;
  const previous = former === undefined ? undefined : parsePhysicalId(former);
  const application = new Application(config, previous, formerRegions(event, previous), journal, log);
  try {
    const cancellation = new Cancellation(event, deadlines.work, log);
    const applied = await application.run(connect(config, deadlines.work, log), cancellation);
    return { status: 'SUCCESS', physicalId: formatPhysicalId(applied.state), data: toAttributes(applied) };
  } catch (error) {
    const left = await application.undo(connect(config, deadlines.undo, log));
    return {
      status: 'FAILED',
      // A failed Update leaves the resource as it was; the Delete after a failed Create finishes the job.
      physicalId: former ?? formatPhysicalId(left.state),
      reason:
        explain(error, config) +
        left.problems.map((problem) => ` What this deployment had made could not be removed: ${problem}`).join(''),
    };
  }
}

function formerRegions(event: CustomResourceEvent, previous: DomainState | undefined): readonly string[] {
  const old = (event.OldResourceProperties as { readonly SesRegion?: unknown } | null | undefined)?.SesRegion;
  return [...(previous === undefined ? [] : [previous.region]), ...(isRegion(old) ? [old] : [])];
}

async function removeDomain(event: CustomResourceEvent, deadlines: Deadlines, log: Log): Promise<Answer> {
  const physicalId = event.PhysicalResourceId ?? emptyPhysicalId(event.RequestId);
  const state = parsePhysicalId(physicalId);
  if (state === undefined) {
    // Its properties may be the very ones that made the Create fail.
    log('left', { reason: 'the physical id is not one that we gave' });
    await outlastCancelledCreate(physicalId, deadlines.work, log);
    return { status: 'SUCCESS', physicalId };
  }
  const { retain, delegationRoleArn } = parseRemoval(event.ResourceProperties);
  if (retain) {
    log('left', { reason: 'removalPolicy is RETAIN' });
  } else if (state.ownsIdentity || state.ownedRecords.length > 0) {
    try {
      const replacement = await findReplacement(event, deadlines.work, log);
      await remove(state, replacement, connect({ ...state, delegationRoleArn }, deadlines.work, log), log);
    } catch (error) {
      return { status: 'FAILED', physicalId, reason: explain(error, state) };
    }
  }
  return { status: 'SUCCESS', physicalId };
}

function explain(error: unknown, domain?: { domainName: string; region: string; zoneId?: string }): string {
  const zone = domain?.zoneId === undefined ? '' : `, hosted zone ${domain.zoneId}`;
  const place =
    domain === undefined ? 'Easy DKIM' : `Easy DKIM for ${domain.domainName} (SES in ${domain.region}${zone})`;
  return `${place}: ${describeError(error)}`;
}

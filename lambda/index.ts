import type { Context } from 'aws-lambda';
import { REPLICA_RESOURCE_TYPE, SETTINGS_RESOURCE_TYPE } from '../lib/shared/contract';
import type { WatchInput } from '../lib/shared/metrics';
import { handleDomain } from './domain/domain';
import { emptyPhysicalId } from './domain/physical-id';
import { Answer, sendAnswer } from './events/answer';
import { Deadline } from './events/deadline';
import { CustomResourceEvent } from './events/event';
import { describeError } from './events/failure';
import { Journal } from './events/journal';
import { createLog, Log } from './events/log';
import { isPlain, requireAnswerable, requireRequest } from './events/request';
import { handleReplica } from './replica/replica';
import { handleSettings } from './settings/apply';
import { isWatchEvent, watch } from './watch/watch';

/** What is kept of the Lambda's time to undo a failed change, and then to answer: milliseconds, and a share at most. */
const UNDO_TIME = { most: 60_000, share: 0.2 };
const ANSWER_TIME = { most: 15_000, share: 0.2 };

/**
 * The entry: sets up, changes or removes Easy DKIM for one domain, and answers CloudFormation; or looks after all domains
 * of the stack, when the schedule of a watch asks for it.
 *
 * @throws Error only when there is nobody to answer, or CloudFormation could not be reached with the answer.
 */
export async function handler(
  event: CustomResourceEvent | WatchInput,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<void> {
  if (isWatchEvent(event)) {
    return watch(event, context);
  }
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

async function act(
  event: CustomResourceEvent,
  deadlines: { readonly work: Deadline; readonly undo: Deadline },
  journal: Journal,
  log: Log,
): Promise<Answer> {
  log('event', { physicalId: event.PhysicalResourceId, properties: event.ResourceProperties });
  try {
    requireRequest(event);
    switch (event.ResourceType) {
      case SETTINGS_RESOURCE_TYPE:
        return await handleSettings(event, deadlines, journal, log);
      case REPLICA_RESOURCE_TYPE:
        return await handleReplica(event, deadlines, log);
      default:
        return await handleDomain(event, deadlines, journal, log);
    }
  } catch (error) {
    const physicalId = isPlain(event.PhysicalResourceId) ? event.PhysicalResourceId : emptyPhysicalId(event.RequestId);
    return { status: 'FAILED', physicalId, reason: `Easy DKIM: ${describeError(error)}` };
  }
}

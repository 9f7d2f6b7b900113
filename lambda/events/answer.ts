import type { ReplicaAttributes, ResourceAttributes, SettingsAttributes } from '../../lib/shared/contract';
import { poll } from '../aws/poll';
import type { Deadline } from './deadline';
import type { CustomResourceEvent } from './event';
import { Log } from './log';

/** What CloudFormation is told. */
export interface Answer {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly physicalId: string;
  /** Why it failed, or what is not as one might expect. */
  readonly reason?: string;
  readonly data?: ResourceAttributes | SettingsAttributes | ReplicaAttributes;
}

/** The whole answer has to fit into 4,096 bytes; what is not the reason takes less than half of it. */
const LONGEST_REASON = 1_800;

const FIRST_DELAY = 500;
const LONGEST_DELAY = 8_000;

/**
 * Answers CloudFormation, again and again until it takes the answer or the time is up.
 *
 * @throws Error when CloudFormation could not be reached: Lambda then delivers the event again.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
export async function sendAnswer(
  event: CustomResourceEvent,
  answer: Answer,
  deadline: Deadline,
  log: Log,
): Promise<void> {
  const body = Buffer.from(
    JSON.stringify({
      Status: answer.status,
      Reason: answer.reason === undefined ? undefined : limitReason(answer.reason),
      PhysicalResourceId: answer.physicalId,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
      Data: answer.data,
    }),
  );
  let tries = 0;
  let problem: string | undefined;
  const tryOnce = async () => {
    tries += 1;
    problem = await put(event.ResponseURL, body, deadline);
    log('answer', { status: answer.status, reason: answer.reason, tries, problem });
    return problem === undefined ? true : undefined;
  };
  const isTaken = await poll(tryOnce, { first: FIRST_DELAY, longest: LONGEST_DELAY, deadline });
  if (isTaken === undefined) {
    throw new Error(`CloudFormation did not take the answer after ${tries} tries: ${problem}`);
  }
}

/** Puts the answer; returns what went wrong, if anything. */
async function put(url: string, body: Buffer, deadline: Deadline): Promise<string | undefined> {
  const attempt = deadline.atMost(10_000);
  try {
    // The URL is signed for an empty content type.
    const response = await fetch(url, {
      method: 'PUT',
      body: new Uint8Array(body),
      headers: { 'content-type': '' },
      signal: attempt.signal,
    });
    await response.arrayBuffer();
    return response.ok ? undefined : `HTTP ${response.status}`;
  } catch (error) {
    const cause = (error as { readonly cause?: { readonly message?: string } }).cause;
    return cause?.message ?? (error as Error).message;
  } finally {
    attempt.clear();
  }
}

/** Cut by bytes, since the limit counts them; a character cut in half is left out. */
function limitReason(reason: string): string {
  const escaped = Buffer.byteLength(JSON.stringify(reason));
  if (escaped <= LONGEST_REASON) {
    return reason;
  }
  let end = reason.length;
  while (Buffer.byteLength(JSON.stringify(reason.slice(0, end))) > LONGEST_REASON) {
    end = Math.floor(end * 0.9);
  }
  return `${reason.slice(0, end)}…`;
}

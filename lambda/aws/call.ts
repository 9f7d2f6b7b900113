import { Deadline } from '../events/deadline';
import { AwsCallFailure } from '../events/failure';
import { Log } from '../events/log';
import { poll } from './poll';
import { CallDescription, DENIED, remedy } from './remedy';

/**
 * A new policy takes some seconds until it is in force everywhere, and CloudFormation does not wait for that: how long
 * after the start of the event a denial may be due to it, in milliseconds.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
const POLICY_PROPAGATION = 45_000;

const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 8_000;

/**
 * Runs one call to AWS and logs it. In the first seconds of an event it is tried again when it is denied: here and not
 * in the SDK's retry strategy, whose count of tries says how often a call may have taken effect.
 *
 * @param deadline that of the event
 * @throws AwsCallFailure with the operation, its target, AWS's own words and a remedy.
 */
export async function callAws<T>(
  log: Log,
  call: CallDescription,
  deadline: Deadline,
  send: () => Promise<T>,
): Promise<T> {
  let earlier = 0;
  let denied: AwsCallFailure | undefined;
  const tryOnce = async (): Promise<{ readonly result: T } | undefined> => {
    const start = Date.now();
    try {
      const result = await send();
      log('call', { ...call, ms: Date.now() - start });
      return { result };
    } catch (error) {
      const failure = toFailure(call, error, earlier);
      log('call-failed', { ...call, ms: Date.now() - start, code: failure.code, error: failure.message });
      if (!DENIED.test(failure.code)) {
        throw failure;
      }
      denied = failure;
      // The denial itself has changed nothing.
      earlier = failure.attempts - 1;
      return undefined;
    }
  };
  const untilInForce = { remaining: () => Math.min(deadline.remaining(), POLICY_PROPAGATION - deadline.elapsed()) };
  const done = await poll(tryOnce, { first: FIRST_DELAY, longest: LONGEST_DELAY, deadline: untilInForce });
  if (done === undefined) {
    throw denied!;
  }
  return done.result;
}

/** @param earlier tries that may have taken effect, before the one that failed */
function toFailure(call: CallDescription, error: unknown, earlier: number): AwsCallFailure {
  const { name, code, message, $metadata } = error as {
    readonly name?: string;
    readonly code?: string;
    readonly message?: string;
    readonly $metadata?: { readonly attempts?: number };
  };
  const errorCode = (name === 'Error' ? code : name) ?? 'Error';
  const attempts = earlier + ($metadata?.attempts ?? 1);
  const as = call.role === undefined ? '' : ` as ${call.role}`;
  const tries = attempts > 1 ? ` after ${attempts} tries` : '';
  const words = shorten(message ?? String(error));
  return new AwsCallFailure(
    `${call.service} ${call.operation} for ${call.target}${as} failed${tries}: ${errorCode}: ${words}. ` +
      remedy(call, errorCode, words),
    errorCode,
    attempts,
  );
}

function shorten(message: string): string {
  const text = message.replace(/\s+/g, ' ').replace(/\.$/, '');
  return text.length > 700 ? `${text.slice(0, 700)}…` : text;
}

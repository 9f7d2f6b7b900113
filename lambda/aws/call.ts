import { Deadline, sleep } from '../events/deadline';
import { AwsCallFailure } from '../events/failure';
import { Log } from '../events/log';

/** A call to AWS in the words of its user. */
export interface CallDescription {
  readonly service: 'SES' | 'Route 53' | 'STS' | 'CloudFormation';
  readonly operation: string;
  /** What the call was about, such as `hosted zone Z0123456789`. */
  readonly target: string;
  /** The ARN of the role that the call is made under, when it is not the Lambda's own. */
  readonly role?: string;
}

/**
 * A new policy takes some seconds until it is in force everywhere, and CloudFormation does not wait for that: how long
 * after the start of the event a denial may be due to it, in milliseconds.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
const POLICY_PROPAGATION = 45_000;

const DENIED = /AccessDenied|NotAuthorized|UnauthorizedOperation/;
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
  for (let delay = FIRST_DELAY; ; delay = Math.min(LONGEST_DELAY, delay * 2)) {
    const start = Date.now();
    try {
      const result = await send();
      log('call', { ...call, ms: Date.now() - start });
      return result;
    } catch (error) {
      const failure = toFailure(call, error, earlier);
      log('call-failed', { ...call, ms: Date.now() - start, code: failure.code, error: failure.message });
      const pause = delay * (0.5 + Math.random() / 2);
      const mayPass = DENIED.test(failure.code) && deadline.elapsed() + pause < POLICY_PROPAGATION;
      if (!mayPass || pause >= deadline.remaining()) {
        throw failure;
      }
      // The denial itself has changed nothing.
      earlier = failure.attempts - 1;
      await sleep(pause);
    }
  }
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

/** Whether SES has refused a call because there is no such identity: it models no error for that. */
export function isUnknownIdentity(error: unknown): boolean {
  return error instanceof AwsCallFailure && IDENTITY_REFUSED.test(error.code) && UNKNOWN_IDENTITY.test(error.message);
}

/** The codes by which SES refuses a setting: v1 models no errors, v2 has its own. */
const IDENTITY_REFUSED =
  /^(InvalidParameterValue|InvalidRequest|ValidationError|BadRequestException|NotFoundException)$/;

const UNKNOWN_IDENTITY = /identity .*(does not exist|must be a verified email address or domain)/i;

/** What to do when SES refuses a setting of an identity. */
const SETTING_REMEDIES: { readonly [operation: string]: string } = {
  SetIdentityMailFromDomain:
    'The MAIL FROM domain must be below the identity and in no other use: not to receive mail, and not in From addresses. Choose another mailFrom.',
  PutEmailIdentityConfigurationSetAttributes:
    'Create the configuration set in this Region and account first, or choose another configurationSet.',
  SetIdentityFeedbackForwardingEnabled:
    'Feedback is forwarded unless bounces and complaints have a topic: give both in notifications, or leave out feedbackForwarding.',
  SetIdentityNotificationTopic:
    'The topic must exist in this Region, and its policy, as well as that of its KMS key if it has one, must let ses.amazonaws.com publish to it. Bounces and complaints need one while feedbackForwarding is off.',
  SetIdentityHeadersInNotificationsEnabled:
    'Headers come with notifications that have a topic: give one in notifications, or leave out includeHeaders.',
};

function remedy(call: CallDescription, code: string, words: string): string {
  if (DENIED.test(code)) {
    if (call.service === 'STS') {
      return 'The delegation role does not let the Lambda assume it: check that it exists and that the account of the stack is in its assumedBy, and that no service control policy denies it.';
    }
    if (call.role !== undefined) {
      return 'The delegation role was assumed, but may not do this: check that it is the EasyDkimDelegationRole of this very zone and that its domainNames include the domain, its mailFromDomains the MAIL FROM domain, and dmarc is true if there is a DMARC record.';
    }
    const elsewhere =
      call.service === 'Route 53' ? ', and pass delegationRole when the zone is in another account' : '';
    return `Check that no service control policy, permissions boundary or changed role policy denies the call${elsewhere}.`;
  }
  if (/Throttl|Rate|PriorRequestNotComplete|TooManyRequests/.test(code)) {
    return 'AWS kept throttling until the time was up: deploy again, or fewer domains at once.';
  }
  if (code === 'InvalidAction') {
    return 'The endpoint does not know the operation: an emulator, perhaps, that lacks it.';
  }
  if (code === 'ENOTFOUND') {
    return 'There is no such endpoint: the service may not be in this Region, or the Lambda has no DNS.';
  }
  if (code === 'NoSuchHostedZone') {
    return 'The hosted zone does not exist in this account: check its id, and pass delegationRole when the zone is in another account.';
  }
  if (code === 'AbortError' || code === 'TimeoutError') {
    return 'There was no answer in time: deploy again; if it stays so, check the AWS Health Dashboard and the network of the Lambda.';
  }
  if (code === 'InvalidChangeBatch' || code === 'InvalidInput') {
    return 'Nothing was changed: compare the zone with the record named in the message.';
  }
  const setting = SETTING_REMEDIES[call.operation];
  if (setting !== undefined && IDENTITY_REFUSED.test(code)) {
    return UNKNOWN_IDENTITY.test(words)
      ? 'The identity may have been deleted by hand: deploy its EasyDkimDomain again, with a change that makes CloudFormation update it.'
      : setting;
  }
  return 'Deploy again; if it stays so, check the AWS Health Dashboard.';
}

function shorten(message: string): string {
  const text = message.replace(/\s+/g, ' ').replace(/\.$/, '');
  return text.length > 700 ? `${text.slice(0, 700)}…` : text;
}

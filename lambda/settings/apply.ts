import type { Answer } from '../events/answer';
import { connectSettings } from '../aws/clients';
import { isUnknownIdentity } from '../aws/call';
import { Cancellation, outlastCancelledCreate } from '../events/cancellation';
import { Deadline } from '../events/deadline';
import type { CustomResourceEvent } from '../events/event';
import { AwsCallFailure, describeError, Failure } from '../events/failure';
import { IdentitySettings } from '../aws/ses-settings';
import { Journal } from '../events/journal';
import { Log } from '../events/log';
import { emptyPhysicalId } from '../domain/physical-id';
import { parseFormer, parseSettings, SettingsConfig, settingsPhysicalId } from './config';
import { planSettings, settingsOf, Step } from './plan';

/** Codes of calls that SES has refused, so that they have changed nothing, unless an earlier try has. */
const REFUSED = /Invalid|Validation|BadRequest|NotFound|AccessDenied|NotAuthorized/;

/**
 * Gives an identity its settings, or takes them away. What is set already is not set again, and what
 * this run has changed goes back to what it was when a later step fails.
 *
 * A setting that had our value before we came counts as ours, and goes back to SES's default in the end.
 */
export async function settle(
  event: CustomResourceEvent,
  deadlines: { readonly work: Deadline; readonly undo: Deadline },
  journal: Journal,
  log: Log,
): Promise<Answer> {
  if (event.RequestType === 'Delete') {
    return removeSettings(event, deadlines.work, log);
  }
  const config = parseSettings(event.ResourceProperties);
  const taken: Step[] = [];
  const cancellation = new Cancellation(event, deadlines.work, log);
  try {
    await applySettings(config, event, connectSettings(config, deadlines.work, log), journal, log, taken);
    if (taken.length > 0) {
      await cancellation.check();
    }
    return { status: 'SUCCESS', physicalId: settingsPhysicalId(config) };
  } catch (error) {
    const problems = await takeBack(taken, config, deadlines.undo, log);
    // A failed Update leaves the resource as it was; the Delete after a failed Create finishes the job.
    const created = problems.length > 0 ? settingsPhysicalId(config) : emptyPhysicalId(event.RequestId);
    return {
      status: 'FAILED',
      physicalId: event.PhysicalResourceId ?? created,
      reason: explain(error, config, problems),
    };
  }
}

/** @param taken gets the steps that may have taken effect, for the way back */
async function applySettings(
  { wanted, domainName, region }: SettingsConfig,
  event: CustomResourceEvent,
  ses: IdentitySettings,
  journal: Journal,
  log: Log,
  taken: Step[],
): Promise<void> {
  const old = parseFormer(event.OldResourceProperties);
  const former = old?.domainName === domainName && old.region === region ? old.wanted : {};
  const present = await ses.read(settingsOf(wanted, former));
  if (present === undefined) {
    throw new Failure(
      `There is no identity ${domainName} in ${region}, so it cannot have settings: it may have been deleted by hand. ` +
        'Deploy its EasyDkimDomain again, with a change that makes CloudFormation update it.',
    );
  }
  // What a run of the same event that was killed has set looks like what was there before. Where the
  // journal is lost, that stays set when this run fails.
  const { before = present } = journal.read();
  journal.note({ before });
  const steps = planSettings({ wanted, former, present: before });
  log('settings-planned', { steps });
  for (const step of steps) {
    taken.push(step);
    if (present[step.setting] !== step.to) {
      await ses.write(step.setting, step.to).catch((error: AwsCallFailure) => {
        if (REFUSED.test(error.code) && error.attempts === 1) taken.pop();
        throw error;
      });
    }
  }
}

/** @returns why steps could not be taken back */
async function takeBack(
  steps: readonly Step[],
  config: SettingsConfig,
  deadline: Deadline,
  log: Log,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (let left = steps.length; left > 0; left -= 1) {
    const { setting, from } = steps[left - 1];
    // A call that hangs leaves their share of the time to the others.
    const share = deadline.atMost(deadline.remaining() / left);
    await connectSettings(config, share, log)
      .write(setting, from)
      .catch((error: Error) => problems.push(error.message));
    share.clear();
  }
  return problems;
}

async function removeSettings(event: CustomResourceEvent, deadline: Deadline, log: Log): Promise<Answer> {
  const physicalId = event.PhysicalResourceId ?? emptyPhysicalId(event.RequestId);
  const config = parseFormer(event.ResourceProperties);
  if (config === undefined || physicalId !== settingsPhysicalId(config)) {
    log('left', { reason: 'the physical id is not the one that we gave for these properties' });
    await outlastCancelledCreate(physicalId, deadline, log);
  } else if (config.retain) {
    log('left', { reason: 'removalPolicy is RETAIN' });
  } else {
    try {
      await resetSettings(config, connectSettings(config, deadline, log), log);
    } catch (error) {
      if (!isUnknownIdentity(error)) {
        return { status: 'FAILED', physicalId, reason: explain(error, config) };
      }
      log('left', { reason: 'the identity is gone' });
    }
  }
  return { status: 'SUCCESS', physicalId };
}

async function resetSettings({ wanted }: SettingsConfig, ses: IdentitySettings, log: Log): Promise<void> {
  const present = (await ses.read(settingsOf(wanted))) ?? {};
  // A setting that could not be read is not known to be ours any more: it stays.
  const steps = planSettings({ wanted: {}, former: wanted, present });
  log('settings-planned', { steps, present });
  for (const { setting, to } of steps) {
    await ses.write(setting, to);
  }
}

function explain(error: unknown, { domainName, region }: SettingsConfig, problems: readonly string[] = []): string {
  const left = problems.map((problem) => ` What this deployment had set could not be taken back: ${problem}`);
  return `Settings of ${domainName} (SES in ${region}): ${describeError(error)}${left.join('')}`;
}

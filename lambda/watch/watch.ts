import type { Context } from 'aws-lambda';
import type { WatchInput } from '../../lib/shared/metrics';
import { shown } from '../../lib/shared/rules';
import { allEnded } from '../events/all-ended';
import { Deadline, sleep } from '../events/deadline';
import { Failure } from '../events/failure';
import { createLog, Log } from '../events/log';
import { Finding, isReady, valuesOf } from './finding';
import { Look } from './look';
import { sendOfDomain, sendOfStack } from './metrics';
import { Repair } from './repair';
import { isAtRest, StackIsBusy, Subject, WatchedStack } from './stack';

/** What is kept of the function's time to report, in milliseconds. */
const REPORT_TIME = 15_000;

/** SES takes one call of a kind in a second from an account, deployments included. In milliseconds. */
const PACE = 1_100;

/** Whether an event is one of the schedule of a watch. */
export function isWatchEvent(event: unknown): event is WatchInput {
  return typeof (event as Partial<WatchInput> | null)?.Watch === 'object';
}

/**
 * Compares what the stack has deployed with what there is, and tells of it by metrics and in the log. It leaves a stack
 * alone that is being deployed.
 *
 * @throws Error when it could not look at the stack: Lambda then tries again.
 */
export async function watch(
  { Watch: { StackId, Repair: repair } }: WatchInput,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<void> {
  const { STACK_ID: own = StackId } = process.env;
  if (StackId !== own) {
    throw new Failure(`Watch.StackId is ${shown(StackId)}: this function serves ${own} only.`);
  }
  const log = createLog({ type: 'Watch', stack: StackId });
  const deadline = new Deadline(context.getRemainingTimeInMillis() - REPORT_TIME);
  try {
    const stack = new WatchedStack(StackId, deadline, log);
    const status = await requireNoDeployment(stack);
    const mayRepair = repair && isAtRest(status);
    const subjects = await stack.subjects();
    const outcomes = await lookAtAll(subjects, (subject) => lookAfter(stack, subject, mayRepair, deadline, log));
    const notReady = outcomes.filter(({ ready }) => !ready).length;
    const repaired = outcomes.reduce((sum, each) => sum + each.repaired, 0);
    log('watched', { status, domains: subjects.length, notReady, repaired });
    sendOfStack(stack.name, { DomainsNotReady: notReady, Repaired: repaired });
  } catch (error) {
    if (!(error instanceof StackIsBusy)) {
      throw error;
    }
    log('aside', { reason: error.message });
  } finally {
    deadline.clear();
  }
}

interface Outcome {
  readonly ready: boolean;
  readonly repaired: number;
}

/** One after the other, as fast as SES takes them. */
async function lookAtAll(
  subjects: readonly Subject[],
  look: (subject: Subject) => Promise<Outcome>,
): Promise<readonly Outcome[]> {
  const looks: Promise<Outcome>[] = [];
  let hasFailed = false;
  for (const subject of subjects) {
    if (looks.length > 0) {
      await sleep(PACE);
    }
    if (hasFailed) {
      break;
    }
    const outcome = look(subject);
    // Node ends a process where nobody hears of a failure, and the next look is some time away.
    outcome.catch(() => (hasFailed = true));
    looks.push(outcome);
  }
  return allEnded(looks);
}

async function lookAfter(
  stack: WatchedStack,
  subject: Subject,
  repair: boolean,
  deadline: Deadline,
  log: Log,
): Promise<Outcome> {
  const look = () => new Look(stack, subject, deadline, log).run();
  let findings = await look();
  await tell(findings, [], stack, log);
  let repaired = 0;
  if (repair && findings.some(({ verdict }) => verdict === 'fail')) {
    repaired = await new Repair(stack, subject, deadline, log).run();
  }
  if (repaired > 0) {
    const told = findings;
    findings = await look();
    await tell(findings, told, stack, log);
  }
  sendOfDomain(subject.domainName, subject.region, valuesOf(findings));
  return { ready: isReady(findings), repaired };
}

/**
 * @param told what was told before, and is not said twice
 * @throws StackIsBusy, as what is just being deployed looks like something that is missing
 */
async function tell(
  findings: readonly Finding[],
  told: readonly Finding[],
  stack: WatchedStack,
  log: Log,
): Promise<void> {
  if (!isReady(findings)) {
    await requireNoDeployment(stack);
  }
  const isSame = (one: Finding) => (other: Finding) =>
    one.check === other.check && one.name === other.name && one.found === other.found;
  findings
    .filter((finding) => finding.verdict !== 'pass' && !told.some(isSame(finding)))
    .forEach((finding) => log('finding', { ...finding }));
}

/**
 * @returns the status of the stack
 * @throws StackIsBusy
 */
async function requireNoDeployment(stack: WatchedStack): Promise<string> {
  const status = await stack.status();
  if (/_IN_PROGRESS$/.test(status)) {
    throw new StackIsBusy(`the stack is ${status}`);
  }
  return status;
}

import { Deadline, sleep } from './deadline';
import { Log } from './log';

/** Within this time a cancelled run has noticed it and taken back what it had made, in milliseconds. */
const LONGEST_UNDO = 60_000;

/**
 * For a Delete by an id that we did not give: CloudFormation makes one up for a Create that it did not get an answer to.
 * Should its run still be under way, it finds the role and the hosted zone in place until it has undone its work.
 *
 * @see https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1814
 */
export async function outlastCancelledCreate(deadline: Deadline, log: Log): Promise<void> {
  const milliseconds = Math.min(LONGEST_UNDO, deadline.remaining());
  log('wait', { milliseconds, reason: 'a Create that was cancelled may still be undoing its work' });
  await sleep(milliseconds);
}

import { Deadline, sleep } from './deadline';
import type { Freshness } from './freshness';
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

/**
 * For such a Delete, too: after a deployment that was not rolled back (`--no-rollback`), the next one creates the resource
 * anew, and may use what the Create has made.
 *
 * @returns why everything stays; undefined when the stack is rolled back or deleted
 * @throws AwsCallFailure
 */
export async function staysForSuccessor(
  freshness: Freshness,
  { domainName, region }: { readonly domainName: string; readonly region: string },
  log: Log,
): Promise<string | undefined> {
  if (await freshness.isGoingBack()) {
    return undefined;
  }
  log('left', { reason: 'the stack may have the resource by another id' });
  return (
    'CloudFormation got no answer from the Create of this resource, and the stack may have created it anew since. So what ' +
    `it may have made for ${domainName} in ${region} stays. Delete it by hand if the stack no longer has this resource.`
  );
}

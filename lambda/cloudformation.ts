import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { callAws } from './aws-call';
import { Deadline } from './deadline';
import { Log } from './log';

/**
 * The physical id that a resource of a stack has now. A Delete for another id is the clean-up after a
 * replacement, so whatever the present id names is in use.
 *
 * @throws AwsCallFailure with the code `ValidationError` when there is no such resource any more.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResource.html
 */
export async function currentPhysicalId(
  client: CloudFormationClient,
  resource: { readonly StackId: string; readonly LogicalResourceId: string },
  deadline: Deadline,
  log: Log,
): Promise<string | undefined> {
  const { StackResourceDetail } = await callAws(
    log,
    { service: 'CloudFormation', operation: 'DescribeStackResource', target: resource.LogicalResourceId },
    deadline,
    () =>
      client.send(
        new DescribeStackResourceCommand({
          StackName: resource.StackId,
          LogicalResourceId: resource.LogicalResourceId,
        }),
        { abortSignal: deadline.signal },
      ),
  );
  return StackResourceDetail?.PhysicalResourceId;
}

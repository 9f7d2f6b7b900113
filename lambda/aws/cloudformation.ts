import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { callAws } from './call';
import { Deadline } from '../events/deadline';
import { Log } from '../events/log';

/** What a stack says of a resource. */
export interface ResourceStatus {
  readonly physicalId?: string;
  readonly status: string;
  /** When it came into this status: milliseconds since the epoch. */
  readonly since: number;
  /** What the template says in `Metadata`, with its references resolved, as JSON. */
  readonly metadata?: string;
}

/** A resource of a stack, by its names. */
export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

/**
 * A resource of a stack as it is now.
 *
 * @throws AwsCallFailure with the code `ValidationError` when there is no such resource any more.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResource.html
 */
export async function describeResource(
  client: CloudFormationClient,
  resource: { readonly StackId: string; readonly LogicalResourceId: string },
  deadline: Deadline,
  log: Log,
): Promise<ResourceStatus> {
  const { StackResourceDetail: detail } = await callAws(
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
  return {
    physicalId: detail?.PhysicalResourceId,
    status: detail?.ResourceStatus ?? '',
    since: detail?.LastUpdatedTimestamp?.getTime() ?? 0,
    metadata: detail?.Metadata,
  };
}

/**
 * All resources of a stack that are not deleted, about to be, or left over: those are listed, too.
 *
 * @throws AwsCallFailure
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html
 */
export async function listResources(
  client: CloudFormationClient,
  { StackId }: { readonly StackId: string },
  deadline: Deadline,
  log: Log,
): Promise<readonly StackResource[]> {
  const found: StackResource[] = [];
  let NextToken: string | undefined;
  do {
    const page = await callAws(
      log,
      { service: 'CloudFormation', operation: 'ListStackResources', target: StackId },
      deadline,
      () =>
        client.send(new ListStackResourcesCommand({ StackName: StackId, NextToken }), { abortSignal: deadline.signal }),
    );
    for (const summary of page.StackResourceSummaries ?? []) {
      if (!summary.ResourceStatus?.startsWith('DELETE_')) {
        found.push({
          logicalId: summary.LogicalResourceId ?? '',
          physicalId: summary.PhysicalResourceId ?? '',
          type: summary.ResourceType ?? '',
        });
      }
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

/**
 * The status of a stack, such as `DELETE_IN_PROGRESS`.
 *
 * @throws AwsCallFailure
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
export async function describeStack(
  client: CloudFormationClient,
  { StackId }: { readonly StackId: string },
  deadline: Deadline,
  log: Log,
): Promise<string> {
  const { Stacks = [] } = await callAws(
    log,
    { service: 'CloudFormation', operation: 'DescribeStacks', target: StackId },
    deadline,
    () => client.send(new DescribeStacksCommand({ StackName: StackId }), { abortSignal: deadline.signal }),
  );
  return Stacks[0]?.StackStatus ?? '';
}

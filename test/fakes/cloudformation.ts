import { RESOURCE_TYPE } from '../../lib/shared/contract';
import { AwsError, required, type Call } from './call';
import type { FakeAws } from './fake-aws';
import { element } from './xml';

export interface StackResource {
  physicalId: string;
  status: string;
  /** When it came into this status; at the start of the clock by default. */
  since?: number;
  type?: string;
  /** What the template says in `Metadata`, as JSON. */
  metadata?: string;
}

export const cloudFormationOperations: Record<string, (fake: FakeAws, call: Call) => string> = {
  DescribeStackResource(fake, call) {
    const stack = required(call, 'StackName');
    const logicalId = required(call, 'LogicalResourceId');
    const resource = fake.stackResources.get(`${stack}|${logicalId}`);
    if (!resource) throw notFound(fake, stack, logicalId);
    return (
      '<StackResourceDetail>' +
      element('StackName', stack.split('/')[1] ?? stack) +
      element('StackId', stack) +
      element('LogicalResourceId', logicalId) +
      element('PhysicalResourceId', resource.physicalId) +
      element('ResourceType', resource.type ?? RESOURCE_TYPE) +
      element('LastUpdatedTimestamp', new Date(resource.since ?? 0).toISOString()) +
      element('ResourceStatus', resource.status) +
      element('Metadata', resource.metadata) +
      '</StackResourceDetail>'
    );
  },

  ListStackResources(fake, call) {
    const stack = required(call, 'StackName');
    const all = [...fake.stackResources].filter(([key]) => key.startsWith(`${stack}|`));
    if (all.length === 0) throw new AwsError(400, 'ValidationError', `Stack with id ${stack} does not exist`);
    const start = Number(call.params.NextToken ?? 0);
    const page = all.slice(start, start + RESOURCES_PAGE);
    const next = start + page.length;
    const members = page.map(([key, resource]) => member(key.slice(stack.length + 1), resource));
    return (
      `<StackResourceSummaries>${members.join('')}</StackResourceSummaries>` +
      element('NextToken', next < all.length ? String(next) : undefined)
    );
  },

  DescribeStacks(fake, call) {
    const stack = required(call, 'StackName');
    const status = fake.stacks.get(stack);
    if (status === undefined) throw new AwsError(400, 'ValidationError', `Stack with id ${stack} does not exist`);
    return (
      '<Stacks><member>' +
      element('StackId', stack) +
      element('StackName', stack.split('/')[1] ?? stack) +
      element('CreationTime', new Date(0).toISOString()) +
      element('StackStatus', status) +
      '</member></Stacks>'
    );
  },
};

/** AWS does not say how many resources a page has. */
const RESOURCES_PAGE = 100;

function member(logicalId: string, { physicalId, type = RESOURCE_TYPE, status, since = 0 }: StackResource): string {
  return (
    '<member>' +
    element('LogicalResourceId', logicalId) +
    element('PhysicalResourceId', physicalId) +
    element('ResourceType', type) +
    element('LastUpdatedTimestamp', new Date(since).toISOString()) +
    element('ResourceStatus', status) +
    '</member>'
  );
}

function notFound(fake: FakeAws, stack: string, logicalId: string): AwsError {
  for (const key of fake.stackResources.keys()) {
    if (key.startsWith(`${stack}|`)) {
      return new AwsError(400, 'ValidationError', `Resource ${logicalId} does not exist for stack ${stack}`);
    }
  }
  return new AwsError(400, 'ValidationError', `Stack '${stack}' does not exist`);
}

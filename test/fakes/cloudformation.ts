import { AwsError, required, type Call } from './call';
import type { FakeAws } from './fake-aws';
import { element } from './xml';

export interface StackResource {
  physicalId: string;
  status: string;
  /** When it came into this status; at the start of the clock by default. */
  since?: number;
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
      element('ResourceType', 'Custom::EasyDkimDomain') +
      element('LastUpdatedTimestamp', new Date(resource.since ?? 0).toISOString()) +
      element('ResourceStatus', resource.status) +
      '</StackResourceDetail>'
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

function notFound(fake: FakeAws, stack: string, logicalId: string): AwsError {
  for (const key of fake.stackResources.keys()) {
    if (key.startsWith(`${stack}|`)) {
      return new AwsError(400, 'ValidationError', `Resource ${logicalId} does not exist for stack ${stack}`);
    }
  }
  return new AwsError(400, 'ValidationError', `Stack '${stack}' does not exist`);
}

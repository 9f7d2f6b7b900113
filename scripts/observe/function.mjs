/**
 * A custom resource that notes what it is sent, and what CloudFormation shows of it meanwhile. `Zone` stands for the
 * hosted zone, which is in the physical id; it takes `Seconds`, and fails or gives no answer if it is told to.
 */
import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';

const client = new CloudFormationClient({});

export async function handler(event) {
  const { RequestType: type, RequestId, StackId, LogicalResourceId, PhysicalResourceId: given } = event;
  const { Zone: zone, Seconds: seconds = '0', Fails: fails, Silent: silent } = event.ResourceProperties;
  const at = Date.now();
  const first = await look(StackId, LogicalResourceId);
  await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1_000));
  const last = await look(StackId, LogicalResourceId);
  const answered = type === 'Delete' ? given : `${LogicalResourceId}-${zone}`;
  const status = type !== 'Delete' && fails === 'true' ? 'FAILED' : 'SUCCESS';
  console.log(JSON.stringify({ noted: { at, type, id: LogicalResourceId, given, answered, status, first, last } }));
  if (type !== 'Delete' && silent === 'true') {
    return;
  }
  await fetch(event.ResponseURL, {
    method: 'PUT',
    body: JSON.stringify({
      Status: status,
      Reason: 'It was told to fail.',
      PhysicalResourceId: answered,
      StackId,
      RequestId,
      LogicalResourceId,
    }),
  });
}

async function look(StackName, LogicalResourceId) {
  const [resource, listed, stack] = await Promise.all([
    ask(new DescribeStackResourceCommand({ StackName, LogicalResourceId }), (answer) => answer.StackResourceDetail),
    ask(new DescribeStackResourcesCommand({ StackName, LogicalResourceId }), (answer) => answer.StackResources[0]),
    ask(new DescribeStacksCommand({ StackName }), (answer) => answer.Stacks[0]),
  ]);
  const shown = (found) => found.error ?? { status: found.ResourceStatus, physicalId: found.PhysicalResourceId };
  return { resource: shown(resource), listed: shown(listed), stack: stack.error ?? stack.StackStatus };
}

async function ask(command, read) {
  try {
    return read(await client.send(command)) ?? { error: 'nothing' };
  } catch (error) {
    return { error: error.name };
  }
}

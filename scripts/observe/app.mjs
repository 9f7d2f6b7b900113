/**
 * The stack to observe. The context keys: `stack` and `id`, its name and the logical id of the resource; `zone`, what
 * stands for its hosted zone; `seconds` that it takes; `silent`, whether it gives no answer; `failing`, whether something
 * fails `after` it or `beside` it; `code`, the folder of the function.
 */
import { App, CfnOutput, CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';

const app = new App();
const given = (key) => app.node.tryGetContext(key);
const stack = new Stack(app, given('stack'), {
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});
const logGroup = new LogGroup(stack, 'Notes', {
  logGroupName: `/${stack.stackName}`,
  removalPolicy: RemovalPolicy.DESTROY,
});
const observer = new Function(stack, 'Observer', {
  runtime: Runtime.NODEJS_22_X,
  handler: 'index.handler',
  code: Code.fromAsset(given('code')),
  timeout: Duration.minutes(5),
  logGroup,
});
observer.addToRolePolicy(
  new PolicyStatement({ actions: ['cloudformation:DescribeStack*'], resources: [stack.stackId, `${stack.stackId}*`] }),
);

new CfnOutput(stack, 'Account', { value: stack.account });
const resource = add(given('id'), { Zone: given('zone'), Seconds: given('seconds'), Silent: given('silent') });
if (given('failing')) {
  const failing = add('Trouble', { Zone: 'none', Fails: 'true' });
  if (given('failing') === 'after') {
    failing.node.addDependency(resource);
  }
}

function add(id, properties) {
  // How long CloudFormation waits for an answer.
  const serviceTimeout = properties.Silent ? Duration.seconds(30) : undefined;
  const custom = new CustomResource(stack, id, { serviceToken: observer.functionArn, serviceTimeout, properties });
  // The role's policy is a resource of its own, and the function needs it until the end.
  custom.node.addDependency(observer);
  custom.node.defaultChild.addMetadata('observed', { stack: stack.stackId });
  return custom;
}

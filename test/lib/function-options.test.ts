import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Template } from 'aws-cdk-lib/assertions';
import type { EasyDkimFunctionOptions } from '../../lib';
import { aDomain, aStack, aZone, deployed, resources, statementsFor, theResource } from './support';

const FUNCTION = 'AWS::Lambda::Function';

function aVpc(stack: Stack, id = 'Vpc'): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, id, {
    vpcId: 'vpc-1',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    privateSubnetIds: ['subnet-private-1', 'subnet-private-2'],
    isolatedSubnetIds: ['subnet-isolated-1', 'subnet-isolated-2'],
  });
}

function aSecurityGroup(stack: Stack): ec2.ISecurityGroup {
  return ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
}

/** A stack with one domain, whose function has options. */
function stackWith(options: (stack: Stack) => EasyDkimFunctionOptions): Stack {
  const stack = aStack();
  aDomain(stack, { functionOptions: options(stack) });
  return stack;
}

function functionOf(stack: Stack): Record<string, unknown> {
  return deployed(stack, theResource(stack, FUNCTION).Properties) as Record<string, unknown>;
}

/** What the inline policy of the role allows: the managed ones are for the domains. */
function inlineActions(stack: Stack): string[] {
  return Object.values(resources(stack, 'AWS::IAM::Policy')).flatMap(({ Properties }) =>
    (Properties.PolicyDocument as { Statement: { Action: string | string[] }[] }).Statement.flatMap(
      ({ Action }) => Action,
    ),
  );
}

describe('without options', () => {
  test('the stack has the same template as with empty ones', () => {
    const plain = aStack();
    aDomain(plain);
    expect(Template.fromStack(stackWith(() => ({}))).toJSON()).toEqual(Template.fromStack(plain).toJSON());
  });

  test('the function is in no VPC, is not traced and has no dead-letter queue', () => {
    const properties = functionOf(stackWith(() => ({})));
    expect(Object.keys(properties)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/VpcConfig|TracingConfig|DeadLetterConfig/)]),
    );
  });
});

describe('in a VPC', () => {
  test('the function is in its private subnets, with a security group that lets it out', () => {
    const stack = stackWith((scope) => ({ vpc: aVpc(scope) }));
    expect(functionOf(stack).VpcConfig).toEqual({
      SubnetIds: ['subnet-private-1', 'subnet-private-2'],
      SecurityGroupIds: [expect.any(String)],
    });
    expect(theResource(stack, 'AWS::EC2::SecurityGroup').Properties.SecurityGroupEgress).toEqual([
      expect.objectContaining({ CidrIp: '0.0.0.0/0', IpProtocol: '-1' }),
    ]);
  });

  test('it is in the given subnets, with the given security groups', () => {
    const stack = stackWith((scope) => ({
      vpc: aVpc(scope),
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      securityGroups: [aSecurityGroup(scope)],
    }));
    expect(functionOf(stack).VpcConfig).toEqual({
      SubnetIds: ['subnet-isolated-1', 'subnet-isolated-2'],
      SecurityGroupIds: ['sg-1'],
    });
  });

  test('its role may have network interfaces, before there is the function', () => {
    const stack = stackWith((scope) => ({ vpc: aVpc(scope) }));
    expect(inlineActions(stack)).toEqual(
      expect.arrayContaining([
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DeleteNetworkInterface',
      ]),
    );
    const { logicalId } = theResource(stack, 'AWS::IAM::Policy');
    expect(theResource(stack, FUNCTION).DependsOn).toContain(logicalId);
  });

  test('subnets and security groups need one', () => {
    expect(() => stackWith(() => ({ vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } }))).toThrow(
      'Test/Mail: functionOptions.vpcSubnets is given without a VPC: give vpc, or leave it out.',
    );
    expect(() => stackWith((scope) => ({ securityGroups: [aSecurityGroup(scope)] }))).toThrow(
      'Test/Mail: functionOptions.securityGroups is given without a VPC: give vpc, or leave it out.',
    );
  });
});

describe('the log', () => {
  test('goes to the given log group, which the role may write to', () => {
    const stack = stackWith((scope) => ({ logGroup: logs.LogGroup.fromLogGroupName(scope, 'Logs', 'central') }));
    expect(resources(stack, 'AWS::Logs::LogGroup')).toEqual({});
    expect(functionOf(stack).LoggingConfig).toEqual({ LogGroup: 'central' });
    expect(statementsFor(stack, 'logs')).toEqual([
      expect.objectContaining({ Resource: 'arn:aws:logs:eu-west-1:123456789012:log-group:central:*' }),
    ]);
  });

  test('is kept as long as is asked for, and encrypted', () => {
    const keyArn = 'arn:aws:kms:eu-west-1:123456789012:key/1';
    const stack = stackWith((scope) => ({
      logRetention: logs.RetentionDays.TEN_YEARS,
      logEncryptionKey: kms.Key.fromKeyArn(scope, 'Key', keyArn),
    }));
    expect(theResource(stack, 'AWS::Logs::LogGroup').Properties).toEqual({ RetentionInDays: 3653, KmsKeyId: keyArn });
  });

  test('retention and key belong to the given log group, if there is one', () => {
    const logGroup = (scope: Stack) => logs.LogGroup.fromLogGroupName(scope, 'Logs', 'central');
    expect(() =>
      stackWith((scope) => ({ logGroup: logGroup(scope), logRetention: logs.RetentionDays.ONE_DAY })),
    ).toThrow(
      'Test/Mail: functionOptions.logRetention is for a new log group, and logGroup is given: set it on that log group ' +
        'instead.',
    );
    expect(() =>
      stackWith((scope) => ({ logGroup: logGroup(scope), logEncryptionKey: new kms.Key(scope, 'Key') })),
    ).toThrow('Test/Mail: functionOptions.logEncryptionKey is for a new log group');
  });
});

test('the role has the given permissions boundary', () => {
  const arn = 'arn:aws:iam::123456789012:policy/boundary';
  const stack = stackWith((scope) => ({
    permissionsBoundary: iam.ManagedPolicy.fromManagedPolicyArn(scope, 'Boundary', arn),
  }));
  expect(theResource(stack, 'AWS::IAM::Role').Properties.PermissionsBoundary).toBe(arn);
});

test('the function is traced, and may say so to X-Ray', () => {
  const stack = stackWith(() => ({ tracing: lambda.Tracing.ACTIVE }));
  expect(functionOf(stack).TracingConfig).toEqual({ Mode: 'Active' });
  expect(inlineActions(stack)).toEqual(expect.arrayContaining(['xray:PutTraceSegments']));
});

describe('a dead-letter queue', () => {
  const queueArn = 'arn:aws:sqs:eu-west-1:123456789012:events';

  test('gets the events that the function could not answer', () => {
    const stack = stackWith((scope) => ({ deadLetterQueue: sqs.Queue.fromQueueArn(scope, 'Queue', queueArn) }));
    expect(functionOf(stack).DeadLetterConfig).toEqual({ TargetArn: queueArn });
    expect(inlineActions(stack)).toContain('sqs:SendMessage');
  });

  test('is a standard one', () => {
    expect(() => stackWith((scope) => ({ deadLetterQueue: new sqs.Queue(scope, 'Queue', { fifo: true }) }))).toThrow(
      'Test/Mail: functionOptions.deadLetterQueue is a FIFO queue, which Lambda does not send to: give a standard queue.',
    );
  });
});

describe('with several domains in a stack', () => {
  const other = (stack: Stack, functionOptions?: EasyDkimFunctionOptions) =>
    aDomain(stack, { domainName: 'other.example.com', hostedZone: aZone(stack), functionOptions }, 'Other');

  test('one that leaves the options out shares the function', () => {
    const stack = stackWith((scope) => ({ vpc: aVpc(scope), tracing: lambda.Tracing.ACTIVE }));
    other(stack);
    expect(functionOf(stack).VpcConfig).toBeDefined();
  });

  test('one that repeats them shares it, also when it imports the same things itself', () => {
    const stack = stackWith((scope) => ({ vpc: aVpc(scope), securityGroups: [aSecurityGroup(scope)] }));
    other(stack, { vpc: aVpc(stack, 'Again'), vpcSubnets: undefined });
    expect(Object.keys(resources(stack, FUNCTION))).toHaveLength(1);
  });

  test.each<[keyof EasyDkimFunctionOptions, EasyDkimFunctionOptions, EasyDkimFunctionOptions]>([
    ['logRetention', { logRetention: logs.RetentionDays.ONE_DAY }, { logRetention: logs.RetentionDays.ONE_WEEK }],
    ['tracing', {}, { tracing: lambda.Tracing.ACTIVE }],
  ])('one that asks for another %s fails, and names both', (option, first, later) => {
    const stack = stackWith(() => first);
    expect(() => other(stack, later)).toThrow(
      `Test/Other: functionOptions.${option} differs from that of Test/Mail, which made the function that all ` +
        'EasyDkimDomains of the stack share: give Test/Mail the same functionOptions, or leave them out here.',
    );
  });

  test('one in other subnets of the same VPC fails', () => {
    const stack = stackWith((scope) => ({ vpc: aVpc(scope) }));
    const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
    expect(() => other(stack, { vpc: aVpc(stack, 'Again'), vpcSubnets })).toThrow('functionOptions.vpcSubnets');
  });

  test('those of two stacks are apart', () => {
    const stack = stackWith(() => ({ tracing: lambda.Tracing.ACTIVE }));
    const second = aStack(undefined, stack.node.root, 'Second');
    aDomain(second);
    expect(functionOf(second).TracingConfig).toBeUndefined();
  });
});

test.each<[string, unknown, string]>([
  ['vpc', 'vpc-1', 'functionOptions.vpc is "vpc-1": give a VPC of aws-cdk-lib/aws-ec2'],
  ['securityGroups', ['sg-1'], 'functionOptions.securityGroups has "sg-1" in it'],
  ['logRetention', '7', 'functionOptions.logRetention is "7": give logs.RetentionDays.ONE_YEAR or another of them'],
  ['tracing', 'on', 'functionOptions.tracing is "on": give lambda.Tracing.ACTIVE'],
  ['deadLetterQueue', {}, 'functionOptions.deadLetterQueue is an object: give a queue of aws-cdk-lib/aws-sqs'],
])('a wrong %s fails at synth', (option, value, message) => {
  expect(() => stackWith(() => ({ [option]: value }))).toThrow(`Test/Mail: ${message}`);
});

import { App, Environment, Stack, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { ENABLE_PARTITION_LITERALS } from 'aws-cdk-lib/cx-api';
import {
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  NIST80053R4Checks,
  NIST80053R5Checks,
  PCIDSS321Checks,
  ServerlessChecks,
} from 'cdk-nag';
import { EasyDkimDelegationRole, EasyDkimDomain } from '../../lib';

const ENVIRONMENT = { account: '111122223333', region: 'eu-west-1' };
const STACKS: [string, Environment | undefined, Record<string, unknown>][] = [
  ['any environment', undefined, {}],
  ['one environment', ENVIRONMENT, {}],
  ['one environment, whose ARNs name the partition', ENVIRONMENT, { [ENABLE_PARTITION_LITERALS]: true }],
];

type Build = (stack: Stack, hostedZone: route53.IHostedZone) => void;

/** Synthesizes an app that fails on any finding of cdk-nag. */
function synthesize(build: Build, env?: Environment, context?: Record<string, unknown>): void {
  // The CDK's own validation takes a second; `npm run check:templates` is for that.
  const app = new App({ context, builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'Checked', { env });
  build(
    stack,
    route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' }),
  );
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app));
  app.synth();
}

describe.each(STACKS)('in a stack for %s, AwsSolutions and NIST 800-53 R5 find nothing in', (_, env, context) => {
  const check = (build: Build) => synthesize(build, env, context);

  test('a domain', () => {
    expect(() => check((stack, hostedZone) => new EasyDkimDomain(stack, 'Mail', { hostedZone }))).not.toThrow();
  });

  test('domains in two Regions, one behind a delegation role', () => {
    const build = (stack: Stack, hostedZone: route53.IHostedZone) => {
      const delegationRole = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::444455556666:role/delegation');
      new EasyDkimDomain(stack, 'One', { hostedZone, sesRegion: 'eu-west-1' });
      new EasyDkimDomain(stack, 'Other', { hostedZone, sesRegion: 'us-east-1', delegationRole });
    };
    expect(() => check(build)).not.toThrow();
  });

  test('a domain with replicas', () => {
    const build = (stack: Stack, hostedZone: route53.IHostedZone) =>
      new EasyDkimDomain(stack, 'Mail', {
        hostedZone,
        replicaRegions: ['us-east-1'],
        mailFrom: { domainName: 'bounce.example.com' },
        replicateSettings: true,
      });
    expect(() => check(build)).not.toThrow();
  });

  test('a domain whose function has options', () => {
    const build = (stack: Stack, hostedZone: route53.IHostedZone) => {
      const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-1',
        availabilityZones: ['eu-west-1a'],
        privateSubnetIds: ['subnet-1'],
      });
      new EasyDkimDomain(stack, 'Mail', {
        hostedZone,
        functionOptions: {
          vpc,
          securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')],
          tracing: lambda.Tracing.ACTIVE,
          deadLetterQueue: sqs.Queue.fromQueueArn(stack, 'Queue', 'arn:aws:sqs:eu-west-1:111122223333:events'),
        },
      });
    };
    expect(() => check(build)).not.toThrow();
  });

  test('domains with everything, some of them at other DNS providers, in several policies', () => {
    const build = (stack: Stack, hostedZone: route53.IHostedZone) => {
      const bounces = sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:111122223333:bounces');
      const configurationSet = new ses.ConfigurationSet(stack, 'Set');
      for (let n = 0; n < 40; n++) {
        const domainName = `customer-${n}.example.com`;
        new EasyDkimDomain(stack, domainName, {
          hostedZone: n % 2 ? undefined : hostedZone,
          domainName,
          mailFrom: { domainName: `bounce.${domainName}` },
          dmarc: {},
          configurationSet,
          feedbackForwarding: false,
          notifications: { bounces, complaints: bounces },
          outputs: false,
        });
      }
    };
    expect(() => check(build)).not.toThrow();
  });

  test('a domain in a further Region, once the first policy is full', () => {
    const build = (stack: Stack, hostedZone: route53.IHostedZone) => {
      for (let n = 0; n < 150; n++) {
        const domainName = `customer-${n}.example.com`;
        new EasyDkimDomain(stack, domainName, { hostedZone, domainName, outputs: false });
      }
      new EasyDkimDomain(stack, 'Other', { hostedZone, sesRegion: 'us-east-1' });
    };
    expect(() => check(build)).not.toThrow();
  });

  test('a delegation role', () => {
    const assumedBy = new iam.AccountPrincipal('111122223333');
    const build = (stack: Stack, hostedZone: route53.IHostedZone) =>
      new EasyDkimDelegationRole(stack, 'Role', {
        hostedZone,
        assumedBy,
        mailFromDomains: ['bounce.example.com'],
        dmarc: true,
      });
    expect(() => check(build)).not.toThrow();
  });
});

// The table of docs/security.md, from which users know what to acknowledge or which option to give.
test.each([
  ['HIPAA.Security', HIPAASecurityChecks, ['LambdaInsideVPC', 'CloudWatchLogGroupEncrypted', 'LambdaDLQ']],
  ['NIST.800.53.R4', NIST80053R4Checks, ['LambdaInsideVPC', 'CloudWatchLogGroupEncrypted']],
  ['PCI.DSS.321', PCIDSS321Checks, ['LambdaInsideVPC', 'CloudWatchLogGroupEncrypted']],
  ['Serverless', ServerlessChecks, ['LambdaDLQ', 'LambdaTracing']],
])('what %s finds without options can be acknowledged on the provider', (pack, Checks, rules) => {
  const check = (acknowledged: readonly string[]) => {
    const app = new App({ builtinCloudFormationValidation: false });
    const stack = new Stack(app, 'Checked', { env: ENVIRONMENT });
    new EasyDkimDomain(stack, 'Mail', { domainName: 'example.com' });
    for (const rule of acknowledged) {
      const id = `${pack}::${pack}-${rule}`;
      Validations.of(stack.node.findChild('EasyDkimProvider')).acknowledge({ id, reason: 'a test' });
    }
    Validations.of(app).addPlugins(new Checks(app));
    app.synth();
  };
  expect(() => check(rules)).not.toThrow();
  expect(() => check(rules.slice(1))).toThrow();
});

test('AwsSolutions does find an AWS managed policy', () => {
  const build = (stack: Stack) =>
    new iam.Role(stack, 'Role', {
      assumedBy: new iam.AccountPrincipal('111122223333'),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
    });
  expect(() => synthesize(build)).toThrow('AwsSolutions-IAM4');
});

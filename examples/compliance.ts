#!/usr/bin/env node
/**
 * A domain in an app that cdk-nag checks by all its packs: its function runs in a VPC, encrypts its log, is traced, and
 * has a dead-letter queue.
 *
 *   npx cdk synth --app 'npx tsx examples/compliance.ts'
 */
import { App, Stack, Validations } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  AwsSolutionsChecks,
  HIPAASecurityChecks,
  NIST80053R4Checks,
  NIST80053R5Checks,
  PCIDSS321Checks,
  ServerlessChecks,
} from 'cdk-nag';
import { EasyDkimDomain } from 'cdk-ses-easy-dkim';

const app = new App();
const stack = new Stack(app, 'Mail', { env: { account: '111122223333', region: 'eu-west-1' } });

new EasyDkimDomain(stack, 'Domain', {
  hostedZone: HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
    hostedZoneId: 'Z0123456789ABCDEFGHIJ',
    zoneName: 'example.com',
  }),
  functionOptions: {
    // Private subnets with a way out to public endpoints, such as a NAT gateway.
    vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    }),
    securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'SecurityGroup', 'sg-0123456789abcdef0')],
    logEncryptionKey: Key.fromKeyArn(
      stack,
      'Key',
      'arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef',
    ),
    tracing: Tracing.ACTIVE,
    deadLetterQueue: Queue.fromQueueArn(stack, 'Unanswered', 'arn:aws:sqs:eu-west-1:111122223333:mail-events'),
  },
});

Validations.of(app).addPlugins(
  new AwsSolutionsChecks(app),
  new HIPAASecurityChecks(app),
  new NIST80053R4Checks(app),
  new NIST80053R5Checks(app),
  new PCIDSS321Checks(app),
  new ServerlessChecks(app),
);

app.synth();

import { RemovalPolicy } from 'aws-cdk-lib';
import { DmarcAlignment, DmarcPolicy } from '../../dmarc-options';
import type { DmarcOptions } from '../../dmarc-options';
import type { EasyDkimDomainProps } from '../../easy-dkim-domain';
import type { EasyDkimFunctionOptions } from '../../function-options';
import type { MailFromOptions } from '../../mail-from-options';
import type { NotificationOptions } from '../../notification-options';
import { checkFunctionOptions } from './function-options';
import {
  A_BOOLEAN,
  aListOf,
  anObjectWith,
  aString,
  aStruct,
  Fail,
  oneOf,
  PropTypes,
  required,
  typedProps,
} from './prop-types';

export const A_ZONE = anObjectWith('hostedZoneId', 'string', 'a public hosted zone');

const A_DURATION = anObjectWith('toSeconds', 'function', 'a Duration such as Duration.minutes(5)');
const A_TOPIC = anObjectWith('topicArn', 'string', 'a topic of aws-cdk-lib/aws-sns');
const AN_ALIGNMENT = oneOf(Object.values(DmarcAlignment), 'DmarcAlignment.RELAXED or DmarcAlignment.STRICT');
const A_POLICY = oneOf(Object.values(DmarcPolicy), 'DmarcPolicy.NONE, DmarcPolicy.QUARANTINE or DmarcPolicy.REJECT');
const ADDRESSES = aListOf(aString('strings'), 'a list of e-mail addresses such as ["dmarc@example.com"]');

const DOMAIN: PropTypes<EasyDkimDomainProps> = {
  hostedZone: A_ZONE,
  domainName: aString('a domain name such as "example.com"'),
  ttl: A_DURATION,
  sesRegion: aString('a Region such as "eu-west-1"'),
  delegationRole: anObjectWith('roleRef', 'object', 'a role of aws-cdk-lib/aws-iam'),
  waitForVerification: A_DURATION,
  removalPolicy: oneOf([RemovalPolicy.DESTROY, RemovalPolicy.RETAIN], 'RemovalPolicy.DESTROY or RemovalPolicy.RETAIN'),
  overwriteRecords: A_BOOLEAN,
  outputs: A_BOOLEAN,
  mailFrom: aStruct('an object such as { domainName: "bounce.example.com" }'),
  dmarc: aStruct('an object such as { policy: DmarcPolicy.NONE }, or {}'),
  configurationSet: anObjectWith('configurationSetName', 'string', 'a configuration set of aws-cdk-lib/aws-ses'),
  feedbackForwarding: A_BOOLEAN,
  notifications: aStruct('an object such as { bounces: topic }'),
  revision: aString('any text, such as "2"'),
  functionOptions: aStruct('an object such as { vpc }'),
};

const MAIL_FROM: PropTypes<MailFromOptions> = {
  domainName: required(aString('a domain name such as "bounce.example.com"')),
  // Their values, so that nobody has to load all of SES for a check.
  behaviorOnMxFailure: oneOf(
    ['USE_DEFAULT_VALUE', 'REJECT_MESSAGE'],
    'MailFromBehaviorOnMxFailure.USE_DEFAULT_VALUE or MailFromBehaviorOnMxFailure.REJECT_MESSAGE',
  ),
};

const DMARC: PropTypes<DmarcOptions> = {
  policy: A_POLICY,
  subdomainPolicy: A_POLICY,
  nonExistentSubdomainPolicy: A_POLICY,
  testing: A_BOOLEAN,
  rua: ADDRESSES,
  ruf: ADDRESSES,
  dkimAlignment: AN_ALIGNMENT,
  spfAlignment: AN_ALIGNMENT,
};

const NOTIFICATIONS: PropTypes<NotificationOptions> = {
  bounces: A_TOPIC,
  complaints: A_TOPIC,
  deliveries: A_TOPIC,
  includeHeaders: A_BOOLEAN,
};

const A_SECURITY_GROUP = anObjectWith('securityGroupId', 'string', 'a list of security groups of aws-cdk-lib/aws-ec2');

const FUNCTION_OPTIONS: PropTypes<EasyDkimFunctionOptions> = {
  vpc: anObjectWith('vpcId', 'string', 'a VPC of aws-cdk-lib/aws-ec2'),
  vpcSubnets: aStruct('an object such as { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }'),
  securityGroups: aListOf(A_SECURITY_GROUP, A_SECURITY_GROUP.remedy),
  logGroup: anObjectWith('logGroupArn', 'string', 'a log group of aws-cdk-lib/aws-logs'),
  logRetention: { is: (value) => typeof value === 'number', remedy: 'logs.RetentionDays.ONE_YEAR or another of them' },
  logEncryptionKey: anObjectWith('keyRef', 'object', 'a key of aws-cdk-lib/aws-kms'),
  permissionsBoundary: anObjectWith('managedPolicyArn', 'string', 'a managed policy of aws-cdk-lib/aws-iam'),
  tracing: oneOf(
    ['Active', 'PassThrough', 'Disabled'],
    'lambda.Tracing.ACTIVE, lambda.Tracing.PASS_THROUGH or lambda.Tracing.DISABLED',
  ),
  deadLetterQueue: anObjectWith('queueArn', 'string', 'a queue of aws-cdk-lib/aws-sqs'),
};

/** The props of a domain, once each is of its type. */
export function checkedProps(props: EasyDkimDomainProps, fail: Fail): EasyDkimDomainProps {
  const given = typedProps(props, DOMAIN, fail);
  const functionOptions =
    given.functionOptions && typedProps(given.functionOptions, FUNCTION_OPTIONS, fail, 'functionOptions.');
  if (functionOptions !== undefined) {
    checkFunctionOptions(functionOptions, fail);
  }
  return {
    ...given,
    mailFrom: given.mailFrom && typedProps(given.mailFrom, MAIL_FROM, fail, 'mailFrom.'),
    dmarc: given.dmarc && typedProps(given.dmarc, DMARC, fail, 'dmarc.'),
    notifications: given.notifications && typedProps(given.notifications, NOTIFICATIONS, fail, 'notifications.'),
    functionOptions,
  };
}

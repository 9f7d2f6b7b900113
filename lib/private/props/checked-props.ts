import { DmarcAlignment, DmarcPolicy } from '../../dmarc-options';
import type { DmarcOptions } from '../../dmarc-options';
import type { EasyDkimDomainProps } from '../../easy-dkim-domain-props';
import type { EasyDkimFunctionOptions } from '../../function-options';
import type { MailFromOptions } from '../../mail-from-options';
import type { NotificationOptions } from '../../notification-options';
import { DOMAIN_TYPES } from './domain-properties';
import { checkFunctionOptions } from './function-options';
import {
  A_BOOLEAN,
  aListOf,
  anObjectWith,
  aString,
  aStruct,
  Fail,
  Ignore,
  oneOf,
  PropTypes,
  required,
  typedProps,
} from './prop-types';
import { SETTING_TYPES } from './settings-properties';

const A_TOPIC = anObjectWith('topicArn', 'string', 'a topic of aws-cdk-lib/aws-sns');
const AN_ALIGNMENT = oneOf(Object.values(DmarcAlignment), 'DmarcAlignment.RELAXED or DmarcAlignment.STRICT');
const A_POLICY = oneOf(Object.values(DmarcPolicy), 'DmarcPolicy.NONE, DmarcPolicy.QUARANTINE or DmarcPolicy.REJECT');
const ADDRESSES = aListOf(aString('strings'), 'a list of e-mail addresses such as ["dmarc@example.com"]');

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
  logEncryptionKey: anObjectWith('keyArn', 'string', 'a key of aws-cdk-lib/aws-kms'),
  permissionsBoundary: anObjectWith('managedPolicyArn', 'string', 'a managed policy of aws-cdk-lib/aws-iam'),
  tracing: oneOf(
    ['Active', 'PassThrough', 'Disabled'],
    'lambda.Tracing.ACTIVE, lambda.Tracing.PASS_THROUGH or lambda.Tracing.DISABLED',
  ),
  deadLetterQueue: anObjectWith('queueArn', 'string', 'a queue of aws-cdk-lib/aws-sqs'),
};

const DOMAIN: PropTypes<EasyDkimDomainProps> = {
  ...DOMAIN_TYPES,
  ...SETTING_TYPES,
  outputs: A_BOOLEAN,
  mailFrom: { ...DOMAIN_TYPES.mailFrom, props: MAIL_FROM },
  dmarc: { ...DOMAIN_TYPES.dmarc, props: DMARC },
  notifications: { ...SETTING_TYPES.notifications, props: NOTIFICATIONS },
  functionOptions: { ...aStruct('an object such as { vpc }'), props: FUNCTION_OPTIONS },
};

/** The props of a domain, once each is of its type. */
export function checkedProps(props: EasyDkimDomainProps, fail: Fail, ignore: Ignore): EasyDkimDomainProps {
  const given = typedProps(props, DOMAIN, fail, ignore);
  if (given.functionOptions !== undefined) {
    checkFunctionOptions(given.functionOptions, fail);
  }
  return given;
}

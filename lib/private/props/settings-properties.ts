import { CfnResource, Token } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as ses from 'aws-cdk-lib/aws-ses';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { EasyDkimDomainProps } from '../../easy-dkim-domain-props';
import type { NotificationOptions } from '../../notification-options';
import { areKnown, checkProperties } from './checks';
import { ResourceProperties, SettingsProperties } from '../../shared/contract';
import { SETTINGS_RULES } from '../../shared/rules';
import { A_BOOLEAN, anObjectWith, aStruct, Fail, PropTypes } from './prop-types';

/** The props that become settings, besides that of MAIL FROM, which has records, too. */
export const SETTING_TYPES = {
  configurationSet: anObjectWith('configurationSetName', 'string', 'a configuration set of aws-cdk-lib/aws-ses'),
  feedbackForwarding: A_BOOLEAN,
  notifications: aStruct('an object such as { bounces: topic }'),
} satisfies Partial<PropTypes<EasyDkimDomainProps>>;

/**
 * The properties of the custom resource for the settings; undefined when all are left as they are.
 *
 * @throws Error naming the construct, the prop, its value and the remedy.
 */
export function identitySettings(
  props: EasyDkimDomainProps,
  { DomainName, SesRegion, RemovalPolicy, MailFromDomain, WaitForVerification, Revision }: ResourceProperties,
  fail: Fail,
): SettingsProperties | undefined {
  const { mailFrom, configurationSet, feedbackForwarding, notifications } = props;
  if ([mailFrom, configurationSet, feedbackForwarding, notifications].every((each) => each === undefined)) {
    return undefined;
  }
  if (notifications !== undefined) {
    checkTopics(notifications, SesRegion, fail);
  }
  if (configurationSet !== undefined) {
    checkConfigurationSet(configurationSet, SesRegion, (problem) => fail('configurationSet', problem));
  }
  if (feedbackForwarding === false && (notifications?.bounces && notifications.complaints) === undefined) {
    fail(
      'feedbackForwarding',
      'is false, which SES allows only for an identity with topics for bounces and complaints: give ' +
        'notifications.bounces and notifications.complaints',
    );
  }
  const properties = {
    DomainName,
    SesRegion,
    RemovalPolicy,
    MailFromDomain,
    MailFromBehavior:
      mailFrom &&
      ((mailFrom.behaviorOnMxFailure as string | undefined) === 'REJECT_MESSAGE' ? 'RejectMessage' : 'UseDefaultValue'),
    WaitForVerification: mailFrom && WaitForVerification,
    ConfigurationSet: configurationSet?.configurationSetName,
    FeedbackForwarding: feedbackForwarding === undefined ? undefined : text(feedbackForwarding),
    BounceTopic: notifications?.bounces?.topicArn,
    ComplaintTopic: notifications?.complaints?.topicArn,
    DeliveryTopic: notifications?.deliveries?.topicArn,
    NotificationHeaders: notifications && text(notifications.includeHeaders ?? false),
    Revision,
  } satisfies SettingsProperties;
  checkProperties(fail, properties, SETTINGS_RULES);
  return properties;
}

/** The topics, each once. */
export function topicsOf({ bounces, complaints, deliveries }: NotificationOptions = {}): sns.ITopic[] {
  return [...new Set([bounces, complaints, deliveries])].filter((topic) => topic !== undefined);
}

/** Only the Region of one that the app makes is known: one that is imported by its name has that of its stack. */
function checkConfigurationSet(
  configurationSet: ses.IConfigurationSet,
  sesRegion: string,
  fail: (problem: string) => never,
): void {
  const { env, node } = configurationSet;
  const isMade = CfnResource.isCfnResource(node?.defaultChild);
  if (isMade && areKnown(env.region, sesRegion) && env.region !== sesRegion) {
    fail(
      `is ${node.path}, a configuration set in ${env.region}, and SES uses only those in its own Region: give a ` +
        `configuration set in ${sesRegion}`,
    );
  }
}

function checkTopics(notifications: NotificationOptions, sesRegion: string, fail: Fail): void {
  if (topicsOf(notifications).length === 0) {
    fail('notifications', 'has no topic: give bounces, complaints or deliveries, or leave it out');
  }
  for (const kind of ['bounces', 'complaints', 'deliveries'] as const) {
    const topic = notifications[kind];
    if (topic !== undefined) {
      checkTopic(topic, sesRegion, (problem) => fail(`notifications.${kind}`, problem));
    }
  }
}

function checkTopic(topic: sns.ITopic, sesRegion: string, fail: (problem: string) => never): void {
  const name = Token.isUnresolved(topic.topicArn) ? '' : `"${topic.topicArn}", `;
  if (topic.fifo) {
    fail(`is ${name}a FIFO topic, which SES cannot publish to: give a standard topic`);
  }
  // An alias of a key is a key, too, as the CDK sees it. Older versions do not tell.
  const { masterKey } = topic as { readonly masterKey?: Partial<kms.IAlias> };
  if (masterKey?.aliasName === 'alias/aws/sns') {
    fail(
      `is ${name}encrypted with alias/aws/sns, a key whose policy cannot be changed, so SES cannot publish to it: ` +
        'give a topic with a key of your own',
    );
  }
  const region = topic.env?.region;
  if (areKnown(region, sesRegion) && region !== sesRegion) {
    fail(`is ${name}a topic in ${region}, and SES publishes only in its own Region: give a topic in ${sesRegion}`);
  }
}

function text(value: boolean): 'true' | 'false' {
  return value ? 'true' : 'false';
}

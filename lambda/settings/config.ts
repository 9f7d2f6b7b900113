import {
  longSendingPolicy,
  MAX_SENDING_POLICY_LENGTH,
  type PolicyDocument,
  type SettingsProperties,
} from '../../lib/shared/contract';
import { CustomResourceEvent, matching, oneOf, parseMailFrom, policyName, REGION, show } from '../events/event';
import { Failure } from '../events/failure';
import { NOTIFICATIONS, Notification, Settings } from './plan';

/** The properties of the custom resource for settings as real types. */
export interface SettingsConfig {
  readonly domainName: string;
  readonly region: string;
  readonly retain: boolean;
  readonly wanted: Settings;
}

/** Every property of the contract as CloudFormation may deliver it: present or not, of any type. */
type Untrusted = { readonly [P in keyof SettingsProperties]?: unknown };

/**
 * Reads the properties of an event. What the construct could check at synth is checked again, since a
 * token's value is known only now.
 *
 * @throws Failure naming the property, its value and the remedy.
 */
export function parseSettings(properties: CustomResourceEvent['ResourceProperties']): SettingsConfig {
  const given: Untrusted = properties;
  const domainName = policyName('domainName', given.DomainName);
  const region = matching('sesRegion', given.SesRegion, REGION, 'an AWS Region such as "eu-west-1"');
  return {
    domainName,
    region,
    retain: oneOf('removalPolicy', given.RemovalPolicy, 'retain', 'destroy') === 'retain',
    wanted: {
      ...(given.MailFromDomain !== undefined && {
        MailFrom: `${parseMailFrom(given.MailFromDomain, domainName)} ${parseBehavior(given.MailFromBehavior)}`,
      }),
      ...(given.ConfigurationSet !== undefined && { ConfigurationSet: parseConfigurationSet(given.ConfigurationSet) }),
      ...(given.FeedbackForwarding !== undefined && {
        FeedbackForwarding: oneOf('feedbackForwarding', given.FeedbackForwarding, 'true', 'false'),
      }),
      ...(given.SendingPolicy !== undefined && { SendingPolicy: parseSendingPolicy(given.SendingPolicy) }),
      ...parseNotifications(given, region),
    },
  };
}

/**
 * What the resource asked for before. Properties that cannot work were refused then, so that they
 * cannot have set anything.
 */
export function parseFormer(properties: unknown): SettingsConfig | undefined {
  try {
    return parseSettings(properties as CustomResourceEvent['ResourceProperties']);
  } catch {
    return undefined;
  }
}

function parseBehavior(value: unknown): string {
  return oneOf('mailFrom.behaviorOnMxFailure', value, 'UseDefaultValue', 'RejectMessage');
}

function parseConfigurationSet(value: unknown): string {
  return matching(
    'configurationSet',
    value,
    /^[A-Za-z0-9_-]{1,64}$/,
    'the name of a configuration set: up to 64 letters, digits, hyphens and underscores',
  );
}

function parseSendingPolicy(value: unknown): string {
  if (typeof value !== 'object' || !Array.isArray((value as Partial<PolicyDocument> | null)?.Statement)) {
    throw new Failure(`The sending policy is ${show(value)}: give one by grantSendEmail() or addToResourcePolicy().`);
  }
  const text = JSON.stringify(value);
  if (text.length > MAX_SENDING_POLICY_LENGTH) {
    throw new Failure(`${longSendingPolicy(text.length)}.`);
  }
  return text;
}

function parseNotifications(given: Untrusted, region: string): Settings {
  const headers =
    given.NotificationHeaders === undefined
      ? undefined
      : oneOf('notifications.includeHeaders', given.NotificationHeaders, 'true', 'false');
  return Object.fromEntries(
    NOTIFICATIONS.filter((type) => given[`${type}Topic`] !== undefined).flatMap((type) => [
      [`${type}Topic`, parseTopic(PROPS[type], given[`${type}Topic`], region)],
      ...(headers === undefined ? [] : [[`${type}Headers`, headers]]),
    ]),
  ) as Settings;
}

/** What the construct calls the topics. */
const PROPS: { readonly [N in Notification]: string } = {
  Bounce: 'notifications.bounces',
  Complaint: 'notifications.complaints',
  Delivery: 'notifications.deliveries',
};

function parseTopic(prop: string, value: unknown, region: string): string {
  if (typeof value === 'string' && value.endsWith('.fifo')) {
    throw new Failure(`${prop} is ${show(value)}, a FIFO topic, which SES does not publish to: give a standard topic.`);
  }
  return matching(
    prop,
    value,
    new RegExp(`^arn:[a-z-]{1,20}:sns:${region}:\\d{12}:[A-Za-z0-9_-]{1,256}$`),
    `the ARN of a topic in ${region}, since SES publishes in its own Region only`,
  );
}

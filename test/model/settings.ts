import type { SettingsProperties } from '../../lib/shared/contract';
import type { PolicyDocument, Setting } from '../../lib/shared/settings';
import type { Identity } from '../fakes/fake-aws';
import type { Wish } from './plan';

/** Those that an identity has once: each resource has a policy of its own. */
export type Values = Record<Exclude<Setting, 'SendingPolicy'>, string>;

/** What SES has for an identity that nobody has given settings. */
export const DEFAULTS: Values = {
  MailFrom: '',
  ConfigurationSet: '',
  FeedbackForwarding: 'true',
  BounceTopic: '',
  ComplaintTopic: '',
  DeliveryTopic: '',
  BounceHeaders: 'false',
  ComplaintHeaders: 'false',
  DeliveryHeaders: 'false',
};

/** What an identity has, in the words of the handler's plan. */
export function settingsOf({ mailFrom, configurationSet, forwarding, topics, headers }: Identity): Values {
  return {
    MailFrom: mailFrom ? `${mailFrom.domain} ${mailFrom.behavior}` : '',
    ConfigurationSet: configurationSet ?? '',
    FeedbackForwarding: String(forwarding),
    BounceTopic: topics.Bounce ?? '',
    ComplaintTopic: topics.Complaint ?? '',
    DeliveryTopic: topics.Delivery ?? '',
    BounceHeaders: String(headers.includes('Bounce')),
    ComplaintHeaders: String(headers.includes('Complaint')),
    DeliveryHeaders: String(headers.includes('Delivery')),
  };
}

/** What properties ask for; nothing is said of the others. */
export function wantedSettings(properties: Partial<SettingsProperties>): Partial<Values> {
  const { MailFromDomain, MailFromBehavior, ConfigurationSet, FeedbackForwarding, NotificationHeaders } = properties;
  const found: Partial<Values> = {
    ...(MailFromDomain && { MailFrom: `${MailFromDomain} ${MailFromBehavior}` }),
    ...(ConfigurationSet && { ConfigurationSet }),
    ...(FeedbackForwarding && { FeedbackForwarding }),
  };
  for (const type of ['Bounce', 'Complaint', 'Delivery'] as const) {
    const topic = properties[`${type}Topic`];
    if (topic === undefined) continue;
    found[`${type}Topic`] = topic;
    if (NotificationHeaders) found[`${type}Headers`] = NotificationHeaders;
  }
  return found;
}

/**
 * What an identity has to have after an event, whose properties asked for `wanted` where before there
 * was `before`: what is no longer asked for goes back to SES's default, if it is as it was asked for.
 */
export function expectedSettings(before: Values, wanted: Partial<Values>, former: Partial<Values>): Values {
  const after = { ...before, ...wanted };
  for (const setting of Object.keys(former) as (keyof Values)[]) {
    if (wanted[setting] === undefined && before[setting] === former[setting]) after[setting] = DEFAULTS[setting];
  }
  const lostTopic = (['BounceTopic', 'ComplaintTopic'] as const).some(
    (topic) => after[topic] === '' && before[topic] !== '',
  );
  // SES has it on without topics.
  if (wanted.FeedbackForwarding === undefined && lostTopic) after.FeedbackForwarding = 'true';
  return after;
}

/** What CloudFormation sends for the settings of a domain; undefined when it has none. */
export function toSettings(
  {
    DomainName,
    SesRegion,
    RemovalPolicy,
    MailFromDomain,
  }: Pick<SettingsProperties, 'DomainName' | 'SesRegion' | 'RemovalPolicy' | 'MailFromDomain'>,
  { settings = {} }: Wish,
): SettingsProperties | undefined {
  const {
    configurationSet = 'none',
    behavior = 'UseDefaultValue',
    forwarding,
    topics = 'none',
    headers,
    senders,
  } = settings;
  const topic = `arn:aws:sns:${SesRegion}:111111111111:feedback`;
  const further: Partial<SettingsProperties> = {
    ...(MailFromDomain && { MailFromDomain, MailFromBehavior: behavior }),
    ...(configurationSet !== 'none' && { ConfigurationSet: configurationSet }),
    ...(topics !== 'none' && {
      BounceTopic: topic,
      ComplaintTopic: topic,
      NotificationHeaders: headers ? 'true' : 'false',
    }),
    ...(topics === 'all' && { DeliveryTopic: `${topic}-deliveries` }),
    ...(senders !== undefined && senders !== 'none' && { SendingPolicy: policyFor(senders, DomainName, SesRegion) }),
    ...(forwarding !== undefined && { FeedbackForwarding: forwarding || topics === 'none' ? 'true' : 'false' }),
  };
  return Object.keys(further).length === 0 ? undefined : { DomainName, SesRegion, RemovalPolicy, ...further };
}

function policyFor(senders: 'account' | 'service', domain: string, region: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'ses:SendEmail',
        Principal: senders === 'account' ? { AWS: '333333333333' } : { Service: 'cognito-idp.amazonaws.com' },
        Resource: `arn:aws:ses:${region}:111111111111:identity/${domain}`,
      },
    ],
  };
}

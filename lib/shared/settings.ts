/** The properties of the custom resource for settings; one that is absent leaves its setting as it is. */
export interface SettingProperties {
  readonly MailFromDomain?: string;
  /** In the words of the SES v1 API; present with `MailFromDomain`. */
  readonly MailFromBehavior?: MailFromBehavior;
  /** The name of the default configuration set. */
  readonly ConfigurationSet?: string;
  readonly FeedbackForwarding?: 'true' | 'false';
  /** The ARNs of SNS topics. */
  readonly BounceTopic?: string;
  readonly ComplaintTopic?: string;
  readonly DeliveryTopic?: string;
  /** Whether notifications have the mail's headers; present with a topic. */
  readonly NotificationHeaders?: 'true' | 'false';
  /** The policy of the identity by which others than the principals of its account may send. */
  readonly SendingPolicy?: PolicyDocument;
}

/** A policy document; all that is not a list or an object in it is a string once CloudFormation delivers it. */
export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly object[];
}

export type MailFromBehavior = 'UseDefaultValue' | 'RejectMessage';

/** What SES notifies of, each with a topic of its own. */
export const NOTIFICATIONS = ['Bounce', 'Complaint', 'Delivery'] as const;

export type Notification = (typeof NOTIFICATIONS)[number];

/** The settings of an identity that each change by a call of their own, with their values; `null` is for none. */
export type SettingValues = {
  /** SES sets both by one call. */
  readonly MailFrom: { readonly domainName: string; readonly behavior: MailFromBehavior } | null;
  readonly ConfigurationSet: string | null;
  readonly FeedbackForwarding: boolean;
  /** Its text. */
  readonly SendingPolicy: string | null;
} & { readonly [Topic in `${Notification}Topic`]: string | null } & {
  readonly [Headers in `${Notification}Headers`]: boolean;
};

export type Setting = keyof SettingValues;
export type SettingValue = SettingValues[Setting];

/** Some settings with their values; of the others nothing is said. */
export type Settings = Partial<SettingValues>;

/** What is to be known of a setting. */
interface SettingRow<Value extends SettingValue> {
  /** What the properties ask for; undefined leaves the setting alone. */
  readonly wanted: (properties: SettingProperties) => Value | undefined;
  /** What SES has for an identity that nobody has given the setting. */
  readonly default: Value;
  /** When a change to a value has its turn: the least first. */
  readonly turn: (to: Value) => number;
  /** The operations of SES that change it: the first, and others that may be needed in its place. */
  readonly operations: readonly [string, ...string[]];
  /** Further operations that go with them. */
  readonly further?: readonly string[];
  /**
   * Whether a resource has the setting for its own: its policy stands beside those of others, under a name that nobody
   * else gives. The other settings an identity has once.
   */
  readonly isOwn?: true;
  /** What to do when SES refuses the operation. */
  readonly remedy: string;
}

const PUT_FEEDBACK = 'PutEmailIdentityFeedbackAttributes';
const GET_NOTIFICATIONS = 'GetIdentityNotificationAttributes';

/**
 * All settings. As to their turns: SES forwards feedback by mail, or has topics for bounces and complaints: at no time
 * neither. Nor are there headers without a topic. The same steps backwards are in order, too.
 *
 * @see https://docs.aws.amazon.com/ses/latest/APIReference/API_SetIdentityFeedbackForwardingEnabled.html
 */
export const SETTINGS: { readonly [S in Setting]: SettingRow<SettingValues[S]> } = {
  MailFrom: {
    wanted: ({ MailFromDomain: domainName, MailFromBehavior: behavior = 'UseDefaultValue' }) =>
      domainName === undefined ? undefined : { domainName, behavior },
    default: null,
    turn: () => 0,
    operations: ['PutEmailIdentityMailFromAttributes'],
    remedy:
      'The MAIL FROM domain must be below the identity, and must not receive mail or appear in From addresses. Choose another mailFrom.',
  },
  ConfigurationSet: {
    wanted: ({ ConfigurationSet }) => ConfigurationSet,
    default: null,
    turn: () => 0,
    operations: ['PutEmailIdentityConfigurationSetAttributes'],
    remedy: 'Create the configuration set in this Region and account first, or choose another configurationSet.',
  },
  FeedbackForwarding: {
    wanted: ({ FeedbackForwarding }) => flag(FeedbackForwarding),
    default: true,
    turn: (to) => (to ? 1 : 5),
    operations: [PUT_FEEDBACK],
    remedy:
      'SES forwards feedback unless both bounces and complaints have a topic: give both in notifications, or leave out feedbackForwarding.',
  },
  SendingPolicy: {
    wanted: ({ SendingPolicy }) => SendingPolicy && JSON.stringify(SendingPolicy),
    default: null,
    turn: () => 0,
    operations: ['CreateEmailIdentityPolicy', 'UpdateEmailIdentityPolicy', 'DeleteEmailIdentityPolicy'],
    isOwn: true,
    remedy:
      'Every principal of a sending policy must exist, and an identity can have at most 20 policies. SES documents that the identity must be verified: if it is not yet, set waitForVerification, or deploy again later.',
  },
  BounceTopic: topicOf('Bounce'),
  ComplaintTopic: topicOf('Complaint'),
  DeliveryTopic: topicOf('Delivery'),
  BounceHeaders: headersOf('Bounce'),
  ComplaintHeaders: headersOf('Complaint'),
  DeliveryHeaders: headersOf('Delivery'),
};

function topicOf(type: Notification): SettingRow<string | null> {
  return {
    wanted: (properties) => properties[`${type}Topic`],
    default: null,
    turn: () => 3,
    operations: ['SetIdentityNotificationTopic'],
    // Removing a topic turns feedback forwarding back on, because SES requires one or the other.
    further: [GET_NOTIFICATIONS, PUT_FEEDBACK],
    remedy:
      'The topic must exist in this Region. Its policy must let ses.amazonaws.com publish to it, and so must the policy of its KMS key. Bounces and complaints need a topic while feedbackForwarding is off.',
  };
}

function headersOf(type: Notification): SettingRow<boolean> {
  return {
    wanted: ({ NotificationHeaders, ...properties }) =>
      properties[`${type}Topic`] === undefined ? undefined : flag(NotificationHeaders),
    default: false,
    turn: (to) => (to ? 4 : 2),
    operations: ['SetIdentityHeadersInNotificationsEnabled'],
    further: [GET_NOTIFICATIONS],
    remedy:
      'Headers come with notifications that have a topic: give one in notifications, or leave out includeHeaders.',
  };
}

function flag(value: 'true' | 'false' | undefined): boolean | undefined {
  return value && value === 'true';
}

/** Whether a resource has a setting for its own. */
export function isOwn(setting: Setting): boolean {
  return SETTINGS[setting].isOwn === true;
}

export const SETTING_NAMES = Object.keys(SETTINGS) as Setting[];

/** Settings with the values that they have in some respect. */
export function toSettings(read: (setting: Setting) => SettingValue | undefined): Settings {
  const values = SETTING_NAMES.map((setting) => [setting, read(setting)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/** What the properties ask for. */
export function wantedSettings(properties: SettingProperties): Settings {
  return toSettings((setting) => SETTINGS[setting].wanted(properties));
}

export function sameValue(one: SettingValue | undefined, other: SettingValue | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Whether a value is what SES has for an identity that nobody has given the setting. */
export function isDefault(setting: Setting, value: SettingValue | undefined): boolean {
  return sameValue(value, SETTINGS[setting].default);
}

/** A value for people to read. */
export function showSetting(value: SettingValue | undefined): string {
  return typeof value === 'object' && value !== null ? Object.values(value).join(' ') : String(value ?? 'none');
}

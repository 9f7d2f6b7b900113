/** What SES notifies of, each with a topic of its own. */
export const NOTIFICATIONS = ['Bounce', 'Complaint', 'Delivery'] as const;

export type Notification = (typeof NOTIFICATIONS)[number];

/** A setting of an identity that changes by a call of its own. */
export type Setting =
  | 'MailFrom'
  | 'ConfigurationSet'
  | 'FeedbackForwarding'
  | 'SendingPolicy'
  | `${Notification}Topic`
  | `${Notification}Headers`;

/**
 * Whether a resource has a setting of its own: its policy stands beside those of others, under a name that nobody else
 * gives. The other settings an identity has once.
 */
export function isOwn(setting: Setting): boolean {
  return setting === 'SendingPolicy';
}

/**
 * Settings with their values as text; the empty text is for none. A MAIL FROM domain comes with its
 * behavior, such as `mail.example.com RejectMessage`: SES sets both by one call.
 */
export type Settings = { readonly [S in Setting]?: string };

/** What SES has for an identity that nobody has given settings. */
export const DEFAULTS: Required<Settings> = {
  MailFrom: '',
  ConfigurationSet: '',
  FeedbackForwarding: 'true',
  SendingPolicy: '',
  BounceTopic: '',
  ComplaintTopic: '',
  DeliveryTopic: '',
  BounceHeaders: 'false',
  ComplaintHeaders: 'false',
  DeliveryHeaders: 'false',
};

/** One change of a setting, and the way back. */
export interface Step {
  readonly setting: Setting;
  readonly from: string;
  readonly to: string;
}

/** What a plan is made of. */
export interface Situation {
  /** What the properties ask for; settings that they do not name are left alone. */
  readonly wanted: Settings;
  /** What the properties asked for before. */
  readonly former: Settings;
  /** What SES has; a setting that could not be read is absent. */
  readonly present: Settings;
}

/** The changes that lead to what is wanted, in an order that SES takes. */
export function planSettings(situation: Situation): readonly Step[] {
  const { former, present } = situation;
  const goals = goalsOf(situation);
  return settingsOf(goals)
    .map((setting) => ({
      setting,
      // What could not be read is taken to be what it was made the last time.
      from: present[setting] ?? former[setting] ?? DEFAULTS[setting],
      to: goals[setting] ?? DEFAULTS[setting],
    }))
    .filter(({ setting, to }) => to !== present[setting])
    .sort((one, other) => turnOf(one) - turnOf(other));
}

/**
 * What was asked for before and is no longer goes back to SES's default, unless somebody else has
 * changed it since, which stays. A policy under our name goes in any case: it lets somebody send.
 */
function goalsOf({ wanted, former, present }: Situation): Settings {
  const dropped = settingsOf(former).filter(
    (setting) => wanted[setting] === undefined && (isOwn(setting) || present[setting] === former[setting]),
  );
  const goals = { ...Object.fromEntries(dropped.map((setting) => [setting, DEFAULTS[setting]])), ...wanted };
  if (wanted.FeedbackForwarding === undefined && [goals.BounceTopic, goals.ComplaintTopic].includes('')) {
    // Whoever turned it off did so for the topics that go now: without them SES has it on.
    return { ...goals, FeedbackForwarding: 'true' };
  }
  return goals;
}

/** The settings that any of the given ones name. */
export function settingsOf(...given: readonly Settings[]): readonly Setting[] {
  return (Object.keys(DEFAULTS) as Setting[]).filter((setting) => given.some((each) => each[setting] !== undefined));
}

/** Some of the settings. */
export function pickSettings(settings: Settings, isWanted: (setting: Setting) => boolean): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([setting]) => isWanted(setting as Setting)));
}

/**
 * SES forwards feedback by mail, or has topics for bounces and complaints: at no time neither. Nor are
 * there headers without a topic. The same steps backwards are in order, too.
 *
 * @see https://docs.aws.amazon.com/ses/latest/APIReference/API_SetIdentityFeedbackForwardingEnabled.html
 */
function turnOf({ setting, to }: Step): number {
  if (setting === 'FeedbackForwarding') {
    return to === 'true' ? 1 : 5;
  }
  if (setting.endsWith('Headers')) {
    return to === 'true' ? 4 : 2;
  }
  return setting.endsWith('Topic') ? 3 : 0;
}

import {
  isOwn,
  sameValue,
  Setting,
  SETTING_NAMES,
  Settings,
  SETTINGS,
  SettingValue,
  SettingValues,
  toSettings,
} from '../../lib/shared/settings';

/** What SES has for an identity that nobody has given settings. */
const DEFAULTS = toSettings((setting) => SETTINGS[setting].default) as SettingValues;

/** One change of a setting, and the way back. */
export interface Step {
  readonly setting: Setting;
  readonly from: SettingValue;
  readonly to: SettingValue;
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
      from: { ...DEFAULTS, ...former, ...present }[setting],
      to: { ...DEFAULTS, ...goals }[setting],
    }))
    .filter(({ setting, to }) => !sameValue(to, present[setting]))
    .sort((one, other) => turnOf(one) - turnOf(other));
}

/**
 * What was asked for before and is no longer goes back to SES's default, unless somebody else has
 * changed it since, which stays. A policy under our name goes in any case: it lets somebody send.
 */
function goalsOf({ wanted, former, present }: Situation): Settings {
  const isDropped = (setting: Setting) =>
    former[setting] !== undefined &&
    wanted[setting] === undefined &&
    (isOwn(setting) || sameValue(present[setting], former[setting]));
  const dropped = toSettings((setting) => (isDropped(setting) ? DEFAULTS[setting] : undefined));
  const goals = { ...dropped, ...wanted };
  if (wanted.FeedbackForwarding === undefined && [goals.BounceTopic, goals.ComplaintTopic].includes(null)) {
    // Whoever turned it off did so for the topics that go now: without them SES has it on.
    return { ...goals, FeedbackForwarding: true };
  }
  return goals;
}

/** The settings that any of the given ones name. */
export function settingsOf(...given: readonly Settings[]): readonly Setting[] {
  return SETTING_NAMES.filter((setting) => given.some((each) => each[setting] !== undefined));
}

/** Some of the settings. */
export function pickSettings(settings: Settings, isWanted: (setting: Setting) => boolean): Settings {
  return toSettings((setting) => (isWanted(setting) ? settings[setting] : undefined));
}

function turnOf({ setting, to }: Step): number {
  return (SETTINGS[setting].turn as (to: SettingValue) => number)(to);
}

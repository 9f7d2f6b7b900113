import {
  isDefault,
  isOwn,
  Setting,
  SETTING_NAMES,
  Settings,
  SettingValue,
  showSetting,
} from '../../lib/shared/settings';
import { Claim, digest } from '../domain/claims';
import type { Step } from './plan';

/** How much of a digest there is room for, with one for each setting in the 256 characters of a tag. */
const DIGEST_LENGTH = 4;

/**
 * The values of others that a resource has found and changes, for its claim: an update that brings one back, as a
 * rollback does, leaves it to them again. SES's default is nobody's.
 *
 * @param own the claim so far
 */
export function formerValues(own: Claim | undefined, steps: readonly Step[]): readonly string[] {
  const isTheirs = ({ setting, from }: Step) =>
    !isOwn(setting) && own?.made.includes(setting) !== true && !isDefault(setting, from);
  const replaced = steps.filter(isTheirs).map(({ setting, from }) => inShort(setting, from));
  return [...(own?.was ?? []), ...replaced];
}

/** Whether an update brings back what others had. */
export function isBroughtBack(setting: Setting, wanted: Settings, values: readonly string[]): boolean {
  return values.includes(inShort(setting, wanted[setting]));
}

/** Those values that are of some settings. */
export function valuesOf(settings: readonly Setting[], values: readonly string[]): readonly string[] {
  return values.filter((value) => settings.some((setting) => value.startsWith(initialOf(setting))));
}

function inShort(setting: Setting, value: SettingValue | undefined): string {
  return `${initialOf(setting)}${digest(showSetting(value)).slice(0, DIGEST_LENGTH)}`;
}

/** A letter for a setting, as a digest has none of these. */
function initialOf(setting: Setting): string {
  return 'klmnopqrstuvwxyz'[SETTING_NAMES.indexOf(setting)];
}

import { sendingPolicyProblem, SETTINGS_RULES, shown } from '../../lib/shared/rules';
import { SettingProperties, Settings, wantedSettings } from '../../lib/shared/settings';
import type { CustomResourceEvent } from '../events/event';
import { Failure } from '../events/failure';
import { checkedProperties } from '../events/properties';

/** The properties of the custom resource for settings as real types. */
export interface SettingsConfig {
  readonly domainName: string;
  readonly region: string;
  readonly retain: boolean;
  readonly wanted: Settings;
  /** For the MAIL FROM domain: seconds; 0 does not wait. */
  readonly waitForVerification: number;
}

/**
 * Reads the properties of an event.
 *
 * @throws Failure naming the prop, its value and the remedy.
 */
export function parseSettings(properties: CustomResourceEvent['ResourceProperties']): SettingsConfig {
  const given = checkedProperties(properties, SETTINGS_RULES);
  return {
    domainName: given.DomainName!,
    region: given.SesRegion!,
    retain: given.RemovalPolicy === 'retain',
    waitForVerification: Number(given.WaitForVerification ?? 0),
    wanted: wantedSettings({ ...given, SendingPolicy: parseSendingPolicy(properties) } as SettingProperties),
  };
}

function parseSendingPolicy({ SendingPolicy: value }: CustomResourceEvent['ResourceProperties']): unknown {
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== 'object' || !Array.isArray((value as { readonly Statement?: unknown } | null)?.Statement)) {
    throw new Failure(`The sending policy is ${shown(value)}: give one by grantSendEmail() or addToResourcePolicy().`);
  }
  const problem = sendingPolicyProblem(JSON.stringify(value).length);
  if (problem !== undefined) {
    throw new Failure(`${problem}.`);
  }
  return value;
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

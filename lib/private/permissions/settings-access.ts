import { Construct } from 'constructs';
import { MADE, MARK, USED } from '../../shared/claim-tags';
import { SettingsProperties } from '../../shared/contract';
import { SETTING_NAMES, SETTINGS } from '../../shared/settings';
import { sesArn } from './arns';
import { lengthOf } from './record-access';

/** What the handler has to be allowed for the settings of one identity. */
export interface SettingsRequest {
  readonly properties: SettingsProperties;
  readonly identityArn: string;
  readonly configurationSetArn?: string;
}

/** What the statements take besides their actions, Regions and resources. */
const STATEMENTS_LENGTH = 420;

/** What a Region takes for the ARN of its identities. */
const IDENTITIES_LENGTH = 70;

/** What ARNs are counted with whose names are not known yet. */
const UNKNOWN_ARN_LENGTH = 165;

/**
 * The permission to look at some settings of identities and to change them, on identities that carry this library's
 * tag. The actions of the SES v1 API know no resources.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
 */
export class SettingsAccess {
  private readonly actions = new Set<string>();
  private readonly regions = new Set<string>();
  private readonly configurationSets = new Set<string>();

  public constructor(private readonly scope: Construct) {}

  /** Characters in the policy, with the settings of one more identity or without. */
  public length(further?: SettingsRequest): number {
    const regions = new Set([...this.regions, ...(further ? [further.properties.SesRegion] : [])]);
    const entries = [
      ...new Set([...this.actions, ...(further ? actionsFor(further) : [])]),
      ...regions,
      ...new Set([...this.configurationSets, ...(further?.configurationSetArn ? [further.configurationSetArn] : [])]),
    ];
    const length = entries.reduce((sum, entry) => sum + lengthOf(entry, UNKNOWN_ARN_LENGTH), 0);
    return length === 0 ? 0 : STATEMENTS_LENGTH + IDENTITIES_LENGTH * regions.size + length;
  }

  public hasRegion(region: string): boolean {
    return this.regions.has(region);
  }

  public allow(request: SettingsRequest): void {
    actionsFor(request).forEach((action) => this.actions.add(action));
    this.regions.add(request.properties.SesRegion);
    if (request.configurationSetArn !== undefined) {
      this.configurationSets.add(request.configurationSetArn);
    }
  }

  public statements(): object[] {
    const regions = [...this.regions];
    const actions = [...this.actions].sort();
    const v1 = {
      Effect: 'Allow',
      Action: actions.filter((action) => V1.test(action)),
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestedRegion': regions } },
    };
    const v2 = {
      Effect: 'Allow',
      Action: actions.filter((action) => !V1.test(action)),
      Resource: regions.map((region) => sesArn(this.scope, region, 'identity', '*')),
      Condition: { StringEquals: { [`aws:ResourceTag/${MARK}`]: [MADE, USED] } },
    };
    const configurationSets = {
      Effect: 'Allow',
      Action: PUT_CONFIGURATION_SET,
      Resource: [...this.configurationSets],
    };
    return [
      ...(v1.Action.length > 0 ? [v1] : []),
      ...(v2.Action.length > 0 ? [v2] : []),
      ...(this.configurationSets.size > 0 ? [configurationSets] : []),
    ];
  }
}

/** The action that takes both the identity and the configuration set. */
const PUT_CONFIGURATION_SET = `ses:${SETTINGS.ConfigurationSet.operations[0]}`;

/** The actions of the SES v1 API, of those that settings take. */
const V1 = /^ses:(Get|Set)Identity/;

function actionsFor({ properties }: SettingsRequest): string[] {
  const settings = SETTING_NAMES.filter((setting) => SETTINGS[setting].wanted(properties) !== undefined);
  return settings.flatMap((setting) => {
    const { operations, further = [] } = SETTINGS[setting];
    return [...operations, ...further].map((operation) => `ses:${operation}`);
  });
}

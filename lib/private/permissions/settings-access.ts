import { Construct } from 'constructs';
import { MADE, MARK, USED } from '../../shared/claim-tags';
import { SettingsProperties } from '../../shared/contract';
import { SETTING_NAMES, SETTINGS } from '../../shared/settings';
import { sesArn } from './arns';
import { lengthOf, lengthOfStatements, regionsAtTheirLongest, UNKNOWN_LENGTHS } from './policy-length';

/** What the handler has to be allowed for the settings of one identity. */
export interface SettingsRequest {
  readonly properties: SettingsProperties;
  readonly identityArn: string;
  readonly configurationSetArn?: string;
}

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
    if (further === undefined && this.actions.size === 0) {
      return 0;
    }
    const actions = new Set([...this.actions, ...(further ? actionsFor(further) : [])]);
    const regions = new Set([...this.regions, ...(further ? [further.properties.SesRegion] : [])]);
    const sets = new Set([
      ...this.configurationSets,
      ...(further?.configurationSetArn ? [further.configurationSetArn] : []),
    ]);
    return (
      lengthOfStatements(this.statementsFor([...actions], regionsAtTheirLongest(regions), [])) +
      [...sets].reduce((sum, arn) => sum + lengthOf(arn, UNKNOWN_LENGTHS.identityArn), 0)
    );
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
    const { actions, regions, configurationSets } = this;
    const all = this.statementsFor([...actions], [...regions], [...configurationSets]);
    return all.filter(({ Action, Resource }) => Action.length > 0 && Resource.length > 0);
  }

  private statementsFor(given: readonly string[], regions: readonly string[], configurationSets: readonly string[]) {
    const actions = [...given].sort();
    return [
      {
        Effect: 'Allow',
        Action: actions.filter((action) => V1.test(action)),
        Resource: '*',
        Condition: { StringEquals: { 'aws:RequestedRegion': regions } },
      },
      {
        Effect: 'Allow',
        Action: actions.filter((action) => !V1.test(action)),
        Resource: regions.map((region) => sesArn(this.scope, region, 'identity', '*')),
        Condition: { StringEquals: { [`aws:ResourceTag/${MARK}`]: [MADE, USED] } },
      },
      {
        Effect: 'Allow',
        Action: PUT_CONFIGURATION_SET,
        Resource: configurationSets,
      },
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

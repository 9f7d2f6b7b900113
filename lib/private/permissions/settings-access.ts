import { Construct } from 'constructs';
import { MADE, MARK, USED } from '../../shared/claim-tags';
import { SettingsProperties } from '../../shared/contract';
import { sesArn } from './policy-request';
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
  private readonly v1Actions = new Set<string>();
  private readonly v2Actions = new Set<string>();
  private readonly regions = new Set<string>();
  private readonly configurationSets = new Set<string>();

  public constructor(private readonly scope: Construct) {}

  /** Characters in the policy, with the settings of one more identity or without. */
  public length(further?: SettingsRequest): number {
    const regions = new Set([...this.regions, ...(further ? [further.properties.SesRegion] : [])]);
    const entries = [
      ...new Set([...this.v1Actions, ...(further ? v1Actions(further) : [])]),
      ...new Set([...this.v2Actions, ...(further ? v2Actions(further) : [])]),
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
    v1Actions(request).forEach((action) => this.v1Actions.add(action));
    v2Actions(request).forEach((action) => this.v2Actions.add(action));
    this.regions.add(request.properties.SesRegion);
    if (request.configurationSetArn !== undefined) {
      this.configurationSets.add(request.configurationSetArn);
    }
  }

  public statements(): object[] {
    const regions = [...this.regions];
    const v1 = {
      Effect: 'Allow',
      Action: [...this.v1Actions],
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestedRegion': regions } },
    };
    const v2 = {
      Effect: 'Allow',
      Action: [...this.v2Actions],
      Resource: regions.map((region) => sesArn(this.scope, region, 'identity', '*')),
      Condition: { StringEquals: { [`aws:ResourceTag/${MARK}`]: [MADE, USED] } },
    };
    // This action takes both the identity and the configuration set.
    const configurationSets = {
      Effect: 'Allow',
      Action: PUT_CONFIGURATION_SET,
      Resource: [...this.configurationSets],
    };
    return [
      ...(this.v1Actions.size > 0 ? [v1] : []),
      ...(this.v2Actions.size > 0 ? [v2] : []),
      ...(this.configurationSets.size > 0 ? [configurationSets] : []),
    ];
  }
}

const PUT_CONFIGURATION_SET = 'ses:PutEmailIdentityConfigurationSetAttributes';

const POLICY_ACTIONS = [
  'ses:CreateEmailIdentityPolicy',
  'ses:DeleteEmailIdentityPolicy',
  'ses:UpdateEmailIdentityPolicy',
];

function v1Actions({ properties }: SettingsRequest): string[] {
  return properties.NotificationHeaders === undefined
    ? []
    : [
        'ses:GetIdentityNotificationAttributes',
        'ses:SetIdentityHeadersInNotificationsEnabled',
        'ses:SetIdentityNotificationTopic',
      ];
}

function v2Actions({ properties, configurationSetArn }: SettingsRequest): string[] {
  const { MailFromDomain, FeedbackForwarding, NotificationHeaders, SendingPolicy } = properties;
  const uses = (...values: (string | undefined)[]) => values.some((value) => value !== undefined);
  return [
    ...(uses(MailFromDomain) ? ['ses:PutEmailIdentityMailFromAttributes'] : []),
    // Removing a topic turns feedback forwarding back on, because SES requires one or the other.
    ...(uses(FeedbackForwarding, NotificationHeaders) ? ['ses:PutEmailIdentityFeedbackAttributes'] : []),
    ...(uses(configurationSetArn) ? [PUT_CONFIGURATION_SET] : []),
    ...(SendingPolicy === undefined ? [] : POLICY_ACTIONS),
  ];
}

import { SettingsProperties } from '../../shared/contract';
import { lengthOf } from './record-access';

/** What the handler has to be allowed for the settings of one identity. */
export interface SettingsRequest {
  readonly properties: SettingsProperties;
  readonly identityArn: string;
  readonly configurationSetArn?: string;
}

/** What the statements take besides their actions, Regions and resources. */
const STATEMENTS_LENGTH = 260;

/** What ARNs are counted with whose names are not known yet. */
const UNKNOWN_ARN_LENGTH = 165;

/**
 * The permission to look at some settings of identities and to change them. The actions of the SES v1
 * API know no resources; that of the v2 API takes both the identity and the configuration set.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
 */
export class SettingsAccess {
  private readonly actions = new Set<string>();
  private readonly regions = new Set<string>();
  private readonly resources = new Set<string>();

  /** Characters in the policy, with the settings of one more identity or without. */
  public length(further?: SettingsRequest): number {
    const entries = [
      ...new Set([...this.actions, ...(further ? v1Actions(further) : [])]),
      ...new Set([...this.regions, ...(further ? [further.properties.SesRegion] : [])]),
      ...new Set([...this.resources, ...(further ? resourcesOf(further) : [])]),
    ];
    const length = entries.reduce((sum, entry) => sum + lengthOf(entry, UNKNOWN_ARN_LENGTH), 0);
    return length === 0 ? 0 : STATEMENTS_LENGTH + length;
  }

  public allow(request: SettingsRequest): void {
    const actions = v1Actions(request);
    actions.forEach((action) => this.actions.add(action));
    if (actions.length > 0) {
      this.regions.add(request.properties.SesRegion);
    }
    resourcesOf(request).forEach((resource) => this.resources.add(resource));
  }

  public statements(): object[] {
    const v1 = {
      Effect: 'Allow',
      Action: [...this.actions],
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestedRegion': [...this.regions] } },
    };
    const v2 = {
      Effect: 'Allow',
      Action: 'ses:PutEmailIdentityConfigurationSetAttributes',
      Resource: [...this.resources],
    };
    return [...(this.actions.size > 0 ? [v1] : []), ...(this.resources.size > 0 ? [v2] : [])];
  }
}

function v1Actions({ properties }: SettingsRequest): string[] {
  const { MailFromDomain, FeedbackForwarding, NotificationHeaders } = properties;
  const uses = (...values: (string | undefined)[]) => values.some((value) => value !== undefined);
  return [
    ...(uses(MailFromDomain) ? ['ses:GetIdentityMailFromDomainAttributes', 'ses:SetIdentityMailFromDomain'] : []),
    ...(uses(FeedbackForwarding, NotificationHeaders) ? ['ses:GetIdentityNotificationAttributes'] : []),
    // Without topics SES forwards feedback: what somebody else had turned off goes on with the topics that go.
    ...(uses(FeedbackForwarding, NotificationHeaders) ? ['ses:SetIdentityFeedbackForwardingEnabled'] : []),
    ...(uses(NotificationHeaders)
      ? ['ses:SetIdentityHeadersInNotificationsEnabled', 'ses:SetIdentityNotificationTopic']
      : []),
  ];
}

function resourcesOf({ identityArn, configurationSetArn }: SettingsRequest): string[] {
  return configurationSetArn === undefined ? [] : [identityArn, configurationSetArn];
}

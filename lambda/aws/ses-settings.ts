import {
  GetIdentityNotificationAttributesCommand,
  IdentityNotificationAttributes,
  SetIdentityHeadersInNotificationsEnabledCommand,
  SetIdentityNotificationTopicCommand,
} from '@aws-sdk/client-ses';
import {
  CreateEmailIdentityPolicyCommand,
  DeleteEmailIdentityPolicyCommand,
  GetEmailIdentityResponse,
  PutEmailIdentityConfigurationSetAttributesCommand,
  PutEmailIdentityFeedbackAttributesCommand,
  PutEmailIdentityMailFromAttributesCommand,
  UpdateEmailIdentityPolicyCommand,
} from '@aws-sdk/client-sesv2';
import {
  Notification,
  NOTIFICATIONS,
  Setting,
  Settings,
  SETTINGS,
  SettingValue,
  SettingValues,
  showSetting,
} from '../../lib/shared/settings';
import { Deadline } from '../events/deadline';
import type { AwsCallFailure } from '../events/failure';
import { Log } from '../events/log';
import { pickSettings } from '../settings/plan';
import { callAws } from './call';
import type { SesClients } from './ses-clients';

/** What SES says of the settings when it shows the identity: all but topics and headers. */
export interface Shown {
  readonly settings: Settings;
  /** Of the MAIL FROM domain, in the words of the v2 API. */
  readonly mailFromStatus?: string;
  /** The texts of the sending authorization policies, by name. */
  readonly policies?: { readonly [name: string]: string };
}

export function shownSettings(found: GetEmailIdentityResponse): Shown {
  const { MailFromDomain: domainName, BehaviorOnMxFailure } = found.MailFromAttributes ?? {};
  const behavior = BehaviorOnMxFailure === 'REJECT_MESSAGE' ? 'RejectMessage' : 'UseDefaultValue';
  return {
    settings: {
      MailFrom: domainName ? { domainName, behavior } : null,
      ConfigurationSet: found.ConfigurationSetName ?? null,
      FeedbackForwarding: found.FeedbackForwardingStatus ?? true,
    },
    mailFromStatus: found.MailFromAttributes?.MailFromDomainStatus,
    policies: found.Policies,
  };
}

/** The calls that change settings: those of the v2 API, which IAM allows by identity, where it has them. */
const CALLS: { readonly [S in Exclude<Setting, 'SendingPolicy'>]: Write<SettingValues[S]> } = {
  MailFrom: ({ v2 }, EmailIdentity, value, options) => {
    const BehaviorOnMxFailure = value?.behavior === 'RejectMessage' ? 'REJECT_MESSAGE' : 'USE_DEFAULT_VALUE';
    const input = value === null ? {} : ({ MailFromDomain: value.domainName, BehaviorOnMxFailure } as const);
    return v2.send(new PutEmailIdentityMailFromAttributesCommand({ EmailIdentity, ...input }), options);
  },
  ConfigurationSet: ({ v2 }, EmailIdentity, value, options) => {
    const input = { EmailIdentity, ConfigurationSetName: value ?? undefined };
    return v2.send(new PutEmailIdentityConfigurationSetAttributesCommand(input), options);
  },
  FeedbackForwarding: ({ v2 }, EmailIdentity, EmailForwardingEnabled, options) =>
    v2.send(new PutEmailIdentityFeedbackAttributesCommand({ EmailIdentity, EmailForwardingEnabled }), options),
  BounceTopic: setTopic('Bounce'),
  ComplaintTopic: setTopic('Complaint'),
  DeliveryTopic: setTopic('Delivery'),
  BounceHeaders: setHeaders('Bounce'),
  ComplaintHeaders: setHeaders('Complaint'),
  DeliveryHeaders: setHeaders('Delivery'),
};

function setTopic(NotificationType: Notification): Write<string | null> {
  return ({ v1 }, Identity, value, options) => {
    const input = { Identity, NotificationType, SnsTopic: value ?? undefined };
    return v1.send(new SetIdentityNotificationTopicCommand(input), options);
  };
}

function setHeaders(NotificationType: Notification): Write<boolean> {
  return ({ v1 }, Identity, Enabled, options) =>
    v1.send(new SetIdentityHeadersInNotificationsEnabledCommand({ Identity, NotificationType, Enabled }), options);
}

/** The calls to SES about the settings of one identity. */
export class IdentitySettings {
  public constructor(
    private readonly clients: SesClients,
    private readonly identity: { readonly domainName: string; readonly region: string },
    /** Under which name the identity has the policy of the resource. */
    private readonly policyName: string,
    private readonly deadline: Deadline,
    private readonly log: Log,
  ) {}

  /**
   * What SES has for an identity, with no more calls than the given settings take.
   *
   * @param shown what SES says of them when it shows the identity
   * @throws AwsCallFailure
   */
  public async read({ settings: shown, policies }: Shown, settings: readonly Setting[]): Promise<Settings> {
    const found: Settings = { ...shown, SendingPolicy: policies?.[this.policyName] ?? null };
    const notifications = settings.some((setting) => !(setting in found)) ? await this.readNotifications() : {};
    return pickSettings({ ...found, ...notifications }, (setting) => settings.includes(setting));
  }

  /**
   * Sets one setting.
   *
   * @throws AwsCallFailure
   */
  public async write(setting: Setting, value: SettingValue): Promise<void> {
    if (setting === 'SendingPolicy') {
      await this.writePolicy(value as string | null);
      return;
    }
    const send = CALLS[setting] as Write<SettingValue>;
    await this.call(SETTINGS[setting].operations[0], ` (${setting}: ${showSetting(value)})`, (options) =>
      send(this.clients, this.identity.domainName, value, options),
    );
  }

  /** SES has no call that does both: make a policy, and change it. */
  private async writePolicy(Policy: string | null): Promise<void> {
    const { v2 } = this.clients;
    const policy = { EmailIdentity: this.identity.domainName, PolicyName: this.policyName };
    const call = (operation: string, send: (options: CallOptions) => Promise<unknown>) =>
      this.call(operation, ` (policy ${this.policyName})`, send);
    const unless = (code: string) => (error: AwsCallFailure) => {
      if (error.code !== code) throw error;
      return code;
    };
    if (Policy === null) {
      const send = (options: CallOptions) => v2.send(new DeleteEmailIdentityPolicyCommand(policy), options);
      await call('DeleteEmailIdentityPolicy', send).catch(unless('NotFoundException'));
      return;
    }
    const create = (options: CallOptions) =>
      v2.send(new CreateEmailIdentityPolicyCommand({ ...policy, Policy }), options);
    const EXISTS = 'AlreadyExistsException';
    if ((await call('CreateEmailIdentityPolicy', create).catch(unless(EXISTS))) === EXISTS) {
      await call('UpdateEmailIdentityPolicy', (options) =>
        v2.send(new UpdateEmailIdentityPolicyCommand({ ...policy, Policy }), options),
      );
    }
  }

  private async readNotifications(): Promise<Settings> {
    const { domainName } = this.identity;
    const { NotificationAttributes } = await this.call('GetIdentityNotificationAttributes', '', (options) =>
      this.clients.v1.send(new GetIdentityNotificationAttributesCommand({ Identities: [domainName] }), options),
    );
    const found: Partial<IdentityNotificationAttributes> = NotificationAttributes?.[domainName] ?? {};
    const values: [string, SettingValue][] = NOTIFICATIONS.flatMap((type) => [
      [`${type}Topic`, found[`${type}Topic`] ?? null],
      [`${type}Headers`, found[`HeadersIn${type}NotificationsEnabled`] ?? false],
    ]);
    return Object.fromEntries(values);
  }

  private call<T>(operation: string, detail: string, send: (options: CallOptions) => Promise<T>): Promise<T> {
    const { deadline } = this;
    const { domainName, region } = this.identity;
    const description = { service: 'SES', operation, target: `${domainName} in ${region}${detail}` } as const;
    return callAws(this.log, description, deadline, () => send({ abortSignal: deadline.signal }));
  }
}

type Write<Value> = (clients: SesClients, identity: string, value: Value, options: CallOptions) => Promise<unknown>;

interface CallOptions {
  readonly abortSignal: AbortSignal;
}

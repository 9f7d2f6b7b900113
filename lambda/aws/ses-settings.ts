import {
  GetIdentityNotificationAttributesCommand,
  IdentityNotificationAttributes,
  SESClient,
  SetIdentityHeadersInNotificationsEnabledCommand,
  SetIdentityNotificationTopicCommand,
} from '@aws-sdk/client-ses';
import {
  BehaviorOnMxFailure,
  CreateEmailIdentityPolicyCommand,
  DeleteEmailIdentityPolicyCommand,
  PutEmailIdentityConfigurationSetAttributesCommand,
  PutEmailIdentityFeedbackAttributesCommand,
  PutEmailIdentityMailFromAttributesCommand,
  SESv2Client,
  UpdateEmailIdentityPolicyCommand,
} from '@aws-sdk/client-sesv2';
import { Deadline } from '../events/deadline';
import type { AwsCallFailure } from '../events/failure';
import { Log } from '../events/log';
import { Notification, NOTIFICATIONS, Setting, Settings } from '../settings/plan';
import { callAws } from './call';
import type { Identity } from './ses';

/**
 * The calls to SES about the settings of one identity: those of the v2 API, which IAM allows by identity, where it has
 * them. Topics and headers only the v1 API knows.
 */
export class IdentitySettings {
  public constructor(
    private readonly client: SESClient,
    private readonly v2: SESv2Client,
    private readonly identity: { readonly domainName: string; readonly region: string },
    /** Under which name the identity has the policy of the resource. */
    private readonly policyName: string,
    private readonly deadline: Deadline,
    private readonly log: Log,
  ) {}

  /**
   * What SES has for an identity, with no more calls than the given settings take.
   *
   * @throws AwsCallFailure
   */
  public async read(identity: Identity, settings: readonly Setting[]): Promise<Settings> {
    const { mailFrom, configurationSet = '', forwarding, policies } = identity;
    const notifications = settings.some((setting) => /Topic|Headers/.test(setting)) ? await this.readTopics() : {};
    const found: Settings = {
      MailFrom: mailFrom === undefined ? '' : `${mailFrom.domainName} ${mailFrom.behavior}`,
      ConfigurationSet: configurationSet,
      FeedbackForwarding: String(forwarding ?? true),
      SendingPolicy: policies?.[this.policyName] ?? '',
      ...notifications,
    };
    return Object.fromEntries(Object.entries(found).filter(([setting]) => settings.includes(setting as Setting)));
  }

  /**
   * Sets one setting.
   *
   * @throws AwsCallFailure
   */
  public async write(setting: Setting, value: string): Promise<void> {
    const EmailIdentity = this.identity.domainName;
    const call = <T>(operation: string, send: (options: CallOptions) => Promise<T>) =>
      this.call(operation, ` (${setting}: ${value || 'none'})`, send);
    switch (setting) {
      case 'MailFrom': {
        const [name, behavior] = value.split(' ');
        const input = {
          EmailIdentity,
          MailFromDomain: name || undefined,
          BehaviorOnMxFailure: behavior === undefined ? undefined : MX_FAILURE[behavior],
        };
        await call('PutEmailIdentityMailFromAttributes', (options) =>
          this.v2.send(new PutEmailIdentityMailFromAttributesCommand(input), options),
        );
        return;
      }
      case 'ConfigurationSet': {
        const input = { EmailIdentity, ConfigurationSetName: value || undefined };
        await call('PutEmailIdentityConfigurationSetAttributes', (options) =>
          this.v2.send(new PutEmailIdentityConfigurationSetAttributesCommand(input), options),
        );
        return;
      }
      case 'FeedbackForwarding': {
        const input = { EmailIdentity, EmailForwardingEnabled: value === 'true' };
        await call('PutEmailIdentityFeedbackAttributes', (options) =>
          this.v2.send(new PutEmailIdentityFeedbackAttributesCommand(input), options),
        );
        return;
      }
      case 'SendingPolicy':
        await this.writePolicy(value);
        return;
      case 'BounceTopic':
      case 'ComplaintTopic':
      case 'DeliveryTopic': {
        const NotificationType = setting.replace('Topic', '') as Notification;
        const input = { Identity: EmailIdentity, NotificationType, SnsTopic: value || undefined };
        await call('SetIdentityNotificationTopic', (options) =>
          this.client.send(new SetIdentityNotificationTopicCommand(input), options),
        );
        return;
      }
      default: {
        const NotificationType = setting.replace('Headers', '') as Notification;
        const input = { Identity: EmailIdentity, NotificationType, Enabled: value === 'true' };
        await call('SetIdentityHeadersInNotificationsEnabled', (options) =>
          this.client.send(new SetIdentityHeadersInNotificationsEnabledCommand(input), options),
        );
      }
    }
  }

  /** SES has no call that does both: make a policy, and change it. */
  private async writePolicy(Policy: string): Promise<void> {
    const policy = { EmailIdentity: this.identity.domainName, PolicyName: this.policyName };
    const call = (operation: string, send: (options: CallOptions) => Promise<unknown>) =>
      this.call(operation, ` (policy ${this.policyName})`, send);
    const unless = (code: string) => (error: AwsCallFailure) => {
      if (error.code !== code) throw error;
      return code;
    };
    if (Policy === '') {
      const send = (options: CallOptions) => this.v2.send(new DeleteEmailIdentityPolicyCommand(policy), options);
      await call('DeleteEmailIdentityPolicy', send).catch(unless('NotFoundException'));
      return;
    }
    const create = (options: CallOptions) =>
      this.v2.send(new CreateEmailIdentityPolicyCommand({ ...policy, Policy }), options);
    const EXISTS = 'AlreadyExistsException';
    if ((await call('CreateEmailIdentityPolicy', create).catch(unless(EXISTS))) === EXISTS) {
      await call('UpdateEmailIdentityPolicy', (options) =>
        this.v2.send(new UpdateEmailIdentityPolicyCommand({ ...policy, Policy }), options),
      );
    }
  }

  private async readTopics(): Promise<Settings> {
    const { domainName } = this.identity;
    const { NotificationAttributes } = await this.call('GetIdentityNotificationAttributes', '', (options) =>
      this.client.send(new GetIdentityNotificationAttributesCommand({ Identities: [domainName] }), options),
    );
    const found: Partial<IdentityNotificationAttributes> = NotificationAttributes?.[domainName] ?? {};
    return Object.fromEntries(
      NOTIFICATIONS.flatMap((type) => [
        [`${type}Topic`, found[`${type}Topic`] ?? ''],
        [`${type}Headers`, String(found[`HeadersIn${type}NotificationsEnabled`] ?? false)],
      ]),
    );
  }

  private call<T>(operation: string, detail: string, send: (options: CallOptions) => Promise<T>): Promise<T> {
    const { deadline } = this;
    const { domainName, region } = this.identity;
    const description = { service: 'SES', operation, target: `${domainName} in ${region}${detail}` } as const;
    return callAws(this.log, description, deadline, () => send({ abortSignal: deadline.signal }));
  }
}

/** What to do without an MX record, in the words of the v2 API. */
const MX_FAILURE: { readonly [v1: string]: BehaviorOnMxFailure } = {
  UseDefaultValue: 'USE_DEFAULT_VALUE',
  RejectMessage: 'REJECT_MESSAGE',
};

interface CallOptions {
  readonly abortSignal: AbortSignal;
}

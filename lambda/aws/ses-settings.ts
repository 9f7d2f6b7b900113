import {
  BehaviorOnMXFailure,
  GetIdentityMailFromDomainAttributesCommand,
  GetIdentityNotificationAttributesCommand,
  SESClient,
  SetIdentityFeedbackForwardingEnabledCommand,
  SetIdentityHeadersInNotificationsEnabledCommand,
  SetIdentityMailFromDomainCommand,
  SetIdentityNotificationTopicCommand,
} from '@aws-sdk/client-ses';
import {
  GetEmailIdentityCommand,
  PutEmailIdentityConfigurationSetAttributesCommand,
  SESv2Client,
} from '@aws-sdk/client-sesv2';
import { callAws } from './call';
import { Deadline } from '../events/deadline';
import { Log } from '../events/log';
import { Notification, NOTIFICATIONS, Setting, Settings } from '../settings/plan';

/** The calls to SES about the settings of one identity. */
export class IdentitySettings {
  public constructor(
    private readonly client: SESClient,
    private readonly v2: SESv2Client,
    private readonly identity: { readonly domainName: string; readonly region: string },
    private readonly deadline: Deadline,
    private readonly log: Log,
  ) {}

  /**
   * What SES has for the given settings, with as few calls as they take; undefined when SES says that
   * there is no such identity. The configuration set is absent where the v2 API does not tell it.
   *
   * @throws AwsCallFailure
   */
  public async read(settings: readonly Setting[]): Promise<Settings | undefined> {
    const mailFrom = settings.includes('MailFrom') ? await this.readMailFrom() : {};
    const notifications = settings.some((setting) => /Forwarding|Topic|Headers/.test(setting))
      ? await this.readNotifications()
      : {};
    if (notifications === undefined) {
      return undefined;
    }
    const configurationSet = settings.includes('ConfigurationSet') ? await this.readConfigurationSet() : {};
    return { ...mailFrom, ...notifications, ...configurationSet };
  }

  /**
   * Sets one setting.
   *
   * @throws AwsCallFailure
   */
  public async write(setting: Setting, value: string): Promise<void> {
    const Identity = this.identity.domainName;
    const call = <T>(operation: string, send: (options: CallOptions) => Promise<T>) =>
      this.call(operation, ` (${setting}: ${value || 'none'})`, send);
    switch (setting) {
      case 'MailFrom': {
        const [name, behavior] = value.split(' ');
        const input = {
          Identity,
          MailFromDomain: name || undefined,
          BehaviorOnMXFailure: behavior as BehaviorOnMXFailure,
        };
        await call('SetIdentityMailFromDomain', (options) =>
          this.client.send(new SetIdentityMailFromDomainCommand(input), options),
        );
        return;
      }
      case 'ConfigurationSet': {
        const input = { EmailIdentity: Identity, ConfigurationSetName: value || undefined };
        await call('PutEmailIdentityConfigurationSetAttributes', (options) =>
          this.v2.send(new PutEmailIdentityConfigurationSetAttributesCommand(input), options),
        );
        return;
      }
      case 'FeedbackForwarding': {
        const input = { Identity, ForwardingEnabled: value === 'true' };
        await call('SetIdentityFeedbackForwardingEnabled', (options) =>
          this.client.send(new SetIdentityFeedbackForwardingEnabledCommand(input), options),
        );
        return;
      }
      case 'BounceTopic':
      case 'ComplaintTopic':
      case 'DeliveryTopic': {
        const NotificationType = setting.replace('Topic', '') as Notification;
        const input = { Identity, NotificationType, SnsTopic: value || undefined };
        await call('SetIdentityNotificationTopic', (options) =>
          this.client.send(new SetIdentityNotificationTopicCommand(input), options),
        );
        return;
      }
      default: {
        const NotificationType = setting.replace('Headers', '') as Notification;
        const input = { Identity, NotificationType, Enabled: value === 'true' };
        await call('SetIdentityHeadersInNotificationsEnabled', (options) =>
          this.client.send(new SetIdentityHeadersInNotificationsEnabledCommand(input), options),
        );
      }
    }
  }

  private async readMailFrom(): Promise<Settings> {
    const { domainName } = this.identity;
    const { MailFromDomainAttributes } = await this.call('GetIdentityMailFromDomainAttributes', '', (options) =>
      this.client.send(new GetIdentityMailFromDomainAttributesCommand({ Identities: [domainName] }), options),
    );
    // Left out as well for an identity without one.
    const { MailFromDomain = '', BehaviorOnMXFailure = '' } = MailFromDomainAttributes?.[domainName] ?? {};
    return { MailFrom: MailFromDomain && `${MailFromDomain} ${BehaviorOnMXFailure}` };
  }

  private async readNotifications(): Promise<Settings | undefined> {
    const { domainName } = this.identity;
    const { NotificationAttributes } = await this.call('GetIdentityNotificationAttributes', '', (options) =>
      this.client.send(new GetIdentityNotificationAttributesCommand({ Identities: [domainName] }), options),
    );
    // Every identity has an entry, if only because its feedback is forwarded or not.
    const found = NotificationAttributes?.[domainName];
    return (
      found && {
        FeedbackForwarding: String(found.ForwardingEnabled ?? true),
        ...Object.fromEntries(
          NOTIFICATIONS.flatMap((type) => [
            [`${type}Topic`, found[`${type}Topic`] ?? ''],
            [`${type}Headers`, String(found[`HeadersIn${type}NotificationsEnabled`] ?? false)],
          ]),
        ),
      }
    );
  }

  private async readConfigurationSet(): Promise<Settings> {
    // It can be set without this call: its absence must not take all the time there is.
    const limit = this.deadline.atMost(this.deadline.remaining() / 3);
    try {
      const { ConfigurationSetName = '' } = await this.call(
        'GetEmailIdentity',
        '',
        (options) => this.v2.send(new GetEmailIdentityCommand({ EmailIdentity: this.identity.domainName }), options),
        limit,
      );
      return { ConfigurationSet: ConfigurationSetName };
    } catch {
      return {};
    } finally {
      limit.clear();
    }
  }

  private call<T>(
    operation: string,
    detail: string,
    send: (options: CallOptions) => Promise<T>,
    deadline: Deadline = this.deadline,
  ): Promise<T> {
    const { domainName, region } = this.identity;
    const description = { service: 'SES', operation, target: `${domainName} in ${region}${detail}` } as const;
    return callAws(this.log, description, deadline, () => send({ abortSignal: deadline.signal }));
  }
}

interface CallOptions {
  readonly abortSignal: AbortSignal;
}

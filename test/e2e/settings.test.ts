import {
  GetIdentityMailFromDomainAttributesCommand,
  GetIdentityNotificationAttributesCommand,
  SESClient,
} from '@aws-sdk/client-ses';
import { CreateConfigurationSetCommand, GetEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { Aws, type Cdk, cdkFor, describeE2e, E2E, SES_URL } from './support';

jest.setTimeout(240_000);

/** What SES shows. */
interface Shown {
  readonly mailFrom: readonly (string | undefined)[];
  readonly configurationSet: string | undefined;
  readonly forwarding: boolean | undefined;
  /** For bounces, complaints and deliveries, as the headers. */
  readonly topics: readonly (string | undefined)[];
  readonly headers: readonly (boolean | undefined)[];
  readonly policies: readonly unknown[];
}

describeE2e('the settings of an identity, deployed by the CDK CLI', () => {
  const domain = 'settings.example.com';
  const topic = `arn:aws:sns:${E2E?.AWS_REGION}:000000000000:feedback`;
  const all = {
    MailFromDomain: `bounce.${domain}`,
    MailFromBehavior: 'RejectMessage',
    ConfigurationSet: 'e2e',
    FeedbackForwarding: 'false',
    BounceTopic: topic,
    ComplaintTopic: topic,
    NotificationHeaders: 'true',
    SendingPolicy: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'ses:SendEmail',
          Principal: { AWS: '222222222222' },
          Resource: `arn:aws:ses:${E2E?.AWS_REGION}:000000000000:identity/${domain}`,
        },
      ],
    },
  };
  const allSet: Shown = {
    mailFrom: [`bounce.${domain}`, 'RejectMessage'],
    configurationSet: 'e2e',
    forwarding: false,
    topics: [topic, topic, undefined],
    headers: [true, true, false],
    policies: [all.SendingPolicy],
  };
  const nothingSet: Shown = {
    mailFrom: [undefined, 'UseDefaultValue'],
    configurationSet: undefined,
    forwarding: true,
    topics: [undefined, undefined, undefined],
    headers: [false, false, false],
    policies: [],
  };
  let cdk: Cdk;
  let ses: SESClient;
  let v2: SESv2Client;
  let context: Record<string, string>;

  beforeAll(async () => {
    cdk = await cdkFor('settings', 'test/e2e/settings-app.ts');
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    ses = new SESClient({ endpoint: SES_URL, region: E2E!.AWS_REGION, credentials });
    v2 = new SESv2Client({ endpoint: SES_URL, region: E2E!.AWS_REGION, credentials });
    await v2.send(new CreateConfigurationSetCommand({ ConfigurationSetName: 'e2e' }));
    context = { hostedZoneId: await new Aws().createZone(domain), zoneName: domain };
  });

  const contextWith = (settings: object) => ({ ...context, settings: JSON.stringify(settings) });

  async function present(): Promise<Shown> {
    const Identities = [domain];
    const { MailFromDomainAttributes } = await ses.send(new GetIdentityMailFromDomainAttributesCommand({ Identities }));
    const { NotificationAttributes } = await ses.send(new GetIdentityNotificationAttributesCommand({ Identities }));
    const identity = await v2.send(new GetEmailIdentityCommand({ EmailIdentity: domain })).catch(() => undefined);
    const mailFrom = MailFromDomainAttributes![domain];
    const found = NotificationAttributes![domain];
    return {
      mailFrom: [mailFrom.MailFromDomain, mailFrom.BehaviorOnMXFailure],
      configurationSet: identity?.ConfigurationSetName,
      policies: Object.values(identity?.Policies ?? {}).map((policy) => JSON.parse(policy) as unknown),
      forwarding: found.ForwardingEnabled,
      topics: [found.BounceTopic, found.ComplaintTopic, found.DeliveryTopic],
      headers: [
        found.HeadersInBounceNotificationsEnabled,
        found.HeadersInComplaintNotificationsEnabled,
        found.HeadersInDeliveryNotificationsEnabled,
      ],
    };
  }

  test('are set with the domain', async () => {
    await cdk.deploy(contextWith(all));

    expect(await present()).toEqual(allSet);
  });

  test('are as before when an update fails, with a reason that says what to do', async () => {
    const failure = await cdk.failureToDeploy(
      contextWith({ ...all, ConfigurationSet: 'nowhere', DeliveryTopic: topic }),
    );

    expect(failure?.replace(/\s+/g, ' ')).toContain(
      `Settings of ${domain} (SES in us-east-1): SES PutEmailIdentityConfigurationSetAttributes for ${domain} in ` +
        'us-east-1 (ConfigurationSet: nowhere) failed: NotFoundException',
    );
    expect(await present()).toEqual(allSet);
  });

  test('change in place', async () => {
    const { FeedbackForwarding, ...others } = all;
    expect(FeedbackForwarding).toBe('false');
    await cdk.deploy(contextWith({ ...others, ComplaintTopic: undefined }));

    expect(await present()).toEqual({
      ...allSet,
      forwarding: true,
      topics: [topic, undefined, undefined],
      headers: [true, false, false],
    });
  });

  test('go when nothing asks for them any more', async () => {
    await cdk.deploy(context);

    expect(await present()).toEqual(nothingSet);
  });

  test('go with the domain', async () => {
    await cdk.deploy(contextWith(all));

    await cdk.destroy(context);

    expect(await present()).toEqual(nothingSet);
  });
});

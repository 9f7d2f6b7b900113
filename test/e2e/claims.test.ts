/**
 * A domain whose constructs come and go. The emulator gives a domain the same tokens each time: what proves that
 * nothing is made anew is that the handler may change nothing but tags. It may try to make the identity, which SES
 * refuses while there is one.
 */
import { GetIdentityNotificationAttributesCommand, SESClient } from '@aws-sdk/client-ses';
import { GetEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { FaultProxy } from './fault-proxy';
import { Aws, type Cdk, cdkFor, describeE2e, dkimCnames, E2E, SES_URL } from './support';

jest.setTimeout(240_000);

const CHANGES = [
  'DeleteEmailIdentity',
  'VerifyDomainDkim',
  'PutEmailIdentityMailFromAttributes',
  'PutEmailIdentityFeedbackAttributes',
  'SetIdentityNotificationTopic',
  'ChangeResourceRecordSets',
];

describeE2e('a domain that several constructs use one after the other, or together', () => {
  const domain = 'claims.example.com';
  const mailFrom = `bounce.${domain}`;
  const topic = `arn:aws:sns:${E2E?.AWS_REGION}:000000000000:problems`;
  const client = {
    endpoint: SES_URL,
    region: E2E?.AWS_REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const aws = new Aws();
  let cdk: Cdk;
  let proxy: FaultProxy;
  let zone: { hostedZoneId: string; zoneName: string };

  beforeAll(async () => {
    cdk = await cdkFor('claims', 'test/e2e/claims-app.ts');
    proxy = await FaultProxy.start();
    zone = { hostedZoneId: await aws.createZone(domain), zoneName: domain };
  });

  afterAll(() => proxy.stop());

  const context = (places: Record<string, string[]>) => ({ ...zone, places: JSON.stringify(places), proxy: proxy.url });

  async function deploy(places: Record<string, string[]>): Promise<void> {
    await cdk.deploy(context(places));
  }

  /** The stacks and logical ids that claim the identity, one for the domain and one for the settings of each. */
  async function claimants(): Promise<string[]> {
    const { Tags = [] } = await new SESv2Client(client).send(new GetEmailIdentityCommand({ EmailIdentity: domain }));
    const claims = Tags.filter(({ Key }) => Key!.startsWith('cdk-ses-easy-dkim:'));
    return claims.map(({ Value }) => / by=(\w+\/[A-Z][a-z]+)/.exec(` ${Value}`)![1]).sort();
  }

  async function expectAllThere(): Promise<void> {
    expect(proxy.hits).toEqual([]);
    const tokens = await aws.dkimTokens(domain);
    expect(tokens).toHaveLength(3);
    expect(await aws.cnames(zone.hostedZoneId)).toEqual(dkimCnames(domain, tokens));
    expect(await aws.furtherRecords(zone.hostedZoneId)).toEqual([
      `_dmarc.${domain} 1800 TXT "v=DMARC1; p=none"`,
      `${mailFrom} 1800 MX 10 feedback-smtp.${E2E?.AWS_REGION}.amazonses.com`,
      `${mailFrom} 1800 TXT "v=spf1 include:amazonses.com ~all"`,
    ]);
    const identity = await new SESv2Client(client).send(new GetEmailIdentityCommand({ EmailIdentity: domain }));
    expect(identity.MailFromAttributes?.MailFromDomain).toBe(mailFrom);
    expect(identity.FeedbackForwardingStatus).toBe(false);
    const request = new GetIdentityNotificationAttributesCommand({ Identities: [domain] });
    const { NotificationAttributes } = await new SESClient(client).send(request);
    expect(NotificationAttributes![domain]).toMatchObject({ BounceTopic: topic, ComplaintTopic: topic });
  }

  test('stays when a construct is renamed', async () => {
    await deploy({ First: ['Mail'] });
    CHANGES.forEach((operation) => proxy.denied.add(operation));
    await expectAllThere();
    expect(await claimants()).toEqual(['First/Mail', 'First/Mail']);

    await deploy({ First: ['Post'] });

    await expectAllThere();
    expect(await claimants()).toEqual(['First/Post', 'First/Post']);
  });

  test('stays when a construct moves to another stack in one deployment', async () => {
    await deploy({ Second: ['Post'], First: [] });

    await expectAllThere();
    expect(await claimants()).toEqual(['Second/Post', 'Second/Post']);
  });

  test('stays when a construct moves to another stack in two deployments', async () => {
    await deploy({ Second: ['Post'], First: ['Mail'] });
    await deploy({ Second: [], First: ['Mail'] });

    await expectAllThere();
    expect(await claimants()).toEqual(['First/Mail', 'First/Mail']);
  });

  test('stays as it is when another stack for it fails and is rolled back', async () => {
    const failure = await cdk.failureToDeploy({ ...context({ First: ['Mail'], Third: ['Mail'] }), failing: 'Third' });

    expect(failure).toContain('domainName is missing');
    await expectAllThere();
    expect(await claimants()).toEqual(['First/Mail', 'First/Mail']);
  });

  test('goes with the last stack, and nothing of it is left', async () => {
    proxy.denied.clear();
    await cdk.destroy(context({ First: [], Second: [], Third: [] }));

    expect(await aws.identities()).not.toContain(domain);
    expect(await aws.cnames(zone.hostedZoneId)).toEqual([]);
    expect(await aws.furtherRecords(zone.hostedZoneId)).toEqual([]);
  });
});

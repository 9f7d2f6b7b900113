import { CloudFormationClient, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  type Change,
} from '@aws-sdk/client-route-53';
import {
  DeleteIdentityCommand,
  GetIdentityDkimAttributesCommand,
  GetIdentityMailFromDomainAttributesCommand,
  GetIdentityNotificationAttributesCommand,
  GetIdentityVerificationAttributesCommand,
  SESClient,
  SetIdentityFeedbackForwardingEnabledCommand,
  SetIdentityHeadersInNotificationsEnabledCommand,
  SetIdentityMailFromDomainCommand,
  SetIdentityNotificationTopicCommand,
  VerifyDomainDkimCommand,
} from '@aws-sdk/client-ses';
import {
  CreateEmailIdentityCommand,
  DeleteEmailIdentityCommand,
  GetEmailIdentityCommand,
  ListTagsForResourceCommand,
  CreateEmailIdentityPolicyCommand,
  DeleteEmailIdentityPolicyCommand,
  PutEmailIdentityConfigurationSetAttributesCommand,
  UpdateEmailIdentityPolicyCommand,
  PutEmailIdentityDkimSigningAttributesCommand,
  PutEmailIdentityFeedbackAttributesCommand,
  PutEmailIdentityMailFromAttributesCommand,
  SESv2Client,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sesv2';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { FakeAws, type FakeAwsOptions, type FaultKind } from './fake-aws';

const ZONE = 'Z1';
const MASTER = { accessKeyId: 'test', secretAccessKey: 'test' };

let fake: FakeAws;
let now: number;
let destroyables: { destroy(): void }[];

beforeEach(async () => {
  now = 1_000_000;
  destroyables = [];
  await restart();
});

afterEach(async () => {
  for (const client of destroyables) client.destroy();
  await fake.stop();
});

async function restart(options: FakeAwsOptions = {}): Promise<void> {
  await (fake as FakeAws | undefined)?.stop();
  fake = await FakeAws.start({ clock: { now: () => now }, ...options });
  fake.addZone({ id: ZONE, name: 'example.com' });
}

const config = (region = 'us-east-1') => ({
  endpoint: fake.url,
  region,
  credentials: MASTER,
  maxAttempts: 1,
});

function opened<Client extends { destroy(): void }>(client: Client): Client {
  destroyables.push(client);
  return client;
}

const ses = (region?: string) => opened(new SESClient(config(region)));
const sesv2 = (region?: string) => opened(new SESv2Client(config(region)));
const route53 = () => opened(new Route53Client(config()));
const cloudFormation = () => opened(new CloudFormationClient(config()));

const verify = async (domain = 'example.com', region?: string) =>
  (await ses(region).send(new VerifyDomainDkimCommand({ Domain: domain }))).DkimTokens ?? [];

const getEmailIdentity = (domain = 'example.com', region?: string) =>
  sesv2(region).send(new GetEmailIdentityCommand({ EmailIdentity: domain }));

const change = (...Changes: Change[]) =>
  route53().send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: ZONE,
      ChangeBatch: { Changes },
    }),
  );

const cname = (
  Action: Change['Action'],
  Name: string,
  { ttl = 1800, value = 'target.example.net', setIdentifier = '' } = {},
): Change => ({
  Action,
  ResourceRecordSet: {
    Name,
    Type: 'CNAME',
    TTL: ttl,
    ResourceRecords: [{ Value: value }],
    ...(setIdentifier && { SetIdentifier: setIdentifier, Weight: 1 }),
  },
});

const names = () => fake.records(ZONE).map((record) => record.name);

describe('SES v1', () => {
  it('makes an identity, with the same tokens while it exists and others afterwards', async () => {
    const tokens = await verify();

    expect(tokens).toHaveLength(3);
    for (const token of tokens) expect(token).toMatch(/^[a-z0-9]{32}$/);
    expect(await verify()).toEqual(tokens);
    expect(await verify('example.com', 'eu-west-1')).not.toEqual(tokens);

    await ses().send(new DeleteIdentityCommand({ Identity: 'example.com' }));
    expect(fake.identityNames('us-east-1')).toEqual([]);
    expect(await verify()).not.toEqual(tokens);
  });

  it('gives the former tokens when told to revive', async () => {
    fake.reviveTokens = true;
    const tokens = await verify();
    fake.removeIdentity('us-east-1', 'example.com');

    expect(await verify()).toEqual(tokens);
  });

  it('makes the same tokens from the same seed', async () => {
    const tokens = await verify();
    await restart();
    expect(await verify()).toEqual(tokens);
    await restart({ seed: 'other' });
    expect(await verify()).not.toEqual(tokens);
  });

  it('refuses a trailing dot', async () => {
    await expect(verify('example.com.')).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('deletes an unknown identity with success', async () => {
    await ses().send(new DeleteIdentityCommand({ Identity: 'unknown.example' }));

    expect(fake.calls[0]).toMatchObject({
      operation: 'DeleteIdentity',
      outcome: 'ok',
    });
  });

  it('leaves unknown identities out of the verification attributes', async () => {
    fake.addIdentity('us-east-1', 'example.com');
    const { VerificationAttributes } = await ses().send(
      new GetIdentityVerificationAttributesCommand({
        Identities: ['example.com', 'unknown.example'],
      }),
    );

    expect(VerificationAttributes).toEqual({
      'example.com': { VerificationStatus: 'Success' },
    });
  });

  it('answers an entry without tokens for unknown identities in the DKIM attributes', async () => {
    const tokens = await verify();
    const { DkimAttributes } = await ses().send(
      new GetIdentityDkimAttributesCommand({
        Identities: ['example.com', 'unknown.example'],
      }),
    );

    expect(DkimAttributes).toEqual({
      'example.com': {
        DkimEnabled: true,
        DkimVerificationStatus: 'Pending',
        DkimTokens: tokens,
      },
      'unknown.example': {
        DkimEnabled: false,
        DkimVerificationStatus: 'NotStarted',
        DkimTokens: [],
      },
    });
  });

  it('verifies an identity some time after its three records are right', async () => {
    fake.verifyAfterMs = 60_000;
    const tokens = await verify();
    const put = (token: string, host = 'dkim.amazonses.com') => {
      const name = `${token}._domainkey.example.com`;
      fake.putRecord(ZONE, {
        name,
        type: 'CNAME',
        ttl: 1800,
        values: [`${token}.${host}.`],
      });
    };
    const status = () => fake.identity('us-east-1', 'example.com')?.dkimStatus;

    for (const token of tokens) put(token, 'dkim.elsewhere.amazonses.com');
    now += 60_000;
    expect(status()).toBe('Pending');

    for (const token of tokens) put(token);
    now += 59_999;
    expect(status()).toBe('Pending');
    now += 1;
    expect(status()).toBe('Success');
  });
});

describe('SES v2', () => {
  it('describes the identity that v1 made', async () => {
    fake.signingHostedZoneFor = (region) => `dkim.${region}.amazonses.com`;
    const tokens = await verify('example.com', 'eu-south-1');

    expect(await getEmailIdentity('example.com', 'eu-south-1')).toMatchObject({
      IdentityType: 'DOMAIN',
      VerifiedForSendingStatus: false,
      DkimAttributes: {
        SigningEnabled: true,
        Status: 'PENDING',
        Tokens: tokens,
        SigningAttributesOrigin: 'AWS_SES',
        SigningHostedZone: 'dkim.eu-south-1.amazonses.com',
      },
    });
  });

  it('describes a BYODKIM identity', async () => {
    fake.addIdentity('us-east-1', 'example.com', {
      origin: 'EXTERNAL',
      tokens: ['mine'],
    });
    fake.setDkimStatus('us-east-1', 'example.com', 'TemporaryFailure');

    expect(await getEmailIdentity()).toMatchObject({
      VerifiedForSendingStatus: true,
      DkimAttributes: {
        Status: 'TEMPORARY_FAILURE',
        Tokens: ['mine'],
        SigningAttributesOrigin: 'EXTERNAL',
      },
    });
  });

  it('can leave out the signing hosted zone', async () => {
    fake.signingHostedZoneFor = () => undefined;
    await verify();

    expect((await getEmailIdentity()).DkimAttributes).not.toHaveProperty('SigningHostedZone');
  });

  it.each([
    ['on', 'unknown.example', 'NotFoundException'],
    ['denied', 'example.com', 'AccessDeniedException'],
    ['down', 'example.com', 'TimeoutError'],
  ] as const)('when %s, %s is a %s', async (mode, domain, name) => {
    await verify();
    fake.sesv2 = mode;

    await expect(getEmailIdentity(domain)).rejects.toMatchObject({ name });
  });
});

describe('the identities of SES v2', () => {
  const arn = 'arn:aws:ses:us-east-1:111111111111:identity/example.com';
  const tags = (...given: [string, string][]) => given.map(([Key, Value]) => ({ Key, Value }));
  const create = (...given: [string, string][]) =>
    sesv2().send(new CreateEmailIdentityCommand({ EmailIdentity: 'example.com', Tags: tags(...given) }));
  const tag = (...given: [string, string][]) =>
    sesv2().send(new TagResourceCommand({ ResourceArn: arn, Tags: tags(...given) }));

  it('are made with their tags, and have the tokens that SES v1 gives', async () => {
    const { DkimAttributes } = await create(['team', 'post']);

    expect((await getEmailIdentity()).Tags).toEqual(tags(['team', 'post']));
    expect(await verify()).toEqual(DkimAttributes?.Tokens);
  });

  it('are not made twice, whoever made them first', async () => {
    await verify();

    await expect(create()).rejects.toMatchObject({ name: 'AlreadyExistsException' });
  });

  it('are gone with their tags once they are deleted', async () => {
    await create(['team', 'post']);
    const remove = () => sesv2().send(new DeleteEmailIdentityCommand({ EmailIdentity: 'example.com' }));
    await remove();

    await expect(remove()).rejects.toMatchObject({ name: 'NotFoundException' });
    await create();
    expect((await getEmailIdentity()).Tags).toEqual([]);
  });

  it('can be tagged, replacing tags of the same key, and untagged', async () => {
    await create(['team', 'post'], ['stage', 'beta']);
    await tag(['stage', 'prod'], ['more', '1']);
    await sesv2().send(new UntagResourceCommand({ ResourceArn: arn, TagKeys: ['team', 'unknown'] }));

    const { Tags } = await sesv2().send(new ListTagsForResourceCommand({ ResourceArn: arn }));
    expect(Tags).toEqual(tags(['stage', 'prod'], ['more', '1']));
  });

  it('have 50 tags at most', async () => {
    await create(...Array.from({ length: 49 }, (_, n): [string, string] => [`key${n}`, '']));
    await tag(['key49', '']);

    await expect(tag(['key50', ''])).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringContaining('Maximum of 50 user tags') as string,
    });
  });

  it.each([
    ['key', 'a;b'],
    ['key', 'x'.repeat(257)],
    ['x'.repeat(129), 'value'],
    ['', 'value'],
    ['aws:key', 'value'],
  ])('have no tag %s=%s', async (key, value) => {
    await create();

    await expect(tag([key, value])).rejects.toMatchObject({ name: 'BadRequestException' });
  });

  it.each([arn.replace('us-east-1', 'eu-west-1'), arn.replace('111111111111', '222222222222'), `${arn}.org`])(
    'are found by their own ARN only: %s',
    async (ResourceArn) => {
      await create();

      await expect(sesv2().send(new ListTagsForResourceCommand({ ResourceArn }))).rejects.toThrow();
    },
  );

  it('have policies, each under its own name', async () => {
    await create();
    const named = { EmailIdentity: 'example.com', PolicyName: 'ours' };
    const Policy = JSON.stringify({ Statement: [{ Principal: '*', Resource: arn }] });
    const other = JSON.stringify({ Statement: [{ Effect: 'Deny', Principal: '*', Resource: arn }] });

    await sesv2().send(new CreateEmailIdentityPolicyCommand({ ...named, Policy }));
    await expect(sesv2().send(new CreateEmailIdentityPolicyCommand({ ...named, Policy }))).rejects.toMatchObject({
      name: 'AlreadyExistsException',
    });
    await sesv2().send(new UpdateEmailIdentityPolicyCommand({ ...named, Policy: other }));
    expect((await getEmailIdentity()).Policies).toEqual({ ours: other });

    await sesv2().send(new DeleteEmailIdentityPolicyCommand(named));
    expect((await getEmailIdentity()).Policies).toEqual({});
    const absent = { name: 'NotFoundException' };
    await expect(sesv2().send(new UpdateEmailIdentityPolicyCommand({ ...named, Policy }))).rejects.toMatchObject(
      absent,
    );
    await expect(sesv2().send(new DeleteEmailIdentityPolicyCommand(named))).rejects.toMatchObject(absent);
  });

  it.each([
    ['for another resource', { Statement: [{ Principal: '*', Resource: '*' }] }],
    ['without a principal', { Statement: [{ Resource: arn }] }],
    ['of more than 4 KB', { Statement: [{ Sid: 'x'.repeat(4_096), Principal: '*', Resource: arn }] }],
  ])('take no policy %s', async (_, policy) => {
    await create();
    const Policy = JSON.stringify(policy);
    const input = { EmailIdentity: 'example.com', PolicyName: 'ours', Policy };

    await expect(sesv2().send(new CreateEmailIdentityPolicyCommand(input))).rejects.toMatchObject({
      name: 'BadRequestException',
    });
  });

  it('get keys of another length, with other tokens, once in 24 hours', async () => {
    await create();
    fake.setDkimStatus('us-east-1', 'example.com', 'Success');
    const { tokens } = { ...fake.identity('us-east-1', 'example.com')! };
    const change = (NextSigningKeyLength: 'RSA_1024_BIT' | 'RSA_2048_BIT') =>
      sesv2().send(
        new PutEmailIdentityDkimSigningAttributesCommand({
          EmailIdentity: 'example.com',
          SigningAttributesOrigin: 'AWS_SES',
          SigningAttributes: { NextSigningKeyLength },
        }),
      );
    const refused = { name: 'BadRequestException' };
    await expect(change('RSA_2048_BIT')).rejects.toMatchObject(refused);

    const { DkimTokens, DkimStatus } = await change('RSA_1024_BIT');

    expect(DkimStatus).toBe('PENDING');
    expect(DkimTokens).toHaveLength(3);
    expect(tokens).not.toEqual(expect.arrayContaining([DkimTokens![0]]));
    expect((await getEmailIdentity()).DkimAttributes).toMatchObject({
      Tokens: DkimTokens,
      CurrentSigningKeyLength: 'RSA_1024_BIT',
    });
    await expect(change('RSA_2048_BIT')).rejects.toMatchObject(refused);
    now += 24 * 3_600_000;
    await change('RSA_2048_BIT');
  });

  it('take a MAIL FROM domain and forwarding as v1 shows them', async () => {
    await create();
    const EmailIdentity = 'example.com';
    const mailFrom = { MailFromDomain: 'bounce.example.com', BehaviorOnMxFailure: 'REJECT_MESSAGE' } as const;
    await sesv2().send(new PutEmailIdentityMailFromAttributesCommand({ EmailIdentity, ...mailFrom }));

    expect((await getEmailIdentity()).MailFromAttributes).toMatchObject(mailFrom);
    expect(fake.identity('us-east-1', 'example.com')?.mailFrom?.behavior).toBe('RejectMessage');
    await expect(
      sesv2().send(new PutEmailIdentityFeedbackAttributesCommand({ EmailIdentity, EmailForwardingEnabled: false })),
    ).rejects.toMatchObject({ name: 'BadRequestException' });
  });
});

describe('the settings of an identity', () => {
  const Identity = 'example.com';
  const TOPIC = 'arn:aws:sns:us-east-1:111111111111:feedback';

  const setMailFrom = (MailFromDomain?: string, identity = Identity) =>
    ses().send(
      new SetIdentityMailFromDomainCommand({
        Identity: identity,
        MailFromDomain,
        BehaviorOnMXFailure: 'RejectMessage',
      }),
    );
  const setTopic = (NotificationType: 'Bounce' | 'Complaint', SnsTopic?: string, identity = Identity) =>
    ses().send(new SetIdentityNotificationTopicCommand({ Identity: identity, NotificationType, SnsTopic }));
  const setForwarding = (ForwardingEnabled: boolean) =>
    ses().send(new SetIdentityFeedbackForwardingEnabledCommand({ Identity, ForwardingEnabled }));
  const setHeaders = (Enabled: boolean) =>
    ses().send(new SetIdentityHeadersInNotificationsEnabledCommand({ Identity, NotificationType: 'Bounce', Enabled }));
  const setConfigurationSet = (ConfigurationSetName?: string, EmailIdentity = Identity) =>
    sesv2().send(new PutEmailIdentityConfigurationSetAttributesCommand({ EmailIdentity, ConfigurationSetName }));
  const mailFrom = async () =>
    (await ses().send(new GetIdentityMailFromDomainAttributesCommand({ Identities: [Identity] })))
      .MailFromDomainAttributes;
  const notifications = async () =>
    (await ses().send(new GetIdentityNotificationAttributesCommand({ Identities: [Identity, 'other.com'] })))
      .NotificationAttributes;

  beforeEach(() => void fake.addIdentity('us-east-1', Identity));

  it('has a MAIL FROM domain below its own, or none', async () => {
    expect(await mailFrom()).toEqual({});
    await setMailFrom('mail.example.com');

    expect(await mailFrom()).toEqual({
      [Identity]: {
        MailFromDomain: 'mail.example.com',
        MailFromDomainStatus: 'Pending',
        BehaviorOnMXFailure: 'RejectMessage',
      },
    });
    expect((await getEmailIdentity()).MailFromAttributes).toEqual({
      MailFromDomain: 'mail.example.com',
      MailFromDomainStatus: 'PENDING',
      BehaviorOnMxFailure: 'REJECT_MESSAGE',
    });
    await expect(setMailFrom('mail.example.org')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await setMailFrom();
    expect(await mailFrom()).toEqual({});
  });

  it('has topics in its own Region, and headers only with a topic', async () => {
    await expect(setHeaders(true)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await expect(setTopic('Bounce', TOPIC.replace('us-east-1', 'eu-west-1'))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await setTopic('Bounce', TOPIC);
    await setHeaders(true);

    expect(await notifications()).toEqual({
      [Identity]: {
        BounceTopic: TOPIC,
        ForwardingEnabled: true,
        HeadersInBounceNotificationsEnabled: true,
        HeadersInComplaintNotificationsEnabled: false,
        HeadersInDeliveryNotificationsEnabled: false,
      },
    });
  });

  it('does without forwarding only while bounces and complaints have a topic', async () => {
    await setTopic('Bounce', TOPIC);
    await expect(setForwarding(false)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await setTopic('Complaint', TOPIC);
    await setForwarding(false);

    expect((await getEmailIdentity()).FeedbackForwardingStatus).toBe(false);
    await expect(setTopic('Bounce')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await setForwarding(true);
    await setTopic('Bounce');
  });

  it('has a configuration set that exists, or none', async () => {
    await expect(setConfigurationSet('main')).rejects.toMatchObject({ name: 'NotFoundException' });
    fake.addConfigurationSet('us-east-1', 'main');
    await setConfigurationSet('main');

    expect((await getEmailIdentity()).ConfigurationSetName).toBe('main');
    await setConfigurationSet();
    expect((await getEmailIdentity()).ConfigurationSetName).toBeUndefined();
  });

  it('are refused for an unknown identity', async () => {
    const invalid = { name: 'InvalidParameterValue' };
    await expect(setMailFrom('mail.other.com', 'other.com')).rejects.toMatchObject(invalid);
    await expect(setTopic('Bounce', TOPIC, 'other.com')).rejects.toMatchObject(invalid);
    await expect(setConfigurationSet(undefined, 'other.com')).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});

describe('Route 53', () => {
  it('writes a batch and says when it is in sync', async () => {
    fake.insyncAfterMs = 30_000;
    const { ChangeInfo } = await change(cname('CREATE', 'A.example.com'));
    const status = async () => (await route53().send(new GetChangeCommand({ Id: ChangeInfo?.Id }))).ChangeInfo?.Status;

    expect(ChangeInfo?.Status).toBe('PENDING');
    expect(fake.records(ZONE)).toEqual([
      {
        name: 'a.example.com',
        type: 'CNAME',
        ttl: 1800,
        values: ['target.example.net'],
      },
    ]);
    expect(await status()).toBe('PENDING');
    now += 30_000;
    expect(await status()).toBe('INSYNC');
    await expect(route53().send(new GetChangeCommand({ Id: 'C9' }))).rejects.toMatchObject({
      name: 'NoSuchChange',
    });
  });

  it('logs the changes as sent', async () => {
    await change(
      cname('UPSERT', 'a.example.com', {
        value: 'x & y',
        setIdentifier: 'one',
      }),
    );

    expect(fake.calls[0]).toMatchObject({
      service: 'route53',
      operation: 'ChangeResourceRecordSets',
      account: '111111111111',
      region: 'us-east-1',
      at: now,
      outcome: 'ok',
      params: {
        hostedZoneId: ZONE,
        changes: [
          {
            action: 'UPSERT',
            name: 'a.example.com',
            type: 'CNAME',
            ttl: 1800,
            values: ['x & y'],
            setIdentifier: 'one',
          },
        ],
      },
    });
  });

  it.each<[string, Change[], string]>([
    [
      'creating what exists',
      [cname('CREATE', 'old.example.com')],
      "Tried to create resource record set [name='old.example.com.', type='CNAME'] but it already exists",
    ],
    [
      'deleting what does not',
      [cname('DELETE', 'new.example.com')],
      "Tried to delete resource record set [name='new.example.com.', type='CNAME'] but it was not found",
    ],
    [
      'deleting with another TTL',
      [cname('DELETE', 'old.example.com', { ttl: 300 })],
      "Tried to delete resource record set [name='old.example.com.', type='CNAME'] but the values provided do not match the current values",
    ],
    [
      'deleting with another value',
      [cname('DELETE', 'old.example.com', { value: 'target.example.net.' })],
      "Tried to delete resource record set [name='old.example.com.', type='CNAME'] but the values provided do not match the current values",
    ],
    [
      'a CNAME beside another type',
      [cname('UPSERT', 'text.example.com')],
      'RRSet of type CNAME with DNS name text.example.com. is not permitted as it conflicts with other records with the same DNS name in zone example.com.',
    ],
    [
      'a record beside weighted ones',
      [cname('UPSERT', 'weighted.example.com')],
      'RRSet with DNS name weighted.example.com., type CNAME cannot be created as other RRSets exist with the same name and type.',
    ],
    [
      'the same record twice',
      [cname('UPSERT', 'new.example.com'), cname('UPSERT', 'NEW.example.com.')],
      "The request contains an invalid set of changes for a resource record set 'CNAME new.example.com.'",
    ],
    [
      'a name outside of the zone',
      [cname('CREATE', 'x.notexample.com')],
      'RRSet with DNS name x.notexample.com. is not permitted in zone example.com.',
    ],
  ])('refuses %s, with the whole batch', async (_, changes, message) => {
    fake.putRecord(ZONE, {
      name: 'old.example.com',
      type: 'CNAME',
      ttl: 1800,
      values: ['target.example.net'],
    });
    fake.putRecord(ZONE, {
      name: 'text.example.com',
      type: 'TXT',
      ttl: 60,
      values: ['"text"'],
    });
    fake.putRecord(ZONE, {
      name: 'weighted.example.com',
      type: 'CNAME',
      ttl: 60,
      values: ['a.example.net'],
      setIdentifier: 'one',
      weight: 1,
    });
    const before = fake.records(ZONE);

    await expect(change(cname('CREATE', 'good.example.com'), ...changes)).rejects.toMatchObject({
      name: 'InvalidChangeBatch',
      message: `[${message}]`,
      $metadata: { httpStatusCode: 400 },
    });
    expect(fake.records(ZONE)).toEqual(before);
    expect(fake.calls[0]?.outcome).toBe('InvalidChangeBatch');
  });

  it('reports every error of a batch', async () => {
    await expect(change(cname('DELETE', 'a.example.com'), cname('DELETE', 'b.example.com'))).rejects.toThrow(
      /a\.example.* not found, .*b\.example.* not found\]$/,
    );
  });

  it('replaces a record by DELETE and CREATE in one batch', async () => {
    await change(cname('CREATE', 'a.example.com'));
    await change(cname('DELETE', 'a.example.com'), cname('CREATE', 'a.example.com', { value: 'other.example.net' }));

    expect(fake.records(ZONE)).toMatchObject([{ values: ['other.example.net'] }]);
  });

  it('refuses more than 1000 records, an UPSERT counting twice', async () => {
    const upserts = (count: number) =>
      Array.from({ length: count }, (_, i) => cname('UPSERT', `n${String(i)}.example.com`));

    await expect(change(...upserts(501))).rejects.toMatchObject({
      name: 'InvalidChangeBatch',
    });
    await change(...upserts(500));
    expect(names()).toHaveLength(500);
  });

  it('lists from a name and type on, in the order of reversed labels, page by page', async () => {
    for (const name of ['b.example.com', '*.example.com', 'example.com', 'a-b.example.com']) {
      fake.putRecord(ZONE, { name, type: 'TXT', ttl: 60, values: ['"x"'] });
    }
    for (const setIdentifier of ['two', 'one']) {
      const record = {
        name: 'a.b.example.com',
        type: 'A',
        ttl: 60,
        weight: 1,
        setIdentifier,
      };
      fake.putRecord(ZONE, { ...record, values: ['192.0.2.1'] });
    }
    const list = (start: object) => route53().send(new ListResourceRecordSetsCommand({ HostedZoneId: ZONE, ...start }));

    const all = await list({});
    expect(all.IsTruncated).toBe(false);
    expect(all.ResourceRecordSets?.map(({ Name, SetIdentifier }) => [Name, SetIdentifier])).toEqual([
      ['example.com.', undefined],
      ['\\052.example.com.', undefined],
      ['a-b.example.com.', undefined],
      ['b.example.com.', undefined],
      ['a.b.example.com.', 'one'],
      ['a.b.example.com.', 'two'],
    ]);

    const first = await list({
      StartRecordName: 'B.EXAMPLE.COM',
      StartRecordType: 'CNAME',
      MaxItems: 2,
    });
    expect(first).toMatchObject({
      ResourceRecordSets: [
        {
          Name: 'b.example.com.',
          Type: 'TXT',
          TTL: 60,
          ResourceRecords: [{ Value: '"x"' }],
        },
        { Name: 'a.b.example.com.', SetIdentifier: 'one', Weight: 1 },
      ],
      IsTruncated: true,
      NextRecordName: 'a.b.example.com.',
      NextRecordType: 'A',
      NextRecordIdentifier: 'two',
    });
    const second = await list({
      StartRecordName: first.NextRecordName,
      StartRecordType: first.NextRecordType,
      StartRecordIdentifier: first.NextRecordIdentifier,
    });
    expect(second).toMatchObject({
      ResourceRecordSets: [{ SetIdentifier: 'two' }],
      IsTruncated: false,
    });
    await expect(list({ StartRecordType: 'TXT' })).rejects.toMatchObject({
      name: 'InvalidInput',
    });
  });

  it('pages 300 records at a time', async () => {
    for (let i = 0; i < 301; i += 1) {
      fake.putRecord(ZONE, {
        name: `n${String(i)}.example.com`,
        type: 'A',
        ttl: 60,
        values: ['192.0.2.1'],
      });
    }
    const page = await route53().send(new ListResourceRecordSetsCommand({ HostedZoneId: ZONE, MaxItems: 1000 }));

    expect(page.ResourceRecordSets).toHaveLength(300);
    expect(page.IsTruncated).toBe(true);
  });

  it('describes a zone to its own account only', async () => {
    fake.addZone({ id: 'Z2', name: 'other.example', account: '222222222222' });
    const get = (Id: string) => route53().send(new GetHostedZoneCommand({ Id }));

    expect((await get('/hostedzone/Z1')).HostedZone).toMatchObject({
      Id: '/hostedzone/Z1',
      Name: 'example.com.',
      Config: { PrivateZone: false },
    });
    await expect(get('Z2')).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('route53:GetHostedZone on resource: arn:aws:route53:::hostedzone/Z2') as string,
    });
    fake.removeZone(ZONE);
    await expect(get(ZONE)).rejects.toMatchObject({
      name: 'NoSuchHostedZone',
      $metadata: { httpStatusCode: 404 },
    });
  });
});

describe('STS', () => {
  const arn = 'arn:aws:iam::222222222222:role/dns/Delegation';

  const asRole = (ExternalId?: string) =>
    opened(
      new Route53Client({
        ...config(),
        credentials: fromTemporaryCredentials({
          masterCredentials: MASTER,
          params: { RoleArn: arn, RoleSessionName: 'test', ExternalId },
          clientConfig: { endpoint: fake.url, region: 'us-west-2' },
        }),
      }),
    );

  const getOtherZone = (client: Route53Client) => client.send(new GetHostedZoneCommand({ Id: 'Z2' }));

  beforeEach(() => {
    fake.addZone({ id: 'Z2', name: 'other.example', account: '222222222222' });
  });

  it('lets a trusted account act in the account of the role', async () => {
    fake.addRole({
      arn,
      trustedBy: (account) => account === fake.account,
      externalId: 'secret',
    });
    await getOtherZone(asRole('secret'));

    expect(fake.calls).toMatchObject([
      {
        operation: 'AssumeRole',
        account: fake.account,
        region: 'us-west-2',
        outcome: 'ok',
      },
      {
        operation: 'GetHostedZone',
        account: '222222222222',
        roleArn: arn,
        outcome: 'ok',
      },
    ]);
  });

  it.each([
    ['an unknown role', () => undefined],
    [
      'an untrusted account',
      () => {
        fake.addRole({ arn, trustedBy: () => false });
      },
    ],
    [
      'a wrong external id',
      () => {
        fake.addRole({ arn, externalId: 'secret' });
      },
    ],
  ])('denies %s', async (_, arrange) => {
    arrange();

    await expect(getOtherZone(asRole())).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(`sts:AssumeRole on resource: ${arn}`) as string,
    });
  });

  it('refuses an unknown key', async () => {
    fake.callers.clear();
    await expect(verify()).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
  });
});

describe('CloudFormation', () => {
  const describeResource = (StackName: string, LogicalResourceId: string) =>
    cloudFormation().send(new DescribeStackResourceCommand({ StackName, LogicalResourceId }));

  it('describes a stack resource', async () => {
    const stack = 'arn:aws:cloudformation:us-east-1:111111111111:stack/Name/uuid';
    fake.stackResources.set(`${stack}|Mail`, {
      physicalId: 'id',
      status: 'CREATE_COMPLETE',
    });

    expect((await describeResource(stack, 'Mail')).StackResourceDetail).toMatchObject({
      StackName: 'Name',
      PhysicalResourceId: 'id',
      ResourceStatus: 'CREATE_COMPLETE',
    });
    await expect(describeResource(stack, 'Other')).rejects.toMatchObject({
      name: 'ValidationError',
      message: `Resource Other does not exist for stack ${stack}`,
    });
    await expect(describeResource('Gone', 'Mail')).rejects.toThrow("Stack 'Gone' does not exist");
  });
});

describe('the response URL', () => {
  const put = (requestId: string, body: string, headers: Record<string, string> = {}) =>
    fetch(fake.responseUrl(requestId), {
      method: 'PUT',
      body: Buffer.from(body),
      headers: { 'content-type': '', ...headers },
    });

  it('records an answer', async () => {
    expect((await put('r 1', '{"Status":"SUCCESS"}')).status).toBe(200);
    expect(fake.responses).toMatchObject([{ requestId: 'r 1', body: { Status: 'SUCCESS' }, at: now }]);
    expect(fake.operations()).toEqual(['Respond']);
  });

  it.each([
    ['over 4096 bytes', JSON.stringify('é'.repeat(2048)), {}, 400],
    ['that is not JSON', 'SUCCESS', {}, 400],
    ['with a content type', '{}', { 'content-type': 'application/json' }, 403],
  ])('refuses an answer %s', async (_, body, headers, status) => {
    expect((await put('r1', body, headers)).status).toBe(status);
    expect(fake.responses).toEqual([]);
    expect(fake.rejectedResponses).toMatchObject([{ requestId: 'r1', body }]);
  });

  it('can fail', async () => {
    fake.addFault({ operation: 'Respond', kind: 'error503' });
    expect((await put('r1', '{}')).status).toBe(503);
    expect((await put('r1', '{}')).status).toBe(200);
  });
});

describe('faults', () => {
  const list = () => route53().send(new ListResourceRecordSetsCommand({ HostedZoneId: ZONE }));

  it.each<[FaultKind, string, number, string]>([
    ['throttle', 'Throttling', 400, 'Throttling'],
    ['error500', 'InternalFailure', 500, 'InternalFailure'],
    ['error503', 'ServiceUnavailable', 503, 'ServiceUnavailable'],
    ['deny', 'AccessDenied', 403, 'AccessDenied'],
    ['PriorRequestNotComplete', 'PriorRequestNotComplete', 400, 'PriorRequestNotComplete'],
  ])('%s, in XML', async (kind, code, status) => {
    const fault = fake.addFault({ kind, times: Infinity });
    const error = { name: code, $metadata: { httpStatusCode: status } };

    await expect(list()).rejects.toMatchObject(error);
    await expect(verify()).rejects.toMatchObject(error);
    expect(fault.hits).toBe(2);
    expect(fake.calls.map((call) => call.outcome)).toEqual([kind, kind]);
    expect(fake.identityNames('us-east-1')).toEqual([]);
    fault.remove();
    await list();
  });

  it.each<[FaultKind, string]>([
    ['throttle', 'TooManyRequestsException'],
    ['deny', 'AccessDeniedException'],
    ['error500', 'InternalFailure'],
  ])('%s, in JSON', async (kind, name) => {
    fake.addFault({ kind, operation: 'GetEmailIdentity' });
    await expect(getEmailIdentity()).rejects.toMatchObject({ name });
  });

  it('denies in the words of AWS', async () => {
    fake.addFault({ kind: 'deny' });
    await expect(list()).rejects.toThrow(
      'User: arn:aws:sts::111111111111:assumed-role/handler is not authorized to perform: route53:ListResourceRecordSets on resource: arn:aws:route53:::hostedzone/Z1',
    );
  });

  it.each<[FaultKind, string[]]>([
    ['dropBefore', []],
    ['dropAfter', ['example.com']],
  ])('%s breaks the connection', async (kind, identities) => {
    fake.addFault({ kind });

    await expect(verify()).rejects.toThrow('socket hang up');
    expect(fake.identityNames('us-east-1')).toEqual(identities);
    expect(fake.calls[0]?.outcome).toBe(kind);
  });

  it('hangs until the fake stops', async () => {
    fake.addFault({ kind: 'hang' });
    const answer = verify().catch((error: unknown) => error);
    while (fake.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await restart();

    expect(String(await answer)).toContain('socket hang up');
  });

  it('is slow', async () => {
    fake.addFault({ kind: 'slow', ms: 50 });
    const start = Date.now();

    expect(await verify()).toHaveLength(3);
    expect(Date.now() - start).toBeGreaterThanOrEqual(45);
  });

  it('hits the calls that match, as often as told', async () => {
    fake.addFault({
      kind: 'throttle',
      operation: /Domain/,
      when: (call) => call.params.Domain === 'example.com',
      times: 2,
    });
    await verify('other.example');
    await list();
    await expect(verify()).rejects.toThrow('Rate exceeded');
    await expect(verify()).rejects.toThrow('Rate exceeded');

    expect(await verify()).toHaveLength(3);
  });

  it.each<FaultKind>(['throttle', 'PriorRequestNotComplete', 'error500', 'dropBefore'])(
    'the SDK itself retries %s',
    async (kind) => {
      fake.addFault({ kind });
      const client = opened(new Route53Client({ ...config(), maxAttempts: 2 }));
      await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: ZONE }));

      expect(fake.operations()).toHaveLength(2);
    },
  );
});

describe('between the calls', () => {
  it('lets another actor act before an operation', async () => {
    const undo = fake.before('ChangeResourceRecordSets', async () => {
      await Promise.resolve();
      fake.putRecord(ZONE, {
        name: 'a.example.com',
        type: 'A',
        ttl: 60,
        values: ['192.0.2.1'],
      });
    });
    await expect(change(cname('CREATE', 'a.example.com'))).rejects.toThrow('conflicts');

    undo();
    fake.removeRecord(ZONE, 'a.example.com', 'A');
    await change(cname('CREATE', 'a.example.com'));
    expect(names()).toEqual(['a.example.com']);
  });

  it('asks the authorizer', async () => {
    fake.authorize = ({ operation }) => (operation === 'DeleteIdentity' ? 'no way' : undefined);
    await verify();

    await expect(ses().send(new DeleteIdentityCommand({ Identity: 'example.com' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: 'no way',
    });
  });

  it('limits rates by operation and by service, on its own clock', async () => {
    fake.limits = {
      VerifyDomainDkim: { perSecond: 1, burst: 1 },
      route53: { perSecond: 10, burst: 2 },
    };
    await verify();
    await expect(verify()).rejects.toMatchObject({ name: 'Throttling' });
    await verify('example.com', 'eu-west-1');
    now += 1000;
    await verify();

    await change(cname('CREATE', 'a.example.com'));
    await change(cname('CREATE', 'b.example.com'));
    await expect(change(cname('CREATE', 'c.example.com'))).rejects.toThrow('Rate exceeded');
    now += 100;
    await change(cname('CREATE', 'c.example.com'));
  });
});

it('serves several hundred clients at once', async () => {
  const domains = Array.from({ length: 300 }, (_, i) => `d${String(i)}.example.com`);
  await Promise.all(domains.map((domain) => verify(domain)));

  expect(fake.identityNames('us-east-1').sort()).toEqual(domains.sort());
});

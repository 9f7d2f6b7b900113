import {
  delegationStatements,
  handlerStatements,
  isAllowed,
  recordKeys,
  requestTags,
  resourceTags,
  type Question,
} from '../support/iam';
import type { SettingsProperties } from '../../lib/shared/contract';
import { DOMAIN, properties, REGION, StackResource, World, ZONE, type Answer, type Event } from '../support/stack';
import { ACCOUNT, addOtherAccount, deployment, Guard, OTHER_ACCOUNT, OTHER_ZONE, ROLE } from './guard';

const STACK_ID = deployment.stackId;

/** A resource whose every call is put to the policies that the Lambda has at that time. */
class GuardedResource extends StackResource {
  readonly guard: Guard;
  /** Whether it has those of the new template only, as if a policy were changed in place. */
  forgetsTheOld = false;

  constructor(world: World, stackId = STACK_ID) {
    super(world, 'Mail', stackId);
    this.guard = new Guard(world, { hostedZoneId: OTHER_ZONE, zoneName: DOMAIN, domainNames: [DOMAIN] }, stackId);
  }

  get refused(): readonly Question[] {
    return this.guard.refused;
  }

  override deliver(event: Event): Promise<Answer> {
    // During an update, and until its clean-up is done, the role has the policies of both templates.
    const versions = this.forgetsTheOld
      ? [event.RequestType === 'Delete' ? this.current : event.ResourceProperties]
      : [event.ResourceProperties, event.OldResourceProperties, this.current];
    this.guard.inForce = versions.filter((version) => version !== undefined).map((domain) => ({ domain }));
    return super.deliver(event);
  }
}

describe('the role of the Lambda may do all that the handler does', () => {
  let world: World;
  let resource: GuardedResource;

  beforeEach(async () => {
    world = await World.start();
    world.fake.addZone({ id: 'Z0SECOND', name: DOMAIN });
    addOtherAccount(world);
    resource = new GuardedResource(world);
  });

  afterEach(() => world.stop());

  const delegated = { HostedZoneId: OTHER_ZONE, DelegationRoleArn: ROLE };
  const moves = {
    'another TTL': { Ttl: '60' },
    'another domain': { DomainName: `mail.${DOMAIN}` },
    'another zone': { HostedZoneId: 'Z0SECOND' },
    'another Region': { SesRegion: 'us-east-1' },
    'another domain, zone and Region': {
      DomainName: `mail.${DOMAIN}`,
      HostedZoneId: 'Z0SECOND',
      SesRegion: 'us-east-1',
    },
    'a zone of another account': delegated,
    'another removal policy': { RemovalPolicy: 'retain' as const },
    'other tags': { Tags: { stage: 'prod', owner: 'us' } },
  };
  const tagged = properties({ Tags: { team: 'mail', stage: 'beta' } });

  test.each(Object.entries(moves))('create, update to %s, clean up, delete', async (_, move) => {
    const answers = [
      await resource.create(tagged),
      await resource.update({ ...tagged, ...move }),
      await resource.cleanUp(),
      await resource.update({ ...tagged, ...move, Ttl: '120' }),
      await resource.delete(),
    ];

    expect(resource.refused).toEqual([]);
    expect(answers.filter((answer) => answer?.status === 'FAILED')).toEqual([]);
  });

  test.each(Object.entries(moves))('create, update to %s, roll back, delete', async (_, move) => {
    const answers = [
      await resource.create(tagged),
      await resource.update({ ...tagged, ...move }),
      await resource.rollBack(),
      await resource.delete(),
    ];

    expect(resource.refused).toEqual([]);
    expect(answers.filter(({ status }) => status === 'FAILED')).toEqual([]);
    expect(world.holdings()).toEqual([]);
  });

  test("(but the new template's policies alone would not do)", async () => {
    resource.forgetsTheOld = true;
    for (const move of [moves['another zone'], moves['another Region'], moves['other tags']]) {
      await resource.create(tagged);
      await resource.update({ ...tagged, ...move });
      await resource.cleanUp();
      await resource.delete();
    }

    expect(new Set(resource.refused.map(({ action }) => action))).toEqual(
      new Set(['route53:ListResourceRecordSets', 'ses:GetEmailIdentity', 'ses:UntagResource']),
    );
  });

  test("two stacks' resources for one domain, of which the other one leaves last", async () => {
    const other = new GuardedResource(world, 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Other/0001');
    const guarded = async (each: GuardedResource, step: () => Promise<Answer>) => {
      each.guard.attach();
      return (await step()).status;
    };
    const statuses = [
      await guarded(resource, () => resource.create(tagged)),
      await guarded(other, () => other.create(properties({ Tags: { other: 'yes' } }))),
      await guarded(resource, () => resource.delete()),
      await guarded(other, () => other.delete()),
    ];

    expect([...resource.refused, ...other.refused]).toEqual([]);
    expect(statuses).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS', 'SUCCESS']);
    expect(world.holdings()).toEqual([]);
  });

  test('an identity that others have made, and keep', async () => {
    world.fake.addIdentity(REGION, DOMAIN, { tags: { owner: 'somebody' } });
    await resource.create(tagged);
    await resource.update({ ...tagged, Tags: { team: 'post' } });
    const { status } = await resource.delete();

    expect(status).toBe('SUCCESS');
    expect(resource.refused).toEqual([]);
    expect(world.tags()).toEqual({ owner: 'somebody' });
  });

  test('an identity that others have made, and that the construct takes over', async () => {
    const { tokens } = world.fake.addIdentity(REGION, DOMAIN);
    for (const token of tokens) {
      world.addForeignCname(`${token}._domainkey.${DOMAIN}`, `${token}.dkim.amazonses.com`);
    }
    const owning = { ...tagged, TakeOwnership: 'true' } as const;
    const answers = [
      await resource.create(tagged),
      await resource.update(owning),
      await resource.rollBack(),
      await resource.update(owning),
      await resource.cleanUp(),
      await resource.delete(),
    ];

    expect(resource.refused).toEqual([]);
    expect(answers.filter((answer) => answer?.status === 'FAILED')).toEqual([]);
    expect(world.holdings()).toEqual([]);
  });

  test('keys of another length', async () => {
    const short = { ...tagged, SigningKeyLength: 'RSA_1024_BIT' } as const;
    const long = { ...tagged, SigningKeyLength: 'RSA_2048_BIT' } as const;
    const answers = [
      await resource.create(short),
      await resource.update(long),
      await resource.cleanUp(),
      await resource.delete(),
    ];

    expect(resource.refused).toEqual([]);
    expect(answers.filter((answer) => answer?.status === 'FAILED')).toEqual([]);
    expect(world.fake.operations()).toContain('PutEmailIdentityDkimSigningAttributes');
    expect(world.holdings()).toEqual([]);
  });

  test('back from a zone of another account', async () => {
    await resource.create(properties(delegated));
    await resource.update(properties());
    await resource.cleanUp();
    await resource.delete();

    expect(resource.refused).toEqual([]);
    expect(world.holdings()).toEqual([]);
  });

  test('undoing a Create that fails half way', async () => {
    world.fake.addFault({ operation: 'GetChange', kind: 'deny', times: Infinity });
    const { status } = await resource.create();

    expect(status).toBe('FAILED');
    expect(resource.refused).toEqual([]);
    expect(world.holdings()).toEqual([]);
  });
});

describe('the role of the Lambda may not', () => {
  const own = () => handlerStatements(properties(), deployment);
  const change = (zoneId: string, ...changes: { action: string; name: string; type: string }[]): Question => ({
    action: 'route53:ChangeResourceRecordSets',
    resource: `arn:aws:route53:::hostedzone/${zoneId}`,
    keys: recordKeys(changes),
  });
  const dkim = { action: 'CREATE', name: `token._domainkey.${DOMAIN}`, type: 'CNAME' };
  const regional = (action: string, resource: string, region = REGION): Question => ({
    action,
    resource,
    keys: { 'aws:RequestedRegion': [region] },
  });

  const IDENTITY = `arn:aws:ses:${REGION}:${ACCOUNT}:identity/${DOMAIN}`;

  test('(but may what these are variations of)', () => {
    expect(isAllowed(own(), change(ZONE, dkim))).toBe(true);
    expect(isAllowed(own(), regional('ses:VerifyDomainDkim', '*'))).toBe(true);
    expect(isAllowed(own(), regional('ses:GetEmailIdentity', IDENTITY))).toBe(true);
  });

  test.each<[string, Question]>([
    ['write into another zone', change(OTHER_ZONE, dkim)],
    ['list another zone', { ...change(OTHER_ZONE), action: 'route53:ListResourceRecordSets' }],
    ['write a TXT record', change(ZONE, { ...dkim, type: 'TXT' })],
    ['write at the apex', change(ZONE, { ...dkim, name: DOMAIN })],
    ['write at _domainkey itself', change(ZONE, { ...dkim, name: `_domainkey.${DOMAIN}` })],
    ['write at www', change(ZONE, { ...dkim, name: `www.${DOMAIN}` })],
    ["write another domain's DKIM record", change(ZONE, { ...dkim, name: `token._domainkey.mail.${DOMAIN}` })],
    ["write a look-alike's DKIM record", change(ZONE, { ...dkim, name: `token._domainkey.not${DOMAIN}` })],
    ['write one right and one wrong record', change(ZONE, dkim, { ...dkim, name: DOMAIN, type: 'A' })],
    ['delete the zone', { ...change(ZONE), action: 'route53:DeleteHostedZone' }],
    ['list all zones', { action: 'route53:ListHostedZones', resource: '*', keys: {} }],
    ['use SES in another Region', regional('ses:VerifyDomainDkim', '*', 'us-east-1')],
    ['send mail', regional('ses:SendEmail', IDENTITY)],
    ['verify by TXT', regional('ses:VerifyDomainIdentity', '*')],
    [
      "look at another account's identity",
      regional('ses:GetEmailIdentity', `arn:aws:ses:${REGION}:${OTHER_ACCOUNT}:identity/${DOMAIN}`),
    ],
    [
      "look at another Region's identity",
      regional('ses:GetEmailIdentity', `arn:aws:ses:us-east-1:${ACCOUNT}:identity/${DOMAIN}`, 'us-east-1'),
    ],
    ['look at another stack', { action: 'cloudformation:DescribeStackResource', resource: `${STACK_ID}2`, keys: {} }],
    ['change its own stack', { action: 'cloudformation:DeleteStack', resource: STACK_ID, keys: {} }],
    ['assume a role', { action: 'sts:AssumeRole', resource: ROLE, keys: {} }],
  ])('%s', (_, question) => {
    expect(isAllowed(own(), question)).toBe(false);
  });

  test('delete an identity or a record when everything is retained', () => {
    const retained = handlerStatements(properties({ RemovalPolicy: 'retain' }), deployment);
    const deletion = {
      ...regional('ses:DeleteEmailIdentity', IDENTITY),
      keys: resourceTags({ 'cdk-ses-easy-dkim': 'made' }),
    };

    expect(isAllowed(retained, change(ZONE, dkim))).toBe(true);
    expect(isAllowed(retained, change(ZONE, { ...dkim, action: 'DELETE' }))).toBe(false);
    expect(isAllowed(own(), deletion)).toBe(true);
    expect(isAllowed(retained, deletion)).toBe(false);
  });

  describe('with an identity and its tags:', () => {
    const tagged = () => handlerStatements(properties({ Tags: { team: 'mail' } }), deployment);
    const MARK = 'cdk-ses-easy-dkim';
    const CLAIM = `${MARK}:0123456789-0123456789ab`;
    const tags = (values: Record<string, string>) =>
      requestTags({ Tags: Object.entries(values).map(([Key, Value]) => ({ Key, Value })) });
    const deletion = (values: Record<string, string>, resource = IDENTITY): Question => ({
      ...regional('ses:DeleteEmailIdentity', resource),
      keys: { 'aws:RequestedRegion': [REGION], ...resourceTags(values) },
    });
    const tagging = (values: Record<string, string>, resource = IDENTITY): Question => ({
      ...regional('ses:TagResource', resource),
      keys: { 'aws:RequestedRegion': [REGION], ...tags(values) },
    });
    const untagging = (...TagKeys: string[]): Question => ({
      ...regional('ses:UntagResource', IDENTITY),
      keys: { 'aws:RequestedRegion': [REGION], ...requestTags({ TagKeys }) },
    });
    const creation = (values: Record<string, string>, region = REGION): Question => ({
      ...regional('ses:CreateEmailIdentity', '*'),
      keys: { 'aws:RequestedRegion': [region], ...tags(values) },
    });

    test.each<[string, Question]>([
      ['delete one that this library made', deletion({ [MARK]: 'made' })],
      [
        'delete one that another stack of this library made',
        deletion({ [MARK]: 'made', [CLAIM]: 'by=Other/Mail', owner: 'somebody' }),
      ],
      ['make one with a mark and a claim', creation({ [MARK]: 'made', [CLAIM]: 'by=Test/Mail' })],
      ["make one with the user's tags", creation({ [MARK]: 'made', [CLAIM]: 'by=Test/Mail', team: 'mail' })],
      ['put a mark and a claim', tagging({ [MARK]: 'used', [CLAIM]: 'by=Test/Mail' })],
      ["put the user's tags", tagging({ team: 'mail' })],
      ['take a mark and a claim away', untagging(MARK, CLAIM)],
      ["take the user's tags away", untagging('team')],
    ])('(but may %s)', (_, question) => {
      expect(isAllowed(tagged(), question)).toBe(true);
    });

    test.each<[string, Question]>([
      ['delete one without tags', deletion({})],
      ['delete one with the tags of others', deletion({ team: 'mail', made: MARK })],
      ['delete one that others made and this library uses', deletion({ [MARK]: 'used', [CLAIM]: 'by=Test/Mail' })],
      ['delete one with a claim and no mark', deletion({ [CLAIM]: 'by=Test/Mail' })],
      [
        'delete one of another account',
        deletion({ [MARK]: 'made' }, `arn:aws:ses:${REGION}:${OTHER_ACCOUNT}:identity/${DOMAIN}`),
      ],
      [
        'delete one in another Region',
        deletion({ [MARK]: 'made' }, `arn:aws:ses:us-east-1:${ACCOUNT}:identity/${DOMAIN}`),
      ],
      [
        'delete a configuration set',
        deletion({ [MARK]: 'made' }, `arn:aws:ses:${REGION}:${ACCOUNT}:configuration-set/a`),
      ],
      ['delete one by the v1 API', { ...deletion({ [MARK]: 'made' }, '*'), action: 'ses:DeleteIdentity' }],
      ['make one without tags', creation({})],
      ['make one without a mark', creation({ [CLAIM]: 'by=Test/Mail' })],
      ['make one that looks as if others had made it', creation({ [MARK]: 'used', [CLAIM]: 'by=Test/Mail' })],
      ["make one with somebody's tags", creation({ [MARK]: 'made', owner: 'us' })],
      ['make one in another Region', creation({ [MARK]: 'made' }, 'us-east-1')],
      ["put somebody's tag", tagging({ owner: 'us' })],
      ["put somebody's tag among ours", tagging({ [CLAIM]: 'by=Test/Mail', team: 'mail', owner: 'us' })],
      ['put a tag that looks like ours', tagging({ [`${MARK}-made`]: 'yes' })],
      ["take somebody's tag away", untagging('owner')],
      ["take somebody's tag away among ours", untagging(CLAIM, 'owner')],
      ['put no tag at all', tagging({})],
      ['mark one as made', tagging({ [MARK]: 'made' })],
      ['mark one as made, with a claim', tagging({ [MARK]: 'made', [CLAIM]: 'by=Test/Mail' })],
      ['tag a configuration set', tagging({ [MARK]: 'made' }, `arn:aws:ses:${REGION}:${ACCOUNT}:configuration-set/a`)],
      ['tag one of another Region', tagging({ [MARK]: 'made' }, `arn:aws:ses:us-east-1:${ACCOUNT}:identity/${DOMAIN}`)],
    ])('%s', (_, question) => {
      expect(isAllowed(tagged(), question)).toBe(false);
    });

    describe('where a domain has a length for its keys:', () => {
      const lengthy = () => handlerStatements(properties({ SigningKeyLength: 'RSA_2048_BIT' }), deployment);
      const changing = (mark: string, name = DOMAIN): Question => ({
        action: 'ses:PutEmailIdentityDkimSigningAttributes',
        resource: `arn:aws:ses:${REGION}:${ACCOUNT}:identity/${name}`,
        keys: resourceTags({ [MARK]: mark }),
      });

      test('(but may change the keys of its identity)', () => {
        expect(isAllowed(lengthy(), changing('made'))).toBe(true);
      });

      test('change them without', () => {
        expect(isAllowed(tagged(), changing('made'))).toBe(false);
      });

      test.each<[string, Question]>([
        ['change them where others have made it', changing('used')],
        ['change those of another one', changing('made', 'example.net')],
        ['change those of a subdomain', changing('made', `mail.${DOMAIN}`)],
      ])('%s', (_, question) => {
        expect(isAllowed(lengthy(), question)).toBe(false);
      });
    });

    describe('where a domain takes ownership:', () => {
      const owning = () => handlerStatements(properties({ TakeOwnership: 'true' }), deployment);
      const elsewhere = (name: string) => `arn:aws:ses:${REGION}:${ACCOUNT}:identity/${name}`;

      test('(but may mark its identity as made)', () => {
        expect(isAllowed(owning(), tagging({ [MARK]: 'made', [CLAIM]: 'by=Test/Mail' }))).toBe(true);
        expect(isAllowed(owning(), tagging({ [MARK]: 'used', [CLAIM]: 'by=Test/Mail' }))).toBe(true);
      });

      test.each<[string, Question]>([
        ['mark another one as made', tagging({ [MARK]: 'made' }, elsewhere('example.net'))],
        ['mark that of a subdomain as made', tagging({ [MARK]: 'made' }, elsewhere(`mail.${DOMAIN}`))],
        ["put somebody's tag with the mark", tagging({ [MARK]: 'made', owner: 'us' })],
        ['delete one that is not marked', deletion({ [MARK]: 'used' })],
      ])('%s', (_, question) => {
        expect(isAllowed(owning(), question)).toBe(false);
      });
    });
  });

  test('reach the zones of its own account when a delegation role is given', () => {
    const given = properties({ HostedZoneId: OTHER_ZONE, DelegationRoleArn: ROLE });
    const delegating = handlerStatements(given, deployment);

    expect(isAllowed(delegating, change(OTHER_ZONE, dkim))).toBe(false);
    expect(isAllowed(delegating, { action: 'sts:AssumeRole', resource: ROLE, keys: {} })).toBe(true);
    expect(isAllowed(delegating, { action: 'sts:AssumeRole', resource: `${ROLE}2`, keys: {} })).toBe(false);
  });
});

describe('the role of the Lambda, for a domain with MAIL FROM, DMARC and settings, may not', () => {
  const MAIL_FROM = `bounce.mail.${DOMAIN}`;
  const given = properties({
    DomainName: `mail.${DOMAIN}`,
    RemovalPolicy: 'retain',
    MailFromDomain: MAIL_FROM,
    DmarcRecord: 'v=DMARC1; p=none',
  });
  const settings: SettingsProperties = {
    DomainName: given.DomainName,
    SesRegion: REGION,
    RemovalPolicy: 'retain',
    MailFromDomain: MAIL_FROM,
    MailFromBehavior: 'UseDefaultValue',
    ConfigurationSet: 'mail',
    FeedbackForwarding: 'true',
    BounceTopic: `arn:aws:sns:${REGION}:${ACCOUNT}:bounces`,
    NotificationHeaders: 'false',
  };
  let statements: ReturnType<typeof handlerStatements>;
  beforeAll(() => {
    statements = handlerStatements(given, deployment, settings);
  });

  const change = (...changes: [action: string, type: string, name: string][]): Question => ({
    action: 'route53:ChangeResourceRecordSets',
    resource: `arn:aws:route53:::hostedzone/${ZONE}`,
    keys: recordKeys(changes.map(([action, type, name]) => ({ action, type, name }))),
  });
  const dkim: [string, string, string] = ['CREATE', 'CNAME', `token._domainkey.mail.${DOMAIN}`];
  const v1 = (operation: string, region = REGION): Question => ({
    action: `ses:${operation}`,
    resource: '*',
    keys: { 'aws:RequestedRegion': [region] },
  });
  const v2 = (operation: string, resource = `identity/mail.${DOMAIN}`, mark = 'made', region = REGION): Question => ({
    action: `ses:${operation}`,
    resource: `arn:aws:ses:${region}:${ACCOUNT}:${resource}`,
    keys: { 'aws:RequestedRegion': [region], ...resourceTags(mark ? { 'cdk-ses-easy-dkim': mark } : {}) },
  });
  const MAIL_FROM_CALL = 'PutEmailIdentityMailFromAttributes';
  const FEEDBACK_CALL = 'PutEmailIdentityFeedbackAttributes';
  const SET_CALL = 'PutEmailIdentityConfigurationSetAttributes';

  test.each<[string, Question]>([
    [
      'write all its records at once',
      change(
        dkim,
        ['CREATE', 'MX', MAIL_FROM],
        ['DELETE', 'TXT', MAIL_FROM],
        ['CREATE', 'TXT', MAIL_FROM],
        ['CREATE', 'TXT', `_dmarc.mail.${DOMAIN}`],
      ),
    ],
    ['set the MAIL FROM domain', v2(MAIL_FROM_CALL)],
    ['set feedback forwarding', v2(FEEDBACK_CALL)],
    ['set a topic', v1('SetIdentityNotificationTopic')],
    ['set the headers', v1('SetIdentityHeadersInNotificationsEnabled')],
    ['look at the notifications', v1('GetIdentityNotificationAttributes')],
    ['set the configuration set of the identity', v2(SET_CALL)],
    ['set the configuration set to this one', v2(SET_CALL, 'configuration-set/mail', '')],
    ['change an identity that others made and it uses', v2(MAIL_FROM_CALL, undefined, 'used')],
  ])('(but may %s)', (_, question) => {
    expect(isAllowed(statements, question)).toBe(true);
  });

  test.each<[string, Question]>([
    ["write MX at the MAIL FROM name's parent", change(['CREATE', 'MX', `mail.${DOMAIN}`])],
    ['write MX at the apex', change(['CREATE', 'MX', DOMAIN])],
    ['write TXT at the apex', change(['CREATE', 'TXT', DOMAIN])],
    ['delete TXT at the apex', change(['DELETE', 'TXT', DOMAIN])],
    ['write TXT at the domain', change(['CREATE', 'TXT', `mail.${DOMAIN}`])],
    ['write below the MAIL FROM name', change(['CREATE', 'TXT', `a.${MAIL_FROM}`])],
    ['write beside the MAIL FROM name', change(['CREATE', 'MX', `bounces.mail.${DOMAIN}`])],
    ['write an address at the MAIL FROM name', change(['CREATE', 'A', MAIL_FROM])],
    ['delegate the MAIL FROM name', change(['CREATE', 'NS', MAIL_FROM])],
    ["write the parent domain's DMARC record", change(['UPSERT', 'TXT', `_dmarc.${DOMAIN}`])],
    ["write another domain's DMARC record", change(['UPSERT', 'TXT', `_dmarc.news.${DOMAIN}`])],
    ["write a subdomain's DMARC record", change(['UPSERT', 'TXT', `_dmarc.a.mail.${DOMAIN}`])],
    ['write one right and one wrong record', change(dkim, ['CREATE', 'TXT', DOMAIN])],
    ['delete the identity', v2('DeleteEmailIdentity')],
    ['set a MAIL FROM domain in another Region', v2(MAIL_FROM_CALL, undefined, 'made', 'us-east-1')],
    ['set a MAIL FROM domain by the v1 API', v1('SetIdentityMailFromDomain')],
    ['set a topic in another Region', v1('SetIdentityNotificationTopic', 'us-east-1')],
    ['switch DKIM off', v1('SetIdentityDkimEnabled')],
    ['switch DKIM off by the v2 API', v2('PutEmailIdentityDkimAttributes')],
    ['set the MAIL FROM domain of an identity without our mark', v2(MAIL_FROM_CALL, `identity/${DOMAIN}`, '')],
    ['set feedback forwarding of an identity without our mark', v2(FEEDBACK_CALL, `identity/${DOMAIN}`, '')],
    ['set the configuration set of an identity without our mark', v2(SET_CALL, `identity/${DOMAIN}`, '')],
    ['change an identity whose mark somebody has made up', v2(MAIL_FROM_CALL, undefined, 'theirs')],
    ['set another configuration set', v2(SET_CALL, 'configuration-set/mail2', '')],
    ['set a configuration set in another Region', v2(SET_CALL, undefined, 'made', 'us-east-1')],
    ['send with the configuration set', v2('SendEmail', 'configuration-set/mail', '')],
    ['change the configuration set', v2('UpdateConfigurationSetEventDestination', 'configuration-set/mail', '')],
    ['publish to the topic', { action: 'sns:Publish', resource: settings.BounceTopic!, keys: {} }],
    ['subscribe to the topic', { action: 'sns:Subscribe', resource: settings.BounceTopic!, keys: {} }],
  ])('%s', (_, question) => {
    expect(isAllowed(statements, question)).toBe(false);
  });

  test('change any record when they are at another DNS provider', () => {
    const elsewhere = { ...given, HostedZoneId: undefined, HostedZoneName: undefined };
    const own = handlerStatements(elsewhere, deployment, settings);

    expect(isAllowed(own, change(dkim))).toBe(false);
    expect(isAllowed(own, { ...change(), action: 'route53:ListResourceRecordSets' })).toBe(false);
    expect(isAllowed(own, v2(MAIL_FROM_CALL))).toBe(true);
  });

  test('change a setting that no prop is about', () => {
    const own = handlerStatements(given, deployment);

    expect(isAllowed(own, v2(MAIL_FROM_CALL))).toBe(true);
    expect(isAllowed(own, v1('SetIdentityNotificationTopic'))).toBe(false);
    expect(isAllowed(own, v2(FEEDBACK_CALL))).toBe(false);
    expect(isAllowed(own, v2(SET_CALL))).toBe(false);
  });
});

describe('the delegation role', () => {
  const write = (name: string): Question => ({
    action: 'route53:ChangeResourceRecordSets',
    resource: `arn:aws:route53:::hostedzone/${OTHER_ZONE}`,
    keys: recordKeys([{ action: 'CREATE', name, type: 'CNAME' }]),
  });

  test('opens the whole zone for DKIM records by default', () => {
    const statements = delegationStatements({ hostedZoneId: OTHER_ZONE, zoneName: DOMAIN }, deployment);

    expect(isAllowed(statements, write(`token._domainkey.${DOMAIN}`))).toBe(true);
    expect(isAllowed(statements, write(`token._domainkey.mail.${DOMAIN}`))).toBe(true);
    expect(isAllowed(statements, write(`www.${DOMAIN}`))).toBe(false);
  });

  test('opens the given domains only', () => {
    const given = { hostedZoneId: OTHER_ZONE, zoneName: DOMAIN, domainNames: [`mail.${DOMAIN}`] };
    const statements = delegationStatements(given, deployment);

    expect(isAllowed(statements, write(`token._domainkey.mail.${DOMAIN}`))).toBe(true);
    expect(isAllowed(statements, write(`token._domainkey.${DOMAIN}`))).toBe(false);
    expect(isAllowed(statements, write(`token._domainkey.news.${DOMAIN}`))).toBe(false);
  });

  test('opens the records of MAIL FROM and DMARC of the given domains only, in one batch with those of DKIM', () => {
    const statements = delegationStatements(
      {
        hostedZoneId: OTHER_ZONE,
        zoneName: DOMAIN,
        domainNames: [`mail.${DOMAIN}`],
        mailFromDomains: [`bounce.mail.${DOMAIN}`],
        dmarc: true,
      },
      deployment,
    );
    const writeAll = (mailFrom: string, dmarc: string): Question => ({
      ...write(''),
      keys: recordKeys([
        { action: 'CREATE', name: `token._domainkey.mail.${DOMAIN}`, type: 'CNAME' },
        { action: 'CREATE', name: mailFrom, type: 'MX' },
        { action: 'CREATE', name: mailFrom, type: 'TXT' },
        { action: 'DELETE', name: dmarc, type: 'TXT' },
      ]),
    });

    expect(isAllowed(statements, writeAll(`bounce.mail.${DOMAIN}`, `_dmarc.mail.${DOMAIN}`))).toBe(true);
    expect(isAllowed(statements, writeAll(`mail.${DOMAIN}`, `_dmarc.mail.${DOMAIN}`))).toBe(false);
    expect(isAllowed(statements, writeAll(`bounce.mail.${DOMAIN}`, `_dmarc.${DOMAIN}`))).toBe(false);
    expect(isAllowed(statements, write(`bounce.${DOMAIN}`))).toBe(false);
  });
});

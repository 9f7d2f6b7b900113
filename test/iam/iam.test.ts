import {
  delegationStatements,
  handlerStatements,
  isAllowed,
  questionOf,
  recordKeys,
  type Question,
} from '../support/iam';
import { DOMAIN, properties, REGION, StackResource, World, ZONE, type Answer, type Event } from '../support/stack';

const ACCOUNT = '111111111111';
const OTHER_ACCOUNT = '222222222222';
const OTHER_ZONE = 'Z0OTHER';
const STACK_ID = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/Test/0001`;
const ROLE = `arn:aws:iam::${OTHER_ACCOUNT}:role/delegation`;
const deployment = { account: ACCOUNT, region: REGION, stackId: STACK_ID };

/** A resource whose every call is put to the policies that the Lambda has at that time. */
class GuardedResource extends StackResource {
  readonly refused: Question[] = [];

  constructor(private readonly guarded: World) {
    super(guarded, 'Mail', STACK_ID);
  }

  override deliver(event: Event): Promise<Answer> {
    // During an update, and until its clean-up is done, the role has the policies of both templates.
    const versions = [event.ResourceProperties, event.OldResourceProperties, this.current].filter(
      (version) => version !== undefined,
    );
    const own = versions.flatMap((version) => handlerStatements(version, deployment));
    const delegated = delegationStatements(
      { hostedZoneId: OTHER_ZONE, zoneName: DOMAIN, domainNames: [DOMAIN] },
      { ...deployment, account: OTHER_ACCOUNT },
    );
    this.guarded.fake.authorize = (call) => {
      if (call.service === 'response') return undefined;
      const question = questionOf(call);
      if (isAllowed(call.roleArn === ROLE ? delegated : own, question)) return undefined;
      this.refused.push(question);
      return `not authorized: ${question.action}`;
    };
    return super.deliver(event);
  }
}

describe('the role of the Lambda may do all that the handler does', () => {
  let world: World;
  let resource: GuardedResource;

  beforeEach(async () => {
    world = await World.start();
    world.fake.addZone({ id: 'Z0SECOND', name: DOMAIN });
    world.fake.addZone({ id: OTHER_ZONE, name: DOMAIN, account: OTHER_ACCOUNT });
    world.fake.addRole({ arn: ROLE, trustedBy: (caller) => caller === ACCOUNT, externalId: OTHER_ZONE });
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
  };

  test.each(Object.entries(moves))('create, update to %s, clean up, delete', async (_, move) => {
    const answers = [
      await resource.create(),
      await resource.update(properties(move)),
      await resource.cleanUp(),
      await resource.update(properties({ ...move, Ttl: '120' })),
      await resource.delete(),
    ];

    expect(resource.refused).toEqual([]);
    expect(answers.filter((answer) => answer?.status === 'FAILED')).toEqual([]);
  });

  test.each(Object.entries(moves))('create, update to %s, roll back, delete', async (_, move) => {
    const answers = [
      await resource.create(),
      await resource.update(properties(move)),
      await resource.rollBack(),
      await resource.delete(),
    ];

    expect(resource.refused).toEqual([]);
    expect(answers.filter(({ status }) => status === 'FAILED')).toEqual([]);
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
    world.fake.addFault({ operation: 'GetChange', kind: 'deny' });
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

  test('(but may what these are variations of)', () => {
    expect(isAllowed(own(), change(ZONE, dkim))).toBe(true);
    expect(isAllowed(own(), regional('ses:VerifyDomainDkim', '*'))).toBe(true);
    expect(
      isAllowed(own(), regional('ses:GetEmailIdentity', `arn:aws:ses:${REGION}:${ACCOUNT}:identity/${DOMAIN}`)),
    ).toBe(true);
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
    ['send mail', regional('ses:SendEmail', `arn:aws:ses:${REGION}:${ACCOUNT}:identity/${DOMAIN}`)],
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

    expect(isAllowed(retained, change(ZONE, dkim))).toBe(true);
    expect(isAllowed(retained, change(ZONE, { ...dkim, action: 'DELETE' }))).toBe(false);
    expect(isAllowed(retained, regional('ses:DeleteIdentity', '*'))).toBe(false);
  });

  test('reach the zones of its own account when a delegation role is given', () => {
    const given = properties({ HostedZoneId: OTHER_ZONE, DelegationRoleArn: ROLE });
    const delegating = handlerStatements(given, deployment);

    expect(isAllowed(delegating, change(OTHER_ZONE, dkim))).toBe(false);
    expect(isAllowed(delegating, { action: 'sts:AssumeRole', resource: ROLE, keys: {} })).toBe(true);
    expect(isAllowed(delegating, { action: 'sts:AssumeRole', resource: `${ROLE}2`, keys: {} })).toBe(false);
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
});

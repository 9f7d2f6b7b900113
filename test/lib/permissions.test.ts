import { CfnParameter, Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { EasyDkimDomain, EasyDkimDomainProps } from '../../lib';
import {
  ACCOUNT,
  actionsOf,
  aDomain,
  aStack,
  aZone,
  deployed,
  manyDomains,
  policies,
  REGION,
  resources,
  Statement,
  statementsFor,
  theResource,
  ZONE_ID,
} from './support';
import { resolveIntrinsics } from '../support/intrinsics';

/** The quotas of IAM, characters without white space and policies on a role, and of CloudFormation. */
const MAX_POLICY_LENGTH = 6_144;
const MAX_POLICIES = 10;
const MAX_TEMPLATE_BYTES = 1_000_000;

const zoneArn = (id: string) => `arn:aws:route53:::hostedzone/${id}`;
const delegationRole = (stack: Stack, name = 'Dns') =>
  iam.Role.fromRoleArn(stack, `Role ${name}`, `arn:aws:iam::210987654321:role/${name}`);

const allActions = (stack: Stack) =>
  policies(stack).flatMap(({ statements }) => statements.flatMap(({ Action }) => actionsOf(Action)));

/** The statements that let records be changed. */
const changeStatements = (stack: Stack) =>
  statementsFor(stack, 'route53').filter(({ Action }) => Action.includes('route53:ChangeResourceRecordSets'));

/** What may be done to which records; every name is in the zone of its own domain. */
const changes = (stack: Stack) =>
  changeStatements(stack).map(({ Resource, Condition }) => ({
    zones: Resource,
    names: Condition!['ForAllValues:StringLike']['route53:ChangeResourceRecordSetsNormalizedRecordNames'],
    types: Condition!['ForAllValues:StringEquals']['route53:ChangeResourceRecordSetsRecordTypes'],
    actions: Condition!['ForAllValues:StringEquals']['route53:ChangeResourceRecordSetsActions'],
  }));

describe("the handler's role", () => {
  test('has no managed policy of AWS, and no inline one', () => {
    const stack = aStack();
    aDomain(stack);
    expect(theResource(stack, 'AWS::IAM::Role').Properties).not.toHaveProperty('ManagedPolicyArns');
    expect(theResource(stack, 'AWS::IAM::Role').Properties).not.toHaveProperty('Policies');
    expect(resources(stack, 'AWS::IAM::Policy')).toEqual({});
  });

  test('has every policy made for it', () => {
    const stack = aStack();
    manyDomains(stack, 100);
    const role = { Ref: theResource(stack, 'AWS::IAM::Role').logicalId };
    const attached = Object.values(resources(stack, 'AWS::IAM::ManagedPolicy')).map(
      ({ Properties }) => Properties.Roles,
    );
    expect(attached.length).toBeGreaterThan(1);
    expect(attached).toEqual(attached.map(() => [role]));
  });

  test('may do these things and no others', () => {
    const stack = aStack();
    aDomain(stack);
    expect(allActions(stack).sort()).toEqual([
      'cloudformation:DescribeStackResource',
      'cloudformation:DescribeStacks',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'route53:ChangeResourceRecordSets',
      'route53:GetChange',
      'route53:ListResourceRecordSets',
      'ses:CreateEmailIdentity',
      'ses:DeleteEmailIdentity',
      'ses:GetEmailIdentity',
      'ses:ListTagsForResource',
      'ses:TagResource',
      'ses:UntagResource',
      'ses:VerifyDomainDkim',
    ]);
  });

  test('has no wildcard among its actions', () => {
    const stack = aStack();
    aDomain(stack);
    expect(allActions(stack).filter((action) => action.includes('*'))).toEqual([]);
  });

  test('writes to its own log group only', () => {
    const stack = aStack();
    aDomain(stack);
    const { logicalId } = theResource(stack, 'AWS::Logs::LogGroup');
    expect(statementsFor(stack, 'logs').map(({ Resource }) => Resource)).toEqual([
      deployed(stack, { 'Fn::GetAtt': [logicalId, 'Arn'] }),
    ]);
  });

  test('reads resources of its own stack only', () => {
    const stack = aStack();
    aDomain(stack);
    expect(statementsFor(stack, 'cloudformation').map(({ Resource }) => Resource)).toEqual([
      deployed(stack, { Ref: 'AWS::StackId' }),
    ]);
  });
});

describe('what the handler may do in Route 53', () => {
  test('is to change CNAME records under _domainkey of the domain, in its zone', () => {
    const stack = aStack();
    aDomain(stack, { hostedZone: aZone(stack, 'example.com', 'Z1'), domainName: 'mail.example.com' });
    expect(changes(stack)).toEqual([
      {
        zones: [zoneArn('Z1')],
        names: ['*._domainkey.mail.example.com'],
        types: ['CNAME'],
        actions: ['CREATE', 'UPSERT', 'DELETE'],
      },
    ]);
  });

  test('names the records as Route 53 does: in lower case and ASCII', () => {
    const stack = aStack();
    aDomain(stack, { hostedZone: aZone(stack, 'MÜNCHEN.example.') });
    expect(changes(stack)[0].names).toEqual(['*._domainkey.xn--mnchen-3ya.example']);
  });

  const listed = (stack: Stack) =>
    statementsFor(stack, 'route53')
      .filter(({ Action }) => actionsOf(Action).includes('route53:ListResourceRecordSets'))
      .flatMap(({ Resource }) => Resource);

  test('is to list its zones', () => {
    const stack = aStack();
    manyDomains(stack, 2);
    expect(listed(stack)).toEqual([zoneArn('Z0123456789ABCDEFG000'), zoneArn('Z0123456789ABCDEFG001')]);
  });

  test('is to list all zones when they are too many to name', () => {
    const stack = aStack();
    manyDomains(stack, 160, (index) => ({ sesRegion: index % 2 ? REGION : 'us-east-1' }));
    expect(listed(stack)).toEqual([zoneArn('*')]);
  });

  test('is to change the zones by name however many they are', () => {
    const stack = aStack();
    manyDomains(stack, 160, (index) => ({ sesRegion: index % 2 ? REGION : 'us-east-1' }));
    const zones = changes(stack).flatMap((change) => change.zones);
    expect(zones).toHaveLength(160);
    expect(zones).not.toContain(zoneArn('*'));
  });

  test('has no change without names, which "for all values" would let through', () => {
    const stack = aStack();
    aDomain(stack, { dmarc: {} });
    expect(changeStatements(stack).map(({ Condition }) => Condition?.Null)).toEqual([
      { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': 'false' },
    ]);
  });

  test('is to follow its changes', () => {
    const stack = aStack();
    aDomain(stack);
    const statement = statementsFor(stack, 'route53').find(({ Action }) => Action === 'route53:GetChange');
    expect(statement).toEqual({
      Effect: 'Allow',
      Action: 'route53:GetChange',
      Resource: 'arn:aws:route53:::change/*',
    } satisfies Statement);
  });

  test('leaves out deleting when everything is retained', () => {
    const stack = aStack();
    aDomain(stack, { removalPolicy: RemovalPolicy.RETAIN });
    expect(changes(stack).map(({ actions }) => actions)).toEqual([['CREATE', 'UPSERT']]);
  });

  test('is to delete the records of those domains that are not retained', () => {
    const stack = aStack();
    manyDomains(stack, 4, (index) => ({ removalPolicy: index % 2 ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY }));
    const names = (...numbers: number[]) => numbers.map((n) => `*._domainkey.customer-00${n}.mail.example.com`);
    const zones = (...numbers: number[]) => numbers.map((n) => zoneArn(`Z0123456789ABCDEFG00${n}`));
    expect(changes(stack)).toEqual([
      { zones: zones(0, 2), names: names(0, 2), types: ['CNAME'], actions: ['CREATE', 'UPSERT', 'DELETE'] },
      { zones: zones(1, 3), names: names(1, 3), types: ['CNAME'], actions: ['CREATE', 'UPSERT'] },
    ]);
  });

  test('names a zone once that has several domains', () => {
    const stack = aStack();
    aDomain(stack, { hostedZone: aZone(stack, 'example.com', 'Z1'), domainName: 'a.example.com' }, 'A');
    aDomain(stack, { hostedZone: aZone(stack, 'example.com', 'Z1'), domainName: 'b.example.com' }, 'B');
    expect(changes(stack)).toMatchObject([
      { zones: [zoneArn('Z1')], names: ['*._domainkey.a.example.com', '*._domainkey.b.example.com'] },
    ]);
  });

  test('follows a zone and a domain that are known only at deployment', () => {
    const stack = aStack();
    const parameter = (id: string) => new CfnParameter(stack, id).valueAsString;
    aDomain(stack, { hostedZone: aZone(stack, parameter('Name'), parameter('Id')) });
    const [{ zones, names }] = changes(stack);
    expect(zones).toEqual([expect.stringMatching(/^arn:aws:route53:::hostedzone\/Test-Id-/)]);
    expect(names).toEqual([expect.stringMatching(/^\*\._domainkey\.Test-Name-/)]);
  });
});

describe('what the handler may do in Route 53 with further records', () => {
  const mailFrom = { domainName: 'bounce.example.com' };
  const ALL = ['CREATE', 'UPSERT', 'DELETE'];

  test.each<[string, Partial<EasyDkimDomainProps>, { names: string[]; types: string[] }]>([
    ['DMARC', { dmarc: {} }, { names: ['*._domainkey.example.com', '_dmarc.example.com'], types: ['CNAME', 'TXT'] }],
    [
      'MAIL FROM',
      { mailFrom },
      { names: ['*._domainkey.example.com', 'bounce.example.com'], types: ['CNAME', 'MX', 'TXT'] },
    ],
    [
      'both',
      { mailFrom, dmarc: {} },
      {
        names: ['*._domainkey.example.com', 'bounce.example.com', '_dmarc.example.com'],
        types: ['CNAME', 'MX', 'TXT'],
      },
    ],
  ])('is to change those of %s in the same batch', (_, props, expected) => {
    const stack = aStack();
    aDomain(stack, props);
    expect(changes(stack)).toEqual([{ zones: [zoneArn(ZONE_ID)], actions: ALL, ...expected }]);
  });

  test('has replacing a TXT record set, even when everything is retained', () => {
    const stack = aStack();
    aDomain(stack, { dmarc: {}, removalPolicy: RemovalPolicy.RETAIN });
    expect(changes(stack).map(({ actions }) => actions)).toEqual([ALL]);
    expect(allActions(stack)).not.toContain('ses:DeleteEmailIdentity');
  });

  test('opens nothing more for the domains beside them', () => {
    const stack = aStack();
    const props: Partial<EasyDkimDomainProps>[] = [
      {},
      { dmarc: {} },
      { mailFrom: { domainName: 'bounce.customer-002.mail.example.com' } },
      { removalPolicy: RemovalPolicy.RETAIN },
    ];
    manyDomains(stack, 4, (index) => props[index]);
    const domain = (n: number) => `customer-00${n}.mail.example.com`;
    const byName = (one: { names: string[] }, other: { names: string[] }) => (one.names[0] < other.names[0] ? -1 : 1);
    expect(
      changes(stack)
        .map(({ names, types }) => ({ names, types }))
        .sort(byName),
    ).toEqual([
      { names: [`*._domainkey.${domain(0)}`], types: ['CNAME'] },
      { names: [`*._domainkey.${domain(1)}`, `_dmarc.${domain(1)}`], types: ['CNAME', 'TXT'] },
      { names: [`*._domainkey.${domain(2)}`, `bounce.${domain(2)}`], types: ['CNAME', 'MX', 'TXT'] },
      { names: [`*._domainkey.${domain(3)}`], types: ['CNAME'] },
    ]);
  });

  test('is nothing when they are behind a delegation role', () => {
    const stack = aStack();
    aDomain(stack, { delegationRole: delegationRole(stack), mailFrom, dmarc: {} });
    expect(statementsFor(stack, 'route53')).toEqual([]);
  });
});

describe('what the handler may do when the zones are in another account', () => {
  test('is nothing in Route 53', () => {
    const stack = aStack();
    aDomain(stack, { delegationRole: delegationRole(stack) });
    expect(statementsFor(stack, 'route53')).toEqual([]);
  });

  test('is to assume the delegation roles, and no other', () => {
    const stack = aStack();
    manyDomains(stack, 3, (index) => ({ delegationRole: delegationRole(stack, `Dns${index}`) }));
    expect(statementsFor(stack, 'sts')).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Resource: [0, 1, 2].map((index) => `arn:aws:iam::210987654321:role/Dns${index}`),
      },
    ]);
  });

  test('names a role once that serves several domains', () => {
    const stack = aStack();
    const role = delegationRole(stack);
    manyDomains(stack, 3, () => ({ delegationRole: role }));
    expect(statementsFor(stack, 'sts').map(({ Resource }) => Resource)).toEqual([
      ['arn:aws:iam::210987654321:role/Dns'],
    ]);
  });

  test('is nothing to the zones of other accounts when some zones are its own', () => {
    const stack = aStack();
    manyDomains(stack, 2, (index) => (index === 0 ? { delegationRole: delegationRole(stack) } : {}));
    expect(changes(stack).map(({ zones }) => zones)).toEqual([[zoneArn('Z0123456789ABCDEFG001')]]);
  });

  test('is to assume no role at all when every zone is its own', () => {
    const stack = aStack();
    aDomain(stack);
    expect(statementsFor(stack, 'sts')).toEqual([]);
  });
});

describe('what the handler may do in SES', () => {
  const FURTHER = ['us-east-1', 'eu-central-1'];
  const inFurther = () => {
    const stack = aStack();
    FURTHER.forEach((sesRegion) => aDomain(stack, { sesRegion }, sesRegion));
    return stack;
  };
  const identitiesIn = (...regions: string[]) => regions.map((region) => `arn:aws:ses:${region}:${ACCOUNT}:identity/*`);
  const forAction = (stack: Stack, action: string) => {
    const found = statementsFor(stack, 'ses').filter(({ Action }) => actionsOf(Action).includes(action));
    expect(found).toHaveLength(1);
    return found[0];
  };

  test('is limited to the Regions of its domains, where it knows no resources', () => {
    const withoutResource = statementsFor(inFurther(), 'ses').filter(({ Resource }) => Resource === '*');
    expect(withoutResource.flatMap(({ Action }) => Action)).toEqual([
      'ses:VerifyDomainDkim',
      'ses:CreateEmailIdentity',
    ]);
    for (const { Condition } of withoutResource) {
      expect(Condition).toMatchObject({ StringEquals: { 'aws:RequestedRegion': FURTHER } });
    }
  });

  test("is limited to the stack's own Region by default", () => {
    const stack = aStack();
    aDomain(stack);
    for (const { Resource, Condition } of statementsFor(stack, 'ses')) {
      expect(Resource === '*' ? Condition?.StringEquals['aws:RequestedRegion'] : Resource).toEqual(
        Resource === '*' ? [REGION] : identitiesIn(REGION),
      );
    }
  });

  test.each([
    'ses:GetEmailIdentity',
    'ses:ListTagsForResource',
    'ses:TagResource',
    'ses:UntagResource',
    'ses:DeleteEmailIdentity',
  ])('is %s with identities of this account, in these Regions', (action) => {
    expect(forAction(inFurther(), action).Resource).toEqual(identitiesIn(...FURTHER));
  });

  test('is to make identities with the mark of this library only', () => {
    const stack = aStack();
    aDomain(stack);
    expect(forAction(stack, 'ses:CreateEmailIdentity').Condition?.StringEquals).toMatchObject({
      'aws:RequestTag/cdk-ses-easy-dkim': 'made',
    });
  });

  test('is to delete identities with the mark of this library only', () => {
    const stack = aStack();
    aDomain(stack);
    expect(forAction(stack, 'ses:DeleteEmailIdentity').Condition).toEqual({
      StringEquals: { 'aws:ResourceTag/cdk-ses-easy-dkim': 'made' },
    });
  });

  const TAGGING = ['ses:CreateEmailIdentity', 'ses:TagResource', 'ses:UntagResource'];

  test.each(TAGGING)('is %s with tags of this library only', (action) => {
    const stack = aStack();
    aDomain(stack);
    expect(forAction(stack, action).Condition).toMatchObject({
      'ForAllValues:StringLike': { 'aws:TagKeys': ['cdk-ses-easy-dkim', 'cdk-ses-easy-dkim:*'] },
      Null: { 'aws:TagKeys': 'false' },
    });
  });

  test.each(TAGGING)("is %s with the user's tags, too", (action) => {
    const stack = aStack();
    const [first] = manyDomains(stack, 2);
    Tags.of(stack).add('team', 'mail');
    Tags.of(first).add('customer', '000');
    expect(forAction(stack, action).Condition).toMatchObject({
      'ForAllValues:StringLike': {
        'aws:TagKeys': ['cdk-ses-easy-dkim', 'cdk-ses-easy-dkim:*', 'customer', 'team'],
      },
    });
  });

  test('leaves out deleting identities when everything is retained', () => {
    const stack = aStack();
    manyDomains(stack, 3, () => ({ removalPolicy: RemovalPolicy.RETAIN }));
    expect(allActions(stack)).not.toContain('ses:DeleteEmailIdentity');
  });

  test('has deleting identities as soon as one domain is not retained', () => {
    const stack = aStack();
    manyDomains(stack, 3, (index) => (index === 1 ? {} : { removalPolicy: RemovalPolicy.RETAIN }));
    expect(allActions(stack)).toContain('ses:DeleteEmailIdentity');
  });

  test('is never to delete identities by the SES v1 API, which knows no resources', () => {
    const stack = aStack();
    const mailFrom = { domainName: 'bounce.example.com' };
    const bounces = sns.Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:${REGION}:${ACCOUNT}:topic`);
    aDomain(stack, { mailFrom, dmarc: {}, notifications: { bounces } });
    expect(allActions(stack)).not.toContain('ses:DeleteIdentity');
  });
});

describe("the keys of the user's tags", () => {
  const FITTING = Array.from({ length: 20 }, (_, n) => `organization:cost-${n}`);
  const TOO_MANY = Array.from({ length: 48 }, (_, n) => `${'k'.repeat(60)}${n}`);
  const tagged = (keys: string[], arrange: (stack: Stack) => void) => {
    const stack = aStack('us-gov-west-1');
    arrange(stack);
    keys.forEach((key) => Tags.of(stack).add(key, 'value'));
    return stack;
  };

  test.each<[string, string[], (stack: Stack) => void]>([
    ['some with many domains', FITTING, (stack) => manyDomains(stack, 150)],
    [
      'some with many Regions',
      FITTING.slice(0, 8),
      (stack) => ['us-gov-east-1', 'us-gov-west-1'].forEach((sesRegion) => aDomain(stack, { sesRegion }, sesRegion)),
    ],
  ])('make no policy too long: %s', (_, keys, arrange) => {
    const lengths = policies(tagged(keys, arrange)).map(({ length }) => length);
    expect(Math.max(...lengths)).toBeLessThan(MAX_POLICY_LENGTH);
  });

  test('are an error when they make one too long, that says what to do', () => {
    const stack = tagged(TOO_MANY, (it) => aDomain(it));
    expect(() => Template.fromStack(stack)).toThrow(
      /The keys of the 48 tags of the identities make a policy of \d{4} characters, but IAM allows at most 6144: .*'Custom::EasyDkimDomain'.* or put some of the domains into another stack\./,
    );
  });
});

describe('domains in further Regions', () => {
  const FURTHER = ['us-east-1', 'us-east-2', 'us-west-2'];
  const KEEPING = [
    'ses:CreateEmailIdentity',
    'ses:GetEmailIdentity',
    'ses:ListTagsForResource',
    'ses:TagResource',
    'ses:UntagResource',
    'ses:VerifyDomainDkim',
  ];
  const ALL = [...KEEPING, 'ses:DeleteEmailIdentity'].sort();

  const addFurther = (stack: Stack, count: number) =>
    FURTHER.slice(0, count).forEach((sesRegion) => aDomain(stack, { sesRegion, outputs: false }, sesRegion));

  /** What the handler may do in SES once the policies are there that the domain in a Region waits for. */
  const allowedIn = (stack: Stack, region: string) => {
    const [{ DependsOn }] = Object.values(resources(stack, 'Custom::EasyDkimDomain')).filter(
      ({ Properties }) => Properties.SesRegion === region,
    );
    return policies(stack)
      .filter(({ logicalId }) => DependsOn!.includes(logicalId))
      .flatMap(({ statements }) => statements)
      .filter((statement) => JSON.stringify(statement).includes(region))
      .flatMap(({ Action }) => actionsOf(Action))
      .sort();
  };

  const expectRoomFor = (stack: Stack, further: number) => {
    const lengths = policies(stack).map(({ length }) => length);
    expect(Math.max(...lengths)).toBeLessThan(MAX_POLICY_LENGTH);
    expect(lengths.length).toBeLessThanOrEqual(MAX_POLICIES);
    for (const region of FURTHER.slice(0, further)) {
      expect(allowedIn(stack, region)).toEqual(ALL);
    }
  };

  const MANY = [45, 300].flatMap((many) => [1, 3].map((further): [number, number] => [many, further]));

  test.each(MANY)('may follow %d domains in one Region: %d', (many, further) => {
    const stack = aStack();
    manyDomains(stack, many);
    addFurther(stack, further);
    expectRoomFor(stack, further);
  });

  test.each(MANY)('may come before %d domains in one Region: %d', (many, further) => {
    const stack = aStack();
    addFurther(stack, further);
    manyDomains(stack, many);
    expectRoomFor(stack, further);
  });

  test('may delete identities as soon as one is not retained', () => {
    const allowed = (removalPolicies: RemovalPolicy[]) => {
      const stack = aStack();
      manyDomains(stack, 100);
      removalPolicies.forEach((removalPolicy) =>
        aDomain(
          stack,
          { sesRegion: 'us-east-1', domainName: `${removalPolicy}.example.com`, removalPolicy },
          removalPolicy,
        ),
      );
      return allowedIn(stack, 'us-east-1');
    };
    expect(allowed([RemovalPolicy.RETAIN])).toEqual(KEEPING);
    expect(allowed([RemovalPolicy.RETAIN, RemovalPolicy.DESTROY])).toEqual(ALL);
  });
});

describe('what the handler may do with the settings of identities', () => {
  const topic = (stack: Stack) => sns.Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:${REGION}:${ACCOUNT}:topic`);
  const configurationSet = (stack: Stack) => ses.ConfigurationSet.fromConfigurationSetName(stack, 'Set', 'mail');
  const plain = aStack();
  aDomain(plain);

  test.each<[string, (stack: Stack) => Partial<EasyDkimDomainProps>, string[]]>([
    [
      'a MAIL FROM domain',
      () => ({ mailFrom: { domainName: 'bounce.example.com' } }),
      ['ses:PutEmailIdentityMailFromAttributes'],
    ],
    ['feedback forwarding', () => ({ feedbackForwarding: true }), ['ses:PutEmailIdentityFeedbackAttributes']],
    [
      'notifications',
      (stack) => ({ notifications: { bounces: topic(stack) } }),
      [
        'ses:GetIdentityNotificationAttributes',
        'ses:PutEmailIdentityFeedbackAttributes',
        'ses:SetIdentityHeadersInNotificationsEnabled',
        'ses:SetIdentityNotificationTopic',
      ],
    ],
    [
      'a configuration set',
      (stack) => ({ configurationSet: configurationSet(stack) }),
      ['ses:PutEmailIdentityConfigurationSetAttributes'],
    ],
    ['a DMARC record', () => ({ dmarc: {} }), []],
  ])('is what %s needs, and no more', (_, props, expected) => {
    const stack = aStack();
    aDomain(stack, props(stack));
    const further = allActions(stack).filter((action) => !allActions(plain).includes(action));
    expect([...new Set(further)].sort()).toEqual(expected);
  });

  const settingStatements = (stack: Stack, action: string) =>
    statementsFor(stack, 'ses').filter(({ Action }) => actionsOf(Action).includes(action));

  test('is limited to the Regions of those that have settings', () => {
    const stack = aStack();
    const bounces = sns.Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:us-east-1:${ACCOUNT}:topic`);
    aDomain(stack, {}, 'Plain');
    aDomain(stack, { sesRegion: 'us-east-1', notifications: { bounces } }, 'Other');
    expect(settingStatements(stack, 'ses:SetIdentityNotificationTopic')).toMatchObject([
      { Resource: '*', Condition: { StringEquals: { 'aws:RequestedRegion': ['us-east-1'] } } },
    ]);
    expect(settingStatements(stack, 'ses:PutEmailIdentityFeedbackAttributes')).toMatchObject([
      { Resource: [`arn:aws:ses:us-east-1:${ACCOUNT}:identity/*`] },
    ]);
  });

  test.each<[string, (stack: Stack) => Partial<EasyDkimDomainProps>]>([
    ['ses:PutEmailIdentityMailFromAttributes', () => ({ mailFrom: { domainName: 'bounce.example.com' } })],
    ['ses:PutEmailIdentityFeedbackAttributes', () => ({ feedbackForwarding: true })],
    ['ses:PutEmailIdentityConfigurationSetAttributes', (stack) => ({ configurationSet: configurationSet(stack) })],
  ])('is %s on identities that have the mark of this library', (action, props) => {
    const stack = aStack();
    aDomain(stack, props(stack));
    const [{ Resource, Condition }] = settingStatements(stack, action);
    expect(Resource).toEqual([`arn:aws:ses:${REGION}:${ACCOUNT}:identity/*`]);
    expect(Condition).toEqual({ StringEquals: { 'aws:ResourceTag/cdk-ses-easy-dkim': ['made', 'used'] } });
  });

  test('names the configuration set, which has no mark', () => {
    const stack = aStack();
    aDomain(stack, { sesRegion: 'us-east-1', configurationSet: configurationSet(stack) });
    const [, ...others] = settingStatements(stack, 'ses:PutEmailIdentityConfigurationSetAttributes');
    expect(others).toEqual([
      {
        Effect: 'Allow',
        Action: 'ses:PutEmailIdentityConfigurationSetAttributes',
        Resource: [`arn:aws:ses:us-east-1:${ACCOUNT}:configuration-set/mail`],
      },
    ]);
  });
});

describe('a change of what is allowed', () => {
  /** CloudFormation replaces a policy whose description changes, and keeps the old one until it has cleaned up. */
  const descriptions = (arrange: (stack: Stack) => void) => {
    const stack = aStack();
    arrange(stack);
    return policies(stack).map(({ description }) => description);
  };
  const plain = (stack: Stack) => void aDomain(stack);

  test.each<[string, (stack: Stack) => void]>([
    ['another domain', (stack) => void aDomain(stack, { domainName: 'mail.example.com' })],
    ['another zone', (stack) => void aDomain(stack, { hostedZone: aZone(stack, 'example.com', 'Z2') })],
    ['another Region', (stack) => void aDomain(stack, { sesRegion: 'us-east-1' })],
    ['retaining', (stack) => void aDomain(stack, { removalPolicy: RemovalPolicy.RETAIN })],
    ['a delegation role', (stack) => void aDomain(stack, { delegationRole: delegationRole(stack) })],
    ['a DMARC record', (stack) => void aDomain(stack, { dmarc: {} })],
    ['a MAIL FROM domain', (stack) => void aDomain(stack, { mailFrom: { domainName: 'bounce.example.com' } })],
    ['a setting of the identity', (stack) => void aDomain(stack, { feedbackForwarding: true })],
    ['one more domain', (stack) => [plain(stack), aDomain(stack, { domainName: 'mail.example.com' }, 'Two')]],
    [
      'a zone that the stack makes',
      (stack) =>
        aDomain(stack, { hostedZone: new route53.PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' }) }),
    ],
  ])('by %s replaces the policy, so that the old one serves the clean-up', (_, changed) => {
    expect(descriptions(changed)).not.toEqual(descriptions(plain));
  });

  test.each<[string, (stack: Stack, parameter: string) => Partial<EasyDkimDomainProps>]>([
    ['the id of a zone', (stack, id) => ({ hostedZone: aZone(stack, 'example.com', id) })],
    ['the name of a domain', (stack, name) => ({ hostedZone: aZone(stack, name) })],
    ['a MAIL FROM domain', (_, domainName) => ({ mailFrom: { domainName } })],
    [
      'the ARN of a delegation role',
      (stack, arn) => ({ delegationRole: iam.Role.fromRoleArn(stack, 'Dns', arn, { mutable: false }) }),
    ],
    [
      'the name of a configuration set',
      (stack, name) => ({ configurationSet: ses.ConfigurationSet.fromConfigurationSetName(stack, 'Set', name) }),
    ],
  ])('by the value of a parameter alone replaces the policy, too: %s', (_, props) => {
    const stack = aStack();
    aDomain(stack, props(stack, new CfnParameter(stack, 'Value').valueAsString));
    const described = (value: string) =>
      resolveIntrinsics(theResource(stack, 'AWS::IAM::ManagedPolicy').Properties.Description, {
        ref: (name) => (name === 'Value' ? value : name),
        getAtt: (logicalId) => logicalId,
      });
    const arn = 'arn:aws:iam::210987654321:role/Dns';
    expect(described(arn)).not.toEqual(described(`${arn}2`));
  });

  test('by a value of any of many domains replaces the policy that has it', () => {
    const stack = aStack();
    manyDomains(stack, 130, (n) => {
      const zoneName = `customer-${n}.mail.example.com`;
      return { hostedZone: new route53.PublicHostedZone(stack, `Made${n}`, { zoneName }) };
    });
    const zones = Object.keys(resources(stack, 'AWS::Route53::HostedZone')).map((id) => `{"Ref":"${id}"}`);
    const managed = Object.values(resources(stack, 'AWS::IAM::ManagedPolicy')).map(({ Properties }) => ({
      document: JSON.stringify(Properties.PolicyDocument),
      description: JSON.stringify(Properties.Description),
    }));
    for (const zone of zones) {
      const [{ description }] = managed.filter(({ document }) => document.includes(zone));
      expect(description).toContain(zone);
    }
  });

  test.each<[string, (stack: Stack, n: number) => Partial<EasyDkimDomainProps>]>([
    [
      'the ids of zones',
      (stack, n) => ({
        hostedZone: aZone(stack, `c${n}.example.com`, new CfnParameter(stack, `Id${n}`).valueAsString),
      }),
    ],
    [
      'the names of domains',
      (stack, n) => ({ hostedZone: aZone(stack, new CfnParameter(stack, `Name${n}`).valueAsString) }),
    ],
  ])('has room in the description, of which IAM takes 1,000 characters, for %s', (_, props) => {
    const stack = aStack();
    manyDomains(stack, 40, (n) => props(stack, n));
    const longest = (name: string) => (name.startsWith('Id') ? 'Z'.repeat(32) : 'n'.repeat(209));
    const lengths = Object.values(resources(stack, 'AWS::IAM::ManagedPolicy')).map(
      ({ Properties }) =>
        (resolveIntrinsics(Properties.Description, { ref: longest, getAtt: longest }) as string).length,
    );
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1_000);
  });

  test('by none leaves the policy alone', () => {
    expect(descriptions(plain)).toEqual(descriptions(plain));
  });

  test('by something that needs no other permission leaves the policy alone', () => {
    const others = (stack: Stack) => {
      aDomain(stack, {
        ttl: Duration.minutes(5),
        waitForVerification: Duration.minutes(5),
        overwriteRecords: true,
        outputs: false,
      });
    };
    expect(descriptions(others)).toEqual(descriptions(plain));
  });

  test('can replace the policy, since it has no name of its own', () => {
    const stack = aStack();
    aDomain(stack);
    expect(theResource(stack, 'AWS::IAM::ManagedPolicy').Properties).not.toHaveProperty('ManagedPolicyName');
  });
});

describe('400 domains in 400 zones in one stack', () => {
  let stack: Stack;
  beforeAll(() => {
    stack = aStack();
    manyDomains(stack, 400);
  });

  test('fit into policies of a length that IAM takes, on one role', () => {
    const lengths = policies(stack).map(({ length }) => length);
    expect(Math.max(...lengths)).toBeLessThan(MAX_POLICY_LENGTH);
    expect(lengths.length).toBeLessThanOrEqual(MAX_POLICIES);
  });

  test('may each change its own records in its own zone', () => {
    const numbers = Array.from({ length: 400 }, (_, index) => String(index).padStart(3, '0'));
    const all = changes(stack);
    const allowed = all.flatMap(({ names, zones }) => names.map((name, index) => `${name} in ${zones[index]}`)).sort();
    expect(allowed).toEqual(
      numbers.map((n) => `*._domainkey.customer-${n}.mail.example.com in ${zoneArn(`Z0123456789ABCDEFG${n}`)}`),
    );
    for (const { zones, names } of all) {
      expect(zones).toHaveLength(names.length);
    }
  });

  test('leave room for other resources in the stack', () => {
    expect(Object.keys(Template.fromStack(stack).toJSON().Resources as object).length).toBeLessThanOrEqual(480);
  });

  test('are a template that CloudFormation takes', () => {
    // As the CDK writes it, with its white space.
    const bytes = JSON.stringify(Template.fromStack(stack).toJSON(), undefined, 1).length;
    expect(bytes).toBeLessThan(MAX_TEMPLATE_BYTES);
  });
});

describe('150 domains with everything in one stack', () => {
  let stack: Stack;
  beforeAll(() => {
    stack = aStack('us-gov-west-1');
    const configurationSet = new ses.ConfigurationSet(stack, 'Set');
    const topic = new sns.Topic(stack, 'Topic');
    manyDomains(stack, 150, (index) => ({
      mailFrom: { domainName: `bounce.customer-${String(index).padStart(3, '0')}.mail.example.com` },
      dmarc: {},
      configurationSet,
      feedbackForwarding: false,
      notifications: { bounces: topic, complaints: topic },
    }));
  });

  test('fit into policies of a length that IAM takes, on one role', () => {
    const lengths = policies(stack).map(({ length }) => length);
    expect(Math.max(...lengths)).toBeLessThan(MAX_POLICY_LENGTH);
    expect(lengths.length).toBeLessThanOrEqual(MAX_POLICIES);
  });

  test('may each change its own records', () => {
    expect(changes(stack).flatMap(({ names }) => names)).toHaveLength(450);
    expect(new Set(changes(stack).map(({ types }) => types.join()))).toEqual(new Set(['CNAME,MX,TXT']));
  });
});

describe('more policies than can be replaced at once', () => {
  const warnings = (domains: number) => {
    const stack = aStack();
    manyDomains(stack, domains);
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('higher quota'));
  };

  test('are announced, with what to ask AWS for', () => {
    expect(warnings(300)).toHaveLength(1);
  });

  test('are nothing to worry about with fewer domains', () => {
    expect(warnings(200)).toEqual([]);
  });
});

describe('more than IAM takes', () => {
  test('more domains than fit are an error that says to split the stack', () => {
    const stack = aStack();
    const tooMany = () =>
      manyDomains(stack, 400, (index) => ({
        domainName: `${'a'.repeat(63)}.customer-${String(index).padStart(3, '0')}.mail.example.com`,
      }));
    expect(tooMany).toThrow(
      /^Test\/EasyDkimProvider: no room for the permissions of a+\.customer-\d+\.mail\.example\.com: .* into another stack\.$/,
    );
  });

  test.each<[string, (stack: Stack) => void]>([
    [
      'many delegation roles',
      (stack) => manyDomains(stack, 150, (n) => ({ delegationRole: delegationRole(stack, `EasyDkimDelegation-${n}`) })),
    ],
    [
      'many domains of its own, then many delegation roles',
      (stack) =>
        manyDomains(stack, 150, (n) =>
          n < 50 ? {} : { delegationRole: delegationRole(stack, `EasyDkimDelegation-${n}`) },
        ),
    ],
    [
      'long names',
      (stack) =>
        manyDomains(stack, 60, (n) => ({
          domainName: `${'a'.repeat(63)}.${'b'.repeat(63)}.customer-${String(n).padStart(3, '0')}.mail.example.com`,
        })),
    ],
    [
      'mixed removal policies',
      (stack) =>
        manyDomains(stack, 150, (n) => ({ removalPolicy: n % 2 ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY })),
    ],
    [
      'zones that the stack makes',
      (stack) =>
        manyDomains(stack, 150, (n) => {
          const zoneName = `customer-${n}.mail.example.com`;
          return { hostedZone: new route53.PublicHostedZone(stack, `Made${n}`, { zoneName }) };
        }),
    ],
    [
      'all kinds of records and settings',
      (stack) =>
        manyDomains(stack, 120, (n) => {
          const mailFrom = { domainName: `bounce.customer-${String(n).padStart(3, '0')}.mail.example.com` };
          const configurationSet = ses.ConfigurationSet.fromConfigurationSetName(stack, `Set${n}`, `${n}`.repeat(20));
          return [{}, { dmarc: {} }, { mailFrom }, { mailFrom, dmarc: {} }, { configurationSet }][n % 5];
        }),
    ],
    [
      'domains at other DNS providers',
      (stack) => {
        const configurationSet = new ses.ConfigurationSet(stack, 'Set');
        for (let n = 0; n < 150; n++) {
          const domainName = `customer-${n}.mail.example.com`;
          new EasyDkimDomain(stack, `Mail${n}`, { domainName, configurationSet, outputs: false });
        }
      },
    ],
  ])('%s make no policy too long', (_, arrange) => {
    const stack = aStack('us-gov-west-1');
    arrange(stack);
    expect(Math.max(...policies(stack).map(({ length }) => length))).toBeLessThan(MAX_POLICY_LENGTH);
  });

  test('many Regions of SES make no policy too long', () => {
    const stack = aStack();
    const regions = RegionInfo.regions.filter(({ partition }) => partition === 'aws').map(({ name }) => name);
    manyDomains(stack, 100, (n) => ({ sesRegion: n < 50 ? REGION : regions[n % regions.length] }));
    expect(Math.max(...policies(stack).map(({ length }) => length))).toBeLessThan(MAX_POLICY_LENGTH);
  });

  test('domains of one zone take less room than domains of a zone each', () => {
    const stack = aStack();
    const hostedZone = aZone(stack);
    manyDomains(stack, 400, (n) => ({
      hostedZone,
      domainName: `customer-${String(n).padStart(3, '0')}.mail.example.com`,
    }));
    expect(policies(stack).length).toBeLessThanOrEqual(5);
  });
});

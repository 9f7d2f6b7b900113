import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { EasyDkimDelegationRole, EasyDkimDelegationRoleProps } from '../../lib';
import { aStack, aZone, deployed, policies, statementsFor, theResource, ZONE_ID } from './support';

function aRole(stack: Stack, props: Partial<EasyDkimDelegationRoleProps> = {}): EasyDkimDelegationRole {
  return new EasyDkimDelegationRole(stack, 'Delegation', {
    hostedZone: props.hostedZone ?? aZone(stack),
    assumedBy: new iam.AccountPrincipal('111122223333'),
    ...props,
  });
}

function trust(stack: Stack): unknown {
  return deployed(stack, theResource(stack, 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument);
}

describe('who may assume the delegation role', () => {
  test.each<[string, iam.IPrincipal, object]>([
    [
      'an account',
      new iam.AccountPrincipal('111122223333'),
      {
        Principal: { AWS: 'arn:aws:iam::111122223333:root' },
        Condition: { StringEquals: { 'sts:ExternalId': ZONE_ID } },
      },
    ],
    [
      'a role',
      new iam.ArnPrincipal('arn:aws:iam::111122223333:role/handler'),
      {
        Principal: { AWS: 'arn:aws:iam::111122223333:role/handler' },
        Condition: { StringEquals: { 'sts:ExternalId': ZONE_ID } },
      },
    ],
    [
      'an organization',
      new iam.OrganizationPrincipal('o-1234567890'),
      {
        Principal: { AWS: '*' },
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1234567890', 'sts:ExternalId': ZONE_ID } },
      },
    ],
  ])('is %s, in the name of the zone', (_, assumedBy, expected) => {
    const stack = aStack();
    aRole(stack, { assumedBy });

    expect(trust(stack)).toMatchObject({ Statement: [{ Action: 'sts:AssumeRole', ...expected }] });
  });

  test('is each of several, in the name of the zone and under its own conditions', () => {
    const stack = aStack();
    const organization = new iam.OrganizationPrincipal('o-1234567890');
    const tagged = new iam.AccountPrincipal('444455556666').withConditions({
      StringEquals: { 'aws:PrincipalTag/team': 'mail' },
    });
    const account = new iam.AccountPrincipal('111122223333');
    aRole(stack, { assumedBy: new iam.CompositePrincipal(organization, tagged, account) });

    const externalId = { 'sts:ExternalId': ZONE_ID };
    expect(trust(stack)).toMatchObject({
      Statement: [
        {
          Principal: { AWS: '*' },
          Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1234567890', ...externalId } },
        },
        {
          Principal: { AWS: 'arn:aws:iam::444455556666:root' },
          Condition: { StringEquals: { 'aws:PrincipalTag/team': 'mail', ...externalId } },
        },
        { Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Condition: { StringEquals: externalId } },
      ],
    });
  });

  test('may be a role of the app', () => {
    const stack = aStack();
    const assumedBy = iam.Role.fromRoleArn(stack, 'Handler', 'arn:aws:iam::111122223333:role/handler');
    expect(() => aRole(stack, { assumedBy })).not.toThrow();
  });

  test.each<[string, iam.IPrincipal]>([
    ['anyone', new iam.AnyPrincipal()],
    ['anything', new iam.StarPrincipal()],
    ['anyone with tags', new iam.AnyPrincipal().withSessionTags()],
    [
      'anyone among others',
      new iam.CompositePrincipal(new iam.OrganizationPrincipal('o-1234567890'), new iam.AnyPrincipal()),
    ],
  ])('is not %s', (_, assumedBy) => {
    expect(() => aRole(aStack(), { assumedBy })).toThrow(
      'Test/Delegation: assumedBy lets anyone assume the role: give an account, a role or an organization.',
    );
  });
});

describe('the delegation role is refused', () => {
  test('for a private zone', () => {
    const stack = aStack();
    const hostedZone = new route53.PrivateHostedZone(stack, 'Private', {
      zoneName: 'example.com',
      vpc: new ec2.Vpc(stack, 'Vpc'),
    });

    expect(() => aRole(stack, { hostedZone })).toThrow('Test/Delegation: hostedZone is a private hosted zone');
  });

  test('for a domain outside the zone', () => {
    expect(() => aRole(aStack(), { domainNames: ['mail.example.com', 'notexample.com'] })).toThrow(
      'Test/Delegation: domainNames "notexample.com" is not in the hosted zone "example.com"',
    );
  });

  test('for no domain at all', () => {
    expect(() => aRole(aStack(), { domainNames: [] })).toThrow('Test/Delegation: domainNames is an empty list');
  });

  test.each<[string, Partial<EasyDkimDelegationRoleProps>, string]>([
    ['none at all', { mailFromDomains: [] }, 'is an empty list: leave it out for none'],
    ['one outside the zone', { mailFromDomains: ['a.example.org'] }, '"a.example.org" is not in the hosted zone'],
    ["the zone's apex", { mailFromDomains: ['Example.com'] }, `"example.com" is the hosted zone's own name`],
    [
      'one that belongs to no domain',
      { domainNames: ['mail.example.com'], mailFromDomains: ['bounce.mail.example.com', 'mail.example.com'] },
      '"mail.example.com" is not below any of domainNames: give a name below the domain that uses it.',
    ],
  ])('for MAIL FROM domains when there is %s', (_, props, message) => {
    expect(() => aRole(aStack(), props)).toThrow(`Test/Delegation: mailFromDomains ${message}`);
  });
});

describe('the policy of the delegation role, of which IAM takes 6,144 characters,', () => {
  const names = (count: number) =>
    Array.from({ length: count }, (_, n) => `customer-${String(n).padStart(3, '0')}.example.com`);
  const lengthOrError = (props: Partial<EasyDkimDelegationRoleProps>) => {
    const stack = aStack();
    try {
      aRole(stack, props);
    } catch (error) {
      return (error as Error).message;
    }
    return policies(stack)[0].length;
  };

  test('has room for as many domains as fit', () => {
    const lengths = Array.from({ length: 30 }, (_, n) => lengthOrError({ domainNames: names(n + 120) }));
    const accepted = lengths.filter((length) => typeof length === 'number');
    expect(Math.max(...accepted)).toBeLessThanOrEqual(6_144);
    expect(Math.max(...accepted)).toBeGreaterThan(6_080);
  });

  test.each<[string, Partial<EasyDkimDelegationRoleProps>, RegExp]>([
    [
      'domains',
      { domainNames: names(200), dmarc: true },
      /^Test\/Delegation: domainNames has 200 names, which make a policy of 1\d{4} characters, but IAM allows at most 6144: leave it out for all domains in the zone, or use several roles\.$/,
    ],
    [
      'MAIL FROM domains',
      { mailFromDomains: names(300) },
      /^Test\/Delegation: mailFromDomains has 300 names, which make a policy of \d{4} characters, but IAM allows at most 6144: use several roles\.$/,
    ],
  ])('is refused when it has too many %s', (_, props, message) => {
    expect(lengthOrError(props)).toMatch(message);
  });
});

describe('what the delegation role may change', () => {
  const changes = (props: Partial<EasyDkimDelegationRoleProps>) => {
    const stack = aStack();
    aRole(stack, props);
    const [list, { Condition }, follow, ...others] = statementsFor(stack, 'route53');
    expect(list).toEqual({
      Effect: 'Allow',
      Action: 'route53:ListResourceRecordSets',
      Resource: `arn:aws:route53:::hostedzone/${ZONE_ID}`,
    });
    expect(follow.Action).toBe('route53:GetChange');
    expect(others).toEqual([]);
    return {
      names: Condition!['ForAllValues:StringLike']['route53:ChangeResourceRecordSetsNormalizedRecordNames'],
      types: Condition!['ForAllValues:StringEquals']['route53:ChangeResourceRecordSetsRecordTypes'],
    };
  };
  const dkim = ['*._domainkey.example.com', '*._domainkey.*.example.com'];

  test.each<[string, Partial<EasyDkimDelegationRoleProps>, { names: string[]; types: string[] }]>([
    ['the DKIM records', {}, { names: dkim, types: ['CNAME'] }],
    [
      'those of MAIL FROM as well',
      { mailFromDomains: ['Bounce.example.com.'] },
      { names: [...dkim, 'bounce.example.com'], types: ['CNAME', 'MX', 'TXT'] },
    ],
    [
      'those of DMARC as well',
      { dmarc: true },
      { names: [...dkim, '_dmarc.example.com', '_dmarc.*.example.com'], types: ['CNAME', 'TXT'] },
    ],
    [
      'all of some domains, in one batch',
      { domainNames: ['mail.example.com'], mailFromDomains: ['bounce.mail.example.com'], dmarc: true },
      {
        names: ['*._domainkey.mail.example.com', 'bounce.mail.example.com', '_dmarc.mail.example.com'],
        types: ['CNAME', 'MX', 'TXT'],
      },
    ],
  ])('is %s', (_, props, expected) => {
    expect(changes(props)).toEqual(expected);
  });
});

test('the delegation role has the name that another account imports it by', () => {
  const stack = aStack();
  aRole(stack, { roleName: 'mail-dkim-delegation' });

  expect(theResource(stack, 'AWS::IAM::Role').Properties.RoleName).toBe('mail-dkim-delegation');
});

import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { EasyDkimDelegationRole, EasyDkimDelegationRoleProps } from '../../lib';
import { aStack, aZone, deployed, theResource, ZONE_ID } from './support';

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

  test('is not anyone', () => {
    expect(() => aRole(aStack(), { assumedBy: new iam.AnyPrincipal() })).toThrow(
      'Test/Delegation: assumedBy is anyone: give an account, a role or an organization.',
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
});

test('the delegation role has the name that another account imports it by', () => {
  const stack = aStack();
  aRole(stack, { roleName: 'mail-dkim-delegation' });

  expect(theResource(stack, 'AWS::IAM::Role').Properties.RoleName).toBe('mail-dkim-delegation');
});

import { Stack } from 'aws-cdk-lib';
import { ExampleStack } from '../../bin/example-stack';
import {
  ACCOUNT,
  anApp,
  outputs,
  REGION,
  resourceProperties,
  resources,
  statementsFor,
  theResource,
  ZONE_ID,
} from '../lib/support';

/** The example with keys of context, as `cdk synth -c key=value` gives them. */
function exampleWith(context: Record<string, string> = {}): Stack {
  return new ExampleStack(anApp(context), 'Test', { env: { account: ACCOUNT, region: REGION } });
}

describe('with no context', () => {
  test('it makes a hosted zone of its own for example.com', () => {
    const zone = theResource(exampleWith(), 'AWS::Route53::HostedZone');
    expect(zone.Properties).toEqual({ Name: 'example.com.' });
  });

  test('it sets up the domain of that zone', () => {
    const stack = exampleWith();
    const { logicalId } = theResource(stack, 'AWS::Route53::HostedZone');
    expect(resourceProperties(stack)).toMatchObject({ DomainName: 'example.com', HostedZoneId: { Ref: logicalId } });
  });

  test('it shows the tokens and the records', () => {
    expect(Object.keys(outputs(exampleWith()))).toHaveLength(6);
  });
});

describe('with a zone that exists', () => {
  const zone = { hostedZoneId: ZONE_ID, zoneName: 'example.org' };

  test('it makes none', () => {
    expect(resources(exampleWith(zone), 'AWS::Route53::HostedZone')).toEqual({});
  });

  test('it sets up the domain of the zone', () => {
    expect(resourceProperties(exampleWith(zone))).toMatchObject({
      DomainName: 'example.org',
      HostedZoneId: ZONE_ID,
      HostedZoneName: 'example.org',
    });
  });

  test.each([
    ['domainName', 'mail.example.org', { DomainName: 'mail.example.org' }],
    ['sesRegion', 'us-east-1', { SesRegion: 'us-east-1' }],
    ['ttl', '300', { Ttl: '300' }],
    ['waitForVerification', '600', { WaitForVerification: '600' }],
    ['overwriteRecords', 'true', { OverwriteRecords: 'true' }],
    ['removalPolicy', 'retain', { RemovalPolicy: 'retain' }],
    [
      'delegationRoleArn',
      'arn:aws:iam::210987654321:role/Dns',
      { DelegationRoleArn: 'arn:aws:iam::210987654321:role/Dns' },
    ],
  ])('the key %s alone changes what it is for', (key, value, expected) => {
    const properties = resourceProperties(exampleWith({ ...zone, [key]: value }));
    expect(properties).toEqual({ ...resourceProperties(exampleWith(zone)), ...expected });
  });

  test('the handler may assume the delegation role', () => {
    const stack = exampleWith({ ...zone, delegationRoleArn: 'arn:aws:iam::210987654321:role/Dns' });
    expect(statementsFor(stack, 'sts').map(({ Resource }) => Resource)).toEqual([
      ['arn:aws:iam::210987654321:role/Dns'],
    ]);
  });
});

describe('with half of a zone', () => {
  test.each([
    ['hostedZoneId', ZONE_ID],
    ['zoneName', 'example.org'],
  ])('%s alone is an error that asks for both', (key, value) => {
    expect(() => exampleWith({ [key]: value })).toThrow(/Give both -c hostedZoneId=… and -c zoneName=…, or neither/);
  });
});

describe('with a value that cannot work', () => {
  test.each([
    ['ttl', 'soon', /Test\/Mail: ttl is NaN seconds/],
    ['removalPolicy', 'keep', /Test\/Mail: removalPolicy is "keep"/],
    ['domainName', 'example.net', /Test\/Mail: domainName "example.net" is not in the hosted zone "example.com"/],
  ])('%s=%s is an error', (key, value, message) => {
    expect(() => exampleWith({ [key]: value })).toThrow(message);
  });
});

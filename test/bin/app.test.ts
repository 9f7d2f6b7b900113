import { Stack } from 'aws-cdk-lib';
import { ExampleStack } from '../../bin/app';
import {
  ACCOUNT,
  anApp,
  outputs,
  REGION,
  resourceProperties,
  resources,
  settingsProperties,
  statementsFor,
  theResource,
  ZONE_ID,
} from '../lib/support';

const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:problems`;

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
    ['mailFromDomain', 'bounce.example.org', { MailFromDomain: 'bounce.example.org' }],
    ['dmarcPolicy', 'quarantine', { DmarcRecord: 'v=DMARC1; p=quarantine' }],
    ['configurationSet', 'mail', {}],
  ])('the key %s alone changes what it is for', (key, value, expected) => {
    const properties = resourceProperties(exampleWith({ ...zone, [key]: value }));
    expect(properties).toEqual({ ...resourceProperties(exampleWith(zone)), ...expected });
  });

  test.each([
    [
      'mailFromDomain',
      'bounce.example.org',
      { MailFromDomain: 'bounce.example.org', MailFromBehavior: 'UseDefaultValue' },
    ],
    ['configurationSet', 'mail', { ConfigurationSet: 'mail' }],
    ['feedbackForwarding', 'true', { FeedbackForwarding: 'true' }],
    ['problemsTopicArn', TOPIC, { BounceTopic: TOPIC, ComplaintTopic: TOPIC, NotificationHeaders: 'false' }],
  ])('the key %s alone sets what it is for', (key, value, expected) => {
    expect(settingsProperties(exampleWith({ ...zone, [key]: value }))).toEqual({
      DomainName: 'example.org',
      SesRegion: REGION,
      RemovalPolicy: 'destroy',
      ...expected,
    });
  });

  test('the keys for DMARC make its record', () => {
    const stack = exampleWith({ ...zone, dmarcPolicy: 'reject', dmarcReports: 'a@example.org,b@example.org' });
    expect(resourceProperties(stack).DmarcRecord).toBe(
      'v=DMARC1; p=reject; rua=mailto:a@example.org,mailto:b@example.org',
    );
  });

  test('the handler may assume the delegation role', () => {
    const stack = exampleWith({ ...zone, delegationRoleArn: 'arn:aws:iam::210987654321:role/Dns' });
    expect(statementsFor(stack, 'sts').map(({ Resource }) => Resource)).toEqual([
      ['arn:aws:iam::210987654321:role/Dns'],
    ]);
  });
});

describe('with otherDnsProvider=true', () => {
  test('it has no hosted zone, and one output with the records', () => {
    const stack = exampleWith({ otherDnsProvider: 'true', domainName: 'example.org' });
    expect(resources(stack, 'AWS::Route53::HostedZone')).toEqual({});
    expect(resourceProperties(stack)).not.toHaveProperty('HostedZoneId');
    expect(Object.keys(outputs(stack))).toEqual([expect.stringMatching(/^MailDnsRecords/)]);
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
    ['ttl', 'soon', /Test\/Mail: ttl is Duration\.seconds\(NaN\)/],
    ['removalPolicy', 'keep', /Test\/Mail: removalPolicy is "keep"/],
    ['dmarcPolicy', 'allow', /Test\/Mail: dmarc.policy is "allow": give DmarcPolicy.NONE/],
    ['domainName', 'example.net', /Test\/Mail: domainName "example.net" is not in the hosted zone "example.com"/],
  ])('%s=%s is an error', (key, value, message) => {
    expect(() => exampleWith({ [key]: value })).toThrow(message);
  });
});

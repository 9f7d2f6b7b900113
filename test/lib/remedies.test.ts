/** Errors and warnings that say what to write instead, for what people do write. */
import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EasyDkimDelegationRole, EasyDkimDomain, EasyDkimDomainProps } from '../../lib';
import { aDomain, anApp, aStack, aZone } from './support';

const ARN = 'arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ';
const IS_AN_ARN = `hostedZone has the id "${ARN}", which is an ARN: give "Z0123456789ABCDEFGHIJ"`;

const zoneByArn = (stack: Stack) =>
  route53.HostedZone.fromHostedZoneAttributes(stack, 'ByArn', { hostedZoneId: ARN, zoneName: 'example.com' });

test.each<[string, Partial<EasyDkimDomainProps>, string]>([
  [
    'a MAIL FROM domain that is one label',
    { mailFrom: { domainName: 'bounce' } },
    'mailFrom.domainName is "bounce", which is not a full name: give one such as "bounce.example.com"',
  ],
  [
    'two addresses in a string',
    { dmarc: { rua: ['a@example.com, b@example.com'] } },
    'dmarc.rua has "a@example.com, b@example.com", which is more than one address: give each as a string of its own',
  ],
  [
    'an address with a size limit',
    { dmarc: { rua: ['mailto:a@example.com!10m'] } },
    'dmarc.rua has "a@example.com!10m", but receivers no longer know size limits: leave out "!10m"',
  ],
])('%s', (_, props, message) => {
  const stack = aStack();
  expect(() => aDomain(stack, props)).toThrow(`Test/Mail: ${message}`);
});

test('the ARN of a hosted zone as its id', () => {
  const stack = aStack();
  expect(() => aDomain(stack, { hostedZone: zoneByArn(stack) })).toThrow(`Test/Mail: ${IS_AN_ARN}`);
  expect(
    () =>
      new EasyDkimDelegationRole(stack, 'Role', {
        hostedZone: zoneByArn(aStack()),
        assumedBy: new iam.AccountPrincipal('111122223333'),
      }),
  ).toThrow(`Test/Role: ${IS_AN_ARN}`);
});

test('a hosted zone that a VPC makes private later', () => {
  const stack = aStack();
  const hostedZone = new route53.HostedZone(stack, 'Zone', { zoneName: 'example.com' });
  aDomain(stack, { hostedZone });
  hostedZone.addVpc(ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'] }));
  expect(() => (stack.node.root as App).synth()).toThrow('Test/Mail: hostedZone is a private hosted zone');
});

describe('a topic under a key', () => {
  const notify = (key: (stack: Stack) => kms.IKey) => {
    const stack = aStack();
    const bounces = new sns.Topic(stack, 'Topic', { masterKey: key(stack) });
    return () => aDomain(stack, { notifications: { bounces } });
  };

  test('that AWS manages cannot work', () => {
    const build = notify((stack) => kms.Alias.fromAliasName(stack, 'Key', 'alias/aws/sns'));
    expect(build).toThrow(
      /^Test\/Mail: notifications\.bounces is .*alias\/aws\/sns.* give a topic with a key of your own/,
    );
  });

  test('of the app, or under an alias of one, can', () => {
    expect(notify((stack) => new kms.Key(stack, 'Key'))).not.toThrow();
    expect(notify((stack) => kms.Alias.fromAliasName(stack, 'Key', 'alias/mail'))).not.toThrow();
  });
});

describe('a Region without SES', () => {
  const warning = Match.stringLikeRegexp('ap-east-2 had no SES when .*: set sesRegion');

  test('is warned of, whether it is the prop or that of the stack', () => {
    const stack = aStack();
    aDomain(stack, { sesRegion: 'ap-east-2' });
    Annotations.fromStack(stack).hasWarning('/Test/Mail', warning);
    const there = aStack('ap-east-2');
    aDomain(there, {});
    Annotations.fromStack(there).hasWarning('/Test/Mail', warning);
  });

  test('of the stack does not matter with another sesRegion', () => {
    const stack = aStack('ap-east-2');
    aDomain(stack, { sesRegion: 'eu-west-1' });
    Annotations.fromStack(stack).hasNoWarning('*', warning);
  });
});

describe('the same domain in two stacks of an app', () => {
  const told = Match.stringLikeRegexp('"example.com" in eu-west-1 is also set up by Test/Mail. That is safe');
  const setUp = (stack: Stack) => new EasyDkimDomain(stack, 'Mail', { hostedZone: aZone(stack) });

  test('is told in the second one', () => {
    const app = anApp();
    const [one, other] = [aStack('eu-west-1', app), aStack('eu-west-1', app, 'Other')];
    [one, other].forEach(setUp);
    Annotations.fromStack(one).hasNoInfo('*', told);
    Annotations.fromStack(other).hasInfo('/Other/Mail', told);
  });

  test('is no news in another Region or account', () => {
    const app = anApp();
    const elsewhere = new Stack(app, 'Account', { env: { account: '444455556666', region: 'eu-west-1' } });
    const stacks = [aStack('eu-west-1', app), aStack('us-east-1', app, 'Region'), elsewhere];
    stacks.forEach(setUp);
    stacks.forEach((stack) => Annotations.fromStack(stack).hasNoInfo('*', Match.anyValue()));
  });
});

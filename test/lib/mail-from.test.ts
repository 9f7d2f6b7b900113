import { CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import * as ses from 'aws-cdk-lib/aws-ses';
import { EasyDkimDomainProps } from '../../lib';
import { aDomain, aStack, aZone, resourceProperties, settingsProperties, theResource } from './support';

type Props = Partial<EasyDkimDomainProps>;

function withMailFrom(domainName: string, props: Props = {}, stack = aStack()): Stack {
  aDomain(stack, { mailFrom: { domainName }, ...props });
  return stack;
}

describe('a custom MAIL FROM domain', () => {
  test('is in both resources: one writes its records, the other sets it', () => {
    const stack = withMailFrom('bounce.example.com');
    expect(resourceProperties(stack)).toMatchObject({ MailFromDomain: 'bounce.example.com' });
    expect(settingsProperties(stack)).toEqual({
      DomainName: 'example.com',
      SesRegion: 'eu-west-1',
      RemovalPolicy: 'destroy',
      MailFromDomain: 'bounce.example.com',
      MailFromBehavior: 'UseDefaultValue',
    });
  });

  test('is waited for as long as the domain is', () => {
    const stack = withMailFrom('bounce.example.com', { waitForVerification: Duration.minutes(5) });
    expect(resourceProperties(stack)).toMatchObject({ WaitForVerification: '300' });
    expect(settingsProperties(stack)).toMatchObject({ WaitForVerification: '300' });
  });

  test('is not waited for without one', () => {
    const stack = aStack();
    aDomain(stack, { feedbackForwarding: true, waitForVerification: Duration.minutes(5) });
    expect(settingsProperties(stack)).not.toHaveProperty('WaitForVerification');
  });

  test('has a status, which is an attribute of the settings', () => {
    const stack = aStack();
    const mail = aDomain(stack, { mailFrom: { domainName: 'bounce.example.com' } });
    const { logicalId } = theResource(stack, 'Custom::EasyDkimSettings');
    expect(stack.resolve(mail.mailFromStatus)).toEqual({ 'Fn::GetAtt': [logicalId, 'MailFromStatus'] });
  });

  test('that is not there has none', () => {
    expect(aDomain(aStack(), { feedbackForwarding: true }).mailFromStatus).toBeUndefined();
  });

  test.each([
    ['USE_DEFAULT_VALUE', 'UseDefaultValue'],
    ['REJECT_MESSAGE', 'RejectMessage'],
  ] as const)('with %s has SES do that without an MX record', (behavior, expected) => {
    const stack = aStack();
    const behaviorOnMxFailure = ses.MailFromBehaviorOnMxFailure[behavior];
    aDomain(stack, { mailFrom: { domainName: 'bounce.example.com', behaviorOnMxFailure } });
    expect(settingsProperties(stack)).toMatchObject({ MailFromBehavior: expected });
  });

  test.each([
    ['upper case and a trailing dot', 'Bounce.EXAMPLE.com.', 'bounce.example.com'],
    ['far below the domain', 'a.b.c.example.com', 'a.b.c.example.com'],
    ['an internationalized name', 'rück.example.com', 'xn--rck-hoa.example.com'],
  ])('may have %s', (_, given, expected) => {
    expect(resourceProperties(withMailFrom(given))).toMatchObject({ MailFromDomain: expected });
  });

  test('is an attribute', () => {
    const mail = aDomain(aStack(), { mailFrom: { domainName: 'Bounce.example.com' } });
    expect(mail.mailFromDomain).toBe('bounce.example.com');
    expect(aDomain(aStack()).mailFromDomain).toBeUndefined();
  });

  test('may be known only at deployment', () => {
    const stack = aStack();
    withMailFrom(`bounce.${new CfnParameter(stack, 'Name').valueAsString}`, {}, stack);
    expect(resourceProperties(stack).MailFromDomain).toEqual({ 'Fn::Join': ['', ['bounce.', { Ref: 'Name' }]] });
  });

  test.each<[string, string, Props, string]>([
    [
      'the domain itself',
      'example.com',
      {},
      '"example.com" is the domain itself: the MX record of a MAIL FROM domain points to SES, so this name could no longer ' +
        'receive mail; give a name below it such as "bounce.example.com".',
    ],
    [
      'the domain itself in another spelling',
      'MAIL.example.com.',
      { domainName: 'mail.example.com' },
      '"mail.example.com" is the domain itself: ',
    ],
    [
      "the zone's apex",
      'example.com',
      { domainName: 'mail.example.com' },
      'is "example.com", which is not below "mail.example.com": give a name such as "bounce.mail.example.com".',
    ],
    [
      'a sibling',
      'bounce.example.com',
      { domainName: 'mail.example.com' },
      'is "bounce.example.com", which is not below',
    ],
    ['a look-alike', 'bounce.notexample.com', {}, 'is "bounce.notexample.com", which is not below "example.com"'],
    ['an address', 'bounce@example.com', {}, '"bounce@example.com" is an e-mail address: give its domain only'],
  ])('is refused when it is %s', (_, name, props, message) => {
    expect(() => withMailFrom(name, props)).toThrow(`Test/Mail: mailFrom.domainName ${message}`);
  });

  test.each([
    ["the zone's apex", 'example.com', `"example.com" is the hosted zone's own name: the MX record`],
    ['outside the zone', 'bounce.example.org', '"bounce.example.org" is not in the hosted zone "example.com"'],
  ])('is refused when it is %s, whatever the domain will be', (_, name, message) => {
    const stack = aStack();
    const domainName = new CfnParameter(stack, 'Name').valueAsString;
    expect(() => withMailFrom(name, { hostedZone: aZone(stack), domainName }, stack)).toThrow(
      `Test/Mail: mailFrom.domainName ${message}`,
    );
  });
});

describe('the MAIL FROM domain of a domain in two Regions', () => {
  const inTwoRegions = (one: string, other: string) => {
    const stack = aStack();
    aDomain(stack, { mailFrom: { domainName: one } }, 'Mail');
    aDomain(stack, { mailFrom: { domainName: other }, sesRegion: 'us-east-1' }, 'Other');
  };

  test('is another one in each', () => {
    expect(() => inTwoRegions('bounce.example.com', 'bounce-us.example.com')).not.toThrow();
  });

  test('is refused when it is the same, since its MX record names one Region', () => {
    expect(() => inTwoRegions('bounce.example.com', 'Bounce.Example.com')).toThrow(
      'Test/Other: mailFrom.domainName is "bounce.example.com", which Test/Mail uses for another domain or Region: give each',
    );
  });

  test('may be the same in one Region, where its records serve both', () => {
    const stack = aStack();
    const again = () =>
      ['One', 'Two', 'Three'].forEach((id) => aDomain(stack, { mailFrom: { domainName: 'bounce.example.com' } }, id));
    expect(again).not.toThrow();
  });

  test('is refused when another domain has it', () => {
    const stack = aStack();
    const mailFrom = { domainName: 'bounce.mail.example.com' };
    aDomain(stack, { mailFrom }, 'Mail');
    expect(() => aDomain(stack, { mailFrom, domainName: 'mail.example.com' }, 'Other')).toThrow(
      'Test/Other: mailFrom.domainName is "bounce.mail.example.com", which Test/Mail uses for another domain or Region',
    );
  });

  test('is refused when another domain has it, also when its name is known only at deployment', () => {
    const stack = aStack();
    const mailFrom = { domainName: new CfnParameter(stack, 'Name').valueAsString };
    aDomain(stack, { mailFrom }, 'Mail');
    expect(() => aDomain(stack, { mailFrom, domainName: 'mail.example.com' }, 'Other')).toThrow(
      'Test/Other: mailFrom.domainName is a name that is known only at deployment, which Test/Mail uses for another domain or Region',
    );
  });
});

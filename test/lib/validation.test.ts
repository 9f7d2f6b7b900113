import { CfnParameter, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as fc from 'fast-check';
import { EasyDkimDomain, EasyDkimDomainProps } from '../../lib';
import {
  aDomain,
  anAgnosticStack,
  aStack,
  aZone,
  domainNameWithoutSynthesis,
  resourceProperties,
  ZONE_ID,
} from './support';

type Props = Partial<EasyDkimDomainProps>;

/** Why the props are refused; the construct is Test/Mail. */
function refusal(props: (stack: Stack) => Props): string {
  const stack = aStack();
  try {
    aDomain(stack, props(stack));
  } catch (error) {
    expect((error as Error).constructor).toBe(Error);
    return (error as Error).message;
  }
  throw new Error('It is accepted.');
}

/** The domain that the handler gets, or an error. The zone is known by its id, so that it can be any domain. */
function domainNameFor(name: string): string {
  const stack = aStack();
  const hostedZone = route53.HostedZone.fromHostedZoneId(stack, 'Zone', ZONE_ID);
  aDomain(stack, { hostedZone, domainName: name, outputs: false });
  return resourceProperties(stack).DomainName as string;
}

const aLabel = (length: number) => 'a'.repeat(length);

/** A name of that many characters, in labels of an allowed length. */
const aName = (length: number) => {
  const tail = 'example.com';
  const labels = `${aLabel(49)}.`.repeat(6);
  return labels.slice(-(length - tail.length)).replace(/^\./, 'a') + tail;
};

/** What an error has to say, in this order: the construct's path, the prop, its value, what to do. */
const saying = (prop: string, value: string, remedy: string) => ({
  asymmetricMatch: (message: string) => {
    const parts = [`Test/Mail: ${prop} `, value, remedy];
    const places = parts.map((part) => message.indexOf(part));
    return places[0] === 0 && places[1] > 0 && places[2] > places[1];
  },
  toString: () => 'Saying',
  toAsymmetricMatcher: () => `Test/Mail: ${prop} … ${value} … ${remedy}`,
});

describe('when the hosted zone is private', () => {
  const vpc = (stack: Stack) => ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'] });
  const expected = saying('hostedZone', 'is a private hosted zone', 'give a public one');

  test('a PrivateHostedZone is refused', () => {
    const message = refusal((stack) => ({
      hostedZone: new route53.PrivateHostedZone(stack, 'Zone', { zoneName: 'example.com', vpc: vpc(stack) }),
    }));
    expect(message).toEqual(expected);
  });

  test('a HostedZone with VPCs is refused', () => {
    const message = refusal((stack) => ({
      hostedZone: new route53.HostedZone(stack, 'Zone', { zoneName: 'example.com', vpcs: [vpc(stack)] }),
    }));
    expect(message).toEqual(expected);
  });

  test('a HostedZone without VPCs is public, and accepted', () => {
    const stack = aStack();
    const hostedZone = new route53.HostedZone(stack, 'Zone', { zoneName: 'example.com' });
    expect(() => aDomain(stack, { hostedZone })).not.toThrow();
  });
});

describe('when the zone is known by its id only', () => {
  const hostedZone = (stack: Stack) => route53.HostedZone.fromHostedZoneId(stack, 'Zone', ZONE_ID);

  test('the domain name has to be given', () => {
    expect(refusal((stack) => ({ hostedZone: hostedZone(stack) }))).toEqual(
      saying('hostedZone', 'is known by its id only', 'give domainName'),
    );
  });

  test('any domain name is accepted', () => {
    const stack = aStack();
    aDomain(stack, { hostedZone: hostedZone(stack), domainName: 'mail.example.org' });
    expect(resourceProperties(stack).DomainName).toBe('mail.example.org');
  });
});

describe('when the domain is not in the zone', () => {
  test.each([
    ['its name only ends like the zone', 'notexample.com', 'example.com'],
    ['it is the parent of the zone', 'example.com', 'mail.example.com'],
    ['it is a sibling of the zone', 'shop.example.com', 'mail.example.com'],
    ['it is elsewhere', 'example.org', 'example.com'],
    ['it is a homograph of the zone (Cyrillic а)', 'ex\u0430mple.com', 'example.com'],
  ])('%s: %s is refused for the zone %s', (_, domainName, zoneName) => {
    const message = refusal((stack) => ({ hostedZone: aZone(stack, zoneName), domainName }));
    expect(message).toEqual(saying('domainName', `is not in the hosted zone "${zoneName}"`, `ends in ".${zoneName}"`));
  });

  test.each([
    ['the zone itself', 'example.com', 'example.com'],
    ['a name below the zone', 'mail.example.com', 'example.com'],
    ['a name far below the zone', 'a.b.c.example.com', 'example.com'],
    ['a name below it in other spelling', 'MAIL.Example.com.', 'EXAMPLE.com'],
    ['a name below an internationalized zone', 'mail.münchen.example', 'xn--mnchen-3ya.example'],
  ])('%s, %s, is accepted for the zone %s', (_, domainName, zoneName) => {
    const stack = aStack();
    expect(() => aDomain(stack, { hostedZone: aZone(stack, zoneName), domainName })).not.toThrow();
  });
});

describe('when the domain name is no domain name', () => {
  test.each([
    ['empty', '', 'is empty', 'give a domain name'],
    ['blank', ' \t', 'is empty', 'give a domain name'],
    ['an e-mail address', 'me@example.com', '"me@example.com"', 'give its domain only'],
    ['a URL', 'https://example.com', '"https://example.com"', 'give the host name only'],
    ['a path', 'example.com/mail', '"example.com/mail"', 'give the host name only'],
    ['a host with a port', 'example.com:25', '"example.com:25"', 'may have only letters, digits, hyphens and dots'],
    ['a wildcard', '*.example.com', '"*.example.com"', 'leave out the "*."'],
    ['a name with an empty label', 'mail..example.com', '"mail..example.com"', 'remove the extra dot'],
    ['a name with a leading dot', '.example.com', '".example.com"', 'remove the extra dot'],
    ['a name with two trailing dots', 'example.com..', '"example.com.."', 'remove the extra dot'],
    ['a name of one label', 'localhost', '"localhost"', 'give one such as "example.com"'],
    ['an IPv4 address', '192.0.2.1', '"192.0.2.1"', 'give one such as "example.com"'],
    ['an IPv4 address out of range', '999.1.1.1', '"999.1.1.1"', 'give one such as "example.com"'],
    ['an IPv6 address', '2001:db8::1', '"2001:db8::1"', 'may have only letters, digits, hyphens and dots'],
    [
      'a name with an underscore',
      '_dmarc.example.com',
      '"_dmarc.example.com"',
      'may have only letters, digits, hyphens and dots',
    ],
    [
      'a name with an outer hyphen',
      '-a.example.com',
      '"-a.example.com"',
      'may have only letters, digits and inner hyphens',
    ],
    [
      'a name with a space',
      'my mail.example.com',
      '"my mail.example.com"',
      'may have only letters, digits, hyphens and dots',
    ],
    [
      'a name with spaces around',
      ' example.com ',
      '" example.com "',
      'may have only letters, digits, hyphens and dots',
    ],
    [
      'a name with a control character',
      'a\nb.example.com',
      '"a\\nb.example.com"',
      'may have only letters, digits, hyphens and dots',
    ],
    [
      'a name with a NUL',
      'a\0.example.com',
      '"a\\u0000.example.com"',
      'may have only letters, digits, hyphens and dots',
    ],
    ['an invalid international name', 'm\u{fffd}.example.com', '"m\u{fffd}.example.com"', 'check its characters'],
  ])('%s is refused: %j', (_, domainName, value, remedy) => {
    expect(refusal(() => ({ domainName }))).toEqual(saying('domainName', value, remedy));
  });

  // A URL parser would make a name of these by leaving something out.
  test.each(['\t', '\n', '\r', '?', '#', '\\', '%2e', ':80', '%', ' '])(
    'an internationalized name with %j in it is refused',
    (part) => {
      const domainName = `münchen${part}.example.com`;
      expect(refusal(() => ({ domainName }))).toEqual(
        saying('domainName', JSON.stringify(domainName), 'may have only letters, digits, hyphens and dots'),
      );
    },
  );

  test('its zone is refused in the same words', () => {
    expect(refusal((stack) => ({ hostedZone: aZone(stack, 'example') }))).toEqual(
      saying('hostedZone', '"example"', 'give one such as "example.com"'),
    );
  });
});

describe('when the domain name is too long', () => {
  test.each([
    ['a label of 64 characters', `${aLabel(64)}.example.com`, 'a label of 64 characters', 'DNS allows 63'],
    ['a name of 254 characters', aName(254), 'has 254 characters', 'DNS allows 253'],
    ['a name whose DKIM records would be longer than 253', aName(211), 'has 211 characters', 'at most 209'],
    ['the shortest of these', aName(210), 'has 210 characters', 'at most 209'],
    ['a label too long in ASCII only', `${'ü'.repeat(60)}.example.com`, 'has a label of', 'DNS allows 63'],
  ])('%s is refused', (_, domainName, value, remedy) => {
    expect(refusal(() => ({ domainName }))).toEqual(saying('domainName', value, remedy));
  });

  test.each([
    ['a label of 63 characters', `${aLabel(63)}.example.com`],
    ['a name of 209 characters', aName(209)],
  ])('%s is accepted', (_, name) => {
    expect(domainNameFor(name)).toBe(name);
  });

  test('the error does not repeat all of it', () => {
    expect(refusal(() => ({ domainName: aLabel(100_000) })).length).toBeLessThan(600);
  });
});

describe('a name in another spelling', () => {
  test.each([
    ['upper case', 'Mail.EXAMPLE.com', 'mail.example.com'],
    ['a trailing dot', 'mail.example.com.', 'mail.example.com'],
    ['an internationalized name', 'münchen.example.com', 'xn--mnchen-3ya.example.com'],
    ['an internationalized name in upper case', 'MÜNCHEN.example.com', 'xn--mnchen-3ya.example.com'],
    ['an internationalized name with a trailing dot', 'münchen.example.com.', 'xn--mnchen-3ya.example.com'],
    ['a combining character', 'mu\u0308nchen.example.com', 'xn--mnchen-3ya.example.com'],
    ['punycode', 'XN--mnchen-3ya.example.com', 'xn--mnchen-3ya.example.com'],
    ['another script', '例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    ['a homograph (Cyrillic а)', 'ex\u0430mple.com', 'xn--exmple-4nf.com'],
    ['digits, as long as they are not an address', '1.2.example', '1.2.example'],
  ])('%s: %s becomes %s', (_, name, expected) => {
    expect(domainNameFor(name)).toBe(expected);
  });

  test('is normalized for the zone, too', () => {
    const stack = aStack();
    aDomain(stack, { hostedZone: aZone(stack, 'MÜNCHEN.example.') });
    expect(resourceProperties(stack)).toMatchObject({
      DomainName: 'xn--mnchen-3ya.example',
      HostedZoneName: 'xn--mnchen-3ya.example',
    });
  });
});

describe('what is known only at deployment', () => {
  const parameter = (stack: Stack) => new CfnParameter(stack, 'Name').valueAsString;

  test('is let through as the domain name', () => {
    const stack = aStack();
    aDomain(stack, { domainName: parameter(stack) });
    expect(resourceProperties(stack).DomainName).toEqual({ Ref: 'Name' });
  });

  test('is let through as part of the domain name', () => {
    const stack = aStack();
    aDomain(stack, { domainName: `Mail.${parameter(stack)}.` });
    expect(resourceProperties(stack).DomainName).toEqual({ 'Fn::Join': ['', ['Mail.', { Ref: 'Name' }, '.']] });
  });

  test('is let through as the name of the zone, whatever the domain', () => {
    const stack = aStack();
    aDomain(stack, { hostedZone: aZone(stack, parameter(stack)), domainName: 'mail.example.com' });
    expect(resourceProperties(stack)).toMatchObject({
      DomainName: 'mail.example.com',
      HostedZoneName: { Ref: 'Name' },
    });
  });

  test('is let through as the Region of SES', () => {
    const stack = aStack();
    aDomain(stack, { sesRegion: parameter(stack) });
    expect(resourceProperties(stack).SesRegion).toEqual({ Ref: 'Name' });
  });

  test('does not stop the checks of the other props', () => {
    const hostedZone = (stack: Stack) => aZone(stack, parameter(stack));
    expect(refusal((stack) => ({ hostedZone: hostedZone(stack), domainName: 'a b' }))).toMatch(
      /^Test\/Mail: domainName /,
    );
  });
});

describe('when a duration cannot work', () => {
  const TTL_REMEDY = 'give a Duration of whole seconds, from 1 to 2147483647';
  const WAIT_REMEDY = 'give a Duration of whole seconds, from 1 to 840 (14 minutes)';

  test.each([
    ['ttl', 'zero', Duration.seconds(0), 'is Duration.seconds(0)', TTL_REMEDY],
    ['ttl', 'not whole', Duration.millis(1500), 'is Duration.millis(1500)', TTL_REMEDY],
    ['ttl', 'below a second', Duration.millis(1), 'is Duration.millis(1)', TTL_REMEDY],
    ['ttl', 'too large', Duration.seconds(2 ** 31), 'is Duration.seconds(2147483648)', TTL_REMEDY],
    ['ttl', 'not a number', Duration.seconds(NaN), 'is Duration.seconds(NaN)', TTL_REMEDY],
    ['ttl', 'infinite', Duration.seconds(Infinity), 'is Duration.seconds(Infinity)', TTL_REMEDY],
    ['waitForVerification', 'zero', Duration.seconds(0), 'is Duration.seconds(0)', WAIT_REMEDY],
    ['waitForVerification', 'not whole', Duration.millis(1500), 'is Duration.millis(1500)', WAIT_REMEDY],
    ['waitForVerification', 'over 14 minutes', Duration.seconds(841), 'is Duration.seconds(841)', WAIT_REMEDY],
    ['waitForVerification', '80 hours', Duration.hours(80), 'is Duration.hours(80)', WAIT_REMEDY],
  ])('%s that is %s is refused', (prop, _, duration, value, remedy) => {
    expect(refusal(() => ({ [prop]: duration }))).toEqual(saying(prop, value, remedy));
  });

  test.each([
    ['ttl', Duration.seconds(1), { Ttl: '1' }],
    ['ttl', Duration.seconds(2 ** 31 - 1), { Ttl: '2147483647' }],
    ['ttl', Duration.millis(2000), { Ttl: '2' }],
    ['waitForVerification', Duration.seconds(1), { WaitForVerification: '1' }],
    ['waitForVerification', Duration.minutes(14), { WaitForVerification: '840' }],
  ])('%s at the limit is accepted: %s', (prop, duration, expected) => {
    const stack = aStack();
    aDomain(stack, { [prop]: duration });
    expect(resourceProperties(stack)).toMatchObject(expected);
  });

  test('a negative one is refused by the CDK itself', () => {
    expect(() => Duration.seconds(-1)).toThrow(/cannot be negative/);
  });
});

describe('when the hosted zone is missing, as plain JavaScript allows', () => {
  test('it is asked for', () => {
    const stack = aStack();
    expect(() => new EasyDkimDomain(stack, 'Mail', {})).toThrow(
      'Test/Mail: hostedZone is missing: give a public hosted zone, or domainName for a domain whose DNS is not in Route 53.',
    );
  });
});

describe('when the Region of SES is none', () => {
  test.each(['eu-west', 'EU-WEST-1', 'Ireland', 'eu_west_1', '', 'eu-west-1 ', 'eu-west-1a', 'global'])(
    '%j is refused',
    (sesRegion) => {
      expect(refusal(() => ({ sesRegion }))).toEqual(
        saying('sesRegion', `"${sesRegion}"`, 'give an AWS Region such as'),
      );
    },
  );

  test('one that this version of the CDK does not know may be new, or misspelled', () => {
    const stack = aStack();
    aDomain(stack, { sesRegion: 'eu-west-99' });
    expect(resourceProperties(stack).SesRegion).toBe('eu-west-99');
    Annotations.fromStack(stack).hasWarning(
      '/Test/Mail',
      Match.stringLikeRegexp('^"eu-west-99" is not a Region that this version of aws-cdk-lib knows'),
    );
  });

  test('one of another partition is refused', () => {
    expect(refusal(() => ({ sesRegion: 'cn-north-1' }))).toEqual(
      saying('sesRegion', '"cn-north-1"', 'give a Region of the same one'),
    );
  });

  test('a Region is not asked for in a stack that does not know its own', () => {
    expect(() => aDomain(anAgnosticStack())).not.toThrow();
  });
});

describe('when the removal policy is neither DESTROY nor RETAIN', () => {
  test.each([RemovalPolicy.SNAPSHOT, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE])('%s is refused', (removalPolicy) => {
    expect(refusal(() => ({ removalPolicy }))).toEqual(
      saying('removalPolicy', `"${removalPolicy}"`, 'give RemovalPolicy.DESTROY or RemovalPolicy.RETAIN'),
    );
  });
});

describe('any name', () => {
  const NORMAL = /^(?=.{1,209}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;

  /** What becomes of a name: the domain that the template has, or the error. */
  const outcome = (name: string): { domainName: string } | { error: unknown } => {
    const stack = aStack();
    try {
      const hostedZone = route53.HostedZone.fromHostedZoneId(stack, 'Zone', ZONE_ID);
      const mail = aDomain(stack, { hostedZone, domainName: name, outputs: false });
      return { domainName: domainNameWithoutSynthesis(mail) };
    } catch (error) {
      return { error };
    }
  };

  const anyLabel = fc
    .tuple(
      fc.constantFrom(...'abcxyz019'),
      fc.string({ unit: fc.constantFrom(...'abcxyz019-'), maxLength: 61 }),
      fc.constantFrom(...'abcxyz019'),
    )
    .map((parts) => parts.join(''));
  const validName = fc
    .tuple(fc.array(anyLabel, { minLength: 1, maxLength: 3 }), fc.constantFrom('com', 'co.uk', 'xn--p1ai', 'museum'))
    .map(([labels, end]) => [...labels, end].join('.'))
    .filter((name) => name.length <= 209);

  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.string({ unit: 'grapheme', maxLength: 80 }),
    fc.string({ unit: fc.constantFrom(...'aüа.-_ @/:*?#%\\\t\n[]。1xＸ'), maxLength: 20 }),
    fc.tuple(fc.string({ unit: 'grapheme', maxLength: 10 }), validName).map(([text, name]) => `${text}ü.${name}`),
    fc.webUrl(),
    fc.emailAddress(),
    fc.ipV4Extended(),
    fc.ipV6(),
  );

  test('that is valid is accepted as it is', () => {
    fc.assert(fc.property(validName, (name) => expect(outcome(name)).toEqual({ domainName: name })));
  });

  test('that is valid is the same domain in upper case and with a trailing dot', () => {
    fc.assert(
      fc.property(validName, (name) => expect(outcome(`${name.toUpperCase()}.`)).toEqual({ domainName: name })),
    );
  });

  test('at all is either refused with an error that names the construct and the prop, or becomes a normal name', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        const result = outcome(name);
        if ('error' in result) {
          expect((result.error as Error).constructor).toBe(Error);
          expect((result.error as Error).message).toMatch(/^Test\/Mail: domainName /);
        } else {
          expect(result.domainName).toMatch(NORMAL);
          expect(outcome(result.domainName)).toEqual(result);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('with anything but letters, digits, hyphens and dots in its ASCII part is refused', () => {
    const delimiter = fc.constantFrom(...' !"#$%&\'()*+,/:;<=>?@[\\]^_`{|}~\t\n\r\0\x7f');
    fc.assert(
      fc.property(validName, delimiter, fc.constantFrom('', 'ü', '例'), fc.nat(), (name, character, letter, seed) => {
        const place = seed % (name.length + 1);
        const broken = name.slice(0, place) + letter + character + name.slice(place);
        expect(outcome(broken)).toHaveProperty('error.message', expect.stringMatching(/^Test\/Mail: domainName /));
      }),
    );
  });
});

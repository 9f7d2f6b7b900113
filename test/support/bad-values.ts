import * as fc from 'fast-check';

/** What plain JavaScript, or a hand-made event, can have in the place of a string. */
const OF_ANOTHER_TYPE: readonly unknown[] = [
  null,
  0,
  7,
  -1,
  Number.NaN,
  true,
  false,
  [],
  ['example.com'],
  {},
  { Ref: 'X' },
];

export const notAString: fc.Arbitrary<unknown> = fc.constantFrom(...OF_ANOTHER_TYPE);

/** Strings that are no domain name at all, whatever the zone. */
export const notADomainName: fc.Arbitrary<string> = fc.oneof(
  // Control characters and other strangers, anywhere in the name.
  fc
    .tuple(fc.nat({ max: 16 }), fc.constantFrom(...'\u0000\u0007\b\t\n\r\u001b\u007f !"#$%&\'()+,:;<=>?[\\]^`{|}~_'))
    .map(([at, stranger]) => `mail.example.com`.slice(0, at) + stranger + `mail.example.com`.slice(at)),
  // Invisible and reordering characters, which look like a good name.
  fc.constantFrom('\u202e', '\u2066', '\ufffd', '\ud800', '\u2028').map((stranger) => `mai${stranger}l.example.com`),
  // Too long: a label, or the name with what its DKIM records put before it.
  fc.integer({ min: 64, max: 300 }).map((length) => `${'a'.repeat(length)}.example.com`),
  fc.integer({ min: 50, max: 400 }).map((labels) => `${'mail.'.repeat(labels)}example.com`),
  // Empty labels and hyphens in the wrong place.
  fc.constantFrom('', ' ', '.', '..', '.example.com', 'mail..example.com', 'example.com..', '-a.example.com', 'a-.com'),
  // What people take for a domain.
  fc.domain().map((domain) => `*.${domain}`),
  fc.domain().map((domain) => `postmaster@${domain}`),
  fc.webUrl(),
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom('localhost', 'com', 'example', 'xn--', 'xn--a.example.com.xn--'),
  // What is left of a reference that was mixed with text and never resolved.
  fc.nat().map((n) => `\${Token[TOKEN.${n}]}.example.com`),
  fc.constantFrom('${AWS::StackName}.example.com', '#{Token[X.1]}', '{{resolve:ssm:domain}}', 'arn:aws:ses:x'),
);

/** Good names that look like one in the zone `example.com`, and are not. */
export const homograph: fc.Arbitrary<string> = fc.constantFrom(
  'ехample.com',
  'exаmple.com',
  'examрle.com',
  'exampIe.com',
  'examp1e.com',
  'examplе.com',
  'example.cоm',
  'example.com.evil.org',
  'mail-example.com',
  'еxample.com',
  'xn--xample-2of.com',
);

/** Text that is hardly anything: of any length, with any characters. */
export const noise: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.integer({ min: 300, max: 100_000 }).map((length) => 'x'.repeat(length)),
);

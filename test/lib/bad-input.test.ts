import { Duration, Lazy, RemovalPolicy, Size, Token } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as fc from 'fast-check';
import { DmarcPolicy, EasyDkimDelegationRole, EasyDkimDomain } from '../../lib';
import { homograph, noise, notADomainName, notAString } from '../support/bad-values';
import { aStack, aZone } from './support';

const RUNS = 60;

type Fields = Readonly<Record<string, unknown>>;
type Construction = new (scope: never, id: string, props: never) => unknown;

const stack = aStack();
const hostedZone = aZone(stack);
const assumedBy = new iam.AccountPrincipal('111122223333');
const topic = sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:123456789012:topic');
let ids = 0;

/** Why the props are refused. Plain JavaScript has no types that would do it. */
function refusal(construct: Construction, props: Fields): string {
  const id = `Mail${(ids += 1)}`;
  try {
    new construct(stack as never, id, props as never);
  } catch (error) {
    const { message } = error as Error;
    expect(message.slice(0, 5 + id.length)).toBe(`Test/${id}`);
    return message.slice(5 + id.length);
  }
  return 'It is accepted.';
}

/** A reason that a person can act on: it says what is wrong, not how the code broke over it. */
function expectClear(reason: string, name: string): void {
  expect(reason).toMatch(new RegExp(`^: ${name} `));
  expect(reason).toMatch(/ (give|use|leave|remove|may have only letters|check|DNS allows)\b/);
  expect(reason).not.toMatch(/not a function|Cannot|TypeError|undefined \(/);
  expect(reason.length).toBeLessThan(1_000);
}

const aDuration = fc.oneof(
  fc
    .constantFrom(0, 1, 999, 1_500)
    .map((milliseconds) => Duration.millis(milliseconds))
    .filter(isNoWholeSecond),
  fc
    .integer({ min: 1, max: 1_000_000 })
    .filter((ms) => ms % 1_000 > 0)
    .map((ms) => Duration.millis(ms)),
  fc.integer({ min: 24_856, max: 1_000_000 }).map((days) => Duration.days(days)),
);
const notADuration = fc.oneof(notDefined(notAString), noise, fc.constant(Size.mebibytes(1)));
const notABoolean = fc.oneof(
  notAString.filter((value) => value !== null && typeof value !== 'boolean'),
  noise,
);
/** Of a prop that is an object, or a list of objects. */
const notAnObject = fc.oneof(
  notAString.filter((value) => typeof value !== 'object' || Array.isArray(value)),
  noise,
);
const notAResource = fc.oneof(notDefined(notAString), noise, fc.constant(hostedZone));
const notAZone = fc.oneof(notAString, noise, fc.constant(undefined), fc.constant({ hostedZoneId: 7, zoneName: 7 }));
const notARegion = fc.oneof(
  notDefined(notAString),
  noise,
  fc.constantFrom('eu-west', 'Ireland', 'us-east-1 ', 'EU-WEST-1', 'us-east-1a', 'cn-north-1', 'us-gov-west-1'),
);
/** Some look like the references that the CDK makes, and what the app has made is no bad input. */
const notADomain = fc
  .oneof(notADomainName, notDefined(notAString), homograph)
  .filter((value) => !Token.isUnresolved(value));
/** A list with something else in it, or none. */
const notAListOf = (bad: fc.Arbitrary<unknown>) =>
  fc.oneof(
    notAString.filter((value) => value !== null && !Array.isArray(value)),
    noise,
    fc.constant([]),
    fc.array(bad, { minLength: 1, maxLength: 3 }),
  );
const notAnAddress = fc
  .oneof(
    notAString,
    noise,
    fc.constant(undefined),
    notADomainName.map((domain) => `dmarc@${domain}`),
    fc.constantFrom('dmarc', '@example.com', 'mailto:', 'mailto:@example.com', 'a,b@example.com', 'a!b@example.com'),
    fc.constantFrom(
      'd@example.com!10m',
      'd@example.com,e@example.com',
      'd@example.com;p=none',
      'https://example.com/d',
    ),
    fc.constantFrom('D <d@example.com>', '"d"@example.com', 'd.@example.com', '.d@example.com', 'd..e@example.com'),
    fc.constantFrom(
      'mailto:d@example.com?subject=x',
      'd @example.com',
      'd\\@example.com',
      `${'d'.repeat(65)}@example.com`,
    ),
  )
  .filter((value) => !Token.isUnresolved(value));

it.each<[prop: string, bad: fc.Arbitrary<unknown>]>([
  ['hostedZone', notAZone],
  ['domainName', notADomain],
  ['ttl', fc.oneof(aDuration, notADuration)],
  ['waitForVerification', fc.oneof(aDuration, notADuration, fc.constant(Duration.seconds(841)))],
  ['sesRegion', notARegion],
  ['replicaRegions', fc.array(notARegion, { minLength: 1, maxLength: 3 })],
  ['replicateSettings', fc.oneof(notABoolean, fc.constant(true))],
  ['delegationRole', fc.oneof(notDefined(notAString), noise)],
  ['removalPolicy', fc.oneof(notDefined(notAString), noise, fc.constant(RemovalPolicy.SNAPSHOT))],
  ['overwriteRecords', notABoolean],
  ['signingKeyLength', fc.oneof(notDefined(notAString), noise)],
  ['outputs', notABoolean],
  ['mailFrom', notAnObject],
  ['dmarc', notAnObject],
  ['configurationSet', notAResource],
  ['feedbackForwarding', fc.oneof(notABoolean, fc.constant(false))],
  ['notifications', fc.oneof(notAnObject, fc.constantFrom<unknown>({}, { includeHeaders: true }))],
])('EasyDkimDomain refuses a %s that cannot work', (prop, bad) => {
  fc.assert(
    fc.property(bad, (value) => expectClear(refusal(EasyDkimDomain, { hostedZone, [prop]: value }), prop)),
    { numRuns: RUNS },
  );
});

const GOOD: Readonly<Record<string, Fields>> = {
  mailFrom: { domainName: 'bounce.example.com' },
  dmarc: {},
  notifications: { bounces: topic },
};

it.each<[owner: string, prop: string, bad: fc.Arbitrary<unknown>]>([
  [
    'mailFrom',
    'domainName',
    fc.oneof(notADomain, fc.constantFrom(undefined, null, 'example.com', 'com', 'example.org')),
  ],
  ['mailFrom', 'behaviorOnMxFailure', fc.oneof(notDefined(notAString), noise)],
  ['dmarc', 'policy', fc.oneof(notDefined(notAString), noise, fc.constantFrom('NONE', 'allow', 'r'))],
  ['dmarc', 'subdomainPolicy', fc.oneof(notDefined(notAString), noise)],
  ['dmarc', 'nonExistentSubdomainPolicy', fc.oneof(notDefined(notAString), noise)],
  ['dmarc', 'testing', notABoolean],
  ['dmarc', 'rua', notAListOf(notAnAddress)],
  ['dmarc', 'ruf', notAListOf(notAnAddress)],
  ['dmarc', 'dkimAlignment', fc.oneof(notDefined(notAString), noise, fc.constantFrom('none', 'strict'))],
  ['dmarc', 'spfAlignment', fc.oneof(notDefined(notAString), noise)],
  ['notifications', 'bounces', notAResource],
  ['notifications', 'complaints', notAResource],
  ['notifications', 'deliveries', notAResource],
  ['notifications', 'includeHeaders', notABoolean],
])('EasyDkimDomain refuses a %s with a %s that cannot work', (owner, prop, bad) => {
  fc.assert(
    fc.property(bad, (value) =>
      expectClear(
        refusal(EasyDkimDomain, { hostedZone, [owner]: { ...GOOD[owner], [prop]: value } }),
        `${owner}\\.${prop}`,
      ),
    ),
    { numRuns: RUNS },
  );
});

it.each<[prop: string, bad: fc.Arbitrary<unknown>]>([
  ['hostedZone', notAZone],
  ['assumedBy', fc.oneof(notAString, noise, fc.constant(undefined), fc.constant(new iam.AnyPrincipal()))],
  ['domainNames', notAListOf(notADomain)],
  ['mailFromDomains', notAListOf(fc.oneof(notADomain, fc.constant('example.com')))],
  ['dmarc', notABoolean],
  ['roleName', notDefined(notAString)],
])('EasyDkimDelegationRole refuses a %s that cannot work', (prop, bad) => {
  fc.assert(
    fc.property(bad, (value) =>
      expectClear(refusal(EasyDkimDelegationRole, { hostedZone, assumedBy, [prop]: value }), prop),
    ),
    { numRuns: RUNS },
  );
});

it.each(['EasyDkimDomain', 'EasyDkimDelegationRole'] as const)('%s refuses to be made of nothing', (name) => {
  const construct = { EasyDkimDomain, EasyDkimDelegationRole }[name];
  fc.assert(
    fc.property(fc.constantFrom(undefined, null, {}, [], 7, 'example.com', true), (props) =>
      expectClear(refusal(construct, props as Fields), 'hostedZone'),
    ),
  );
});

it('takes null for nothing', () => {
  const props = ['ttl', 'sesRegion', 'mailFrom', 'dmarc', 'configurationSet', 'feedbackForwarding', 'notifications'];
  const nothing = Object.fromEntries(props.map((prop) => [prop, null]));
  expect(refusal(EasyDkimDomain, { hostedZone, domainName: 'null.example.com', ...nothing })).toBe('It is accepted.');
});

it('leaves to the handler what is known only at deployment', () => {
  const later = () => Lazy.string({ produce: () => 'not a domain' });
  const domainName = later();
  expect(refusal(EasyDkimDomain, { hostedZone, domainName: later() })).toBe('It is accepted.');
  expect(
    refusal(EasyDkimDomain, { hostedZone: route53.HostedZone.fromHostedZoneId(stack, 'Id', later()), domainName }),
  ).toBe('It is accepted.');
  expect(
    refusal(EasyDkimDomain, {
      domainName: 'later.example.com',
      mailFrom: { domainName: later() },
      dmarc: { policy: DmarcPolicy.REJECT, rua: [later()] },
    }),
  ).toBe('It is accepted.');
});

function isNoWholeSecond(duration: Duration): boolean {
  return duration.toMilliseconds() % 1_000 > 0 || duration.toMilliseconds() === 0;
}

function notDefined(bad: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return bad.filter((value) => value !== null);
}

describe('a typo in plain JavaScript', () => {
  test.each<[typo: string, props: Fields, meant: string]>([
    ['mailfrom', { mailfrom: { domainName: 'bounce.example.com' } }, 'mailFrom'],
    ['dmark', { dmark: {} }, 'dmarc'],
    ['dmarc.polcy', { dmarc: { polcy: 'reject' } }, 'dmarc.policy'],
    ['mailFrom.domain_name', { mailFrom: { domain_name: 'bounce.example.com' } }, 'mailFrom.domainName'],
    ['notifications.bounce', { notifications: { bounce: topic } }, 'notifications.bounces'],
    ['functionOptions.tracng', { functionOptions: { tracng: 'Active' } }, 'functionOptions.tracing'],
    ['sesregion', { sesregion: undefined }, 'sesRegion'],
  ])('%s is told from the prop that is meant', (typo, props, meant) => {
    expect(refusal(EasyDkimDomain, { hostedZone, ...props })).toBe(`: ${typo} is not a prop: give ${meant}.`);
  });

  test('in the props of a delegation role is told, too', () => {
    const reason = refusal(EasyDkimDelegationRole, { hostedZone, assumedBy, domainName: ['mail.example.com'] });
    expect(reason).toBe(': domainName is not a prop: give domainNames.');
  });

  test('is no other prop of an interface that has more', () => {
    const further = { teamName: 'mail', domainNames: ['example.com'] };
    const reason = refusal(EasyDkimDomain, { hostedZone, ...further, domainName: 'example.com', outputs: false });
    expect(reason).toBe('It is accepted.');
  });

  test.each<[string, Construction, Fields]>([
    ['domain', EasyDkimDomain, { domain: 'mail.example.com' }],
    ['dmarc.p', EasyDkimDomain, { dmarc: { p: 'reject' } }],
    ['duration', EasyDkimDelegationRole, { assumedBy, duration: 1 }],
  ])('which is like no prop is ignored with a warning: %s', (name, construct, props) => {
    const stack = aStack();
    new construct(stack as never, 'Mail', { hostedZone: aZone(stack), ...props } as never);
    Annotations.fromStack(stack).hasWarning('/Test/Mail', Match.stringLikeRegexp(`^There is no prop "${name}", so`));
  });
});

import * as fc from 'fast-check';
import { FakeAws } from '../fakes/fake-aws';
import { homograph, noise, notADomainName, notAString } from '../support/bad-values';
import { ExecutionEnvironment } from '../support/sandbox/execution-environment';
import { VirtualClock } from '../support/sandbox/virtual-clock';
import { DOMAIN, properties, REGION, ZONE } from '../support/stack';

const RUNS = 60;
const ID = `${REGION}:${DOMAIN}:${ZONE}:dkim.amazonses.com:a,b,c:1+2+3:0a1b2c3d4e-0a1b2c3d4e5f`;

type Fields = Readonly<Record<string, unknown>>;

const clock = new VirtualClock();
const fake = FakeAws.inMemory({ clock, region: REGION });
fake.addZone({ id: ZONE, name: DOMAIN });
const lambda = new ExecutionEnvironment(fake, clock);
let requests = 0;

function anEvent(type: unknown, given: Fields = {}): Fields {
  const requestId = `request-${(requests += 1)}`;
  return {
    RequestType: type,
    RequestId: requestId,
    ResponseURL: fake.responseUrl(requestId),
    ResourceType: 'Custom::EasyDkimDomain',
    StackId: 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Test/0001',
    LogicalResourceId: 'Mail',
    ...(type !== 'Create' && { PhysicalResourceId: ID }),
    ResourceProperties: properties(),
    ...given,
  };
}

/** Delivers an event that cannot work, and returns the reason that CloudFormation gets. */
async function refusal(event: Fields): Promise<string> {
  fake.calls.length = fake.responses.length = 0;
  expect(await lambda.run(event)).toBe('returned');
  expect(fake.operations()).toEqual(['Respond']);
  expect(fake.rejectedResponses).toEqual([]);
  const [{ body }] = fake.responses;
  expect(body.Status).toBe('FAILED');
  return body.Reason ?? '';
}

/** A reason that a person can act on: it says what is wrong, not how the code broke over it. */
function expectClear(reason: string, name: string): void {
  expect(reason).toContain(`Easy DKIM: ${name} `);
  expect(reason).toMatch(/ (give|use|leave|deploy|remove|may have only letters|check|serves|DNS allows)\b/);
  expect(reason).not.toMatch(/unexpected error|undefined|not a function|Cannot/);
  expect(reason.length).toBeLessThan(1_800);
}

/** Text that a pattern does not take. */
const except = (pattern: RegExp, arbitrary: fc.Arbitrary<unknown>) =>
  arbitrary.filter((value) => typeof value !== 'string' || !pattern.test(value));

const anything = fc.oneof(notAString, noise, notADomainName);
const notANumber = except(
  /^\d{1,10}$/,
  fc.oneof(anything, fc.double().map(String), fc.bigInt({ min: -9n }).map(String)),
);

const PROPERTIES: readonly (readonly [property: string, prop: string, bad: fc.Arbitrary<unknown>])[] = [
  ['DomainName', 'domainName', fc.oneof(notADomainName, notAString, homograph, fc.constant(undefined))],
  ['HostedZoneName', 'hostedZone', fc.oneof(notADomainName, notAString)],
  ['HostedZoneName', 'domainName', homograph],
  ['HostedZoneId', 'hostedZone', except(/^[A-Z0-9]{1,32}$/, anything)],
  ['SesRegion', 'sesRegion', except(/^[a-z]{2,4}(-[a-z]{1,15}){1,3}-\d$/, fc.oneof(anything, fc.constant(undefined)))],
  ['Ttl', 'ttl', fc.oneof(notANumber, fc.constantFrom('0', '00', '2147483648', '9999999999', undefined))],
  ['WaitForVerification', 'waitForVerification', fc.oneof(notANumber, fc.constantFrom('0', '841', '9999999999'))],
  ['SigningKeyLength', 'signingKeyLength', except(/^RSA_(1024|2048)_BIT$/, anything)],
  ['OverwriteRecords', 'overwriteRecords', except(/^(true|false)$/, anything)],
  ['RemovalPolicy', 'removalPolicy', except(/^(retain|destroy)$/, anything)],
  ['MailFromDomain', 'mailFrom.domainName', fc.oneof(notADomainName, notAString, homograph, fc.constant(DOMAIN))],
  ['DmarcRecord', 'dmarc', except(/^v=DMARC1; p=(none|quarantine|reject)/, anything)],
  ['DelegationRoleArn', 'delegationRole', except(/^arn:aws:iam::\d{12}:role\/./, anything)],
];

describe.each(['Create', 'Update'])('%s with a property that cannot work', (type) => {
  it.each(PROPERTIES)('%s: is refused, and AWS is not called', async (property, prop, bad) => {
    await fc.assert(
      fc.asyncProperty(bad, async (value) => {
        const event = anEvent(type, { ResourceProperties: { ...properties(), [property]: value } });
        expectClear(await refusal(event), prop);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('an event that CloudFormation would not send', () => {
  it.each([
    ['RequestType', anything],
    [
      'ResourceProperties',
      fc.oneof(
        notAString.filter((value) => !isObject(value)),
        fc.constant(undefined),
        noise,
      ),
    ],
  ] as const)('with a bad %s is refused, and AWS is not called', async (name, bad) => {
    await fc.assert(
      fc.asyncProperty(bad, async (value) => expectClear(await refusal(anEvent('Update', { [name]: value })), name)),
      { numRuns: RUNS },
    );
  });

  it('with a bad PhysicalResourceId is refused, and AWS is not called', async () => {
    const bad = fc.oneof(notAString, fc.constant(undefined), fc.constant('x'.repeat(5_000)), fc.constant('a\u0000b'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('Update', 'Delete'), bad, async (type, value) => {
        expectClear(await refusal(anEvent(type, { PhysicalResourceId: value })), 'PhysicalResourceId');
      }),
      { numRuns: RUNS },
    );
  });

  it.each(['ResponseURL', 'RequestId', 'StackId', 'LogicalResourceId'])(
    'with a bad %s has nobody to answer to: it throws, and AWS is not called',
    async (name) => {
      const bad = fc.oneof(notAString, fc.constant(undefined), fc.constant(''), fc.constant('\n'), fc.constant('é'));
      await fc.assert(
        fc.asyncProperty(fc.constantFrom('Create', 'Update', 'Delete'), bad, async (type, value) => {
          fake.calls.length = 0;
          expect(await lambda.run(anEvent(type, { [name]: value }))).toBe('threw');
          expect(fake.operations()).toEqual([]);
        }),
        { numRuns: RUNS },
      );
    },
  );
});

it('a Delete with an id that we never gave looks at what there is, does nothing, and lets the stack go', async () => {
  const places = ID.split(':');
  const bad = fc
    .oneof(noise, notADomainName)
    .filter((text) => /^[\x20-\x7e]{0,900}$/.test(text) && /[^\w.,+-]|^$/.test(text));
  const ids = fc
    .tuple(fc.nat({ max: places.length - 1 }), bad)
    .map(([at, text]) => places.map((place, index) => (index === at ? text : place)).join(':'));
  await fc.assert(
    fc.asyncProperty(fc.oneof(ids, fc.string({ minLength: 1, unit: 'grapheme-ascii' })), async (id) => {
      fake.calls.length = fake.responses.length = 0;
      await lambda.run(anEvent('Delete', { PhysicalResourceId: id }));
      expect(fake.operations()).toEqual(['GetEmailIdentity', 'Respond']);
      expect(fake.responses[0].body).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: id });
    }),
    { numRuns: RUNS },
  );
});

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import * as fc from 'fast-check';
import { SETTINGS_RESOURCE_TYPE } from '../../lib/shared/contract';
import { FakeAws } from '../fakes/fake-aws';
import { homograph, noise, notADomainName, notAString } from '../support/bad-values';
import { ExecutionEnvironment } from '../support/sandbox/execution-environment';
import { VirtualClock } from '../support/sandbox/virtual-clock';
import { ALL, TOPIC } from '../support/settings';
import { DOMAIN, REGION } from '../support/stack';

const RUNS = 40;
const ID = `settings:${REGION}:${DOMAIN}`;

type Fields = Readonly<Record<string, unknown>>;

const clock = new VirtualClock();
const fake = FakeAws.inMemory({ clock, region: REGION });
fake.addIdentity(REGION, DOMAIN);
const lambda = new ExecutionEnvironment(fake, clock);
let requests = 0;

/** Delivers an event, and returns the answer that CloudFormation gets; AWS is not called. */
async function answerTo(type: string, given: Fields): Promise<{ Status: string; Reason?: string }> {
  const requestId = `request-${(requests += 1)}`;
  const event = {
    RequestType: type,
    RequestId: requestId,
    ResponseURL: fake.responseUrl(requestId),
    ResourceType: SETTINGS_RESOURCE_TYPE,
    StackId: 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Test/0001',
    LogicalResourceId: 'Settings',
    ...(type !== 'Create' && { PhysicalResourceId: ID }),
    ...given,
  };
  fake.calls.length = fake.responses.length = 0;
  expect(await lambda.run(event)).toBe('returned');
  expect(fake.operations()).toEqual(['Respond']);
  expect(fake.rejectedResponses).toEqual([]);
  return fake.responses[0].body;
}

const except = (pattern: RegExp, arbitrary: fc.Arbitrary<unknown>) =>
  arbitrary.filter((value) => typeof value !== 'string' || !pattern.test(value));

const anything = fc.oneof(notAString, noise, notADomainName);
const missing = fc.constant(undefined);
const notBelow = fc.constantFrom(DOMAIN, `${DOMAIN}.`, `x${DOMAIN}`, 'example.org', 'mail.example.com.evil.org', 'com');
const notATopic = fc.oneof(
  anything,
  fc.constantFrom(
    'feedback',
    'arn:aws:sqs:eu-west-1:111111111111:queue',
    'arn:aws:sns:us-east-1:111111111111:feedback',
    'arn:aws:sns:eu-west-1:11111111111:feedback',
    'arn:aws:sns:eu-west-1:111111111111:feedback.fifo',
    'arn:aws:sns:eu-west-1:111111111111:feedback:0f3a',
    'arn:aws:sns:eu-west-1:111111111111:',
    `arn:aws:sns:eu-west-1:111111111111:${'x'.repeat(257)}`,
    'arn:aws:sns:eu-west-1:111111111111:feedback\n',
  ),
);

const PROPERTIES: readonly (readonly [property: string, prop: string, bad: fc.Arbitrary<unknown>])[] = [
  ['DomainName', 'domainName', fc.oneof(notADomainName, notAString, missing)],
  ['SesRegion', 'sesRegion', except(/^[a-z]{2,4}(-[a-z]{1,15}){1,3}-\d$/, fc.oneof(anything, missing))],
  ['RemovalPolicy', 'removalPolicy', except(/^(retain|destroy)$/, fc.oneof(anything, missing))],
  ['MailFromDomain', 'mailFrom.domainName', fc.oneof(notADomainName, notAString, homograph, notBelow)],
  [
    'MailFromBehavior',
    'mailFrom.behaviorOnMxFailure',
    fc.oneof(anything, missing, fc.constantFrom('REJECT_MESSAGE', 'rejectmessage')),
  ],
  ['ConfigurationSet', 'configurationSet', except(/^[\w-]{1,64}$/, fc.oneof(anything, fc.constant('x'.repeat(65))))],
  ['FeedbackForwarding', 'feedbackForwarding', except(/^(true|false)$/, anything)],
  ['BounceTopic', 'notifications.bounces', notATopic],
  ['ComplaintTopic', 'notifications.complaints', notATopic],
  ['DeliveryTopic', 'notifications.deliveries', notATopic],
  ['NotificationHeaders', 'notifications.includeHeaders', except(/^(true|false)$/, anything)],
];

describe.each(['Create', 'Update'])('%s with a setting that cannot work', (type) => {
  it.each(PROPERTIES)('%s: is refused with a clear reason, and AWS is not called', async (property, prop, bad) => {
    await fc.assert(
      fc.asyncProperty(bad, async (value) => {
        const { Status, Reason = '' } = await answerTo(type, { ResourceProperties: { ...ALL, [property]: value } });
        expect(Status).toBe('FAILED');
        expect(Reason).toContain(`Easy DKIM: ${prop} `);
        expect(Reason).toMatch(/ (give|use|leave|deploy|remove|may have only letters|check|DNS allows)\b/);
        expect(Reason).not.toMatch(/unexpected error|undefined|not a function|Cannot/);
        expect(Reason.length).toBeLessThan(1_800);
      }),
      { numRuns: RUNS },
    );
  });
});

it.each([
  [
    TOPIC.replace('eu-west-1', 'us-east-1'),
    'give the ARN of a topic in eu-west-1, because SES publishes only in its own',
  ],
  ['feedback', 'give the ARN of an SNS topic such as "arn:aws:sns:eu-west-1:111122223333:bounces".'],
  [`${TOPIC}:0f3a`, 'give the ARN of an SNS topic such as "arn:aws:sns:eu-west-1:111122223333:bounces".'],
])('the topic %s is refused with what to give', async (topic, remedy) => {
  const { Reason } = await answerTo('Create', { ResourceProperties: { ...ALL, BounceTopic: topic } });

  expect(Reason).toContain(`Easy DKIM: notifications.bounces is "${topic}": ${remedy}`);
});

it.each(PROPERTIES)(
  'a Delete with a bad %s has nothing to take away, and lets the stack go',
  async (property, _, bad) => {
    await fc.assert(
      fc.asyncProperty(bad, async (value) => {
        const { Status } = await answerTo('Delete', { ResourceProperties: { ...ALL, [property]: value } });
        expect(Status).toBe('SUCCESS');
      }),
      { numRuns: RUNS },
    );
  },
);

import { AwsError } from '../fakes/call';
import type { FaultKind, Identity } from '../fakes/fake-aws';
import { ENDLESS_FAULTS, expectFailedCall } from '../support/endless-faults';
import type { Kill } from '../support/sandbox/execution-environment';
import {
  ALL,
  ALL_SET,
  MAIL_FROM,
  OTHER_TOPIC,
  settings,
  settingsOf,
  SettingsResource,
  startWithIdentity,
  TOPIC,
} from '../support/settings';
import { DOMAIN, REGION, World } from '../support/stack';

const READS = ['GetEmailIdentity', 'GetIdentityNotificationAttributes'];
const TAGGING = ['TagResource', 'UntagResource'];
const WRITES = [
  'PutEmailIdentityMailFromAttributes',
  'PutEmailIdentityConfigurationSetAttributes',
  'SetIdentityNotificationTopic',
  'SetIdentityHeadersInNotificationsEnabled',
  'PutEmailIdentityFeedbackAttributes',
];
/** The topic, the configuration set and the MAIL FROM domain of somebody else. */
const THEIRS: Partial<Identity> = {
  mailFrom: { domain: `theirs.${DOMAIN}`, behavior: 'UseDefaultValue', status: 'Success' },
  configurationSet: 'other',
  topics: { Bounce: OTHER_TOPIC },
  headers: ['Bounce'],
};

let world: World;
let resource: SettingsResource;

beforeEach(async () => {
  world = await startWithIdentity();
  resource = new SettingsResource(world);
});

afterEach(() => world.stop());

const present = (domain = DOMAIN, region = REGION) => settingsOf(world.fake.identity(region, domain));
const identity = () => world.fake.identity(REGION, DOMAIN)!;
const writesDuring = async (step: () => Promise<unknown>) =>
  (await world.operationsDuring(step)).filter((operation) => WRITES.includes(operation));
const always = (kind: FaultKind, operation: string) => world.fake.addFault({ kind, operation, times: Infinity });

/** The physical id of settings of an identity. */
const idOf = (domain = DOMAIN, region = REGION): string =>
  expect.stringMatching(
    new RegExp(`^settings:${region}:${domain.replace(/\./g, '\\.')}:[0-9a-f]{10}-[0-9a-f]{12}$`),
  ) as string;

/** SES refuses an operation in these words. */
function refuse(operation: string, code: string, message: string): void {
  world.fake.before(operation, () => {
    throw new AwsError(400, code, message);
  });
}

async function expectSuccess(step: Promise<{ reason: string; status: string }>): Promise<void> {
  expect(await step).toMatchObject({ reason: '', status: 'SUCCESS' });
}

describe('Create', () => {
  it('sets all settings, with an id that does not depend on them', async () => {
    const answer = await resource.create();

    expect(answer).toMatchObject({ status: 'SUCCESS', reason: '', physicalId: idOf() });
    expect(present()).toEqual(ALL_SET);
  });

  it.each([
    [settings(), []],
    [
      settings({ MailFromDomain: 'mail.example.com', MailFromBehavior: 'UseDefaultValue' }),
      ['mail from mail.example.com UseDefaultValue'],
    ],
    [settings({ ConfigurationSet: 'main' }), ['configuration set main']],
    [settings({ BounceTopic: TOPIC }), [`Bounce ${TOPIC}`]],
    [settings({ DeliveryTopic: TOPIC, NotificationHeaders: 'true' }), [`Delivery ${TOPIC} with headers`]],
  ])('sets what is asked for and nothing else: %j', async (given, expected) => {
    await expectSuccess(resource.create(given));

    expect(present()).toEqual(expected);
  });

  it('looks only at what it is to set', async () => {
    const mailFrom = { MailFromDomain: MAIL_FROM, MailFromBehavior: 'RejectMessage' } as const;

    expect(await world.operationsDuring(() => resource.create(settings(mailFrom)))).toEqual([
      'GetEmailIdentity',
      'DescribeStackResource',
      'TagResource',
      'PutEmailIdentityMailFromAttributes',
      'DescribeStackResource',
    ]);
    expect(await world.operationsDuring(() => resource.update(settings()))).toEqual([
      'GetEmailIdentity',
      'DescribeStackResource',
      'PutEmailIdentityMailFromAttributes',
      'TagResource',
      'DescribeStackResource',
    ]);
  });

  it('says on the identity who uses which settings, and which of them were made', async () => {
    identity().configurationSet = 'main';

    await resource.create(settings({ ConfigurationSet: 'main', BounceTopic: TOPIC }));

    expect(world.claims()).toEqual(['made=BounceTopic found=ConfigurationSet by=Test/Settings']);
    expect(resource.physicalId).toEqual(idOf());
    expect(Object.keys(world.tags())).toEqual([`cdk-ses-easy-dkim:${resource.physicalId!.split(':')[3]}`]);
  });

  describe('when one was as wanted already', () => {
    beforeEach(async () => {
      identity().configurationSet = 'main';
      await resource.create(settings({ ConfigurationSet: 'main' }));
    });

    it('leaves it on Delete after an update of it was rolled back', async () => {
      await resource.update(settings({ ConfigurationSet: 'other' }));
      await expectSuccess(resource.rollBack());
      expect(world.claims()).toEqual(['found=ConfigurationSet by=Test/Settings']);

      await expectSuccess(resource.delete());

      expect(present()).toEqual(['configuration set main']);
    });

    it('leaves it on Delete after two updates, the last of which has brought it back', async () => {
      for (const ConfigurationSet of ['other', 'main']) await resource.update(settings({ ConfigurationSet }));

      await expectSuccess(resource.delete());

      expect(present()).toEqual(['configuration set main']);
    });

    it('takes away what an update has made of it', async () => {
      await resource.update(settings({ ConfigurationSet: 'other' }));

      await expectSuccess(resource.delete());

      expect(present()).toEqual([]);
    });

    it('takes away what it sets anew after it had given it up', async () => {
      await resource.update(settings({ ConfigurationSet: 'other' }));
      await resource.update(settings());
      await resource.update(settings({ ConfigurationSet: 'main' }));

      await expectSuccess(resource.delete());

      expect(present()).toEqual([]);
    });
  });

  it.each([
    ['when it was made', [{ ConfigurationSet: 'main' }]],
    ['later', [{}, { ConfigurationSet: 'main' }]],
  ])('leaves on Delete what it had overwritten %s, once an update has brought it back', async (_, wishes) => {
    identity().configurationSet = 'other';
    const [first, ...updates] = [...wishes, { ConfigurationSet: 'other' }];
    await expectSuccess(resource.create(settings({ BounceTopic: TOPIC, ...first })));
    for (const wish of updates) await expectSuccess(resource.update(settings({ BounceTopic: TOPIC, ...wish })));

    await expectSuccess(resource.delete());

    expect(present()).toEqual(['configuration set other']);
  });

  it('leaves settings that it is not asked for as they are', async () => {
    Object.assign(identity(), THEIRS);

    await expectSuccess(resource.create(settings({ ComplaintTopic: TOPIC })));

    expect(present()).toEqual([
      `mail from theirs.${DOMAIN} UseDefaultValue`,
      'configuration set other',
      `Bounce ${OTHER_TOPIC} with headers`,
      `Complaint ${TOPIC}`,
    ]);
  });

  it('sets nothing when all is set already', async () => {
    await resource.create();

    expect(await world.operationsDuring(() => new SettingsResource(world, 'More').create())).toEqual([
      ...READS,
      'DescribeStackResource',
      'TagResource',
    ]);
  });

  it('changes the behavior of a MAIL FROM domain that is set already', async () => {
    identity().mailFrom = { domain: MAIL_FROM, behavior: 'UseDefaultValue', status: 'Success' };

    await resource.create(settings({ MailFromDomain: MAIL_FROM, MailFromBehavior: 'RejectMessage' }));

    expect(present()).toEqual([`mail from ${MAIL_FROM} RejectMessage`]);
  });

  it('sets nothing on an identity of another Region or account', async () => {
    world.fake.addIdentity('us-east-1', DOMAIN);
    world.fake.addIdentity(REGION, DOMAIN, {}, '222222222222');

    await resource.create();

    expect(present(DOMAIN, 'us-east-1')).toEqual([]);
    expect(settingsOf(world.fake.identity(REGION, DOMAIN, '222222222222'))).toEqual([]);
  });
});

describe('Update', () => {
  beforeEach(() => resource.create());

  it('writes nothing when nothing changes', async () => {
    expect(await world.operationsDuring(() => resource.update(ALL))).toEqual(READS);
  });

  it('changes in place what changes, and nothing else', async () => {
    const writes = await writesDuring(async () => {
      const answer = await resource.update({ ...ALL, ConfigurationSet: 'other', DeliveryTopic: TOPIC });
      expect(answer).toMatchObject({ status: 'SUCCESS', physicalId: idOf() });
    });

    expect(writes).toEqual(['PutEmailIdentityConfigurationSetAttributes', 'SetIdentityNotificationTopic']);
    expect(present()).toEqual(expect.arrayContaining(['configuration set other', `Delivery ${TOPIC} with headers`]));
  });

  it("gives back to SES's default what is asked for no longer", async () => {
    await expectSuccess(resource.update(settings({ ConfigurationSet: 'main' })));

    expect(present()).toEqual(['configuration set main']);
  });

  it('leaves alone what is asked for no longer when somebody else has changed it', async () => {
    Object.assign(identity(), { configurationSet: 'other', topics: { ...identity().topics, Delivery: TOPIC } });

    await expectSuccess(resource.update(settings()));

    expect(present()).toEqual(['configuration set other', `Delivery ${TOPIC}`]);
  });

  it('puts right what somebody else has changed, when it is still asked for', async () => {
    identity().configurationSet = 'other';

    await resource.update({ ...ALL, RemovalPolicy: 'retain' });

    expect(present()).toEqual(ALL_SET);
  });

  it('is taken back by an Update when another resource of the stack fails', async () => {
    await resource.update(settings({ BounceTopic: OTHER_TOPIC }));

    await expectSuccess(resource.rollBack());

    expect(present()).toEqual(ALL_SET);
  });

  it('can be rolled back after properties that were refused', async () => {
    expect((await resource.update({ ...ALL, ConfigurationSet: 'not a name' })).status).toBe('FAILED');

    await expectSuccess(resource.rollBack());

    expect(present()).toEqual(ALL_SET);
  });

  it.each([
    ['domain', { DomainName: 'mail.example.com', MailFromDomain: 'bounce.mail.example.com' }],
    [
      'Region',
      {
        SesRegion: 'us-east-1',
        BounceTopic: undefined,
        ComplaintTopic: undefined,
        DeliveryTopic: undefined,
        FeedbackForwarding: undefined,
        NotificationHeaders: undefined,
      },
    ],
  ])('of the %s is a replacement, whose clean-up takes the settings of the former one away', async (_, change) => {
    const given = { ...ALL, ...change };
    world.fake.addIdentity(given.SesRegion, given.DomainName);
    world.fake.addConfigurationSet(given.SesRegion, 'main');

    const answer = await resource.update(given);

    expect(answer).toMatchObject({ status: 'SUCCESS', physicalId: idOf(given.DomainName, given.SesRegion) });
    expect(present()).toEqual(ALL_SET);
    expect(present(given.DomainName, given.SesRegion)).toContain('configuration set main');
    await resource.cleanUp();
    expect(present()).toEqual([]);
    expect(present(given.DomainName, given.SesRegion)).toContain('configuration set main');
  });

  it('of the domain leaves alone what the other identity had before', async () => {
    world.fake.addIdentity(REGION, 'mail.example.com', { configurationSet: 'main', topics: { Bounce: TOPIC } });

    await expectSuccess(resource.update(settings({ DomainName: 'mail.example.com', DeliveryTopic: TOPIC })));
    await resource.cleanUp();

    expect(present('mail.example.com')).toEqual(['configuration set main', `Bounce ${TOPIC}`, `Delivery ${TOPIC}`]);
  });

  it('of the domain that is rolled back leaves the former one as it was', async () => {
    world.fake.addIdentity(REGION, 'mail.example.com');
    await resource.update({ ...ALL, DomainName: 'mail.example.com', MailFromDomain: 'bounce.mail.example.com' });

    await resource.rollBack();

    expect(present()).toEqual(ALL_SET);
    expect(present('mail.example.com')).toEqual([]);
  });
});

describe('Delete', () => {
  it("gives all settings back to SES's default", async () => {
    await resource.create();

    await expectSuccess(resource.delete());

    expect(present()).toEqual([]);
  });

  it('leaves what somebody else has changed, and what was never asked for', async () => {
    Object.assign(identity(), THEIRS);
    await resource.create(settings({ ConfigurationSet: 'main', ComplaintTopic: TOPIC }));
    identity().topics.Complaint = OTHER_TOPIC;

    await expectSuccess(resource.delete());

    expect(present()).toEqual([
      `mail from theirs.${DOMAIN} UseDefaultValue`,
      `Bounce ${OTHER_TOPIC} with headers`,
      `Complaint ${OTHER_TOPIC}`,
    ]);
  });

  it('succeeds although somebody has turned forwarding off, for which SES requires the topics', async () => {
    await resource.create(settings({ BounceTopic: TOPIC, ComplaintTopic: TOPIC }));
    identity().forwarding = false;

    await expectSuccess(resource.delete());

    expect(present()).toEqual([]);
  });

  it('with RETAIN changes nothing but its own tag', async () => {
    await resource.create({ ...ALL, RemovalPolicy: 'retain' });

    expect(await world.operationsDuring(() => resource.delete())).toEqual([
      'GetEmailIdentity',
      'DescribeStackResource',
      'UntagResource',
    ]);
    expect(present()).toEqual(ALL_SET);
    expect(world.tags()).toEqual({});
  });

  it('leaves what had our value before we came', async () => {
    identity().configurationSet = 'main';
    await resource.create(settings({ ConfigurationSet: 'main', BounceTopic: TOPIC }));

    await expectSuccess(resource.delete());

    expect(present()).toEqual(['configuration set main']);
  });

  it('takes its tag along', async () => {
    identity().tags.team = 'post';
    await resource.create();

    await expectSuccess(resource.delete());

    expect(world.tags()).toEqual({ team: 'post' });
  });

  it('of an identity that is gone succeeds', async () => {
    await resource.create();
    world.fake.removeIdentity(REGION, DOMAIN);

    await expectSuccess(resource.delete());
  });

  it.each([
    settings({ MailFromDomain: MAIL_FROM, MailFromBehavior: 'RejectMessage' }),
    settings({ ConfigurationSet: 'main' }),
    ALL,
  ])('of an identity that goes meanwhile succeeds: %j', async (given) => {
    await resource.create(given);
    world.fake.before('PutEmailIdentityMailFromAttributes', () => void world.fake.removeIdentity(REGION, DOMAIN));
    world.fake.before(
      'PutEmailIdentityConfigurationSetAttributes',
      () => void world.fake.removeIdentity(REGION, DOMAIN),
    );

    await expectSuccess(resource.delete());
  });

  it('with the id of a Create that has set nothing calls nothing', async () => {
    await resource.create();

    expect(await world.operationsDuring(() => resource.delete('nothing-created-request-1'))).toEqual([]);
    expect(present()).toEqual(ALL_SET);
  });

  it.each([
    'settings:eu-west-1:other.example.com:0a1b2c3d4e-0a1b2c3d4e5f',
    `settings:eu-west-1:${DOMAIN}:0a1b2c3d4e-0a1b2c3d4e5f`,
  ])('with an id whose claim the identity does not have only looks: %s', async (id) => {
    await resource.create();

    const operations = await world.operationsDuring(() => resource.delete(id));

    expect(READS).toEqual(expect.arrayContaining(operations));
    expect(present()).toEqual(ALL_SET);
  });

  it.each(['settings', `settings:eu-west-1:${DOMAIN}`, 'x'])(
    'with an id that CloudFormation has made up only looks, when nothing has a claim of the resource: %s',
    async (id) => {
      await new SettingsResource(world, 'Others').create();
      resource.current = ALL as unknown as NonNullable<typeof resource.current>;

      expect(await world.operationsDuring(() => resource.delete(id))).toEqual(['GetEmailIdentity']);
      expect(present()).toEqual(ALL_SET);
    },
  );

  it('says so when the identity does not carry its tag any more, and leaves the settings', async () => {
    await resource.create();
    identity().tags = {};

    const { status, reason } = await resource.delete();

    expect(status).toBe('SUCCESS');
    expect(reason).toBe(
      `The settings of ${DOMAIN} in ${REGION} stay: the identity no longer carries the tag of this resource, or somebody has edited it.`,
    );
    expect(present()).toEqual(ALL_SET);
  });

  it('says so when somebody has edited its tag, which goes, and leaves the settings', async () => {
    await resource.create();
    const [key] = Object.keys(identity().tags);
    identity().tags = { [key]: 'mine' };

    const { status, reason } = await resource.delete();

    expect(status).toBe('SUCCESS');
    expect(reason).toContain(`The settings of ${DOMAIN} in ${REGION} stay`);
    expect(present()).toEqual(ALL_SET);
    expect(identity().tags).toEqual({});
  });

  it('can be done twice', async () => {
    await resource.create();
    const event = resource.removal();
    await resource.deliver(event);
    world.restartLambda('another');

    await world.lambda.invoke(event);

    expect(resource.answersTo(event).map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS']);
  });
});

describe('when SES refuses a setting', () => {
  it.each([
    [
      'a configuration set that does not exist',
      'PutEmailIdentityConfigurationSetAttributes',
      { ConfigurationSet: 'nowhere' },
      /for example.com in eu-west-1 \(ConfigurationSet: nowhere\) failed: NotFoundException: .*nowhere.* Create the configuration set in this Region/,
    ],
    [
      'no forwarding without a topic for complaints',
      'PutEmailIdentityFeedbackAttributes',
      { FeedbackForwarding: 'false', BounceTopic: TOPIC },
      /\(FeedbackForwarding: false\) failed: BadRequestException: .* give both in notifications/,
    ],
  ] as const)('says so: %s', async (_, operation, change, reason) => {
    const answer = await resource.create(settings(change));

    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toMatch(/^Settings of example.com \(SES in eu-west-1\): SES /);
    expect(answer.reason).toContain(operation);
    expect(answer.reason).toMatch(reason);
    expect(present()).toEqual([]);
  });

  it.each([
    [
      'PutEmailIdentityMailFromAttributes',
      `Provided MAIL-FROM domain <${MAIL_FROM}> is in use`,
      /Choose another mailFrom/,
    ],
    [
      'SetIdentityNotificationTopic',
      `SNS topic <${TOPIC}> not found or not permitted`,
      /let ses.amazonaws.com publish/,
    ],
    ['SetIdentityHeadersInNotificationsEnabled', 'No topic', /notifications that have a topic/],
  ])('says so in its words, and what to do: %s', async (operation, message, remedy) => {
    refuse(operation, 'InvalidParameterValue', message);

    const { status, reason } = await resource.create();

    expect(status).toBe('FAILED');
    expect(reason).toContain(`SES ${operation} for ${DOMAIN} in ${REGION} (`);
    expect(reason).toContain(`InvalidParameterValue: ${message}. `);
    expect(reason).toMatch(remedy);
    expect(reason).not.toContain('could not be undone');
    expect(present()).toEqual([]);
  });

  it.each(WRITES)('for lack of permission, it says so and leaves all as it was: %s', async (operation) => {
    Object.assign(identity(), THEIRS);
    const before = present();
    always('deny', operation);

    const { status, reason } = await resource.create();

    expect(status).toBe('FAILED');
    expect(reason).toMatch(new RegExp(`${operation} for .*AccessDenied.* service control policy`));
    expect(reason).not.toContain('could not be undone');
    expect(present()).toEqual(before);
  });

  it.each([
    settings({ MailFromDomain: MAIL_FROM, MailFromBehavior: 'RejectMessage' }),
    settings({ ConfigurationSet: 'main' }),
    settings({ FeedbackForwarding: 'true' }),
    ALL,
  ])('since there is no such identity, it says so: %j', async (given) => {
    world.fake.removeIdentity(REGION, DOMAIN);

    const { status, reason } = await resource.create(given);

    expect(status).toBe('FAILED');
    expect(reason).toMatch(/example.com in eu-west-1/);
    expect(reason).toMatch(/may have been deleted by hand.*deploy its EasyDkimDomain again/i);
    expect(world.fake.identityNames(REGION)).toEqual([]);
  });
});

describe.each(WRITES)('a failure at %s', (operation) => {
  /** Refuses one call of the operation, and takes those before and after it. */
  function refuseCall(which: number): void {
    let count = 0;
    world.fake.before(operation, () => {
      count += 1;
      if (count === which) throw new AwsError(400, 'InvalidParameterValue', 'No');
    });
  }

  it('of Create takes back what it has set, and its Delete calls nothing', async () => {
    Object.assign(identity(), THEIRS);
    const before = present();
    refuseCall(/Topic|Headers/.test(operation) ? 2 : 1);

    const answer = await resource.create();

    expect(answer.status).toBe('FAILED');
    expect(present()).toEqual(before);
    expect(answer.physicalId).not.toEqual(idOf());
    expect(world.tags()).toEqual({});
    expect(await world.operationsDuring(() => resource.delete())).toEqual([]);
  });

  it('of Update takes back what it has set, and keeps the id', async () => {
    await resource.create();
    const former = present();
    refuseCall(1);

    const answer = await resource.update(settings());

    expect(answer).toMatchObject({ status: 'FAILED', physicalId: idOf() });
    expect(present()).toEqual(former);
    await expectSuccess(resource.rollBack());
    expect(present()).toEqual(former);
  });
});

describe('what cannot be taken back', () => {
  const FAILED = 'PutEmailIdentityFeedbackAttributes';

  beforeEach(() => refuse(FAILED, 'InvalidParameterValue', 'No'));

  it('is named, and left for the Delete', async () => {
    world.fake.before('SetIdentityHeadersInNotificationsEnabled', () => {
      always('deny', 'PutEmailIdentityMailFromAttributes');
    });

    const { status, reason, physicalId } = await resource.create();

    expect(status).toBe('FAILED');
    expect(reason).toMatch(
      /PutEmailIdentityFeedbackAttributes .* could not be undone: SES PutEmailIdentityMailFromAttributes for example.com in eu-west-1 \(MailFrom: none\)/,
    );
    expect(physicalId).toEqual(idOf());
    expect(present()).toEqual([`mail from ${MAIL_FROM} RejectMessage`]);
    world.fake.clearFaults();
    await expectSuccess(resource.delete());
    expect(present()).toEqual([]);
  });

  it('does not take the time that the rest needs to be taken back', async () => {
    const headers = 'SetIdentityHeadersInNotificationsEnabled';
    world.timeoutMs = 30_000;
    world.fake.before(headers, ({ params }) => {
      if (params.NotificationType !== 'Delivery') return;
      always('hang', headers);
      world.fake.addFault({ kind: 'slow', operation: /^(?!Respond)/, times: Infinity });
    });

    const { status, reason } = await resource.create();

    expect(status).toBe('FAILED');
    expect(reason.match(/(?<=could not be undone: SES )\w+/g)).toEqual([headers, headers, headers]);
    expect(present()).toEqual([
      'Bounce no topic with headers',
      'Complaint no topic with headers',
      'Delivery no topic with headers',
    ]);
  });
});

describe('an identity that cannot be read', () => {
  const REASON = `SES GetEmailIdentity for ${DOMAIN} in ${REGION} failed`;

  it.each(['deny', 'dropBefore'] as const)('is left as it is by Create, which says so: %s', async (kind) => {
    always(kind, 'GetEmailIdentity');

    const { status, reason } = await resource.create();

    expect(status).toBe('FAILED');
    expect(reason).toContain(REASON);
    expect(present()).toEqual([]);
    expect(world.tags()).toEqual({});
  });

  it.each(['deny', 'dropBefore'] as const)('is left as it is by Update, which can be rolled back: %s', async (kind) => {
    await resource.create();
    const fault = always(kind, 'GetEmailIdentity');

    const { status, reason } = await resource.update(settings({ ConfigurationSet: 'other' }));

    expect(status).toBe('FAILED');
    expect(reason).toContain(REASON);
    expect(present()).toEqual(ALL_SET);
    fault.remove();
    await expectSuccess(resource.rollBack());
    expect(present()).toEqual(ALL_SET);
  });

  it.each(['deny', 'dropBefore'] as const)('is left as it is by Delete, which can be done again: %s', async (kind) => {
    await resource.create();
    const fault = always(kind, 'GetEmailIdentity');

    const { status, reason } = await resource.delete();

    expect(status).toBe('FAILED');
    expect(reason).toContain(REASON);
    expect(present()).toEqual(ALL_SET);
    fault.remove();
    await expectSuccess(resource.delete());
    expect(present()).toEqual([]);
  });
});

describe('an event that is delivered again', () => {
  it('has no further effect in the same execution environment', async () => {
    const event = resource.creation();
    const first = await resource.deliver(event);

    expect(await world.operationsDuring(() => world.lambda.invoke(event))).toEqual([]);
    expect(resource.answersTo(event)).toEqual([first, first]);
  });

  it('writes nothing in another one', async () => {
    const event = resource.creation();
    const first = await resource.deliver(event);
    world.restartLambda('another');
    resource.begin(event);

    expect(await world.operationsDuring(() => world.lambda.invoke(event))).toEqual(READS);
    expect(resource.answersTo(event)).toEqual([first, first]);
  });

  it('takes nothing away in another one when it fails there', async () => {
    const event = resource.creation();
    const first = await resource.deliver(event);
    const before = { settings: present(), tags: identity().tags };
    world.restartLambda('another');
    resource.begin(event);
    always('deny', 'GetIdentityNotificationAttributes');

    await world.lambda.invoke(event);

    expect(resource.answersTo(event)).toMatchObject([first, { status: 'FAILED', physicalId: first.physicalId }]);
    expect({ settings: present(), tags: identity().tags }).toEqual(before);
  });

  it('does not set again what a run has set that was killed', async () => {
    const event = resource.creation();
    // After the look whether CloudFormation waits, and the tag.
    await world.lambda.invokeAndKill(event, { call: READS.length + 3, after: true });
    world.restartLambda('same');

    const writes = await writesDuring(() => resource.deliver(event));

    expect(writes).not.toContain('PutEmailIdentityMailFromAttributes');
    expect(writes).toContain('SetIdentityNotificationTopic');
    expect(present()).toEqual(ALL_SET);
  });

  /** Tells a story once for every request that a run makes, cut short before or after it. */
  async function atEveryCall(after: boolean, tell: (kill: Kill) => Promise<boolean>): Promise<void> {
    let call = 1;
    for (let killed = true; killed; call += 1) {
      world.stop();
      world = await startWithIdentity();
      resource = new SettingsResource(world);
      Object.assign(identity(), THEIRS);
      killed = await tell({ call, after });
    }
    expect(call).toBeGreaterThan(10);
  }

  const CUT = [
    ['before', 'same', false],
    ['after', 'same', true],
    ['after', 'another', true],
  ] as const;

  it.each(CUT)(
    'ends in the same state when it was killed %s any of its calls (environment: %s)',
    (_, environment, after) =>
      atEveryCall(after, async (kill) => {
        const event = resource.creation();
        await world.lambda.invokeAndKill(event, kill);
        const { killed } = world.lambda;
        if (killed) {
          world.restartLambda(environment);
          await world.lambda.invoke(event);
        }
        expect(resource.answersTo(event)[0]).toMatchObject({ status: 'SUCCESS', physicalId: idOf() });
        expect(present()).toEqual(ALL_SET);
        return killed;
      }),
  );

  it.each([false, true])('takes back what both runs have set when the second one fails (killed after: %s)', (after) =>
    atEveryCall(after, async (kill) => {
      const before = present();
      const event = resource.creation();
      await world.lambda.invokeAndKill(event, kill);
      const { killed } = world.lambda;
      world.restartLambda('same');
      // The last setting, which is there only when nothing can fail any more.
      if (killed && identity().forwarding) {
        always('deny', 'PutEmailIdentityFeedbackAttributes');
        expect((await resource.deliver(event)).status).toBe('FAILED');
        expect(present()).toEqual(before);
      }
      return killed;
    }),
  );

  it.each(['same', 'another'] as const)('takes all away on Delete that was killed (environment: %s)', (environment) =>
    atEveryCall(true, async (kill) => {
      await resource.create();
      const event = resource.removal();
      resource.begin(event);
      await world.lambda.invokeAndKill(event, kill);
      const { killed } = world.lambda;
      if (killed) {
        world.restartLambda(environment);
        await world.lambda.invoke(event);
      }
      // The headers were there before us.
      expect(present()).toEqual(['Bounce no topic with headers']);
      expect(world.tags()).toEqual({});
      return killed;
    }),
  );
});

describe('under the rates of SES', () => {
  beforeEach(() => {
    for (const operation of [...READS, ...TAGGING, ...WRITES])
      world.fake.limits[operation] = { perSecond: 1, burst: 1 };
  });

  it('sets and takes away everything', async () => {
    await expectSuccess(resource.create());
    expect(present()).toEqual(ALL_SET);
    await expectSuccess(resource.delete());
    expect(present()).toEqual([]);
  });

  it('serves fifty identities at once', async () => {
    const resources = Array.from({ length: 50 }, (_, n) => {
      const domain = `d${n}.example.com`;
      world.fake.addIdentity(REGION, domain);
      return { domain, each: new SettingsResource(world, `Settings${n}`) };
    });

    await Promise.all(
      resources.map(({ domain, each }) =>
        each.deliver(each.creation(settings({ DomainName: domain, BounceTopic: TOPIC }))),
      ),
    ).then((answers) => answers.forEach(({ reason }) => expect(reason).toBe('')));

    for (const { domain } of resources) expect(present(domain)).toEqual([`Bounce ${TOPIC}`]);
  });
});

describe.each(ENDLESS_FAULTS)('when a call %s, within a time-out of %i ms', (_, timeoutMs, kind, remedy) => {
  it.each([...READS, 'TagResource', ...WRITES])(
    'Create says so, and its Delete leaves nothing: %s',
    async (operation) => {
      world.timeoutMs = timeoutMs;
      const fault = always(kind, operation);

      const answer = await resource.create();

      expectFailedCall(answer, operation, remedy);
      fault.remove();
      await expectSuccess(resource.delete());
      expect(present()).toEqual([]);
    },
  );

  it.each([...READS, 'UntagResource', 'DescribeStackResource', ...WRITES])(
    'Delete says so, and can be done again: %s',
    async (operation) => {
      await resource.create();
      world.timeoutMs = timeoutMs;
      const fault = always(kind, operation);

      const answer = await resource.delete();

      expectFailedCall(answer, operation, remedy);
      fault.remove();
      await expectSuccess(resource.delete());
      expect(present()).toEqual([]);
    },
  );
});

it.each([...READS, 'TagResource', ...WRITES])(
  '%s may be denied while a new policy is not in force yet',
  async (operation) => {
    const denial = world.fake.addFault({ kind: 'deny', operation, times: 3 });

    await expectSuccess(resource.create());

    expect(denial.hits).toBe(3);
    expect(present()).toEqual(ALL_SET);
  },
);

it.each(WRITES)('a lost answer to %s does no harm', async (operation) => {
  world.fake.addFault({ kind: 'dropAfter', operation });

  await expectSuccess(resource.create());

  expect(present()).toEqual(ALL_SET);
});

it.each(WRITES)('a change whose answers are all lost is taken back: %s', async (operation) => {
  // As many as one call is tried.
  world.fake.addFault({ kind: 'dropAfter', operation, times: 9 });

  expect((await resource.create()).status).toBe('FAILED');

  expect(present()).toEqual([]);
});

it('the longest values that there are fit into an answer', async () => {
  const label = 'x'.repeat(62);
  const domain = `${label}.${label}.${label}.${'x'.repeat(8)}.com`;
  const topic = `arn:aws:sns:${REGION}:111111111111:${'t'.repeat(256)}`;
  world.fake.addIdentity(REGION, domain);
  const given = settings({
    ...ALL,
    DomainName: domain,
    MailFromDomain: `b.${domain}`,
    BounceTopic: topic,
    ComplaintTopic: topic,
  });
  for (const operation of WRITES) refuse(operation, 'InvalidParameterValue', 'é'.repeat(2_000));

  const answer = await resource.create(given);

  expect(answer.status).toBe('FAILED');
  expect(Buffer.byteLength(answer.reason)).toBeLessThan(1_800);
  expect(Buffer.byteLength(answer.physicalId)).toBeLessThan(1_000);
});

it('makes and deletes no identity', async () => {
  const operations = await world.operationsDuring(async () => {
    await resource.create();
    await resource.update(settings({ BounceTopic: TOPIC }));
    await resource.rollBack();
    await resource.delete();
  });

  expect([...new Set(operations)].sort()).toEqual([...READS, ...TAGGING, ...WRITES, 'DescribeStackResource'].sort());
});

describe('with another revision', () => {
  it('settings come back that somebody has changed', async () => {
    await resource.create();
    Object.assign(identity(), { mailFrom: undefined, configurationSet: 'other', forwarding: true });

    await expectSuccess(resource.update({ ...ALL, Revision: '2' }));

    expect(present()).toEqual(ALL_SET);
  });
});

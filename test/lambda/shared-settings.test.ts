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
import { Answer, DOMAIN, properties, REGION, StackResource, World } from '../support/stack';

const STACK = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Test/0001';
const OTHER_STACK = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Other/0002';

let world: World;
let one: SettingsResource;
let two: SettingsResource;

beforeEach(async () => {
  world = await startWithIdentity();
  one = new SettingsResource(world, 'Settings', STACK);
  two = new SettingsResource(world, 'Settings', OTHER_STACK);
});

afterEach(() => world.stop());

const present = () => settingsOf(world.fake.identity(REGION, DOMAIN));

async function well(step: Promise<Answer | undefined>): Promise<void> {
  expect(await step).toMatchObject({ status: 'SUCCESS', reason: '' });
}

describe.each([
  ['of a construct that is renamed', STACK, 'Other'],
  ['of a construct that moves to another stack', OTHER_STACK, 'Settings'],
])('settings %s', (_, stackId, logicalId) => {
  beforeEach(() => void (two = new SettingsResource(world, logicalId, stackId)));

  it('stay, and go with the new one', async () => {
    await well(one.create());
    await well(two.create());

    await well(one.delete());
    expect(present()).toEqual(ALL_SET);

    await well(two.delete());
    expect(present()).toEqual([]);
    expect(world.tags()).toEqual({});
  });

  it('stay when the new one is rolled back, and go with the old one', async () => {
    await well(one.create());
    const tags = world.tags();
    await well(two.create());

    await well(two.delete());
    expect(present()).toEqual(ALL_SET);
    expect(world.tags()).toEqual(tags);

    await well(one.delete());
    expect(present()).toEqual([]);
  });

  it('that were there before either of them stay in the end', async () => {
    Object.assign(world.fake.identity(REGION, DOMAIN)!, { configurationSet: 'main' });
    await well(one.create());
    await well(two.create());

    await well(one.delete());
    await well(two.delete());

    expect(present()).toEqual(['configuration set main']);
  });

  it('that the new one does not have go with the old one', async () => {
    await well(one.create());
    await well(two.create(settings({ ConfigurationSet: 'main' })));

    await well(one.delete());

    expect(present()).toEqual(['configuration set main']);
  });
});

describe('settings of a second stack', () => {
  const mine = settings({ ConfigurationSet: 'main', BounceTopic: TOPIC });

  it.each([
    [
      'another configuration set',
      settings({ ConfigurationSet: 'other' }),
      /ConfigurationSet of .* is "main" .* "other"/,
    ],
    ['another topic', settings({ BounceTopic: OTHER_TOPIC }), /BounceTopic of .* is "\S*:feedback" .* "\S*:other"/],
  ])('that wants %s fails, names who is in the way, and changes nothing', async (_, given, reason) => {
    await well(one.create(mine));
    const before = [present(), world.tags()];

    const answer = await two.create(given);

    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toMatch(reason);
    expect(answer.reason).toContain('for Test/Settings, and should be');
    expect(answer.reason).toContain('Give both the same value, or change it once Test/Settings is gone.');
    expect([present(), world.tags()]).toEqual(before);
    await well(two.delete());
    expect([present(), world.tags()]).toEqual(before);
  });

  it('that wants others has them beside the first, and takes only those away', async () => {
    await well(one.create(mine));
    await well(two.create(settings({ DeliveryTopic: OTHER_TOPIC })));
    expect(present()).toEqual(['configuration set main', `Bounce ${TOPIC}`, `Delivery ${OTHER_TOPIC}`]);

    await well(two.delete());
    expect(present()).toEqual(['configuration set main', `Bounce ${TOPIC}`]);
  });

  it.each(['PutEmailIdentityConfigurationSetAttributes', 'SetIdentityNotificationTopic', 'TagResource'])(
    'that fails leaves those of the first as they were: at %s',
    async (operation) => {
      await well(one.create(settings({ BounceTopic: TOPIC })));
      const before = [present(), world.tags()];
      const given = settings({ BounceTopic: TOPIC, ConfigurationSet: 'main', DeliveryTopic: TOPIC });
      const fault = world.fake.addFault({ kind: 'deny', operation, times: Infinity });

      expect((await two.create(given)).status).toBe('FAILED');

      fault.remove();
      await well(two.delete());
      expect([present(), world.tags()]).toEqual(before);
    },
  );

  it('keeps a setting that the first one asks for no longer', async () => {
    await well(one.create(mine));
    await well(two.create(mine));

    await well(one.update(settings({ BounceTopic: TOPIC })));
    expect(present()).toEqual(['configuration set main', `Bounce ${TOPIC}`]);

    await well(two.delete());
    expect(present()).toEqual([`Bounce ${TOPIC}`]);
  });

  it('may change a setting in place, which stays so when the first one goes', async () => {
    await well(one.create(mine));
    await well(two.create(mine));

    await well(two.update({ ...mine, ConfigurationSet: 'other' }));
    await well(one.delete());

    expect(present()).toEqual(['configuration set other', `Bounce ${TOPIC}`]);
    await well(two.delete());
    expect(present()).toEqual([]);
  });

  it.each(['TagResource', 'UntagResource', 'GetEmailIdentity', 'PutEmailIdentityConfigurationSetAttributes'])(
    'that goes when the first one does leaves nothing: at %s',
    async (operation) => {
      await well(one.create(mine));
      await well(two.create(mine));
      let other: Promise<Answer> | undefined;
      const stop = world.fake.before(operation, () => {
        stop();
        other = two.delete();
      });

      await well(one.delete());
      stop();
      await well(other ?? two.delete());

      expect(present()).toEqual([]);
      expect(world.tags()).toEqual({});
    },
  );
});

describe('settings of a domain that this library has made', () => {
  it('keep its identity from being removed before they are', async () => {
    world.fake.removeIdentity(REGION, DOMAIN);
    const mail = new StackResource(world, 'Mail', STACK);
    await well(mail.create(properties()));
    await well(two.create(settings({ MailFromDomain: MAIL_FROM, MailFromBehavior: 'RejectMessage' })));

    expect((await mail.delete()).reason).toContain('Other/Settings still uses it.');
    expect(present()).toEqual([`mail from ${MAIL_FROM} RejectMessage`]);

    await well(two.delete());
    expect(present()).toEqual([]);
  });

  it('go with it when the whole stack goes', async () => {
    world.fake.removeIdentity(REGION, DOMAIN);
    const mail = new StackResource(world, 'Mail', STACK);
    await well(mail.create(properties()));
    await well(one.create(ALL));

    await well(one.delete());
    await well(mail.delete());

    expect(world.holdings()).toEqual([]);
  });
});

it('says in a tag that somebody has edited may be anything: no setting is taken away', async () => {
  await well(one.create());
  world.fake.identity(REGION, DOMAIN)!.tags['cdk-ses-easy-dkim:0a1b2c3d4e-0a1b2c3d4e5f'] = 'edited';

  expect((await one.delete()).status).toBe('SUCCESS');

  expect(present()).toEqual(ALL_SET);
});

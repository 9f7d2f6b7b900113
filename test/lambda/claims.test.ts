import type { ResourceProperties } from '../../lib/shared/contract';
import { ExecutionEnvironment } from '../support/sandbox/execution-environment';
import { Answer, DOMAIN, Event, properties, REGION, setUpOf, StackResource, World, ZONE } from '../support/stack';

const STACK = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Test/0001';
const OTHER_STACK = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Other/0002';
const NEW_ZONE = 'Z1NEW';

/** Every record that there can be. */
const whole = (given: Partial<ResourceProperties> = {}) =>
  properties({ MailFromDomain: `bounce.${DOMAIN}`, DmarcRecord: 'v=DMARC1; p=none', ...given });

let world: World;
let one: StackResource;
let two: StackResource;

beforeEach(async () => {
  world = await World.start();
  one = new StackResource(world, 'Mail', STACK);
});

afterEach(() => world.stop());

/** Expects an event to have gone well, without a word. */
async function well(step: Promise<Answer | undefined>): Promise<Answer> {
  const answer = await step;
  expect(answer).toMatchObject({ status: 'SUCCESS', reason: '' });
  return answer!;
}

/** Runs an event in an execution environment of its own, in the time that the others let pass. */
async function meanwhile(resource: StackResource, event: Event): Promise<Answer> {
  resource.begin(event);
  await new ExecutionEnvironment(world.fake, world.clock).start(event);
  const [answer] = resource.answersTo(event);
  resource.accept(event, answer);
  return answer;
}

/** Runs something at the nth call of an operation, before that takes effect. */
function at(operation: string, nth: number, act: () => Promise<unknown> | void): { readonly happened: boolean } {
  const moment = { happened: false };
  let calls = 0;
  world.fake.before(operation, async () => {
    calls += 1;
    if (calls !== nth || moment.happened) return;
    moment.happened = true;
    await act();
  });
  return moment;
}

describe.each([
  ['a construct that is renamed', STACK, 'Post'],
  ['a construct that moves to another stack', OTHER_STACK, 'Mail'],
])('%s', (_, stackId, logicalId) => {
  beforeEach(() => void (two = new StackResource(world, logicalId, stackId)));

  it('keeps the identity and all its records', async () => {
    await well(one.create(whole()));
    const before = world.holdings();

    const answer = await well(two.create(whole()));
    expect(world.holdings()).toEqual(before);

    expect((await one.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(before);
    expect(answer.data.DkimRecordName1).toBe(`${answer.data.DkimToken1}._domainkey.${DOMAIN}`);
  });

  it('does not make mail stop for a moment', async () => {
    await well(one.create(whole()));

    const operations = await world.operationsDuring(async () => {
      await two.create(whole());
      await one.delete();
    });

    expect(operations).not.toContain('ChangeResourceRecordSets');
    expect(operations).not.toContain('DeleteEmailIdentity');
  });

  it('says who still uses what the old one leaves', async () => {
    await well(one.create());
    await well(two.create());

    expect((await one.delete()).reason).toBe(
      `The identity ${DOMAIN} in ${REGION} stays, with the records that are in use: ` +
        `${stackId === STACK ? 'Test' : 'Other'}/${logicalId} still uses it.`,
    );
  });

  it('takes everything along when the new one goes, too', async () => {
    await well(one.create(whole()));
    await well(two.create(whole()));
    await one.delete();

    await well(two.delete());

    expect(world.holdings()).toEqual([]);
  });

  it('leaves what was there before either of them', async () => {
    world.fake.addIdentity(REGION, DOMAIN);
    const [token] = world.fake.identity(REGION, DOMAIN)!.tokens;
    world.addForeignCname(`${token}._domainkey.${DOMAIN}`, `${token}.dkim.amazonses.com`);
    const before = world.holdings();
    await well(one.create(whole()));
    await well(two.create(whole()));
    await one.delete();

    await well(two.delete());

    expect(world.holdings()).toEqual(before);
    expect(world.tags()).toEqual({});
  });

  it('that drops records on the way takes only those away', async () => {
    await well(one.create(whole()));
    const answer = await well(two.create());

    expect((await one.delete()).status).toBe('SUCCESS');

    expect(world.holdings()).toEqual(setUpOf(answer));
  });

  it('that is rolled back is where it was', async () => {
    const answer = await well(one.create());
    const tags = world.tags();
    await well(two.create());

    expect((await two.delete()).status).toBe('SUCCESS');

    expect(world.holdings()).toEqual(setUpOf(answer));
    expect(world.tags()).toEqual(tags);
    await well(one.delete());
    expect(world.holdings()).toEqual([]);
  });
});

describe('a second stack for a domain', () => {
  beforeEach(async () => {
    two = new StackResource(world, 'Mail', OTHER_STACK);
    await well(one.create(whole()));
  });

  it.each(['CreateEmailIdentity', 'TagResource', 'ListTagsForResource', 'GetEmailIdentity', 'ListResourceRecordSets'])(
    'that fails leaves all as it was: at %s',
    async (operation) => {
      const before = [world.holdings(), world.tags()];
      const fault = world.fake.addFault({ kind: 'deny', operation, times: Infinity });

      expect((await two.create(whole())).status).toBe('FAILED');

      fault.remove();
      await two.delete();
      expect([world.holdings(), world.tags()]).toEqual(before);
    },
  );

  it('that fails after it has written records of its own takes only those back', async () => {
    world.fake.addZone({ id: NEW_ZONE, name: DOMAIN });
    const before = [world.holdings(), world.tags()];
    world.fake.insyncAfterMs = Infinity;

    expect((await two.create(whole({ HostedZoneId: NEW_ZONE }))).status).toBe('FAILED');

    expect([world.holdings(), world.tags()]).toEqual(before);
  });

  it('cannot have the records in another form, and is told so', async () => {
    const before = [world.holdings(), world.tags()];

    const { status, reason } = await two.create(whole({ DmarcRecord: 'v=DMARC1; p=reject' }));

    expect(status).toBe('FAILED');
    expect(reason).toContain('it is TXT "v=DMARC1; p=none" and should be TXT "v=DMARC1; p=reject"');
    expect([world.holdings(), world.tags()]).toEqual(before);
  });

  it.each([
    ['the first one goes first', () => [one, two]],
    ['the second one goes first', () => [two, one]],
  ])('leaves nothing in the end when %s', async (_, order) => {
    const before = world.holdings();
    await well(two.create(whole()));
    const [first, last] = order();

    expect((await first.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(before);

    await well(last.delete());
    expect(world.holdings()).toEqual([]);
  });

  it('in another hosted zone keeps its records when the first one goes, and the other way round', async () => {
    world.fake.addZone({ id: NEW_ZONE, name: DOMAIN });
    await well(two.create(whole({ HostedZoneId: NEW_ZONE })));
    const inZone = (zoneId: string) => world.holdings().filter((line) => line.startsWith(zoneId));
    expect(inZone(NEW_ZONE)).toHaveLength(6);

    await one.delete();
    expect(inZone(ZONE)).toEqual([]);
    expect(inZone(NEW_ZONE)).toHaveLength(6);

    await well(two.delete());
    expect(world.holdings()).toEqual([]);
  });
});

describe('a construct whose Create fails', () => {
  it('leaves to another one what that has come to use meanwhile', async () => {
    two = new StackResource(world, 'Mail', OTHER_STACK);
    let other: Answer | undefined;
    world.fake.insyncAfterMs = 120_000;
    at('GetChange', 1, async () => {
      other = await meanwhile(two, two.creation(whole()));
      world.fake.addFault({ kind: 'deny', operation: 'GetChange', times: Infinity });
    });

    const { status, reason } = await one.create(whole());

    expect([status, reason]).toEqual(['FAILED', expect.stringContaining('GetChange')]);
    expect(other).toMatchObject({ status: 'SUCCESS', reason: '' });
    expect(world.holdings()).toEqual(expect.arrayContaining(setUpOf(other!)));
    expect(world.holdings()).toHaveLength(7);
    world.fake.clearFaults();
    await well(two.delete());
    expect(world.holdings()).toEqual([]);
  });
});

describe('two stacks that leave at once', () => {
  const CALLS = [
    'DescribeStackResource',
    'GetEmailIdentity',
    'TagResource',
    'ListTagsForResource',
    'UntagResource',
    'ListResourceRecordSets',
    'ChangeResourceRecordSets',
    'DeleteEmailIdentity',
  ];

  it.each(CALLS)('leave nothing, when one leaves while the other is at %s', async (operation) => {
    two = new StackResource(world, 'Mail', OTHER_STACK);
    await well(one.create(whole()));
    await well(two.create(whole()));
    let other: Answer | undefined;
    at(operation, 1, async () => {
      other = await meanwhile(two, two.removal());
    });

    const answer = await one.delete();

    expect(answer.status).toBe('SUCCESS');
    other ??= await two.delete();
    expect(other.status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });
});

describe('a construct that comes while the last other one leaves', () => {
  beforeEach(async () => {
    two = new StackResource(world, 'Mail', OTHER_STACK);
    await well(one.create(whole()));
  });

  it.each(['DescribeStackResource', 'GetEmailIdentity', 'TagResource'])(
    'keeps everything when it has said so by then: before %s',
    async (operation) => {
      const before = world.holdings();
      let coming: Promise<Answer> | undefined;
      at(operation, 1, async () => {
        coming = meanwhile(two, two.creation(whole()));
        while (!world.claims().some((claim) => claim.includes('Other/Mail'))) await world.clock.sleep(1);
      });

      const { status, reason } = await one.delete();

      expect(status).toBe('SUCCESS');
      expect(reason).toContain('Other/Mail still uses it.');
      await well(world.clock.run(coming!));
      expect(world.holdings()).toEqual(before);
      await well(two.delete());
      expect(world.holdings()).toEqual([]);
    },
  );

  it.each(['ListTagsForResource', 'ListResourceRecordSets', 'ChangeResourceRecordSets', 'DeleteEmailIdentity'])(
    'waits until everything is gone, and makes it anew: before %s',
    async (operation) => {
      let coming: Promise<Answer> | undefined;
      at(operation, 1, async () => {
        coming = meanwhile(two, two.creation(whole()));
        await world.clock.sleep(1_000);
      });

      await well(one.delete());

      const answer = await well(world.clock.run(coming!));
      expect(world.fake.identity(REGION, DOMAIN)?.tokens).toContain(answer.data.DkimToken1);
      expect(world.holdings()).toEqual(expect.arrayContaining(setUpOf(answer)));
      expect(world.holdings()).toHaveLength(7);
      await well(two.delete());
      expect(world.holdings()).toEqual([]);
    },
  );

  it('takes what is there when the other one fails to leave', async () => {
    const before = world.holdings();
    let coming: Promise<Answer> | undefined;
    at('ListResourceRecordSets', 1, async () => {
      coming = meanwhile(two, two.creation(whole()));
      await world.clock.sleep(1_000);
    });
    world.fake.addFault({ kind: 'deny', operation: 'ChangeResourceRecordSets', times: Infinity });

    expect((await one.delete()).status).toBe('FAILED');

    await well(world.clock.run(coming!));
    expect(world.holdings()).toEqual(before);
    world.fake.clearFaults();
    expect((await one.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(before);
    await well(two.delete());
    expect(world.holdings()).toEqual([]);
  });

  /** A run of the other one is killed once it has said that it leaves. */
  async function killOnTheWayOut(): Promise<Event> {
    const removal = one.removal();
    one.begin(removal);
    await world.lambda.invokeAndKill(removal, { call: 4, after: true });
    world.restartLambda('another');
    return removal;
  }

  it('fails in time, and says who is in the way, when the other one was killed on the way', async () => {
    await killOnTheWayOut();
    const before = world.holdings();

    const { status, reason } = await two.create(whole());

    expect(status).toBe('FAILED');
    expect(reason).toContain(`The identity ${DOMAIN} in ${REGION} is being removed by Test/Mail: deploy again`);
    expect(world.holdings()).toEqual(before);
    // The one that was killed can still finish.
    await well(one.delete());
    expect(world.holdings()).toEqual([]);
  });

  it('takes what is there when a run of the other one was killed on the way, and the next one fails to leave', async () => {
    const removal = await killOnTheWayOut();
    world.fake.addFault({ kind: 'deny', operation: 'ChangeResourceRecordSets', times: Infinity });
    expect((await one.deliver(removal)).status).toBe('FAILED');
    const before = world.holdings();

    await well(two.create(whole()));

    expect(world.holdings()).toEqual(before);
    world.fake.clearFaults();
    expect((await one.delete()).status).toBe('SUCCESS');
    await well(two.delete());
    expect(world.holdings()).toEqual([]);
  });

  it('uses what a run that was killed long ago has left', async () => {
    await killOnTheWayOut();
    const before = world.holdings();
    world.clock.advance(60 * 60_000);

    await well(two.create(whole()));

    expect(world.holdings()).toEqual(before);
    await well(two.delete());
    expect(world.holdings()).toEqual([]);
  });
});

import type { Kill } from '../support/sandbox/execution-environment';
import { Answer, DOMAIN, Event, properties, REGION, setUpOf, StackResource, World, ZONE } from '../support/stack';

const NEW_ZONE = 'Z1NEW';

interface Stage {
  readonly world: World;
  readonly mail: StackResource;
}

async function start(): Promise<Stage> {
  const world = await World.start();
  world.fake.addZone({ id: NEW_ZONE, name: 'example.com' });
  return { world, mail: new StackResource(world) };
}

/** The events of a domain's life that are delivered again; each comes with what goes before it. */
const EVENTS: Record<string, (stage: Stage) => Promise<Event>> = {
  Create: ({ mail }) => Promise.resolve(mail.creation()),
  'Create with waiting': ({ world, mail }) => {
    world.fake.verifyAfterMs = 12_000;
    return Promise.resolve(mail.creation(properties({ WaitForVerification: '600' })));
  },
  'Update of the TTL': async ({ mail }) => {
    await mail.create();
    return mail.change(properties({ Ttl: '60' }));
  },
  'Update of the zone': async ({ mail }) => {
    await mail.create();
    return mail.change(properties({ HostedZoneId: NEW_ZONE }));
  },
  'Update of the domain': async ({ mail }) => {
    await mail.create();
    return mail.change(properties({ DomainName: 'mail.example.com' }));
  },
  'Update of the Region': async ({ mail }) => {
    await mail.create();
    return mail.change(properties({ SesRegion: 'us-east-1' }));
  },
};

const expectedOf = (answer: Answer, event: Event) => setUpOf(answer, Number(event.ResourceProperties.Ttl));

describe.each(Object.entries(EVENTS))('%s that is delivered twice', (_, prepare) => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await start();
  });

  afterEach(() => stage.world.stop());

  it('gives the same answer and has no further effect in the same execution environment', async () => {
    const { world, mail } = stage;
    const event = await prepare(stage);
    const first = await mail.deliver(event);
    const before = world.holdings();

    expect(await world.operationsDuring(() => world.lambda.invoke(event))).toEqual([]);
    expect(mail.answersTo(event)).toEqual([first, first]);
    expect(world.holdings()).toEqual(before);
  });

  it('ends in the same state in another one, while CloudFormation still waits', async () => {
    const { world, mail } = stage;
    const event = await prepare(stage);
    const first = await mail.deliver(event);
    const before = world.holdings();
    world.restartLambda('another');
    mail.begin(event);

    await world.lambda.invoke(event);

    const [, second] = mail.answersTo(event);
    expect(second.data).toEqual(first.data);
    expect(world.holdings()).toEqual(before);
    mail.show(first.physicalId, 'UPDATE_COMPLETE');
    await mail.cleanUp();
    expect(world.holdings()).toEqual(expectedOf(first, event));
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('changes nothing in another one, once CloudFormation has the answer', async () => {
    const { world, mail } = stage;
    const event = await prepare(stage);
    const first = await mail.deliver(event);
    const before = [world.holdings(), world.tags()];
    world.restartLambda('another');

    const operations = await world.operationsDuring(() => world.lambda.invoke(event));

    expect(operations.filter((operation) => !/^(Describe|Get|List)/.test(operation))).toEqual([]);
    expect([world.holdings(), world.tags()]).toEqual(before);
    await mail.cleanUp();
    expect(world.holdings()).toEqual(expectedOf(first, event));
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });
});

describe('Delete that is delivered twice', () => {
  it.each(['same', 'another'] as const)('succeeds again (execution environment: %s)', async (environment) => {
    const { world, mail } = await start();
    await mail.create();
    const event = mail.removal();
    await mail.deliver(event);
    world.restartLambda(environment);

    await world.lambda.invoke(event);

    expect(mail.answersTo(event).map(({ status }) => status)).toEqual(['SUCCESS', 'SUCCESS']);
    expect(world.holdings()).toEqual([]);
    world.stop();
  });
});

/** What is not ours, and is in the way of everything: one of three records for every identity that comes. */
function addForeign({ world }: Stage): string[] {
  const identities = [DOMAIN, 'mail.example.com'].flatMap((domain) => [REGION, 'us-east-1'].map((r) => [domain, r]));
  for (const [domain, region] of identities) {
    const token = world.tokensToCome(domain, region)[1];
    for (const zoneId of [ZONE, NEW_ZONE]) {
      world.addForeignCname(`${token}._domainkey.${domain}`, `${token}.dkim.amazonses.com`, { zoneId });
    }
  }
  world.fake.addIdentity(REGION, 'shop.example.com');
  return world.holdings();
}

/** What is there, without the TTLs: those of foreign records are theirs. */
const withoutTtl = (lines: string[]) => lines.map((line) => line.replace(/ \d+ CNAME /, ' CNAME '));

interface Interrupted {
  /** What CloudFormation has heard first, which is all that it hears. */
  readonly answer: Answer;
  /** Whether the event makes so many calls at all. */
  readonly killed: boolean;
}

/** One run of an event that is cut short, and another one to its end. */
async function interrupt(
  { world, mail }: Stage,
  event: Event,
  kill: Kill,
  environment: 'same' | 'another',
): Promise<Interrupted> {
  mail.begin(event);
  await world.lambda.invokeAndKill(event, kill);
  const { killed } = world.lambda;
  if (killed) {
    world.restartLambda(environment);
    await world.lambda.invoke(event);
  }
  const [answer, ...further] = mail.answersTo(event);
  expect(answer).toMatchObject({ status: 'SUCCESS', reason: '' });
  if (environment === 'same') further.forEach((another) => expect(another).toEqual(answer));
  mail.accept(event, answer);
  return { answer, killed };
}

/** Tells a story once for every request that the handler makes, in a new world each time. */
async function atEveryCall(
  after: boolean,
  tell: (stage: Stage, kill: Kill) => Promise<{ readonly killed: boolean }>,
): Promise<void> {
  for (let call = 1, killed = true; killed; call += 1) {
    const stage = await start();
    try {
      ({ killed } = await tell(stage, { call, after }));
      expect(killed || call > 5).toBe(true);
    } catch (error) {
      (error as Error).message = `Killed ${after ? 'after' : 'before'} call ${call}: ${(error as Error).message}`;
      throw error;
    } finally {
      stage.world.stop();
    }
  }
}

const KILLED = ['Create', 'Update of the TTL', 'Update of the zone', 'Update of the domain'];

// What a run in another environment finds there is the same before a call as after the one that came before it.
describe.each([
  ['before', false, 'same'],
  ['after', true, 'same'],
  ['after', true, 'another'],
] as const)(
  'killed %s any of its calls takes effect (%s), and delivered again to %s environment',
  (_, after, where) => {
    it.each(KILLED)('%s ends in the same state, and Delete leaves nothing', (name) =>
      atEveryCall(after, async (stage, kill) => {
        const { world, mail } = stage;
        const theirs = addForeign(stage);
        const event = await EVENTS[name](stage);

        const interrupted = await interrupt(stage, event, kill, where);

        await mail.cleanUp();
        const wanted = [...theirs, ...setUpOf(interrupted.answer)];
        expect(new Set(withoutTtl(world.holdings()))).toEqual(new Set(withoutTtl(wanted)));
        await mail.delete();
        expect(world.holdings()).toEqual(theirs);
        return interrupted;
      }),
    );
  },
);

describe('killed after any of its calls has taken effect, and delivered again', () => {
  it.each(['same', 'another'] as const)('Delete leaves nothing of ours (execution environment: %s)', (environment) =>
    atEveryCall(true, async (stage, kill) => {
      const theirs = addForeign(stage);
      await stage.mail.create();

      const interrupted = await interrupt(stage, stage.mail.removal(), kill, environment);

      expect(stage.world.holdings()).toEqual(theirs);
      return interrupted;
    }),
  );
});

describe('a Create that fails after it was killed', () => {
  it.each(['same', 'another'] as const)(
    'leaves nothing when its Delete has come (execution environment: %s)',
    (environment) =>
      atEveryCall(true, async ({ world, mail }, kill) => {
        world.fake.insyncAfterMs = 1;
        const event = mail.creation();
        await world.lambda.invokeAndKill(event, kill);
        const { killed } = world.lambda;
        world.restartLambda(environment);
        world.fake.insyncAfterMs = Infinity;
        if (killed && mail.answersTo(event).length === 0) {
          const answer = await mail.deliver(event);
          expect(answer.status).toBe('FAILED');
          expect((await mail.delete(answer.physicalId)).status).toBe('SUCCESS');
          expect(world.holdings()).toEqual([]);
        }
        return { killed };
      }),
  );

  it('undoes at once what both runs have made when it knows of the first one', () =>
    atEveryCall(true, async ({ world, mail }, kill) => {
      world.fake.insyncAfterMs = 1;
      const event = mail.creation();
      await world.lambda.invokeAndKill(event, kill);
      const { killed } = world.lambda;
      const hasBegun = world.fake.operations().includes('ChangeResourceRecordSets');
      world.restartLambda('same');
      world.fake.insyncAfterMs = Infinity;
      if (killed && hasBegun && mail.answersTo(event).length === 0) {
        expect((await mail.deliver(event)).status).toBe('FAILED');
        expect(world.holdings()).toEqual([]);
      }
      return { killed };
    }));
});

it('takes nothing away when a Create that has succeeded is delivered again elsewhere, at the same time, and fails there', async () => {
  const world = await World.start();
  const mail = new StackResource(world);
  world.fake.verifyAfterMs = 5_000;
  const event = mail.creation(properties({ WaitForVerification: '60' }));
  const first = await mail.deliver(event);
  const before = { holdings: world.holdings(), tags: world.tags() };
  world.restartLambda('another');
  mail.begin(event);
  world.fake.verifyAfterMs = undefined;
  world.fake.setDkimStatus(REGION, DOMAIN, 'Pending');

  await world.lambda.invoke(event);

  expect(mail.answersTo(event)).toMatchObject([first, { status: 'FAILED', physicalId: first.physicalId }]);
  expect({ holdings: world.holdings(), tags: world.tags() }).toEqual(before);
  world.stop();
});

it('undoes at once an identity that it has not heard it made, when a Create fails', async () => {
  const world = await World.start();
  const mail = new StackResource(world);
  world.fake.addFault({ kind: 'dropAfter', operation: 'CreateEmailIdentity', times: 1 });
  world.fake.addFault({ kind: 'deny', operation: 'ChangeResourceRecordSets', times: Infinity });

  const { status, physicalId } = await mail.create();

  expect({ status, physicalId }).toEqual({
    status: 'FAILED',
    physicalId: expect.stringContaining('nothing') as string,
  });
  expect(world.holdings()).toEqual([]);
  world.stop();
});

import { REPLICA_REGION, ReplicaResource } from '../support/replica';
import { ALL, ALL_SET, settingsOf, SettingsResource, startWithIdentity } from '../support/settings';
import { DOMAIN, Event, properties, REGION, setUpOf, StackResource, World } from '../support/stack';

/** What CloudFormation calls a resource whose Create it did not get an answer to. */
const MADE_UP = 'Test-Mail-1ABCDEF2GHIJK';
const WHOLE = properties({ MailFromDomain: `bounce.${DOMAIN}`, DmarcRecord: 'v=DMARC1; p=none' });

let world: World;
let mail: StackResource;

afterEach(() => world.stop());

/** The stack gives up a Create, and deletes the resource by an id that it has made up. */
async function giveUp(resource: StackResource, creation: Event) {
  world.restartLambda('another');
  world.fake.stacks.set(resource.stackId, 'UPDATE_ROLLBACK_IN_PROGRESS');
  return resource.deliver(removalOf(resource, creation));
}

function removalOf(resource: StackResource, creation: Event): Event {
  return resource.removal({ id: MADE_UP, properties: creation.ResourceProperties });
}

/** Tells a story once for every request that a Create makes, cut short after it. */
async function atEveryCall(
  start: () => Promise<World>,
  tell: (resource: StackResource, call: number) => Promise<void>,
): Promise<void> {
  let call = 1;
  for (let killed = true; killed; call += 1) {
    world = await start();
    await tell(new StackResource(world), call).catch((error: Error) => {
      error.message = `Killed after call ${call}: ${error.message}`;
      throw error;
    });
    ({ killed } = world.lambda);
    world.stop();
  }
  expect(call).toBeGreaterThan(8);
}

/** Which of its calls a Create makes for an operation. */
async function numberOf(operation: string): Promise<number> {
  const elsewhere = await World.start();
  const operations = await elsewhere.operationsDuring(() => new StackResource(elsewhere).create());
  elsewhere.stop();
  return operations.indexOf(operation) + 1;
}

describe('a domain whose Create was killed', () => {
  it.each([
    ['alone', false],
    ['beside what others have made', true],
  ])('is gone after the Delete by a made-up id, whichever call it was killed at: %s', async (_, besideOthers) => {
    await atEveryCall(
      () => World.start(),
      async (resource, call) => {
        if (besideOthers) {
          const token = world.tokensToCome()[1];
          world.addForeignCname(`${token}._domainkey.${DOMAIN}`, `${token}.dkim.amazonses.com`);
        }
        const before = world.holdings();
        const creation = resource.creation(WHOLE);
        resource.begin(creation);
        await world.lambda.invokeAndKill(creation, { call, after: true });
        const { lambda } = world;

        expect(await giveUp(resource, creation)).toMatchObject({ status: 'SUCCESS', reason: '', physicalId: MADE_UP });

        expect(world.holdings()).toEqual(before);
        world.lambda = lambda;
      },
    );
  });

  it('leaves an identity of others, without a tag', async () => {
    await atEveryCall(
      () => World.start(),
      async (resource, call) => {
        world.fake.addIdentity(REGION, DOMAIN, { tags: { owner: 'somebody' } });
        const before = world.holdings();
        const creation = resource.creation(WHOLE);
        resource.begin(creation);
        await world.lambda.invokeAndKill(creation, { call, after: true });
        const { lambda } = world;

        expect((await giveUp(resource, creation)).status).toBe('SUCCESS');

        expect(world.holdings()).toEqual(before);
        expect(world.tags()).toEqual({ owner: 'somebody' });
        world.lambda = lambda;
      },
    );
  });
});

describe('a domain whose Create was killed between its claim and its write', () => {
  it.each<[string, { ttl?: number; host?: string }]>([
    ['TTL', { ttl: 301 }],
    ['DKIM domain', { host: 'dkim.eu-west-1.cell9.amazonses.com' }],
  ])(
    'leaves the record that somebody else has made since, with another %s',
    async (_, { ttl = 1800, host = 'dkim.amazonses.com' }) => {
      world = await World.start();
      const resource = new StackResource(world);
      const creation = resource.creation();
      resource.begin(creation);
      const [token] = world.tokensToCome();
      await world.lambda.invokeAndKill(creation, { call: await numberOf('ChangeResourceRecordSets'), after: false });
      const record = world.addForeignCname(`${token}._domainkey.${DOMAIN}`, `${token}.${host}`, { ttl });

      const answer = await giveUp(resource, creation);

      expect(world.holdings()).toEqual([record]);
      expect(answer).toMatchObject({ status: 'SUCCESS' });
      expect(answer.reason).toContain(`${token}._domainkey.${DOMAIN}`);
    },
  );
});

describe('a domain whose Create was done, but not heard', () => {
  beforeEach(async () => {
    world = await World.start();
    mail = new StackResource(world);
  });

  it('leaves what another stack uses by now', async () => {
    const creation = mail.creation(WHOLE);
    await mail.deliver(creation);
    const other = new StackResource(world, 'Mail', mail.stackId.replace('Test/0001', 'Other/0002'));
    const answer = await other.create();

    expect((await giveUp(mail, creation)).reason).toContain('Other/Mail still uses it.');

    expect(world.holdings()).toEqual(setUpOf(answer));
    expect((await other.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });

  it('stays with RETAIN, without a tag', async () => {
    const creation = mail.creation({ ...WHOLE, RemovalPolicy: 'retain' });
    await mail.deliver(creation);
    const before = world.holdings();

    expect(await giveUp(mail, creation)).toMatchObject({ status: 'SUCCESS', reason: '' });

    expect(world.holdings()).toEqual(before);
    expect(world.tags()).toEqual({});
  });

  it('takes nothing of a resource of another name in the same stack', async () => {
    const other = new StackResource(world, 'Other');
    const answer = await other.create();
    const creation = mail.creation();

    await giveUp(mail, creation);

    expect(world.holdings()).toEqual(setUpOf(answer));
    expect(world.claims()).toHaveLength(1);
  });

  it('is gone although the properties are those of an old deployment that could not work', async () => {
    const creation = mail.creation({ ...WHOLE, Ttl: 'soon' });
    await mail.deliver(creation);

    expect(await giveUp(mail, creation)).toMatchObject({ status: 'SUCCESS', physicalId: MADE_UP });
    expect(world.holdings()).toEqual([]);
  });
});

describe('a Create that was done, but not heard, of a stack that was not rolled back', () => {
  const RESOURCES: [string, (world: World) => StackResource, () => Promise<World>][] = [
    ['domain', (world) => new StackResource(world), () => World.start()],
    ['settings', (world) => new SettingsResource(world), startWithIdentity],
    ['replica', (world) => new ReplicaResource(world), startWithParent],
  ];

  async function startWithParent(): Promise<World> {
    const started = await World.start();
    started.setRegions(REGION, REPLICA_REGION);
    await new StackResource(started).create();
    return started;
  }

  const whatIsThere = () => [world.holdings(), settingsOf(world.fake.identity(REGION, DOMAIN))];

  /** The resource as the next deployment has created it, and the clean-up of the one by the made-up id. */
  async function createAnew(resource: StackResource, shown: 'what goes' | 'nothing') {
    const creation = resource.creation();
    await resource.deliver(creation);
    const { physicalId } = await resource.create();
    const before = [whatIsThere(), world.claims()];
    const { reason, status } = await resource.deliver(removalOf(resource, creation), () => {
      world.fake.stacks.set(resource.stackId, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
      if (shown === 'what goes') resource.show(MADE_UP, 'DELETE_IN_PROGRESS');
      else world.fake.stackResources.clear();
    });
    return { physicalId, before, after: [whatIsThere(), world.claims()], status, reason };
  }

  describe.each(['what goes', 'nothing'] as const)('when CloudFormation shows %s', (shown) => {
    it.each(RESOURCES)('leaves all to the %s that the next deployment has created', async (_, make, start) => {
      world = await start();
      const { before, after, status, reason } = await createAnew(make(world), shown);

      expect(after).toEqual(before);
      expect(status).toBe('SUCCESS');
      expect(reason).toContain('may have created it anew');
      expect(reason).toContain(DOMAIN);
    });
  });

  it.each(RESOURCES)('goes with its stack: %s', async (_, make, start) => {
    world = await start();
    const before = whatIsThere();
    const resource = make(world);
    const { physicalId } = await createAnew(resource, 'what goes');

    expect((await resource.delete(physicalId)).status).toBe('SUCCESS');

    expect(whatIsThere()).toEqual(before);
  });
});

describe('an update that was done, but not heard', () => {
  it.each([
    ['in place', 'dkim.amazonses.com'],
    ['to another physical id, since the keys are elsewhere by now', 'dkim.eu-west-1.cell9.amazonses.com'],
  ])('leaves nothing after the way back: %s', async (_, host) => {
    world = await World.start();
    mail = new StackResource(world);
    await mail.create();
    const before = mail.physicalId;
    await mail.update(properties({ DmarcRecord: 'v=DMARC1; p=none' }));
    mail.physicalId = before;
    world.fake.identity(REGION, DOMAIN)!.signingHostedZone = host;

    const back = await mail.update(properties());
    await mail.cleanUp();

    expect(world.holdings()).toEqual(setUpOf(back));
    expect(world.claims()).toHaveLength(1);
  });
});

describe('settings whose Create was killed', () => {
  it('are taken away by the Delete by a made-up id, whichever call it was killed at', async () => {
    let most: string[] = [];
    for (let call = 1, killed = true; killed; call += 1) {
      world = await startWithIdentity();
      const resource = new SettingsResource(world);
      const creation = resource.creation(ALL);
      resource.begin(creation);
      await world.lambda.invokeAndKill(creation, { call, after: true });
      ({ killed } = world.lambda);
      most = settingsOf(world.fake.identity(REGION, DOMAIN));

      expect(await giveUp(resource, creation)).toMatchObject({ status: 'SUCCESS', reason: '' });

      expect(settingsOf(world.fake.identity(REGION, DOMAIN))).toEqual([]);
      expect(world.tags()).toEqual({});
      world.stop();
    }
    expect(most).toEqual(ALL_SET);
  });
});

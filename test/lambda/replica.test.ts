import { ReplicaResource, replica, REPLICA_REGION } from '../support/replica';
import { settings, settingsOf, SettingsResource } from '../support/settings';
import { watch } from '../support/watch';
import { Answer, DOMAIN, properties, REGION, StackResource, World, ZONE } from '../support/stack';

const OTHER_STACK = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Other/0002';
const MAIL_FROM = `bounce.${DOMAIN}`;
/** What CloudFormation calls a resource whose Create it did not get an answer to. */
const MADE_UP = 'Test-Replica-1ABCDEF2GHIJK';

let world: World;
let mail: StackResource;
let resource: ReplicaResource;

/** What there was before the replica. */
let before: string[];

const identityIn = (region: string) => world.fake.identity(region, DOMAIN);
const waiting = replica({ WaitForVerification: '600' });

async function well(step: Promise<Answer | undefined>): Promise<Answer> {
  const answer = await step;
  expect(answer).toMatchObject({ status: 'SUCCESS', reason: '' });
  return answer!;
}

async function start(): Promise<void> {
  world = await World.start();
  world.setRegions(REGION, REPLICA_REGION, 'eu-north-1');
  mail = new StackResource(world);
  await well(mail.create());
  resource = new ReplicaResource(world);
  before = world.holdings();
}

beforeEach(start);

afterEach(() => world.stop());

describe('a replica', () => {
  it('has the keys of its parent and takes no records of its own', async () => {
    const operations = await world.operationsDuring(() => well(resource.create()));

    expect(identityIn(REPLICA_REGION)).toMatchObject({
      origin: 'AWS_SES_EU_WEST_1',
      tokens: identityIn(REGION)!.tokens,
      tags: { 'cdk-ses-easy-dkim': 'made' },
    });
    expect(world.claims(DOMAIN, REPLICA_REGION)).toEqual(['made=identity by=Test/Replica']);
    expect(world.holdings().filter((line) => line.startsWith(ZONE))).toEqual(
      before.filter((line) => line.startsWith(ZONE)),
    );
    expect(operations).not.toContain('VerifyDomainDkim');
  });

  it('goes, and its parent stays', async () => {
    await well(resource.create());

    await well(resource.delete());

    expect(world.holdings()).toEqual(before);
  });

  it('stays with RETAIN, without our tags', async () => {
    await well(resource.create(replica({ RemovalPolicy: 'retain' })));

    await well(resource.delete());

    expect(identityIn(REPLICA_REGION)).toMatchObject({ origin: 'AWS_SES_EU_WEST_1', tags: {} });
  });

  it('has the tags of the user, and changes them', async () => {
    await well(resource.create(replica({ Tags: { team: 'mail', cost: 'a' } })));
    await well(resource.update(replica({ Tags: { team: 'mail', cost: 'b' } })));

    expect(identityIn(REPLICA_REGION)!.tags).toMatchObject({ team: 'mail', cost: 'b' });
  });

  it('is made anew by an update when somebody has deleted it', async () => {
    const { physicalId } = await well(resource.create());
    world.fake.removeIdentity(REPLICA_REGION, DOMAIN);

    expect(await well(resource.update(replica({ Revision: '2' })))).toMatchObject({ physicalId });

    expect(identityIn(REPLICA_REGION)).toMatchObject({ origin: 'AWS_SES_EU_WEST_1' });
    await well(resource.delete());
    expect(world.holdings()).toEqual(before);
  });

  it('is one that there is nothing to do for when the event comes twice', async () => {
    const event = resource.creation();
    const { physicalId } = await resource.deliver(event);
    const after = world.holdings();
    world.restartLambda('another');
    resource.begin(event);

    await world.lambda.invoke(event);

    expect(resource.answersTo(event).at(-1)).toMatchObject({ status: 'SUCCESS', physicalId });
    expect(world.holdings()).toEqual(after);
  });

  it('tells what senders need a permission for: the identity, or its configuration set', async () => {
    const arn = `arn:aws:ses:us-east-1:111111111111`;
    expect((await resource.create()).data.SendingResource).toBe(`${arn}:identity/${DOMAIN}`);
    identityIn(REPLICA_REGION)!.configurationSet = 'main';

    const { data } = await resource.update(replica({ Revision: '2' }));

    expect(data.SendingResource).toBe(`${arn}:configuration-set/main`);
  });

  it('has settings of its own', async () => {
    const more = new SettingsResource(world, 'ReplicaSettings');
    const mailFrom = { MailFromDomain: MAIL_FROM, MailFromBehavior: 'RejectMessage' } as const;
    await well(resource.create());

    await well(more.create(settings({ SesRegion: REPLICA_REGION, ...mailFrom })));
    expect(settingsOf(identityIn(REPLICA_REGION))).toEqual([`mail from ${MAIL_FROM} RejectMessage`]);

    await well(more.delete());
    await well(resource.delete());
    expect(world.holdings()).toEqual(before);
  });
});

describe('a replica that others have made', () => {
  beforeEach(() => {
    world.fake.addIdentity(REPLICA_REGION, DOMAIN, {
      origin: 'AWS_SES_EU_WEST_1',
      tokens: [...identityIn(REGION)!.tokens],
      dkimStatus: 'Success',
      tags: { owner: 'somebody' },
    });
    before = world.holdings();
  });

  it('is used, and stays as it was', async () => {
    await well(resource.create());
    expect(identityIn(REPLICA_REGION)!.tags).toMatchObject({ 'cdk-ses-easy-dkim': 'used', owner: 'somebody' });

    await well(resource.delete());

    expect(world.holdings()).toEqual(before);
    expect(world.tags(DOMAIN, REPLICA_REGION)).toEqual({ owner: 'somebody' });
  });

  it('stays as it was when the deployment fails', async () => {
    world.fake.setDkimStatus(REPLICA_REGION, DOMAIN, 'Pending');

    expect(await resource.create(waiting)).toMatchObject({ status: 'FAILED' });

    expect(world.holdings()).toEqual(before);
    expect(world.tags(DOMAIN, REPLICA_REGION)).toEqual({ owner: 'somebody' });
  });
});

describe('an identity that is no replica of the parent', () => {
  it.each([
    ['has Easy DKIM keys of its own', {}],
    ['signs with its own key (BYODKIM)', { origin: 'EXTERNAL' }],
    ['is a Deterministic Easy DKIM replica of the one in eu-north-1', { origin: 'AWS_SES_EU_NORTH_1' }],
  ] as const)('is refused and left as it is: it %s', async (what, partial) => {
    world.fake.addIdentity(REPLICA_REGION, DOMAIN, partial);
    const identity = structuredClone(identityIn(REPLICA_REGION));

    const { status, reason } = await resource.create();

    expect(status).toBe('FAILED');
    expect(reason).toBe(
      `Replica of ${DOMAIN} (SES in us-east-1, keys of eu-west-1): The identity ${DOMAIN} in us-east-1 ${what}, so it is ` +
        'not a replica of the one in eu-west-1. Leave us-east-1 out of replicaRegions, or delete that identity first if ' +
        'nobody sends from it.',
    );
    await well(resource.delete());
    expect(identityIn(REPLICA_REGION)).toEqual(identity);
  });

  it('is not left where something that stands in for SES has made it', async () => {
    world.fake.identities.replicaOf = () => ({});

    const { status, reason } = await resource.create();

    expect(status).toBe('FAILED');
    expect(reason).toContain('has Easy DKIM keys of its own');
    expect(world.holdings()).toEqual(before);
  });

  it('stays when it has become that since', async () => {
    await well(resource.create());
    identityIn(REPLICA_REGION)!.origin = 'AWS_SES';
    const after = world.holdings();

    const { status, reason } = await resource.delete();

    expect(status).toBe('SUCCESS');
    expect(reason).toBe(
      `The identity ${DOMAIN} in us-east-1 stays: it is no longer a replica of the one in eu-west-1.`,
    );
    expect(world.holdings()).toEqual(after);
    expect(world.claims(DOMAIN, REPLICA_REGION)).toEqual([]);
  });

  it('stays when it was made anew without our tags', async () => {
    await well(resource.create());
    world.fake.addIdentity(REPLICA_REGION, DOMAIN, { origin: 'AWS_SES_EU_WEST_1' });
    const after = world.holdings();

    await well(resource.delete());

    expect(world.holdings()).toEqual(after);
  });
});

describe.each([
  ['a construct that is renamed', undefined, 'Other'],
  ['another stack', OTHER_STACK, 'Replica'],
])('the replica of %s', (_, stackId, logicalId) => {
  it('stays, and goes with the last one', async () => {
    const other = new ReplicaResource(world, logicalId, stackId);
    await well(resource.create());
    await well(other.create());

    const { status, reason } = await resource.delete();
    expect(status).toBe('SUCCESS');
    expect(reason).toMatch(
      /^The replica example\.com in us-east-1 stays: (Test\/Other|Other\/Replica) still uses it\.$/,
    );
    expect(identityIn(REPLICA_REGION)).toMatchObject({ origin: 'AWS_SES_EU_WEST_1' });

    await well(other.delete());
    expect(world.holdings()).toEqual(before);
  });
});

describe('another Region', () => {
  const north = replica({ SesRegion: 'eu-north-1' });

  beforeEach(() => well(resource.create()));

  it('gets a replica before the former one goes', async () => {
    await well(resource.update(north));
    expect([identityIn('eu-north-1')?.origin, identityIn(REPLICA_REGION)?.origin]).toEqual([
      'AWS_SES_EU_WEST_1',
      'AWS_SES_EU_WEST_1',
    ]);

    await well(resource.cleanUp());
    expect(identityIn(REPLICA_REGION)).toBeUndefined();

    await well(resource.delete());
    expect(world.holdings()).toEqual(before);
  });

  it('has none any more when the update is rolled back', async () => {
    const after = world.holdings();
    await well(resource.update(north));

    await well(resource.rollBack());

    expect(world.holdings()).toEqual(after);
  });

  it('has none when the update fails', async () => {
    const after = world.holdings();

    const answer = await resource.update({ ...north, WaitForVerification: '60' });

    expect(answer).toMatchObject({ status: 'FAILED', physicalId: resource.physicalId });
    expect(world.holdings()).toEqual(after);
  });

  it('has none any more after an update that was never answered', async () => {
    const after = world.holdings();
    const event = resource.change(north);
    resource.begin(event);
    await world.lambda.invokeAndKill(event, { call: 3, after: true });
    expect(identityIn('eu-north-1')).toBeDefined();
    world.restartLambda('another');

    await well(resource.deliver(resource.change(replica(), north)));

    expect(world.holdings()).toEqual(after);
  });
});

describe('waiting for verification', () => {
  it('ends as soon as SES has verified the replica', async () => {
    world.fake.verifyAfterMs = 200_000;

    const time = await world.timeOf(() => well(resource.create(waiting)));

    expect(time).toBeLessThan(240_000);
    expect(identityIn(REPLICA_REGION)).toMatchObject({ dkimStatus: 'Success' });
  });

  it('fails when the time is up, and leaves nothing', async () => {
    const { status, reason } = await resource.create(waiting);

    expect(status).toBe('FAILED');
    expect(reason).toContain(
      'SES has not verified the replica within 600 seconds (status Pending). It uses the keys and the DNS records of the ' +
        'identity in eu-west-1: check that SES has verified that one.',
    );
    expect(world.holdings()).toEqual(before);
  });

  it("fails at once with SES's own reason when it gives up", async () => {
    world.fake.removeIdentity(REGION, DOMAIN);

    const { status, reason } = await resource.create(waiting);

    expect(status).toBe('FAILED');
    expect(reason).toContain('SES has given up verifying the replica (status Failed, REPLICATION_PRIMARY_NOT_FOUND).');
    expect(identityIn(REPLICA_REGION)).toBeUndefined();
  });
});

describe('an event that nobody waits for', () => {
  it('makes nothing', async () => {
    const event = resource.creation();
    resource.show(MADE_UP, 'DELETE_COMPLETE');

    await world.lambda.invoke(event);

    expect(resource.answersTo(event)).toMatchObject([{ status: 'FAILED' }]);
    expect(world.holdings()).toEqual(before);
  });

  it('deletes nothing', async () => {
    await well(resource.create());
    const after = world.holdings();
    const event = resource.removal();
    world.fake.stacks.set(resource.stackId, 'UPDATE_COMPLETE');

    await world.lambda.invoke(event);

    expect(resource.answersTo(event)).toMatchObject([{ status: 'FAILED' }]);
    expect(world.holdings()).toEqual(after);
  });
});

it('is gone after the Delete by a made-up id, whichever call its Create was killed at', async () => {
  let call = 1;
  for (let killed = true; killed; call += 1) {
    world.stop();
    await start();
    const creation = resource.creation();
    await world.lambda.invokeAndKill(creation, { call, after: true });
    ({ killed } = world.lambda);
    world.restartLambda('another');
    world.fake.stacks.set(resource.stackId, 'UPDATE_ROLLBACK_IN_PROGRESS');

    const removal = resource.removal({ id: MADE_UP, properties: creation.ResourceProperties });
    expect(await resource.deliver(removal)).toMatchObject({ status: 'SUCCESS', reason: '', physicalId: MADE_UP });

    expect(world.holdings()).toEqual(before);
  }
  expect(call).toBeGreaterThan(3);
});

it('is gone when CloudFormation cancels its Create', async () => {
  world.fake.before('CreateEmailIdentity', () => resource.show(MADE_UP, 'CREATE_FAILED', world.clock.now() + 1));

  const { status, reason } = await resource.create();

  expect(status).toBe('FAILED');
  expect(reason).toContain('CloudFormation cancelled it (CREATE_FAILED)');
  expect(world.holdings()).toEqual(before);
});

it('says which permission is missing when SES refuses to make it', async () => {
  world.fake.authorize = ({ operation }) => (operation === 'CreateEmailIdentity' ? 'not authorized' : undefined);

  const { status, reason } = await resource.create();

  expect(status).toBe('FAILED');
  expect(reason).toContain('nor ses:ReplicateEmailIdentityDKIMSigningKey on the identity in eu-west-1.');
});

it('refuses properties that no construct gives', async () => {
  const { status, reason } = await resource.create(replica({ SesRegion: REGION }));

  expect(status).toBe('FAILED');
  expect(reason).toBe(
    'Easy DKIM: replicaRegions has "eu-west-1", where the domain itself is: give other Regions only.',
  );
});

describe('the parent of a replica', () => {
  it('stays with its records while a Region of the stack has the replica', async () => {
    await well(resource.create());
    const after = [world.holdings(), world.tags()];

    const { status, reason } = await mail.delete();

    expect(status).toBe('FAILED');
    expect(reason).toContain(
      `The identity ${DOMAIN} in eu-west-1 has a Deterministic Easy DKIM replica in us-east-1, which signs with its keys, ` +
        'and SES deletes no parent before its replicas. Delete the replica first, then try again.',
    );
    expect([world.holdings(), world.tags()]).toEqual(after);

    await well(resource.delete());
    await well(mail.delete());
    expect(world.holdings()).toEqual([]);
  });

  it('says what SES waits for when another Region has one', async () => {
    world.fake.addIdentity('ap-south-1', DOMAIN, { origin: 'AWS_SES_EU_WEST_1' });

    const { status, reason } = await mail.delete();

    expect(status).toBe('FAILED');
    expect(reason).toContain(
      'SES keeps an identity that other Regions have Deterministic Easy DKIM replicas of: if there are any, delete them first.',
    );
  });

  it('goes when the other Regions cannot be asked', async () => {
    world.fake.authorize = ({ operation, region }) =>
      operation === 'GetEmailIdentity' && region !== REGION ? 'not authorized' : undefined;

    expect(await mail.delete()).toMatchObject({ status: 'SUCCESS' });
    expect(world.holdings()).toEqual([]);
  });

  it('is not made of a replica', async () => {
    await well(resource.create());
    const own = new StackResource(world, 'America');

    expect(await own.create(properties({ SesRegion: REPLICA_REGION }))).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('is a Deterministic Easy DKIM replica of the one in eu-west-1') as string,
    });
  });
});

describe('a watch', () => {
  beforeEach(async () => {
    await well(resource.create());
    world.fake.setDkimStatus(REGION, DOMAIN, 'Success');
    world.fake.setDkimStatus(REPLICA_REGION, DOMAIN, 'Success');
  });

  it('finds a replica as it was deployed', async () => {
    const { findings, metrics } = await watch(world, mail);

    expect(findings).toEqual([]);
    expect(metrics).toContain(`${DOMAIN} us-east-1 DkimReady 1`);
  });

  it('tells of one that is gone, and leaves it to a deployment', async () => {
    world.fake.removeIdentity(REPLICA_REGION, DOMAIN);

    const { findings, metrics } = await watch(world, mail, { repair: true });

    expect(findings).toEqual([
      `${DOMAIN} in us-east-1: no such identity, not an identity that is verified for sending. ` +
        'Deploy its EasyDkimDomain again, with another revision.',
    ]);
    expect(metrics).toContain('Test DomainsNotReady 1');
    expect(identityIn(REPLICA_REGION)).toBeUndefined();
  });
});

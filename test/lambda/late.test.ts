import { ALL, settings, settingsOf, SettingsResource, startWithIdentity } from '../support/settings';
import { Answer, DOMAIN, Event, properties, REGION, setUpOf, StackResource, World, ZONE } from '../support/stack';

let world: World;
let mail: StackResource;

/** All that a late event must not change. */
const everything = () => [world.holdings(), world.tags(), settingsOf(world.fake.identity(REGION, DOMAIN))];

/** Delivers an event although the stack shows that it is over, and expects it to change nothing. */
async function expectLate(resource: StackResource, event: Event): Promise<Answer> {
  const before = everything();
  const operations = await world.operationsDuring(() => world.lambda.invoke(event));
  const [answer] = resource.answersTo(event).slice(-1);

  expect(everything()).toEqual(before);
  expect(operations.filter((operation) => !/^(Describe|Get|List)/.test(operation))).toEqual([]);
  expect(answer.status).toBe('FAILED');
  expect(answer.reason).toContain(`CloudFormation no longer waits for this ${event.RequestType}: `);
  expect(answer.reason).toContain('Deploy again if the domain is not as it should be.');
  return answer;
}

afterEach(() => world.stop());

describe('a domain', () => {
  beforeEach(async () => {
    world = await World.start();
    mail = new StackResource(world);
  });

  it.each(['CREATE_FAILED', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE', 'DELETE_FAILED', 'ROLLBACK_COMPLETE'])(
    'makes nothing for a Create that comes when the stack shows %s',
    async (status) => {
      const event = mail.creation();
      mail.show('Test-Mail-1ABCDEF2GHIJK', status);

      const { physicalId, reason } = await expectLate(mail, event);

      expect(reason).toContain(`it shows the resource as ${status}. Nothing was changed.`);
      expect(world.holdings()).toEqual([]);
      mail.show(physicalId, 'DELETE_IN_PROGRESS');
      const removal = mail.removal({ id: physicalId, properties: properties() });
      expect(await world.operationsDuring(() => world.lambda.invoke(removal))).toEqual([]);
    },
  );

  it('makes nothing for a Create that comes again when the resource is there by now', async () => {
    const event = mail.creation();
    await mail.deliver(event);
    world.restartLambda('another');

    await expectLate(mail, event);
  });

  it('makes nothing for a Create that comes again when the stack is deleted', async () => {
    const event = mail.creation();
    await mail.deliver(event);
    await mail.delete();
    world.restartLambda('another');

    await expectLate(mail, event);
    expect(world.holdings()).toEqual([]);
  });

  it('changes nothing for an Update that comes when it was rolled back', async () => {
    await mail.create();
    const event = mail.change(properties({ Ttl: '60' }));

    await expectLate(mail, event);
  });

  it('takes nothing for a Delete that comes again when the resource is in use', async () => {
    await mail.create();

    const { reason } = await expectLate(mail, mail.removal());

    expect(reason).toContain('it shows the resource as UPDATE_COMPLETE. Nothing was deleted.');
  });

  it('takes nothing of another stack for a Delete that comes again', async () => {
    await mail.create();
    const event = mail.removal();
    await mail.deliver(event);
    mail.show(event.PhysicalResourceId!, 'DELETE_COMPLETE');
    const other = new StackResource(world, 'Mail', mail.stackId.replace('Test/0001', 'Other/0002'));
    const answer = await other.create();
    world.restartLambda('another');

    await expectLate(mail, event);

    expect(world.holdings()).toEqual(setUpOf(answer));
  });

  it('waits a little for a stack that does not show yet that it is under way', async () => {
    const event = mail.creation();
    mail.show('', 'CREATE_FAILED');
    world.clock.setTimeout(() => mail.begin(event), 3_000);

    await world.lambda.invoke(event);

    expect(mail.answersTo(event)).toMatchObject([{ status: 'SUCCESS', reason: '' }]);
    expect(world.fake.records(ZONE)).toHaveLength(3);
  });

  it('takes the word of CloudFormation when that cannot be asked again', async () => {
    const event = mail.creation();
    mail.show('Test-Mail-1ABCDEF2GHIJK', 'CREATE_FAILED');
    const deny = () => void world.fake.addFault({ kind: 'deny', operation: 'DescribeStackResource', times: Infinity });
    world.clock.setTimeout(deny, 1_000);

    const { reason } = await expectLate(mail, event);

    expect(reason).toContain('it shows the resource as CREATE_FAILED. Nothing was changed.');
  });

  it('is told within seconds', async () => {
    const event = mail.creation();
    mail.show('', 'CREATE_FAILED');

    expect(await world.timeOf(() => world.lambda.invoke(event))).toBeLessThan(10_000);
  });

  it.each(['CREATE_COMPLETE', 'UPDATE_COMPLETE'])(
    'is made where an emulator shows a resource as %s by an id of its own',
    async (status) => {
      world.fake.variables = { AWS_ENDPOINT_URL: world.fake.url };
      world.restartLambda('same');
      const event = mail.creation();
      mail.show('Test-Mail-stub', status);

      await world.lambda.invoke(event);

      expect(mail.answersTo(event)).toMatchObject([{ status: 'SUCCESS', reason: '' }]);
    },
  );

  it('is changed where an emulator of everything shows how the operation before has ended', async () => {
    await mail.create();
    world.fake.variables = { AWS_ENDPOINT_URL: world.fake.url };
    world.restartLambda('same');
    const event = mail.change(properties({ Ttl: '60' }));

    await world.lambda.invoke(event);

    const [answer] = mail.answersTo(event);
    expect(answer).toMatchObject({ status: 'SUCCESS', reason: '' });
    expect(world.holdings()).toEqual(setUpOf(answer, 60));
  });
});

describe('settings', () => {
  let resource: SettingsResource;

  beforeEach(async () => {
    world = await startWithIdentity();
    resource = new SettingsResource(world);
  });

  it('are not made for a Create that is late', async () => {
    const event = resource.creation();
    resource.show('Test-Settings-1ABCDEF2GHIJK', 'DELETE_COMPLETE');

    const { physicalId } = await expectLate(resource, event);

    expect(
      await world.operationsDuring(() =>
        resource.deliver(resource.removal({ id: physicalId, properties: event.ResourceProperties })),
      ),
    ).toEqual([]);
  });

  it('are not changed for an Update that is late', async () => {
    await resource.create();

    await expectLate(resource, resource.change({ ...ALL, ...settings({ ConfigurationSet: 'other' }) }));
  });

  it('are not taken away for a Delete that is late', async () => {
    await resource.create();

    await expectLate(resource, resource.removal());
  });
});

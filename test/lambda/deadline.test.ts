import type { FaultKind } from '../fakes/fake-aws';
import { CALLS_OF_CREATE, CALLS_OF_DELETE } from '../support/calls';
import { ENDLESS_FAULTS, expectFailedCall } from '../support/endless-faults';
import { properties, setUpOf, StackResource, World } from '../support/stack';

const OTHER_ACCOUNT = '222222222222';
const ROLE = `arn:aws:iam::${OTHER_ACCOUNT}:role/delegation`;

/** The Lambda as we ship it, and the shortest time-out that somebody might set. */
const TIMEOUTS = [900_000, 10_000];

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  world.fake.addRole({ arn: ROLE });
  world.fake.addZone({ id: 'Z1FAR', name: 'example.com', account: OTHER_ACCOUNT });
  mail = new StackResource(world);
});

afterEach(() => world.stop());

const delegated = properties({ HostedZoneId: 'Z1FAR', DelegationRoleArn: ROLE });
const always = (kind: FaultKind, operation: string) => world.fake.addFault({ kind, operation, times: Infinity });

// That the answer comes before the time-out need not be said: the sandbox is killed then, and there is none.
describe.each(ENDLESS_FAULTS)('when a call %s, within a time-out of %i ms', (_, timeoutMs, kind, remedy) => {
  it.each([...CALLS_OF_CREATE, 'AssumeRole'])('Create says so, and leaves nothing: %s', async (operation) => {
    world.timeoutMs = timeoutMs;
    const fault = always(kind, operation);

    const answer = await mail.create(delegated);

    expectFailedCall(answer, operation, remedy);
    fault.remove();
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it.each([...CALLS_OF_DELETE, 'AssumeRole'])('Delete says so, and can be done again: %s', async (operation) => {
    await mail.create(delegated);
    world.timeoutMs = timeoutMs;
    const fault = always(kind, operation);

    const answer = await mail.delete();

    expectFailedCall(answer, operation, remedy);
    fault.remove();
    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });

  it.each(['GetEmailIdentity', 'ListTagsForResource'])(
    'Create for an identity that existed before says so, and leaves that alone: %s',
    async (operation) => {
      world.timeoutMs = timeoutMs;
      world.fake.addIdentity('eu-west-1', 'example.com');
      const before = world.holdings();
      const fault = always(kind, operation);

      const answer = await mail.create(delegated);

      expectFailedCall(answer, operation, remedy);
      fault.remove();
      await mail.delete();
      expect(world.holdings()).toEqual(before);
      expect(world.tags()).toEqual({});
    },
  );

  it('Create that makes the identity and its records does without GetEmailIdentity', async () => {
    world.timeoutMs = timeoutMs;
    always(kind, 'GetEmailIdentity');

    const answer = await mail.create(delegated);

    expect(answer.reason).toBe('');
    expect(world.holdings()).toEqual(setUpOf(answer));
  });
});

it.each(TIMEOUTS)('within a time-out of %i ms, Create answers although its undo hangs, too', async (timeoutMs) => {
  world.timeoutMs = timeoutMs;
  world.fake.insyncAfterMs = Infinity;
  const hangFromNowOn = world.fake.before('GetChange', () => {
    hangFromNowOn();
    world.fake.addFault({ kind: 'hang', operation: /^(?!Respond)/, times: Infinity });
  });

  const { status, reason } = await mail.create(delegated);

  expect(status).toBe('FAILED');
  expect(reason).toMatch(/GetChange .* could not be removed: SES GetEmailIdentity/);
  world.fake.clearFaults();
  expect((await mail.delete()).status).toBe('SUCCESS');
  expect(world.holdings()).toEqual([]);
});

it('many calls that are slow, but not too slow each, count together', async () => {
  world.timeoutMs = 10_000;
  world.fake.addFault({ kind: 'slow', ms: 1_900, operation: /^(?!Respond)/, times: 4 });

  expect((await mail.create(delegated)).status).toBe('FAILED');
  world.fake.clearFaults();
  await mail.delete();
  expect(world.holdings()).toEqual([]);
});

describe('records that Route 53 does not publish', () => {
  beforeEach(() => {
    world.fake.insyncAfterMs = Infinity;
  });

  it('are given up after ten minutes, and removed', async () => {
    const time = await world.timeOf(async () => {
      const { status, reason } = await mail.create();
      expect(status).toBe('FAILED');
      expect(reason).toMatch(/took the records into hosted zone Z0EXAMPLE but has not published them in time/);
      expect(reason).toMatch(/\(change \S*C0+1 is PENDING\): deploy again/);
    });

    expect(time).toBeGreaterThan(500_000);
    expect(time).toBeLessThan(620_000);
    expect(world.holdings()).toEqual([]);
  });

  it('are asked for seldom', async () => {
    const operations = await world.operationsDuring(() => mail.create());

    expect(operations.filter((operation) => operation === 'GetChange').length).toBeLessThan(80);
  });
});

it('a failure that ends keeps no more than the tries that it needs', async () => {
  world.fake.addFault({ kind: 'hang', operation: 'CreateEmailIdentity' });

  const time = await world.timeOf(async () => {
    expect((await mail.create()).status).toBe('SUCCESS');
  });

  expect(time).toBeLessThan(15_000);
});

import { ALL, settings, settingsOf, SettingsResource, startWithIdentity } from '../support/settings';
import { ExecutionEnvironment } from '../support/sandbox/execution-environment';
import { DOMAIN, properties, REGION, setUpOf, StackResource, World } from '../support/stack';

/** What CloudFormation calls a resource whose Create it did not get an answer to. */
const MADE_UP = 'Test-Mail-1ABCDEF2GHIJK';

let world: World;

afterEach(() => world.stop());

/** From the nth call of the operation on, the stack shows another status of the resource. */
function turnTo(status: string, resource: StackResource, operation: string, nth = 1, meanwhile?: () => void): void {
  let calls = 0;
  const stop = world.fake.before(operation, () => {
    calls += 1;
    if (calls < nth) return;
    stop();
    // No time passes here between the start of a run and its first calls.
    resource.show(MADE_UP, status, world.clock.now() + 1);
    meanwhile?.();
  });
}

describe('a domain', () => {
  let mail: StackResource;

  beforeEach(async () => {
    world = await World.start();
    mail = new StackResource(world);
  });

  it.each([
    ['CreateEmailIdentity', 1],
    ['VerifyDomainDkim', 1],
    ['ListResourceRecordSets', 1],
    ['TagResource', 1],
    ['ChangeResourceRecordSets', 1],
    ['GetChange', 1],
    ['DescribeStackResource', 2],
  ])('whose Create is cancelled leaves nothing: at %s', async (operation, nth) => {
    turnTo('CREATE_FAILED', mail, operation, nth);

    const { status, reason } = await mail.create();

    expect(status).toBe('FAILED');
    expect(reason).toContain('CloudFormation cancelled it (CREATE_FAILED)');
    expect(world.holdings()).toEqual([]);
  });

  it.each([
    ['Route 53', 'GetChange', () => (world.fake.insyncAfterMs = Infinity)],
    ['SES', 'GetEmailIdentity', () => undefined],
  ])('is gone when the Delete is answered that came while its Create waited for %s', async (_, operation, arrange) => {
    arrange();
    const creation = mail.creation(properties({ WaitForVerification: '840' }));
    let removal: Promise<unknown> | undefined;
    let left: string[] | undefined;
    turnTo('DELETE_IN_PROGRESS', mail, operation, 3, () => {
      const event = mail.removal({ id: MADE_UP, properties: properties() });
      world.fake.before('Respond', () => {
        if (mail.answersTo(creation).length > 0) left = world.holdings();
      });
      removal = new ExecutionEnvironment(world.fake, world.clock).invoke(event).then(() => {
        expect(mail.answersTo(event)).toEqual([expect.objectContaining({ status: 'SUCCESS', physicalId: MADE_UP })]);
      });
    });

    await world.lambda.invoke(creation);
    expect(world.holdings()).toEqual([]);
    await removal;

    expect(left).toEqual([]);
  });

  it.each(['UPDATE_FAILED', 'UPDATE_ROLLBACK_IN_PROGRESS', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE'])(
    'whose Update is cancelled is what it was before: %s',
    async (status) => {
      world.fake.addZone({ id: 'Z2', name: DOMAIN });
      const first = await mail.create();
      const tags = world.tags();
      turnTo(status, mail, 'GetChange');

      const answer = await mail.update(properties({ HostedZoneId: 'Z2' }));

      expect(answer).toMatchObject({ status: 'FAILED', physicalId: first.physicalId });
      expect(answer.reason).toContain(`CloudFormation cancelled it (${status})`);
      expect(world.holdings()).toEqual(setUpOf(first));
      expect(world.tags()).toEqual(tags);
    },
  );

  // An emulator may show an end that it has not come to.
  it.each(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'CREATE_COMPLETE', 'UPDATE_COMPLETE'])(
    'goes on in the status %s',
    async (status) => {
      turnTo(status, mail, 'VerifyDomainDkim');

      expect((await mail.create()).reason).toBe('');
    },
  );

  it('goes on when the stack shows how an operation before has ended', async () => {
    mail.show(MADE_UP, 'DELETE_COMPLETE');

    expect((await mail.create()).reason).toBe('');
  });

  it.each(['deny', 'throttle', 'error500', 'hang'] as const)(
    'goes on where it cannot be told whether it is cancelled: %s',
    async (kind) => {
      world.fake.insyncAfterMs = 40_000;
      const fault = world.fake.addFault({ kind, operation: 'DescribeStackResource', times: Infinity });

      const answer = await mail.create();

      expect(answer.reason).toBe('');
      expect(world.holdings()).toEqual(setUpOf(answer));
      expect(fault.hits).toBeGreaterThan(0);
    },
  );

  it('is looked after a few times only while it waits', async () => {
    const operations = await world.operationsDuring(() => mail.create(properties({ WaitForVerification: '300' })));

    expect(operations.filter((operation) => operation === 'DescribeStackResource').length).toBeLessThan(300 / 15);
  });

  it.each([
    [MADE_UP, 60_000],
    ['nothing-created-request-1', 0],
  ])('takes a Delete by the id %s to have to wait %i ms', async (id, milliseconds) => {
    const removal = mail.removal({ id, properties: properties() });

    expect(Math.round(await world.timeOf(() => world.lambda.invoke(removal)))).toBe(milliseconds);
  });
});

describe('settings', () => {
  let resource: SettingsResource;
  const present = () => settingsOf(world.fake.identity(REGION, DOMAIN));

  beforeEach(async () => {
    world = await startWithIdentity();
    resource = new SettingsResource(world);
  });

  it('whose Create is cancelled are taken back', async () => {
    turnTo('CREATE_FAILED', resource, 'SetIdentityNotificationTopic');

    expect((await resource.create()).reason).toContain('CloudFormation cancelled it (CREATE_FAILED)');
    expect(present()).toEqual([]);
  });

  it('whose Update is cancelled are what they were before', async () => {
    await resource.create();
    const before = present();
    turnTo('UPDATE_FAILED', resource, 'PutEmailIdentityConfigurationSetAttributes');

    const { status } = await resource.update({ ...ALL, ...settings({ ConfigurationSet: 'other' }) });

    expect(status).toBe('FAILED');
    expect(present()).toEqual(before);
  });

  it('are waited for by a Delete that CloudFormation sends before it has heard of them', async () => {
    const removal = resource.removal({ id: MADE_UP, properties: properties() });

    expect(await world.timeOf(() => world.lambda.invoke(removal))).toBeGreaterThanOrEqual(60_000);
  });
});

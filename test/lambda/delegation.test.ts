import { setImmediate as turn } from 'node:timers/promises';
import { properties, REGION, setUpOf, StackResource, World, ZONE } from '../support/stack';

const STACK_ACCOUNT = '111111111111';
const ZONE_ACCOUNT = '222222222222';
const FAR_ZONE = 'Z0FAR';
const ROLE = `arn:aws:iam::${ZONE_ACCOUNT}:role/dkim/delegation`;
const delegated = properties({ HostedZoneId: FAR_ZONE, DelegationRoleArn: ROLE });

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  world.fake.addZone({ id: FAR_ZONE, name: 'example.com', account: ZONE_ACCOUNT });
  world.fake.addRole({
    arn: ROLE,
    trustedBy: (account) => account === STACK_ACCOUNT,
    externalId: FAR_ZONE,
  });
  mail = new StackResource(world);
});

afterEach(() => world.stop());

describe('a zone of another account', () => {
  it('gets the records, and the own account the identity', async () => {
    const answer = await mail.create(delegated);

    expect(answer.status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(setUpOf(answer));
    expect(world.fake.identityNames(REGION, STACK_ACCOUNT)).toEqual(['example.com']);
  });

  it('is worked on as the role, which does nothing else', async () => {
    await mail.create(delegated);
    await mail.delete();

    const calls = world.fake.calls.filter(({ service }) => service !== 'response');
    const asRole = calls.filter(({ roleArn }) => roleArn === ROLE);
    expect(new Set(asRole.map(({ service }) => service))).toEqual(new Set(['route53']));
    expect(calls.filter(({ service, roleArn }) => service === 'route53' && roleArn !== ROLE)).toEqual([]);
  });

  it('has the role assumed in the Region that Route 53 is in, with the zone as external id', async () => {
    await mail.create(delegated);

    const assumed = world.fake.calls.find(({ operation }) => operation === 'AssumeRole');
    expect(assumed?.region).toBe('us-east-1');
    expect(assumed?.params).toMatchObject({ ExternalId: FAR_ZONE, RoleSessionName: 'easy-dkim-example.com' });
  });

  it('is left with nothing by Delete', async () => {
    await mail.create(delegated);

    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });

  it('is left with nothing when the Create fails half way', async () => {
    world.fake.insyncAfterMs = Infinity;

    expect((await mail.create(delegated)).status).toBe('FAILED');
    expect(world.holdings()).toEqual([]);
  });

  it('has a session name for the longest domain, too', async () => {
    const label = 'a'.repeat(63);
    const DomainName = `${label}.${label}.${label}.example.com`;

    expect((await mail.create({ ...delegated, DomainName })).status).toBe('SUCCESS');
    const assumed = world.fake.calls.find(({ operation }) => operation === 'AssumeRole');
    expect(assumed?.params.RoleSessionName).toMatch(/^[\w+=,.@-]{2,64}$/);
  });
});

describe('a delegation role', () => {
  it('added on a move into its zone, both zones end right', async () => {
    await mail.create();
    const second = await mail.update(delegated);

    expect((await mail.cleanUp())?.status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(setUpOf(second));
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('removed on a move out of its zone, cleans up there with the role it had', async () => {
    await mail.create(delegated);
    const second = await mail.update(properties());

    expect((await mail.cleanUp())?.status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(setUpOf(second));
  });

  it('rolled back, leaves the zone that it has for the moment', async () => {
    const first = await mail.create();
    await mail.update(delegated);

    expect((await mail.rollBack()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(setUpOf(first));
  });

  it('that takes the place of another one changes nothing in the zone', async () => {
    const first = await mail.create(delegated);
    const other = `arn:aws:iam::${ZONE_ACCOUNT}:role/other`;
    world.fake.addRole({ arn: other });

    const operations = await world.operationsDuring(async () => {
      expect(await mail.update({ ...delegated, DelegationRoleArn: other })).toEqual(first);
    });

    expect(operations).not.toContain('ChangeResourceRecordSets');
    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });

  it('that is gone leaves no warning of Node in the log', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    await mail.create(delegated);
    world.fake.roles.clear();

    await mail.delete();
    await turn();

    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('is not needed with RETAIN', async () => {
    await mail.create({ ...delegated, RemovalPolicy: 'retain' });
    world.fake.roles.clear();

    expect((await mail.delete()).status).toBe('SUCCESS');
  });
});

describe('the reason says which side refuses', () => {
  /** A Create that must fail within a minute and leave nothing. */
  async function refusal(given = delegated): Promise<string> {
    let reason = '';
    const time = await world.timeOf(async () => {
      const answer = await mail.create(given);
      expect(answer.status).toBe('FAILED');
      reason = answer.reason;
    });
    expect(time).toBeLessThan(60_000);
    expect(world.holdings()).toEqual([]);
    return reason;
  }

  it('when the role lets nobody of this account in', async () => {
    world.fake.addRole({ arn: ROLE, trustedBy: () => false });

    const reason = await refusal();

    expect(reason).toContain(`STS AssumeRole for ${ROLE} failed: AccessDenied`);
    expect(reason).toContain('The function cannot assume the delegation role: check that it exists, that');
  });

  it('when the role is gone', async () => {
    world.fake.roles.clear();

    expect(await refusal()).toContain('check that it exists');
  });

  it('when the role wants another external id', async () => {
    world.fake.addRole({ arn: ROLE, externalId: 'Z0ANOTHER' });

    expect(await refusal()).toContain(`STS AssumeRole for ${ROLE} failed: AccessDenied`);
  });

  it.each(['ListResourceRecordSets', 'ChangeResourceRecordSets', 'GetChange'])(
    'when the role may not call %s',
    async (operation) => {
      world.fake.authorize = (call) =>
        call.roleArn === ROLE && call.operation === operation ? world.fake.denial(call) : undefined;

      const reason = await refusal();

      expect(reason).toContain(`Route 53 ${operation} for hosted zone ${FAR_ZONE} as ${ROLE} failed: AccessDenied`);
      expect(reason).toContain(
        'The delegation role lacks this permission: check that it is the EasyDkimDelegationRole of this zone',
      );
    },
  );

  it('when the zone is in a third account', async () => {
    world.fake.addZone({ id: FAR_ZONE, name: 'example.com', account: '333333333333' });

    const reason = await refusal();

    expect(reason).toContain(`for hosted zone ${FAR_ZONE} as ${ROLE} failed: AccessDenied`);
    expect(reason).toContain(
      'The delegation role lacks this permission: check that it is the EasyDkimDelegationRole of this zone',
    );
  });

  it('when the zone is not there', async () => {
    world.fake.removeZone(FAR_ZONE);

    expect(await refusal()).toContain(
      `hosted zone ${FAR_ZONE} as ${ROLE} failed: NoSuchHostedZone: No hosted zone found with ID: ${FAR_ZONE}`,
    );
  });

  it('when the zone is in another account and there is no role', async () => {
    const reason = await refusal(properties({ HostedZoneId: FAR_ZONE }));

    expect(reason).toContain(`Route 53 ListResourceRecordSets for hosted zone ${FAR_ZONE} failed: AccessDenied`);
    expect(reason).toContain('set delegationRole if the zone is in another account');
  });

  it('on Delete, too', async () => {
    await mail.create(delegated);
    world.fake.roles.clear();

    const { status, reason } = await mail.delete();

    expect(status).toBe('FAILED');
    expect(reason).toContain(`STS AssumeRole for ${ROLE} failed: AccessDenied`);
    expect(world.fake.records(FAR_ZONE)).toHaveLength(3);
    expect(world.fake.records(ZONE)).toEqual([]);
  });
});

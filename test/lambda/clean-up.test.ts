import type { ResourceProperties } from '../../lib/shared/contract';
import { Answer, DOMAIN, properties, REGION, setUpOf, StackResource, World } from '../support/stack';

const NEW_ZONE = 'Z1NEW';
const moved = properties({ HostedZoneId: NEW_ZONE });

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  world.fake.addZone({ id: NEW_ZONE, name: DOMAIN });
  mail = new StackResource(world);
});

afterEach(() => world.stop());

/** What the stack may show of a resource while one of its physical resources is deleted and another one stays. */
const VIEWS: readonly (readonly [string, (goes: string, stays: string) => void])[] = [
  ['the id that goes as being deleted', (goes) => mail.show(goes, 'DELETE_IN_PROGRESS')],
  ['the id that goes as updated', (goes) => mail.show(goes, 'UPDATE_IN_PROGRESS')],
  ['the id that stays as complete', (_, stays) => mail.show(stays, 'UPDATE_COMPLETE')],
  ['the id that stays as rolled back', (_, stays) => mail.show(stays, 'UPDATE_ROLLBACK_COMPLETE')],
  ['nothing', () => world.fake.stackResources.clear()],
  ["an emulator's own id", () => mail.show('Test-Mail-stub', 'CREATE_COMPLETE')],
];

/** Deletes one of two physical resources of a resource. */
async function clean(
  goes: { readonly id: string; readonly given: ResourceProperties },
  stays: string,
  show: (goes: string, stays: string) => void,
): Promise<Answer> {
  const event = mail.removal({ id: goes.id, properties: goes.given });
  return mail.deliver(event, () => show(goes.id, stays));
}

describe.each(VIEWS)('when the stack shows %s', (_, show) => {
  it('the clean-up after a change of the zone takes the old records only', async () => {
    const first = await mail.create();
    const second = await mail.update(moved);

    const { status } = await clean({ id: first.physicalId, given: properties() }, second.physicalId, show);

    expect(status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(setUpOf(second));
    expect((await mail.delete()).reason).toBe('');
    expect(world.holdings()).toEqual([]);
  });

  it('the roll-back of a change of the zone takes the new records only', async () => {
    const first = await mail.create();
    const second = await mail.update(moved);

    const { status } = await clean({ id: second.physicalId, given: moved }, first.physicalId, show);

    expect(status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(setUpOf(first));
    mail.physicalId = first.physicalId;
    expect((await mail.delete()).reason).toBe('');
    expect(world.holdings()).toEqual([]);
  });

  it('the roll-back that is told by an Update, too, ends in the same state', async () => {
    const first = await mail.create();
    const second = await mail.update(moved);
    mail.physicalId = first.physicalId;

    expect(await mail.update(properties())).toMatchObject({ status: 'SUCCESS', physicalId: first.physicalId });
    await clean({ id: second.physicalId, given: moved }, first.physicalId, show);

    expect(world.holdings()).toEqual(setUpOf(first));
    expect(await mail.delete(first.physicalId)).toMatchObject({ status: 'SUCCESS', reason: '' });
    expect(world.holdings()).toEqual([]);
  });

  it('the roll-back of an addition keeps what was there before', async () => {
    const first = await mail.create();
    const whole = properties({ MailFromDomain: `bounce.${DOMAIN}`, DmarcRecord: 'v=DMARC1; p=none' });
    const second = await mail.update(whole);

    await clean({ id: second.physicalId, given: whole }, first.physicalId, show);

    expect(world.holdings()).toEqual(setUpOf(first));
  });

  it('the clean-up with RETAIN takes nothing but its claim', async () => {
    const retain = properties({ RemovalPolicy: 'retain' });
    const first = await mail.create(retain);
    const second = await mail.update(properties({ HostedZoneId: NEW_ZONE, RemovalPolicy: 'retain' }));

    await clean({ id: first.physicalId, given: retain }, second.physicalId, show);

    expect(world.holdings()).toEqual([...new Set([...setUpOf(first), ...setUpOf(second)])].sort());
    expect(world.claims()).toEqual([`zone=${NEW_ZONE} made=1+2+3 by=Test/Mail`]);
  });
});

it.each([
  ['with a zone', {}],
  ['with DNS elsewhere', { HostedZoneId: undefined, HostedZoneName: undefined }],
])('an Update that tells of a roll-back leaves what CloudFormation may return to: %s', async (_, elsewhere) => {
  const given = { MailFromDomain: `bounce.${DOMAIN}`, DmarcRecord: 'v=DMARC1; p=none', ...elsewhere };
  world.setRegions(REGION, 'us-east-1');
  await mail.create(properties(given));
  const claims = Object.keys(world.tags());
  await mail.update(properties({ ...given, SesRegion: 'us-east-1' }));
  world.fake.stacks.set(mail.stackId, 'UPDATE_ROLLBACK_IN_PROGRESS');

  expect((await mail.update(properties(given))).status).toBe('SUCCESS');

  expect(Object.keys(world.tags())).toEqual(expect.arrayContaining(claims));
});

describe('the answer to a clean-up', () => {
  it('says nothing of what has replaced it, where the stack shows that', async () => {
    mail.cleanUpShows = 'what stays';
    await mail.create();
    await mail.update(moved);

    expect(await mail.cleanUp()).toMatchObject({ status: 'SUCCESS', reason: '' });
  });

  it('says who still uses the identity, where the stack does not', async () => {
    await mail.create();
    await mail.update(moved);

    expect((await mail.cleanUp())?.reason).toBe(
      `The identity ${DOMAIN} in ${REGION} stays, with the records that are in use: Test/Mail still uses it.`,
    );
  });
});

it('a clean-up leaves all where somebody has removed the claim of what has replaced it', async () => {
  mail.cleanUpShows = 'what stays';
  await mail.create();
  const claimsBefore = Object.keys(world.tags());
  await mail.update(properties({ MailFromDomain: `bounce.${DOMAIN}` }));
  const inPlace = world.holdings();
  const identity = world.fake.identity(REGION, DOMAIN)!;
  identity.tags = Object.fromEntries(Object.entries(identity.tags).filter(([key]) => claimsBefore.includes(key)));

  expect(await mail.cleanUp()).toMatchObject({ status: 'SUCCESS' });

  expect(world.holdings()).toEqual(inPlace);
  expect(world.claims()).toEqual([]);
});

describe('when CloudFormation has given up a clean-up', () => {
  let first: Answer;
  let second: Answer;

  beforeEach(async () => {
    first = await mail.create();
    second = await mail.update(moved);
    expect(world.claims()).toHaveLength(2);
  });

  it('the deletion of the stack removes the identity, and the records of the resource that it deletes', async () => {
    expect(await mail.delete(second.physicalId)).toMatchObject({ status: 'SUCCESS', reason: '' });

    expect(world.fake.identityNames(REGION)).toEqual([]);
    expect(world.fake.records(NEW_ZONE)).toEqual([]);
  });

  it.each(['DELETE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'])('so does a stack that is %s', async (status) => {
    const event = mail.removal({ id: second.physicalId, properties: moved });
    world.fake.stacks.set(mail.stackId, status);

    expect(await mail.deliver(event)).toMatchObject({ status: 'SUCCESS', reason: '' });

    expect(world.fake.identityNames(REGION)).toEqual([]);
  });

  it.each(['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', undefined])(
    'a removal in an update keeps the identity, and says so: %s',
    async (status) => {
      if (status !== undefined) world.fake.stacks.set(mail.stackId, status);
      const event = mail.removal({ id: second.physicalId, properties: moved });

      const { reason } = await mail.deliver(event);

      expect(reason).toBe(
        `The identity ${DOMAIN} in ${REGION} stays, with the records that are in use: Test/Mail still uses it.`,
      );
      expect(world.holdings()).toEqual(setUpOf(first));
    },
  );

  it('and it cannot be told what becomes of the stack, the identity stays', async () => {
    world.fake.addFault({ kind: 'deny', operation: 'DescribeStacks', times: Infinity });

    const { status, reason } = await mail.delete(second.physicalId);

    expect(status).toBe('SUCCESS');
    expect(reason).toContain('Test/Mail still uses it.');
    expect(world.holdings()).toEqual(setUpOf(first));
  });

  it('the deletion of the stack keeps what another stack uses', async () => {
    const other = new StackResource(world, 'Mail', mail.stackId.replace('Test/0001', 'Other/0002'));
    const answer = await other.create();

    await mail.delete(second.physicalId);

    expect(world.holdings()).toEqual(setUpOf(answer));
    expect((await other.delete()).status).toBe('SUCCESS');
  });
});

import { properties, recordsOf, REGION, setUpOf, StackResource, World, ZONE } from '../support/stack';

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  mail = new StackResource(world);
  mail.cleanUpShows = 'what stays';
});

afterEach(() => world.stop());

/** Runs an update with the clean-up after it, which must go well. */
async function updateAll(given = properties({ Ttl: '1801' })) {
  const answer = await mail.update(given);
  expect(answer.reason).toBe('');
  expect((await mail.cleanUp())?.reason ?? '').toBe('');
  return answer;
}

async function expectDeleteToLeave(...left: string[]): Promise<void> {
  expect((await mail.delete()).status).toBe('SUCCESS');
  expect(world.holdings()).toEqual(left.sort());
}

describe('an update that changes nothing', () => {
  it('takes two calls, none of which writes', async () => {
    await mail.create();

    expect(await world.operationsDuring(() => mail.update(properties()))).toEqual([
      'GetEmailIdentity',
      'ListResourceRecordSets',
    ]);
  });

  it('gives the same answer', async () => {
    const first = await mail.create();

    expect(await mail.update(properties())).toEqual(first);
  });

  it('tells the status that SES has by now', async () => {
    await mail.create();
    world.fake.setDkimStatus(REGION, 'example.com', 'Success');

    expect((await mail.update(properties())).data.VerificationStatus).toBe('Success');
  });
});

describe('when the TTL changes', () => {
  const longer = properties({ Ttl: '3600' });

  it('changes it in place, in one batch', async () => {
    const { physicalId } = await mail.create();
    const batches = world.fake.calls.length;

    const answer = await mail.update(longer);

    expect(answer.physicalId).toBe(physicalId);
    expect(world.holdings()).toEqual(setUpOf(answer, 3600));
    const changes = world.fake.calls.slice(batches).flatMap(({ params }) => params.changes ?? []);
    expect(changes.map(({ action }) => action)).toEqual(['UPSERT', 'UPSERT', 'UPSERT']);
  });

  it('leaves nothing on Delete', async () => {
    await mail.create();
    await mail.update(longer);

    await expectDeleteToLeave();
  });

  it('brings the old one back when the stack rolls back', async () => {
    const first = await mail.create();
    await mail.update(longer);

    expect((await mail.rollBack()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(setUpOf(first));
    await expectDeleteToLeave();
  });

  it('brings the old one back when the update fails half way', async () => {
    const first = await mail.create();
    world.fake.insyncAfterMs = Infinity;

    expect(await mail.update(longer)).toMatchObject({ status: 'FAILED', physicalId: first.physicalId });
    expect(world.holdings()).toEqual(setUpOf(first));

    world.fake.insyncAfterMs = 0;
    expect((await mail.rollBack()).status).toBe('SUCCESS');
    await expectDeleteToLeave();
  });
});

it('changes nothing when the properties cannot work, and can be rolled back', async () => {
  const first = await mail.create();

  const operations = await world.operationsDuring(async () => {
    const answer = await mail.update(properties({ Ttl: 'soon' }));
    expect(answer).toMatchObject({ status: 'FAILED', physicalId: first.physicalId });
  });

  expect(operations).toEqual([]);
  expect((await mail.rollBack()).physicalId).toBe(first.physicalId);
  await expectDeleteToLeave();
});

describe('when the zone is gone', () => {
  it('says so, and what to check', async () => {
    const { physicalId } = await mail.create();
    world.fake.removeZone(ZONE);

    const answer = await mail.update(properties({ Ttl: '60' }));

    expect(answer).toMatchObject({ status: 'FAILED', physicalId });
    expect(answer.reason).toContain(`hosted zone ${ZONE} failed: NoSuchHostedZone`);
    expect(answer.reason).toContain('check its id, and set delegationRole if the zone is in another account');
    expect(world.fake.identityNames(REGION)).toEqual(['example.com']);
  });

  it('moves to another zone', async () => {
    await mail.create();
    world.fake.removeZone(ZONE);
    world.fake.addZone({ id: 'Z1NEW', name: 'example.com' });

    const answer = await updateAll(properties({ HostedZoneId: 'Z1NEW' }));

    expect(world.holdings()).toEqual(setUpOf(answer));
    await expectDeleteToLeave();
  });
});

describe('when the identity is gone', () => {
  beforeEach(async () => {
    await mail.create();
    world.fake.removeIdentity(REGION, 'example.com');
  });

  it('makes it anew, and the clean-up removes the records of the old one', async () => {
    const answer = await updateAll();

    expect(world.holdings()).toEqual(setUpOf(answer, 1801));
    await expectDeleteToLeave();
  });

  it('keeps the new one although SES does not show its tokens yet at the clean-up', async () => {
    await mail.update(properties({ Ttl: '1801' }));
    const identity = world.fake.identity(REGION, 'example.com')!;
    world.fake.before('GetIdentityDkimAttributes', () => void (identity.tokens = []));

    expect((await mail.cleanUp())?.status).toBe('SUCCESS');
    expect(world.fake.identityNames(REGION)).toEqual(['example.com']);
  });

  it('keeps the records when SES gives it the same tokens again', async () => {
    world.fake.reviveTokens = true;

    const answer = await updateAll(properties({ OverwriteRecords: 'true' }));

    expect(world.holdings()).toEqual(setUpOf(answer));
    await expectDeleteToLeave();
  });

  it('goes back to the state before when the update fails', async () => {
    const before = world.holdings();
    world.fake.insyncAfterMs = Infinity;

    expect((await mail.update(properties({ Ttl: '1801' }))).status).toBe('FAILED');
    expect(world.holdings()).toEqual(before);
  });

  it('leaves nothing after a roll-back and a Delete', async () => {
    await mail.update(properties({ Ttl: '1801' }));
    await mail.rollBack();

    await expectDeleteToLeave();
  });
});

describe('when SES has given up on our identity', () => {
  it('has it look again, and the identity stays ours', async () => {
    const first = await mail.create();
    world.fake.setDkimStatus(REGION, 'example.com', 'Failed');

    const operations = await world.operationsDuring(async () => {
      expect(await updateAll(properties())).toMatchObject({ physicalId: first.physicalId });
    });

    expect(operations).toContain('VerifyDomainDkim');
    await expectDeleteToLeave();
  });

  it('does not undo the identity when the update fails', async () => {
    await mail.create();
    world.fake.setDkimStatus(REGION, 'example.com', 'Failed');
    const before = world.holdings();
    world.fake.insyncAfterMs = Infinity;

    expect((await mail.update(properties({ Ttl: '60' }))).status).toBe('FAILED');
    expect(world.holdings()).toEqual(before);
  });
});

describe('when somebody else has made the identity anew', () => {
  it('sets up the records for it, and leaves it on Delete', async () => {
    await mail.create();
    world.fake.removeIdentity(REGION, 'example.com');
    world.fake.addIdentity(REGION, 'example.com');

    const answer = await updateAll(properties());

    expect(world.holdings()).toEqual(setUpOf(answer));
    await mail.delete();
    expect(world.fake.identity(REGION, 'example.com')?.madeBy).toBe('other');
    expect(world.fake.records(ZONE)).toEqual([]);
  });
});

describe('when a record', () => {
  it('is gone, it is made again', async () => {
    const first = await mail.create();
    world.fake.removeRecord(ZONE, first.data.DkimRecordName2, 'CNAME');

    const answer = await updateAll(properties());

    expect(world.holdings()).toEqual(setUpOf(answer));
    expect(answer.physicalId).toBe(first.physicalId);
    await expectDeleteToLeave();
  });

  it('has another TTL by now, it gets its own back', async () => {
    const { data } = await mail.create();
    world.addForeignCname(data.DkimRecordName1, data.DkimRecordValue1, { ttl: 5 });

    const answer = await updateAll(properties());

    expect(world.holdings()).toEqual(setUpOf(answer));
  });

  it('has another value by now, it gets its own back', async () => {
    const { data } = await mail.create();
    world.addForeignCname(data.DkimRecordName1, 'elsewhere.example.net');

    const answer = await updateAll(properties());

    expect(world.holdings()).toEqual(setUpOf(answer));
    await expectDeleteToLeave();
  });

  it('that was there before us is gone, it is made, and is ours then', async () => {
    const [token] = world.tokensToCome();
    const name = `${token}._domainkey.example.com`;
    world.addForeignCname(name, `${token}.dkim.amazonses.com`);
    await mail.create();
    world.fake.removeRecord(ZONE, name, 'CNAME');

    const answer = await updateAll(properties());

    expect(world.holdings()).toEqual(setUpOf(answer));
    await expectDeleteToLeave();
  });

  it('that was there before us is gone, and a roll-back leaves the others', async () => {
    const [token] = world.tokensToCome();
    const name = `${token}._domainkey.example.com`;
    world.addForeignCname(name, `${token}.dkim.amazonses.com`);
    const first = await mail.create();
    world.fake.removeRecord(ZONE, name, 'CNAME');

    await mail.update(properties({ OverwriteRecords: 'true' }));
    await mail.rollBack();

    expect(world.holdings()).toEqual(expect.arrayContaining(recordsOf(first).slice(1)));
    expect(world.fake.identityNames(REGION)).toEqual(['example.com']);
  });
});

describe('with another revision', () => {
  const again = properties({ Revision: '2' });

  it('nothing changes where everything is as it was made', async () => {
    const first = await mail.create();

    expect(await world.operationsDuring(() => updateAll(again))).toEqual([
      'GetEmailIdentity',
      'ListResourceRecordSets',
    ]);
    expect(world.holdings()).toEqual(setUpOf(first));
  });

  it('the identity and the records come back that somebody has removed', async () => {
    const first = await mail.create();
    world.fake.removeIdentity(REGION, 'example.com');
    world.fake.removeRecord(ZONE, first.data.DkimRecordName1, 'CNAME');

    const answer = await updateAll(again);

    expect(world.holdings()).toEqual(setUpOf(answer));
    await expectDeleteToLeave();
  });

  it('what others have made stays as it is', async () => {
    const [token] = world.tokensToCome();
    const theirs = world.addForeignCname(`${token}._domainkey.example.com`, `${token}.dkim.amazonses.com`);
    await mail.create();

    await updateAll(again);

    await expectDeleteToLeave(theirs);
  });
});

import { dkimRecordName } from '../../lib/shared/record-names';
import { identityOf, madeOf, properties, REGION, setUpOf, StackResource, World, ZONE } from '../support/stack';

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  mail = new StackResource(world);
});

afterEach(() => world.stop());

/** What the record of the nth token, by its letters, is called and should be, before there is an identity. */
function recordToCome(n: 1 | 2 | 3): { readonly name: string; readonly value: string } {
  const token = world.tokensToCome().sort()[n - 1];
  return { name: dkimRecordName(token, 'example.com'), value: `${token}.dkim.amazonses.com` };
}

describe('an identity that existed before', () => {
  it('is used as it is, and stays', async () => {
    world.fake.addIdentity(REGION, 'example.com');

    world.fake.identity(REGION, 'example.com')!.tags = { team: 'post' };

    const operations = await world.operationsDuring(async () => {
      const answer = await mail.create();
      expect(answer.status).toBe('SUCCESS');
      expect(answer.data.VerificationStatus).toBe('Success');
      expect(world.holdings()).toEqual(setUpOf(answer));
      expect(world.tags()).toMatchObject({ team: 'post', 'cdk-ses-easy-dkim': 'used' });
      expect(world.claims()).toEqual([`zone=${ZONE} made=1+2+3 by=Test/Mail`]);
      expect(await mail.delete()).toMatchObject({ status: 'SUCCESS', reason: '' });
    });

    expect(operations).not.toContain('VerifyDomainDkim');
    expect(operations).not.toContain('DeleteEmailIdentity');
    expect(world.fake.identityNames(REGION)).toEqual(['example.com']);
    expect(world.tags()).toEqual({ team: 'post' });
    expect(world.fake.records(ZONE)).toEqual([]);
  });

  it('stays when the Create fails', async () => {
    world.fake.addIdentity(REGION, 'example.com');
    world.fake.insyncAfterMs = Infinity;
    const before = world.holdings();

    expect((await mail.create()).status).toBe('FAILED');
    expect(world.holdings()).toEqual(before);
    expect(world.tags()).toEqual({});
    await mail.delete();
    expect(world.holdings()).toEqual(before);
    expect(world.tags()).toEqual({});
  });

  it.each(['NotStarted', 'Failed'] as const)('gets DKIM set up when it is %s, and stays', async (dkimStatus) => {
    world.fake.addIdentity(REGION, 'example.com', { dkimStatus });

    const operations = await world.operationsDuring(async () => {
      const answer = await mail.create();
      expect(answer.status).toBe('SUCCESS');
      expect(world.holdings()).toEqual(setUpOf(answer));
    });

    expect(operations).toContain('VerifyDomainDkim');
    await mail.delete();
    expect(world.fake.identity(REGION, 'example.com')?.madeBy).toBe('other');
    expect(world.fake.records(ZONE)).toEqual([]);
  });

  it('is not set up again while SES still looks for its records', async () => {
    world.fake.addIdentity(REGION, 'example.com', { dkimStatus: 'Pending' });

    expect(await world.operationsDuring(() => mail.create())).not.toContain('VerifyDomainDkim');
  });

  it('stays in the other Region, too', async () => {
    world.fake.addIdentity('us-east-1', 'example.com');
    const before = world.holdings();

    await mail.create();
    await mail.delete();

    expect(world.holdings()).toEqual(before);
  });
});

describe('records that existed before with the right value', () => {
  it.each([
    ['just so', (value: string) => value, 1800],
    ['with a trailing dot', (value: string) => `${value}.`, 1800],
    ['in upper case', (value: string) => value.toUpperCase(), 1800],
    ['with another TTL', (value: string) => value, 60],
  ])('%s are used and stay as they are', async (_, written, ttl) => {
    const theirs = ([1, 2, 3] as const)
      .map(recordToCome)
      .map(({ name, value }) => world.addForeignCname(name, written(value), { ttl }))
      .sort();

    const answer = await mail.create();

    expect(answer.status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([...theirs, identityOf(answer)].sort());
    await mail.delete();
    expect(world.holdings()).toEqual(theirs);
  });

  it('are completed when only one of the three is there', async () => {
    const second = recordToCome(2);
    const theirs = world.addForeignCname(second.name, second.value, { ttl: 60 });

    const answer = await mail.create();

    expect(madeOf(answer)).toBe('1+3');
    expect(world.tags()).toMatchObject({ 'cdk-ses-easy-dkim': 'made' });
    expect(world.holdings()).toContain(theirs);
    expect(world.fake.records(ZONE)).toHaveLength(3);
    await mail.delete();
    expect(world.holdings()).toEqual([theirs]);
  });

  it('need no write at all', async () => {
    for (const n of [1, 2, 3] as const) world.addForeignCname(recordToCome(n).name, recordToCome(n).value);

    expect(await world.operationsDuring(() => mail.create())).not.toContain('ChangeResourceRecordSets');
  });

  it('keep their TTL when ours changes', async () => {
    const second = recordToCome(2);
    const theirs = world.addForeignCname(second.name, second.value, { ttl: 60 });
    await mail.create();

    await mail.update(properties({ Ttl: '900' }));

    expect(world.holdings()).toContain(theirs);
    expect(world.fake.records(ZONE).map(({ ttl }) => ttl)).toEqual(expect.arrayContaining([60, 900, 900]));
  });

  it('are put back by an update when they have gone, and go again with one that fails', async () => {
    const second = recordToCome(2);
    world.addForeignCname(second.name, second.value);
    const first = await mail.create();
    world.fake.removeRecord(ZONE, second.name, 'CNAME');
    const before = world.holdings();
    world.fake.insyncAfterMs = Infinity;

    expect(await mail.update(properties({ Ttl: '900' }))).toMatchObject({
      status: 'FAILED',
      physicalId: first.physicalId,
    });

    expect(world.holdings()).toEqual(before);
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('stay when a Create that has put them back for another construct fails, and its answer says so', async () => {
    const second = recordToCome(2);
    world.addForeignCname(second.name, second.value);
    await mail.create();
    world.fake.removeRecord(ZONE, second.name, 'CNAME');
    world.fake.insyncAfterMs = Infinity;

    const { status, reason } = await new StackResource(world, 'Other').create();

    expect(status).toBe('FAILED');
    expect(world.fake.records(ZONE)).toHaveLength(3);
    expect(reason).toContain(`The records ${second.name}, which this deployment made, stay: `);
    expect(reason).toContain('others had made them before, and Test/Mail uses them. Delete them by hand');
  });

  it('stay when an update that has put them back is rolled back, and the answer says so', async () => {
    const second = recordToCome(2);
    world.addForeignCname(second.name, second.value);
    await mail.create();
    world.fake.removeRecord(ZONE, second.name, 'CNAME');
    mail.cleanUpShows = 'what stays';
    await mail.update(properties({ Ttl: '900' }));

    const { status, reason } = await mail.rollBack();

    expect(status).toBe('SUCCESS');
    expect(world.fake.records(ZONE)).toHaveLength(3);
    expect(reason).toContain('stays, with the records that are in use: Test/Mail still uses it.');
  });

  it('go with the stack when nobody has cleaned up after the update that has put them back', async () => {
    const second = recordToCome(2);
    world.addForeignCname(second.name, second.value);
    const { physicalId } = await mail.create();
    world.fake.removeRecord(ZONE, second.name, 'CNAME');
    expect((await mail.update(properties({ Ttl: '900' }))).physicalId).not.toBe(physicalId);

    expect(await mail.delete(physicalId)).toMatchObject({ status: 'SUCCESS', reason: '' });

    expect(world.holdings()).toEqual([]);
  });

  it('are found among many others', async () => {
    world.fake.addIdentity(REGION, 'example.com', { tokens: ['zz1', 'zz2', 'zz3'] });
    world.addForeignCname('zz2._domainkey.example.com', 'zz2.dkim.amazonses.com');
    for (let n = 1000; n < 1650; n += 1) world.addForeignCname(`s${n}._domainkey.example.com`, 'x.example.net');
    const before = world.holdings();

    const operations = await world.operationsDuring(async () => {
      expect(madeOf(await mail.create())).toBe('1+3');
    });

    expect(operations.filter((operation) => operation === 'ListResourceRecordSets')).toHaveLength(3);
    await mail.delete();
    expect(world.holdings()).toEqual(before);
  });
});

it('reads on where a page ends among the weighted records of one name', async () => {
  world.fake.addIdentity(REGION, 'example.com', { tokens: ['zz1', 'zz2', 'zz3'] });
  world.addForeignCname('zz2._domainkey.example.com', 'zz2.dkim.amazonses.com');
  for (const setIdentifier of ['blue', 'green', 'red']) {
    const record = { name: 'aa._domainkey.example.com', type: 'CNAME', ttl: 60, values: ['x.example.net'] };
    world.fake.putRecord(ZONE, { ...record, setIdentifier, weight: 1 });
  }
  world.fake.listPageSize = 2;

  expect(madeOf(await mail.create())).toBe('1+3');
});

it('does not read the rest of the zone', async () => {
  for (let n = 1000; n < 1650; n += 1) world.addForeignCname(`s${n}.example.com`, 'x.example.net');

  const operations = await world.operationsDuring(() => mail.create());

  expect(operations.filter((operation) => operation === 'ListResourceRecordSets')).toHaveLength(1);
});

describe('a record that existed before with another value', () => {
  it('stops the Create, which changes nothing', async () => {
    const { name } = recordToCome(2);
    const theirs = world.addForeignCname(name, 'elsewhere.example.net');

    expect((await mail.create()).status).toBe('FAILED');
    expect(world.holdings()).toEqual([theirs]);
  });

  it('is named with both values and the remedy', async () => {
    const { name, value } = recordToCome(2);
    world.addForeignCname(name, 'elsewhere.example.net');

    const { reason } = await mail.create();

    expect(reason).toContain(`The record ${name} exists in hosted zone ${ZONE} with a different value`);
    expect(reason).toContain(`it is CNAME elsewhere.example.net and should be CNAME ${value}.`);
    expect(reason).toContain('Set overwriteRecords: true to replace it, or remove it, then deploy again.');
  });

  it('is replaced with overwriteRecords, and is ours then', async () => {
    world.addForeignCname(recordToCome(2).name, 'elsewhere.example.net');

    const answer = await mail.create(properties({ OverwriteRecords: 'true' }));

    expect(answer.status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(setUpOf(answer));
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('comes back when a Create with overwriteRecords fails later on', async () => {
    const theirs = world.addForeignCname(recordToCome(2).name, 'elsewhere.example.net');
    world.fake.insyncAfterMs = Infinity;

    expect((await mail.create(properties({ OverwriteRecords: 'true' }))).status).toBe('FAILED');
    expect(world.holdings()).toEqual([theirs]);
  });

  it('comes back although the answer to the write was lost', async () => {
    const theirs = world.addForeignCname(recordToCome(2).name, 'elsewhere.example.net');
    world.fake.insyncAfterMs = Infinity;
    world.fake.addFault({ kind: 'dropAfter', operation: 'ChangeResourceRecordSets' });

    expect((await mail.create(properties({ OverwriteRecords: 'true' }))).status).toBe('FAILED');
    expect(world.holdings()).toEqual([theirs]);
  });

  it('may have the right value as one of several', async () => {
    const { name, value } = recordToCome(1);
    world.fake.putRecord(ZONE, { name, type: 'CNAME', ttl: 60, values: [value, 'elsewhere.example.net'] });

    expect((await mail.create()).reason).toContain(`it is CNAME ${value}, elsewhere.example.net and should be`);
  });
});

describe.each(['false', 'true'] as const)('with overwriteRecords %s', (OverwriteRecords) => {
  it.each([
    ['a TXT record', { type: 'TXT', values: ['"v=DKIM1; p=abc"'] }, 'it is TXT "v=DKIM1; p=abc" and'],
    [
      'a weighted CNAME record',
      { type: 'CNAME', values: ['elsewhere.example.net'], setIdentifier: 'blue', weight: 10 },
      'it is CNAME elsewhere.example.net (alias or routing policy) and',
    ],
  ])('%s under the name stops the Create', async (_, record, described) => {
    const { name } = recordToCome(3);
    world.fake.putRecord(ZONE, { name, ttl: 60, ...record });
    const before = world.holdings();

    const { status, reason } = await mail.create(properties({ OverwriteRecords }));

    expect(status).toBe('FAILED');
    expect(reason).toContain(name);
    expect(reason).toContain(described);
    expect(reason).toContain('overwriteRecords replaces simple CNAME records only: remove it by hand');
    expect(world.holdings()).toEqual(before);
  });
});

describe('a record that somebody makes between our look and our write', () => {
  /** Right before our nth batch takes effect. */
  function beforeBatch(n: number, act: () => void): void {
    let batches = 0;
    world.fake.before('ChangeResourceRecordSets', () => {
      batches += 1;
      if (batches === n) act();
    });
  }

  it('is used and stays when it has the right value', async () => {
    const { name, value } = recordToCome(2);
    let theirs = '';
    beforeBatch(1, () => (theirs = world.addForeignCname(name, value)));

    const answer = await mail.create();

    expect(answer.status).toBe('SUCCESS');
    expect(madeOf(answer)).toBe('1+3');
    expect(world.tags()).toMatchObject({ 'cdk-ses-easy-dkim': 'made' });
    await mail.delete();
    expect(world.holdings()).toEqual([theirs]);
  });

  it('stops the Create when it has another value, and stays', async () => {
    let theirs = '';
    beforeBatch(1, () => (theirs = world.addForeignCname(recordToCome(2).name, 'elsewhere.example.net')));

    const { status, reason } = await mail.create();

    expect(status).toBe('FAILED');
    expect(reason).toContain('it is CNAME elsewhere.example.net');
    expect(world.holdings()).toEqual([theirs]);
  });

  it('is never taken, although one comes before each of our tries', async () => {
    const theirs: string[] = [];
    for (const n of [1, 2, 3] as const) {
      const { name, value } = recordToCome(n);
      beforeBatch(n, () => theirs.push(world.addForeignCname(name, value)));
    }

    await mail.create();
    await mail.delete();

    expect(world.holdings()).toEqual(theirs.sort());
  });
});

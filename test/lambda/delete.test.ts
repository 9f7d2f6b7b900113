import { madeOf, properties, REGION, recordsOf, StackResource, World, ZONE } from '../support/stack';

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  mail = new StackResource(world);
});

afterEach(() => world.stop());

describe('Delete', () => {
  it('leaves nothing', async () => {
    await mail.create();

    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });

  it('takes seven calls, of which the identity goes last, with what it takes to do it again', async () => {
    await mail.create();

    expect(await world.operationsDuring(() => mail.delete())).toEqual([
      'DescribeStackResource',
      'GetEmailIdentity',
      'TagResource',
      'ListTagsForResource',
      'ListResourceRecordSets',
      'ChangeResourceRecordSets',
      'DeleteEmailIdentity',
    ]);
  });

  it('answers with the id that it was given', async () => {
    const { physicalId } = await mail.create();

    expect((await mail.delete()).physicalId).toBe(physicalId);
  });

  it('succeeds a second time', async () => {
    await mail.create();
    await mail.delete();

    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });

  it('leaves nothing when the stack is gone from CloudFormation already', async () => {
    await mail.create();
    world.fake.stackResources.clear();

    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });
});

describe('Delete after a Create that failed', () => {
  it('has nothing to do when the Create has undone everything', async () => {
    const [token] = world.tokensToCome();
    const theirs = world.addForeignCname(`${token}._domainkey.example.com`, 'elsewhere.example.net');
    const { status, physicalId } = await mail.create();

    expect(status).toBe('FAILED');
    expect(physicalId).toContain(':nothing:');
    expect(await world.operationsDuring(() => mail.delete())).toEqual(['DescribeStackResource', 'GetEmailIdentity']);
    expect(world.holdings()).toEqual([theirs]);
  });

  it('removes what the Create could not undo', async () => {
    world.fake.insyncAfterMs = Infinity;
    const denial = world.fake.addFault({ kind: 'deny', operation: 'DeleteEmailIdentity', times: Infinity });
    const { status, reason } = await mail.create();
    denial.remove();

    expect(status).toBe('FAILED');
    expect(reason).toMatch(/could not be removed: SES DeleteEmailIdentity for example\.com in eu-west-1 failed/);
    expect(world.holdings()).toHaveLength(1);
    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });

  it('removes the records that the Create could not undo', async () => {
    world.fake.insyncAfterMs = Infinity;
    const denial = world.fake.addFault({
      kind: 'deny',
      operation: 'ChangeResourceRecordSets',
      when: ({ params }) => params.changes?.[0]?.action === 'DELETE',
      times: Infinity,
    });
    const answer = await mail.create();
    denial.remove();

    expect(madeOf(answer)).toBe('1+2+3');
    // The identity stays, too: its tags say what is left.
    expect(world.holdings()).toHaveLength(4);
    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });

  it.each(['Test-Mail-1A2B3C4D5E6F', 'a:b:c', '2027/01/01/[$LATEST]0123456789abcdef', 'a:b:c:d:e:f'])(
    'takes nothing for the id %s, which is not ours, when the stack has the resource by another one',
    async (id) => {
      await mail.create();
      const before = [world.holdings(), world.tags()];
      const removal = mail.removal({ id, properties: properties() });

      const operations = await world.operationsDuring(async () => {
        const { status } = await mail.deliver(removal, () => undefined);
        expect(status).toBe('SUCCESS');
      });

      expect(operations).toEqual(['GetEmailIdentity', 'DescribeStackResource', 'DescribeStacks']);
      expect([world.holdings(), world.tags()]).toEqual(before);
      expect(world.lambda.log).toContainEqual(
        expect.objectContaining({ step: 'left', reason: 'the stack has the resource by another id' }),
      );
    },
  );

  it('says in the log that an id is not ours, when there is nothing', async () => {
    mail.current = properties();

    expect(await world.operationsDuring(() => mail.delete('Test-Mail-1A2B3C4D5E6F'))).toEqual(['GetEmailIdentity']);
    expect(world.lambda.log).toContainEqual(
      expect.objectContaining({
        step: 'left',
        reason: 'the physical id is not one that we gave, and nothing has a claim of the resource',
      }),
    );
  });

  it.each(['DelegationRoleArn', 'Ttl', 'HostedZoneId', 'DomainName', 'SesRegion'] as const)(
    'succeeds when it was %s that could not work',
    async (property) => {
      const { status } = await mail.create(properties({ [property]: 'no such thing' }));

      expect(status).toBe('FAILED');
      expect((await mail.delete()).status).toBe('SUCCESS');
      expect(world.holdings()).toEqual([]);
    },
  );
});

describe('Delete after things were changed by hand', () => {
  it('succeeds when the identity is gone', async () => {
    await mail.create();
    world.fake.removeIdentity(REGION, 'example.com');

    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });

  it('leaves an identity that somebody else has made anew', async () => {
    await mail.create();
    world.fake.removeIdentity(REGION, 'example.com');
    world.fake.addIdentity(REGION, 'example.com');

    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.fake.identity(REGION, 'example.com')?.madeBy).toBe('other');
    expect(world.fake.records(ZONE)).toEqual([]);
  });

  it('leaves an identity that signs with a key of its own by now', async () => {
    await mail.create();
    world.fake.addIdentity(REGION, 'example.com', { origin: 'EXTERNAL' });

    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.fake.identity(REGION, 'example.com')?.origin).toBe('EXTERNAL');
  });

  it('succeeds when the zone is gone', async () => {
    await mail.create();
    world.fake.removeZone(ZONE);

    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });

  it('succeeds when some of the records are gone', async () => {
    await mail.create();
    const [first, second] = world.fake.records(ZONE);
    world.fake.removeRecord(ZONE, first.name, 'CNAME');
    world.fake.removeRecord(ZONE, second.name, 'CNAME');

    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });

  it('removes a record that has another TTL by now', async () => {
    await mail.create();
    const [first] = world.fake.records(ZONE);
    world.fake.putRecord(ZONE, { ...first, ttl: 5 });

    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });

  it('leaves a record that has another value by now', async () => {
    await mail.create();
    const [first] = world.fake.records(ZONE);
    world.fake.putRecord(ZONE, { ...first, values: ['elsewhere.example.net'] });

    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([`${ZONE} ${first.name} 1800 CNAME elsewhere.example.net`]);
  });

  it('leaves a record of another type that has taken the place of ours', async () => {
    await mail.create();
    const [first] = world.fake.records(ZONE);
    world.fake.removeRecord(ZONE, first.name, 'CNAME');
    world.fake.putRecord(ZONE, { name: first.name, type: 'TXT', ttl: 60, values: ['"v=DKIM1"'] });

    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([`${ZONE} ${first.name} 60 TXT "v=DKIM1"`]);
  });

  it('looks again when a record changes between its look and its write', async () => {
    await mail.create();
    const [first] = world.fake.records(ZONE);
    const change = world.fake.before('ChangeResourceRecordSets', () => {
      change();
      world.fake.putRecord(ZONE, { ...first, ttl: 5 });
    });

    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });
});

describe('with RETAIN', () => {
  const retain = properties({ RemovalPolicy: 'retain' });

  it('keeps the identity and the records, and takes only its own tags along', async () => {
    const answer = await mail.create(retain);
    const before = world.holdings();
    world.fake.identity(REGION, 'example.com')!.tags.team = 'post';

    const operations = await world.operationsDuring(async () => {
      expect(await mail.delete()).toMatchObject({ status: 'SUCCESS', reason: '' });
    });

    expect(operations).toEqual(['DescribeStackResource', 'GetEmailIdentity', 'UntagResource']);
    expect(world.holdings()).toEqual(before);
    expect(world.tags()).toEqual({ team: 'post' });
    expect(recordsOf(answer)).toHaveLength(3);
  });

  it('keeps them although they were made before the policy was changed', async () => {
    await mail.create();
    await mail.update(retain);
    const before = world.holdings();

    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(before);
  });

  it('removes them when the policy was changed back', async () => {
    await mail.create(retain);
    await mail.update(properties());
    await mail.delete();

    expect(world.holdings()).toEqual([]);
  });

  it('keeps its claim when it fails, so that nobody else removes what the stack still has', async () => {
    await mail.create(retain);
    const other = new StackResource(world, 'Mail', mail.stackId.replace('Test/0001', 'Other/0002'));
    await other.create();
    const before = world.tags();
    world.fake.addFault({ kind: 'deny', operation: 'ListTagsForResource', times: Infinity });

    expect((await mail.delete()).status).toBe('FAILED');

    expect(world.tags()).toEqual(before);
    world.fake.clearFaults();
    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.claims()).toHaveLength(1);
  });

  it('keeps what a Create has made that failed', async () => {
    world.fake.insyncAfterMs = Infinity;

    expect((await mail.create(retain)).status).toBe('FAILED');
    expect(world.holdings()).toHaveLength(4);
    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toHaveLength(4);
  });
});

import {
  Answer,
  identityOf,
  properties,
  recordsOf,
  REGION,
  setUpOf,
  StackResource,
  World,
  ZONE,
} from '../support/stack';

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  mail = new StackResource(world);
});

afterEach(() => world.stop());

async function created(): Promise<Answer> {
  const answer = await mail.create();
  expect(answer.status).toBe('SUCCESS');
  return answer;
}

/** What the steps of a move have to leave behind, whatever it is that changes. */
interface Move {
  readonly name: string;
  readonly to: ReturnType<typeof properties>;
  /** What both states share: it stays all the time, and is listed once. */
  readonly shared: (first: Answer) => string[];
}

const MOVES: readonly Move[] = [
  { name: 'zone', to: properties({ HostedZoneId: 'Z1NEW' }), shared: (first) => [identityOf(first)] },
  { name: 'domain', to: properties({ DomainName: 'mail.example.com' }), shared: () => [] },
  { name: 'Region', to: properties({ SesRegion: 'us-east-1' }), shared: () => [] },
  {
    name: 'domain and zone',
    to: properties({ DomainName: 'example.org', HostedZoneId: 'Z2ORG', HostedZoneName: 'example.org' }),
    shared: () => [],
  },
  {
    name: 'domain, zone, Region, TTL and policy',
    to: properties({
      DomainName: 'shop.example.org',
      HostedZoneId: 'Z2ORG',
      HostedZoneName: 'example.org',
      SesRegion: 'us-east-1',
      Ttl: '60',
      OverwriteRecords: 'true',
    }),
    shared: () => [],
  },
];

describe.each(MOVES)('when the $name changes', ({ to, shared }) => {
  const union = (...lists: string[][]) => [...new Set(lists.flat())].sort();

  beforeEach(() => {
    world.fake.addZone({ id: 'Z1NEW', name: 'example.com' });
    world.fake.addZone({ id: 'Z2ORG', name: 'example.org' });
  });

  it('has the new in place before the old goes', async () => {
    const first = await created();

    const second = await mail.update(to);

    expect(second.status).toBe('SUCCESS');
    expect(second.physicalId).not.toBe(first.physicalId);
    expect(world.holdings()).toEqual(union(setUpOf(first), setUpOf(second, Number(to.Ttl))));
  });

  it('has only the new after the clean-up', async () => {
    await created();
    const second = await mail.update(to);

    expect((await mail.cleanUp())?.status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(setUpOf(second, Number(to.Ttl)));
  });

  it('leaves nothing on Delete', async () => {
    await created();
    await mail.update(to);
    await mail.cleanUp();

    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });

  it('has only the old after a roll-back, and Delete leaves nothing', async () => {
    const first = await created();
    await mail.update(to);

    expect((await mail.rollBack()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(setUpOf(first));

    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('never removes anything of the old state on the way', async () => {
    const first = await created();

    const operations = await world.operationsDuring(() => mail.update(to));

    expect(operations).not.toContain('DeleteEmailIdentity');
    expect(world.holdings()).toEqual(expect.arrayContaining(setUpOf(first)));
  });

  it('is as before when the update fails half way, and can be rolled back', async () => {
    const first = await created();
    world.fake.insyncAfterMs = Infinity;

    expect(await mail.update(to)).toMatchObject({ status: 'FAILED', physicalId: first.physicalId });
    expect(world.holdings()).toEqual(setUpOf(first));

    world.fake.insyncAfterMs = 0;
    expect(await mail.rollBack()).toMatchObject({ status: 'SUCCESS', physicalId: first.physicalId });
    expect(world.holdings()).toEqual(setUpOf(first));
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('keeps the old with RETAIN', async () => {
    const first = await mail.create(properties({ RemovalPolicy: 'retain' }));
    const second = await mail.update(to);

    expect((await mail.cleanUp())?.status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(union(setUpOf(first), setUpOf(second, Number(to.Ttl))));
  });

  it('takes nothing when it cannot learn what is in use', async () => {
    const first = await created();
    const second = await mail.update(to);
    const denial = world.fake.addFault({ kind: 'deny', operation: 'DescribeStackResource', times: Infinity });

    const answer = await mail.cleanUp();

    expect(denial.hits).toBeGreaterThan(0);
    expect(answer?.status).toBe('FAILED');
    expect(answer?.reason).toContain('CloudFormation DescribeStackResource for Mail failed: AccessDenied');
    expect(world.holdings()).toEqual(union(setUpOf(first), setUpOf(second, Number(to.Ttl))));
  });

  it('goes there and back', async () => {
    const first = await created();
    await mail.update(to);
    await mail.cleanUp();

    const third = await mail.update(properties());
    await mail.cleanUp();

    expect(world.holdings()).toEqual(setUpOf(third));
    expect(third.data.DomainName).toBe(first.data.DomainName);
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('shares only what it should', async () => {
    const first = await created();
    const second = await mail.update(to);

    const both = setUpOf(first).filter((line) => setUpOf(second).includes(line));
    expect(both).toEqual(shared(first));
  });
});

describe('when the zone changes', () => {
  const NEW_ZONE = 'Z1NEW';
  const moved = properties({ HostedZoneId: NEW_ZONE });

  beforeEach(() => void world.fake.addZone({ id: NEW_ZONE, name: 'example.com' }));

  /** Somebody has copied the zone before they switch over to it. */
  function copyZone(): string[] {
    return world.fake
      .records(ZONE, 'CNAME')
      .map(({ name, values }) => world.addForeignCname(name, values[0], { zoneId: NEW_ZONE }))
      .sort();
  }

  it('does not set up the identity again', async () => {
    await created();

    const operations = await world.operationsDuring(async () => {
      await mail.update(moved);
      await mail.cleanUp();
    });

    expect(operations).not.toContain('VerifyDomainDkim');
    expect(operations).not.toContain('DeleteEmailIdentity');
  });

  it('uses copies of the records that are there already, and leaves them on Delete', async () => {
    const first = await created();
    const copies = copyZone();

    expect((await mail.update(moved)).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([...setUpOf(first), ...copies].sort());

    await mail.cleanUp();
    expect(world.holdings()).toEqual([identityOf(first), ...copies].sort());

    await mail.delete();
    expect(world.holdings()).toEqual(copies);
  });

  it('leaves the copies on a roll-back, too', async () => {
    const first = await created();
    const copies = copyZone();
    await mail.update(moved);

    await mail.rollBack();

    expect(world.holdings()).toEqual([...setUpOf(first), ...copies].sort());
    await mail.delete();
    expect(world.holdings()).toEqual(copies);
  });

  it('does not write when another value is in the way in the new zone', async () => {
    const first = await created();
    const theirs = world.addForeignCname(first.data.DkimRecordName3, 'elsewhere.example.net', { zoneId: NEW_ZONE });

    const answer = await mail.update(moved);

    expect(answer.reason).toContain(`exists in hosted zone ${NEW_ZONE} with a different value`);
    expect(world.holdings()).toEqual([...setUpOf(first), theirs].sort());
    expect((await mail.rollBack()).status).toBe('SUCCESS');
    await mail.delete();
    expect(world.holdings()).toEqual([theirs]);
  });

  it('cleans up although the old zone is gone', async () => {
    await created();
    const second = await mail.update(moved);
    world.fake.removeZone(ZONE);

    expect((await mail.cleanUp())?.status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(setUpOf(second));
  });

  it('leaves in the old zone what was there before us', async () => {
    const [token] = world.tokensToCome();
    const theirs = world.addForeignCname(`${token}._domainkey.example.com`, `${token}.dkim.amazonses.com`);
    await created();

    const second = await mail.update(moved);
    await mail.cleanUp();

    expect(world.holdings()).toEqual([...setUpOf(second), theirs].sort());
    await mail.delete();
    expect(world.holdings()).toEqual([theirs]);
  });
});

describe('when the domain changes', () => {
  const renamed = properties({ DomainName: 'mail.example.com' });

  it('to one whose identity existed before, that one stays all the time', async () => {
    world.fake.addIdentity(REGION, 'mail.example.com');
    const theirs = world.holdings();
    await created();

    await mail.update(renamed);
    await mail.rollBack();
    await mail.update(renamed);
    await mail.cleanUp();
    expect(world.fake.identityNames(REGION)).toEqual(['mail.example.com']);

    await mail.delete();
    expect(world.holdings()).toEqual(theirs);
  });

  it('away from one whose identity existed before, that one stays', async () => {
    world.fake.addIdentity(REGION, 'example.com');
    const theirs = world.holdings();
    await created();

    const second = await mail.update(renamed);
    await mail.cleanUp();

    expect(world.holdings()).toEqual([...theirs, ...setUpOf(second)].sort());
  });
});

describe('when the Region changes to one where SES gives the same tokens', () => {
  const moved = properties({ SesRegion: 'us-east-1' });

  beforeEach(() => void (mail.cleanUpShows = 'what stays'));

  async function createdWithTheSameTokensThere(): Promise<Answer> {
    const first = await created();
    const { tokens } = world.fake.identity(REGION, 'example.com')!;
    jest.spyOn(world.fake.identities, 'easyDkimTokens').mockReturnValue(tokens);
    return first;
  }

  it('keeps the records, which both identities use', async () => {
    await createdWithTheSameTokensThere();

    const second = await mail.update(moved);
    expect(world.holdings()).toEqual(expect.arrayContaining(setUpOf(second)));

    await mail.cleanUp();
    expect(world.holdings()).toEqual(setUpOf(second));

    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('keeps them on a roll-back, too', async () => {
    const first = await createdWithTheSameTokensThere();
    await mail.update(moved);

    await mail.rollBack();
    expect(world.holdings()).toEqual(setUpOf(first));
    expect(recordsOf(first)).toHaveLength(3);

    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });
});

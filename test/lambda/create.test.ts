import { CLAIM_PREFIX } from '../../lib/shared/claim-tags';
import { properties, REGION, setUpOf, StackResource, World, ZONE } from '../support/stack';

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  mail = new StackResource(world);
});

afterEach(() => world.stop());

describe('when a domain is new', () => {
  it('makes the identity and its three records, and nothing else', async () => {
    const answer = await mail.create();

    expect(answer.status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(setUpOf(answer));
    expect(world.fake.identityNames(REGION)).toEqual(['example.com']);
    expect(world.fake.records(ZONE, 'CNAME')).toHaveLength(3);
  });

  it('returns everything that the construct has attributes for', async () => {
    const { data } = await mail.create();
    const [one, two, three] = world.fake.identity(REGION, 'example.com')!.tokens;

    expect(data).toEqual({
      DomainName: 'example.com',
      SesRegion: REGION,
      HostedZoneId: ZONE,
      DkimToken1: one,
      DkimToken2: two,
      DkimToken3: three,
      DkimRecordName1: `${one}._domainkey.example.com`,
      DkimRecordName2: `${two}._domainkey.example.com`,
      DkimRecordName3: `${three}._domainkey.example.com`,
      DkimRecordValue1: `${one}.dkim.amazonses.com`,
      DkimRecordValue2: `${two}.dkim.amazonses.com`,
      DkimRecordValue3: `${three}.dkim.amazonses.com`,
      VerificationStatus: 'Pending',
      SendingResource: `arn:aws:ses:${REGION}:111111111111:identity/example.com`,
    });
  });

  it('keeps in the physical id what it takes to delete it all', async () => {
    const { physicalId, data } = await mail.create();
    const tokens = [data.DkimToken1, data.DkimToken2, data.DkimToken3].join(',');

    const [claim] = Object.keys(world.tags()).filter((key) => key.startsWith(CLAIM_PREFIX));
    expect(physicalId).toBe(
      `${REGION}:example.com:${ZONE}:dkim.amazonses.com:${tokens}:1+2+3:${claim.slice(CLAIM_PREFIX.length)}`,
    );
  });

  it('says on the identity that this library made it, and who uses it with which records', async () => {
    await mail.create();

    expect(world.tags()).toEqual({
      'cdk-ses-easy-dkim': 'made',
      [`${CLAIM_PREFIX}${mail.physicalId!.split(':')[6]}`]: `zone=${ZONE} made=identity+1+2+3 by=Test/Mail`,
    });
  });

  it('takes seven calls besides those that wait', async () => {
    expect(await world.operationsDuring(() => mail.create())).toEqual([
      'DescribeStackResource',
      'CreateEmailIdentity',
      'VerifyDomainDkim',
      'ListResourceRecordSets',
      'TagResource',
      'ChangeResourceRecordSets',
      'GetChange',
      'DescribeStackResource',
    ]);
  });

  it('writes the three records in one batch', async () => {
    await mail.create();

    const batches = world.fake.calls.filter(({ operation }) => operation === 'ChangeResourceRecordSets');
    expect(batches.map(({ params }) => params.changes?.map(({ action }) => action))).toEqual([
      ['CREATE', 'CREATE', 'CREATE'],
    ]);
  });

  it('answers when the records are on all name servers', async () => {
    world.fake.insyncAfterMs = 42_000;

    const time = await world.timeOf(() => mail.create());

    expect(time).toBeGreaterThanOrEqual(42_000);
    expect(time).toBeLessThan(42_000 + 15_000);
  });

  it('gives the records the TTL asked for', async () => {
    const answer = await mail.create(properties({ Ttl: '60' }));

    expect(world.holdings()).toEqual(setUpOf(answer, 60));
  });
});

describe('the domain', () => {
  it('may be below the name of the zone', async () => {
    const answer = await mail.create(properties({ DomainName: 'news.mail.example.com' }));

    expect(answer.data.DkimRecordName1).toMatch(/\._domainkey\.news\.mail\.example\.com$/);
    expect(world.holdings()).toEqual(setUpOf(answer));
  });

  it('may be in another Region of SES than the stack', async () => {
    const answer = await mail.create(properties({ SesRegion: 'us-east-1' }));

    expect(world.holdings()).toEqual(setUpOf(answer));
    expect(world.fake.identityNames('us-east-1')).toEqual(['example.com']);
    expect(world.fake.identityNames(REGION)).toEqual([]);
  });
});

it('leaves other domains of the zone and the account alone', async () => {
  const other = new StackResource(world, 'OtherMail');
  const others = await other.create(properties({ DomainName: 'shop.example.com' }));

  const answer = await mail.create();
  await mail.delete();

  expect(answer.status).toBe('SUCCESS');
  expect(world.holdings()).toEqual(setUpOf(others));
});

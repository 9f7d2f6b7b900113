import { Answer, properties, REGION, setUpOf, StackResource, World } from '../support/stack';

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  mail = new StackResource(world);
});

afterEach(() => world.stop());

/** The DKIM domain that the records of an answer point to, and that they have in the zone. */
function dkimDomainOf(answer: Answer): string {
  expect(answer.reason).toBe('');
  expect(world.holdings()).toEqual(setUpOf(answer));
  const { DkimToken1, DkimRecordValue1 } = answer.data;
  const dkimDomain = DkimRecordValue1.slice(DkimToken1.length + 1);
  expect(answer.data.DkimRecordValue3).toBe(`${answer.data.DkimToken3}.${dkimDomain}`);
  return dkimDomain;
}

describe('where the records point to', () => {
  it("is SES's own word, before the table of Regions", async () => {
    world.fake.signingHostedZoneFor = () => 'cell7.dkim.eu-west-1.amazonses.com';

    expect(dkimDomainOf(await mail.create())).toBe('cell7.dkim.eu-west-1.amazonses.com');
  });

  it("is SES's own word for an identity that existed before", async () => {
    world.fake.addIdentity(REGION, 'example.com', { signingHostedZone: 'cell8.amazonses.com' });

    expect(dkimDomainOf(await mail.create())).toBe('cell8.amazonses.com');
  });

  it("is SES's own word however it is written", async () => {
    world.fake.signingHostedZoneFor = () => 'DKIM.cell9.amazonses.com.';

    expect(dkimDomainOf(await mail.create())).toBe('dkim.cell9.amazonses.com');
  });

  it('is not what cannot be a domain', async () => {
    world.fake.signingHostedZoneFor = () => 'see https://docs.aws.amazon.com';

    expect(dkimDomainOf(await mail.create())).toBe('dkim.amazonses.com');
  });

  describe.each([
    ['nothing', undefined],
    ['an empty text', ''],
  ])('when SES says %s', (_, said) => {
    beforeEach(() => void (world.fake.signingHostedZoneFor = () => said));

    it.each([
      ['eu-west-1', 'dkim.amazonses.com'],
      ['eu-south-1', 'dkim.eu-south-1.amazonses.com'],
    ])('is that of the table for %s', async (SesRegion, dkimDomain) => {
      expect(dkimDomainOf(await mail.create(properties({ SesRegion })))).toBe(dkimDomain);
      await mail.delete();
      expect(world.holdings()).toEqual([]);
    });

    it('is that of the table for an identity that existed before, too', async () => {
      world.fake.addIdentity('eu-south-1', 'example.com');

      const answer = await mail.create(properties({ SesRegion: 'eu-south-1' }));

      expect(dkimDomainOf(answer)).toBe('dkim.eu-south-1.amazonses.com');
    });

    it("stays SES's earlier word", async () => {
      world.fake.signingHostedZoneFor = () => 'cell7.amazonses.com';
      await mail.create();
      world.fake.identity(REGION, 'example.com')!.signingHostedZone = said;

      const answer = await mail.update(properties({ Ttl: '60' }));

      expect(answer.data.DkimRecordValue1).toMatch(/\.cell7\.amazonses\.com$/);
      expect(world.holdings()).toEqual(setUpOf(answer, 60));
    });
  });

  it('follows SES when it moves the keys, and Delete then leaves nothing', async () => {
    await mail.create();
    world.fake.identity(REGION, 'example.com')!.signingHostedZone = 'cell7.amazonses.com';

    expect(dkimDomainOf(await mail.update(properties({ OverwriteRecords: 'true' })))).toBe('cell7.amazonses.com');
    await mail.cleanUp();
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });
});

it.each([
  ['SES', 'dkim.cell7.amazonses.com', 'dkim.cell7.amazonses.com'],
  ['table of Regions', undefined, 'dkim.amazonses.com'],
] as const)('the log says that it was taken from: %s', async (source, said, dkimDomain) => {
  world.fake.signingHostedZoneFor = () => said;
  await mail.create();

  expect(world.lambda.log).toContainEqual(expect.objectContaining({ step: 'dkim-domain', source, dkimDomain }));
});

describe.each([
  ['denied', /SES CreateEmailIdentity for example\.com in eu-west-1 failed: AccessDenied.* service control policy/],
  ['down', /SES CreateEmailIdentity for example\.com in eu-west-1 failed .* AWS Health Dashboard/],
] as const)('when the v2 API of SES is %s', (mode, reason) => {
  it('a Create says so, and has made nothing', async () => {
    world.fake.sesv2 = mode;

    const answer = await mail.create();

    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toMatch(reason);
    expect(world.holdings()).toEqual([]);
  });

  it('a Create for an identity that existed before leaves it alone', async () => {
    world.fake.addIdentity(REGION, 'example.com', { dkimStatus: 'NotStarted' });
    const before = structuredClone(world.fake.identity(REGION, 'example.com'));
    world.fake.sesv2 = mode;

    expect((await mail.create()).reason).toMatch(reason);
    expect(world.fake.identity(REGION, 'example.com')).toEqual(before);
  });

  it('an Update says so, and leaves all as it is', async () => {
    const { physicalId } = await mail.create();
    const before = world.holdings();
    world.fake.sesv2 = mode;

    const answer = await mail.update(properties({ Ttl: '60' }));

    expect(answer).toMatchObject({ status: 'FAILED', physicalId });
    expect(answer.reason).toMatch(/SES GetEmailIdentity for example\.com in eu-west-1 failed/);
    expect(world.holdings()).toEqual(before);
  });

  it('a Delete says so, takes nothing, and can be done again', async () => {
    await mail.create();
    const before = world.holdings();
    world.fake.sesv2 = mode;

    const { status, reason } = await mail.delete();

    expect(status).toBe('FAILED');
    expect(reason).toMatch(/SES GetEmailIdentity for example\.com in eu-west-1 failed/);
    expect(world.holdings()).toEqual(before);
    world.fake.sesv2 = 'on';
    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });

  it('a Create takes little time', async () => {
    world.fake.sesv2 = mode;

    expect(await world.timeOf(() => mail.create())).toBeLessThan(100_000);
  });
});

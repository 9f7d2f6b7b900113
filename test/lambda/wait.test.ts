import { properties, REGION, setUpOf, StackResource, World } from '../support/stack';

const waiting = properties({ WaitForVerification: '600' });

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  mail = new StackResource(world);
});

afterEach(() => world.stop());

describe('without waitForVerification', () => {
  it('does not wait', async () => {
    expect((await mail.create()).data.VerificationStatus).toBe('Pending');
    expect(world.fake.operations()).not.toContain('GetEmailIdentity');
  });
});

describe('waiting for verification', () => {
  it('ends as soon as SES has verified the domain', async () => {
    world.fake.verifyAfterMs = 200_000;

    const time = await world.timeOf(async () => {
      const answer = await mail.create(waiting);
      expect(answer).toMatchObject({ status: 'SUCCESS', data: { VerificationStatus: 'Success' } });
      expect(world.holdings()).toEqual(setUpOf(answer));
    });

    expect(time).toBeGreaterThanOrEqual(200_000);
    expect(time).toBeLessThan(240_000);
  });

  it('asks seldom', async () => {
    world.fake.verifyAfterMs = 590_000;

    const operations = await world.operationsDuring(() => mail.create(waiting));

    expect(operations.filter((operation) => operation === 'GetEmailIdentity').length).toBeLessThan(40);
  });

  it('does not begin for an identity that is verified', async () => {
    world.fake.addIdentity(REGION, 'example.com');

    const operations = await world.operationsDuring(() => mail.create(waiting));

    // The one look that finds it.
    expect(operations.filter((operation) => operation === 'GetEmailIdentity')).toHaveLength(1);
  });

  it('goes on while SES has a problem of its own', async () => {
    const { fake, clock } = world;
    fake.before('GetEmailIdentity', () => {
      const minutes = (clock.now() - start) / 60_000;
      fake.setDkimStatus(REGION, 'example.com', minutes < 3 ? 'TemporaryFailure' : 'Success');
    });
    const start = clock.now();

    expect(await mail.create(waiting)).toMatchObject({ status: 'SUCCESS', data: { VerificationStatus: 'Success' } });
    expect(clock.now() - start).toBeGreaterThanOrEqual(180_000);
  });

  it('ends at once when SES gives up, and says so', async () => {
    world.fake.before('GetEmailIdentity', () => world.fake.setDkimStatus(REGION, 'example.com', 'Failed'));

    const time = await world.timeOf(async () => {
      const { status, reason } = await mail.create(waiting);
      expect(status).toBe('FAILED');
      expect(reason).toContain('SES has given up looking for the DKIM records (status Failed)');
    });

    expect(time).toBeLessThan(10_000);
  });

  it("says why SES has not verified it, in SES's own words", async () => {
    world.fake.before('GetEmailIdentity', () => {
      world.fake.identity(REGION, 'example.com')!.errorType = 'HOST_NOT_FOUND';
    });

    expect((await mail.create(waiting)).reason).toContain(
      'SES has not verified DKIM within 600 seconds (status Pending, HOST_NOT_FOUND, which may still change for 72 hours)',
    );
  });

  it('ends when its time is up, and undoes everything', async () => {
    const time = await world.timeOf(async () => {
      expect((await mail.create(waiting)).status).toBe('FAILED');
    });

    expect(time).toBeGreaterThan(560_000);
    expect(time).toBeLessThanOrEqual(600_000);
    expect(world.holdings()).toEqual([]);
  });

  it('ends before the Lambda does, however long it may take', async () => {
    const time = await world.timeOf(async () => {
      expect((await mail.create(properties({ WaitForVerification: '840' }))).status).toBe('FAILED');
    });

    expect(time).toBeLessThan(900_000);
    expect(world.holdings()).toEqual([]);
  });

  it('says what was the matter and what to check', async () => {
    const tokens = world.tokensToCome();

    const { reason } = await mail.create(waiting);

    expect(reason).toContain('SES has not verified DKIM within 600 seconds (status Pending');
    expect(reason).toContain(`Tokens: ${tokens.join(', ')}; the hosted zone has 3 of their 3 records.`);
    expect(reason).toContain('Check that the domain is delegated to this zone');
    expect(reason).toContain(`"dig CNAME ${tokens[0]}._domainkey.example.com" must show ${tokens[0]}.dkim.`);
  });

  it('counts the records that are really there', async () => {
    const [token] = world.tokensToCome();
    world.fake.before('GetEmailIdentity', () => {
      world.fake.removeRecord('Z0EXAMPLE', `${token}._domainkey.example.com`, 'CNAME');
    });

    expect((await mail.create(waiting)).reason).toContain('the hosted zone has 2 of their 3 records.');
  });

  it('outlives a call that fails for a while', async () => {
    world.fake.verifyAfterMs = 60_000;
    world.fake.addFault({ kind: 'error503', operation: 'GetEmailIdentity', times: 4 });

    expect((await mail.create(waiting)).status).toBe('SUCCESS');
  });
});

describe('waiting that is switched on later', () => {
  it('waits', async () => {
    const { physicalId } = await mail.create();
    world.fake.verifyAfterMs = 120_000;

    const answer = await mail.update(waiting);

    expect(answer).toMatchObject({ status: 'SUCCESS', physicalId, data: { VerificationStatus: 'Success' } });
  });

  it('changes nothing when it fails', async () => {
    const { physicalId } = await mail.create();
    const before = world.holdings();

    expect(await mail.update(waiting)).toMatchObject({ status: 'FAILED', physicalId });
    expect(world.holdings()).toEqual(before);
  });

  it('brings back the TTL that was changed along with it, when it fails', async () => {
    await mail.create();
    const before = world.holdings();

    expect((await mail.update({ ...waiting, Ttl: '60' })).status).toBe('FAILED');
    expect(world.holdings()).toEqual(before);
  });
});

import { REGION, StackResource, World } from '../support/stack';

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  mail = new StackResource(world);
});

afterEach(() => world.stop());

/** A Create that must be refused and may not touch the identity, nor may the Delete after it. */
async function refusedReason(): Promise<string> {
  const before = structuredClone(world.fake.identity(REGION, 'example.com'));
  let reason = '';

  const operations = await world.operationsDuring(async () => {
    const answer = await mail.create();
    expect(answer.status).toBe('FAILED');
    reason = answer.reason;
    expect((await mail.delete()).status).toBe('SUCCESS');
  });

  expect(operations).not.toContain('VerifyDomainDkim');
  expect(world.fake.identity(REGION, 'example.com')).toEqual(before);
  expect(world.fake.records('Z0EXAMPLE')).toEqual([]);
  return reason;
}

describe('an identity that signs with its own key (BYODKIM)', () => {
  it.each(['Success', 'Pending', 'Failed', 'NotStarted'] as const)(
    'is refused while its DKIM is %s',
    async (status) => {
      world.fake.addIdentity(REGION, 'example.com', { origin: 'EXTERNAL', dkimStatus: status });

      expect(await refusedReason()).toMatch(
        /The identity example\.com in eu-west-1 signs with its own key \(BYODKIM\).* Switch it to Easy DKIM in the SES console first/,
      );
    },
  );

  it.each(['Success', 'Pending', 'Failed', 'NotStarted'] as const)(
    'is known by its one selector where SES does not say so, while its DKIM is %s',
    async (status) => {
      world.fake.addIdentity(REGION, 'example.com', { tokens: ['selector1'], dkimStatus: status });

      expect(await refusedReason()).toMatch(
        /SES in eu-west-1 gives 1 DKIM tokens \(selector1\) for example\.com where Easy DKIM has three.*BYODKIM/,
      );
    },
  );
});

describe('an identity whose signing is switched off', () => {
  it('is refused', async () => {
    world.fake.addIdentity(REGION, 'example.com', { signingEnabled: false, dkimStatus: 'Success' });

    expect(await refusedReason()).toContain(
      'has Easy DKIM, but its signing is turned off. Turn it on with "aws ses set-identity-dkim-enabled --identity ' +
        'example.com --dkim-enabled --region eu-west-1", then deploy again.',
    );
  });

  it('is left so when that happened while we use it', async () => {
    await mail.create();
    world.fake.identity(REGION, 'example.com')!.signingEnabled = false;

    expect((await mail.update({ ...mail.current!, Ttl: '60' })).status).toBe('SUCCESS');

    expect(world.fake.identity(REGION, 'example.com')!.signingEnabled).toBe(false);
  });
});

describe('a Deterministic Easy DKIM replica', () => {
  it('is refused, and its parent Region named', async () => {
    world.fake.addIdentity(REGION, 'example.com', { origin: 'AWS_SES_US_EAST_1' });

    expect(await refusedReason()).toMatch(
      /The identity example\.com in eu-west-1 is a Deterministic Easy DKIM replica of the one in us-east-1/,
    );
  });

  it('is refused although its DKIM has failed', async () => {
    world.fake.addIdentity(REGION, 'example.com', { origin: 'AWS_SES_AP_SOUTHEAST_2', dkimStatus: 'Failed' });

    expect(await refusedReason()).toContain('of the one in ap-southeast-2');
  });
});

it('refuses on Update, too, and leaves what is there', async () => {
  const { physicalId } = await mail.create();
  world.fake.addIdentity(REGION, 'example.com', { origin: 'EXTERNAL' });
  const before = world.holdings();

  const answer = await mail.update({ ...mail.current!, Ttl: '60' });

  expect(answer).toMatchObject({ status: 'FAILED', physicalId });
  expect(world.holdings()).toEqual(before);
});

describe('the length of the key of an identity that is taken into use', () => {
  it.each([
    ['RSA_1024_BIT', 1],
    ['RSA_2048_BIT', 0],
    [undefined, 0],
  ] as const)('is told in the log when it is short: %s', async (keyLength, times) => {
    world.fake.addIdentity(REGION, 'example.com', { keyLength });

    expect((await mail.create()).status).toBe('SUCCESS');

    const told = world.lambda.log.filter(({ step }) => step === 'short-key');
    expect(told.map((line) => line.keyLength)).toEqual(Array(times).fill(keyLength));
  });
});

import { AwsError } from '../fakes/call';
import type { Fault } from '../fakes/fake-aws';
import { CALLS_OF_CREATE, CALLS_OF_DELETE } from '../support/calls';
import { Answer, madeOf, properties, REGION, setUpOf, StackResource, World } from '../support/stack';

const OTHER_ACCOUNT = '222222222222';
const ROLE = `arn:aws:iam::${OTHER_ACCOUNT}:role/delegation`;

const ROUTE53 = ['ListResourceRecordSets', 'ChangeResourceRecordSets', 'GetChange'];
const SES = [
  'CreateEmailIdentity',
  'VerifyDomainDkim',
  'GetEmailIdentity',
  'TagResource',
  'ListTagsForResource',
  'UntagResource',
  'DeleteEmailIdentity',
];
const ALL = [...SES, ...ROUTE53, 'AssumeRole', 'DescribeStackResource', 'Respond'];

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  mail = new StackResource(world);
});

afterEach(() => world.stop());

/**
 * A life from Create to Delete that calls every operation, with a fault armed anew for each event:
 * all must end as if nothing had happened.
 */
async function liveUnder(fault: Fault): Promise<void> {
  const { fake } = world;
  fake.addRole({ arn: ROLE });
  fake.addZone({ id: 'Z1FAR', name: 'example.com', account: OTHER_ACCOUNT });
  fake.addZone({ id: 'Z2FAR', name: 'example.com', account: OTHER_ACCOUNT });
  fake.verifyAfterMs = 20_000;
  const given = { DelegationRoleArn: ROLE, WaitForVerification: '600' };
  let hits = 0;
  mail.cleanUpShows = 'what stays';
  const step = async (act: () => Promise<Answer | undefined>): Promise<Answer> => {
    const armed = fake.addFault(fault);
    const answer = await act();
    hits += armed.hits;
    armed.remove();
    expect(answer).toMatchObject({ status: 'SUCCESS', reason: '' });
    return answer!;
  };

  const first = await step(() => mail.create(properties({ ...given, HostedZoneId: 'Z1FAR' })));
  expect(madeOf(first)).toBe('1+2+3');
  expect(world.holdings()).toEqual(setUpOf(first));

  const second = await step(() => mail.update(properties({ ...given, HostedZoneId: 'Z2FAR', Ttl: '60' })));
  expect(madeOf(second)).toBe('1+2+3');
  expect(world.holdings()).toEqual([...new Set([...setUpOf(first), ...setUpOf(second, 60)])].sort());

  await step(() => mail.cleanUp());
  expect(world.holdings()).toEqual(setUpOf(second, 60));

  await step(() => mail.delete());
  expect(world.holdings()).toEqual([]);
  expect(hits).toBeGreaterThan(0);
}

describe('a fault that passes is not noticed', () => {
  it.each(ALL)('%s is throttled', (operation) => liveUnder({ kind: 'throttle', operation, times: 3 }));

  it.each(ROUTE53)('%s finds Route 53 busy with a prior request', (operation) =>
    liveUnder({ kind: 'PriorRequestNotComplete', operation, times: 3 }),
  );

  it.each(ALL)('%s fails with an internal error', (operation) => liveUnder({ kind: 'error500', operation, times: 3 }));

  it.each(ALL)('%s finds the service unavailable', (operation) => liveUnder({ kind: 'error503', operation, times: 3 }));

  it.each(ALL)('%s is denied, since a new policy is not in force yet', (operation) =>
    liveUnder({ kind: 'deny', operation, times: 3 }),
  );

  it.each(ALL)('the connection breaks before %s takes effect', (operation) =>
    liveUnder({ kind: 'dropBefore', operation, times: 3 }),
  );

  // The answer to CloudFormation would then be there twice: see answer.test.ts.
  it.each(ALL.filter((operation) => operation !== 'Respond'))(
    'the connection breaks after %s has taken effect',
    (operation) => liveUnder({ kind: 'dropAfter', operation, times: 3 }),
  );
});

describe('when the answer to the write of the records is lost', () => {
  beforeEach(() => void world.fake.addFault({ kind: 'dropAfter', operation: 'ChangeResourceRecordSets' }));

  it('they are ours, and Delete removes them', async () => {
    const answer = await mail.create();

    expect(madeOf(answer)).toBe('1+2+3');
    expect(world.holdings()).toEqual(setUpOf(answer));
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('those that were there before are not', async () => {
    const [, token] = world.tokensToCome().sort();
    const theirs = world.addForeignCname(`${token}._domainkey.example.com`, `${token}.dkim.amazonses.com`);

    expect(madeOf(await mail.create())).toBe('1+3');
    await mail.delete();
    expect(world.holdings()).toEqual([theirs]);
  });

  it('they are removed when the Create fails later on', async () => {
    world.fake.insyncAfterMs = Infinity;

    expect((await mail.create()).status).toBe('FAILED');
    expect(world.holdings()).toEqual([]);
  });

  it.each([2, 3])('they are removed when our look number %i fails for good', async (look) => {
    let looks = 0;
    world.fake.before('ListResourceRecordSets', () => {
      looks += 1;
      if (looks === look) throw new AwsError(400, 'InvalidInput', 'Invalid');
    });

    expect((await mail.create()).status).toBe('FAILED');
    expect(world.holdings()).toEqual([]);
  });

  it('again and again, Delete still finds them', async () => {
    const lost = world.fake.addFault({ kind: 'dropAfter', operation: 'ChangeResourceRecordSets', times: Infinity });

    expect((await mail.create()).status).toBe('FAILED');
    lost.remove();
    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });
});

describe.each(['CreateEmailIdentity', 'VerifyDomainDkim'])('when the answer to %s is lost again and again', (lost) => {
  it('the identity is removed', async () => {
    world.fake.addFault({ kind: 'dropAfter', operation: lost, times: Infinity });

    expect((await mail.create()).status).toBe('FAILED');
    expect(world.holdings()).toEqual([]);
  });
});

describe('when a call is denied', () => {
  const deny = (operation: string) => world.fake.addFault({ kind: 'deny', operation, times: Infinity });

  it.each(CALLS_OF_CREATE)('Create fails within a minute and undoes everything: %s', async (operation) => {
    deny(operation);
    const time = await world.timeOf(async () => {
      expect((await mail.create()).status).toBe('FAILED');
    });

    expect(time).toBeLessThan(60_000);
    // What may not be written may not be unwritten either, but then it is not there.
    world.fake.clearFaults();
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it.each(CALLS_OF_DELETE)('Delete fails within a minute, and can be done again: %s', async (operation) => {
    const { physicalId } = await mail.create();
    deny(operation);
    const time = await world.timeOf(async () => {
      expect(await mail.delete()).toMatchObject({ status: 'FAILED', physicalId });
    });

    expect(time).toBeLessThan(60_000);
    world.fake.clearFaults();
    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual([]);
  });

  it.each([...CALLS_OF_CREATE, ...CALLS_OF_DELETE])(
    'the reason has all that it takes to find out why: %s',
    async (operation) => {
      const armed = deny(operation);
      const { status, reason } = await mail.create();
      const reasons = status === 'FAILED' ? reason : (await mail.delete()).reason;

      expect(armed.hits).toBeGreaterThan(0);
      expect(reasons).toMatch(/^Easy DKIM for example\.com \(SES in eu-west-1, hosted zone Z0EXAMPLE\): /);
      expect(reasons).toMatch(
        new RegExp(
          ` ${operation} for (example\\.com in ${REGION}|hosted zone Z0EXAMPLE|Mail) failed: AccessDenied(Exception)?: User: `,
        ),
      );
      expect(reasons).toContain('Check that no service control policy, permissions boundary or changed role policy');
    },
  );

  it('delegationRole is a remedy for Route 53 only', async () => {
    deny('VerifyDomainDkim');

    expect((await mail.create()).reason).not.toContain('delegationRole');
  });
});

describe('when a new policy is not in force everywhere yet', () => {
  const denyFor30Seconds = (operation: string | RegExp) => {
    const until = world.clock.now() + 30_000;
    world.fake.addFault({ kind: 'deny', operation, times: Infinity, when: () => world.clock.now() < until });
  };

  it('the records lead to where SES says that the keys are, which it could not be asked at first', async () => {
    const [token] = world.tokensToCome();
    world.fake.addIdentity(REGION, 'example.com', { signingHostedZone: 'dkim.cell-7.amazonses.com' });
    denyFor30Seconds('GetEmailIdentity');

    expect((await mail.create()).data.DkimRecordValue1).toBe(`${token}.dkim.cell-7.amazonses.com`);
  });

  it('an Update that fails for another reason is undone', async () => {
    const first = await mail.create();
    world.fake.insyncAfterMs = Infinity;
    denyFor30Seconds(/^(?!Respond)/);

    expect((await mail.update(properties({ Ttl: '300' }))).status).toBe('FAILED');
    expect(world.holdings()).toEqual(setUpOf(first));
  });
});

describe('when the undo of a Create fails, too', () => {
  it('the reason has both', async () => {
    world.fake.insyncAfterMs = Infinity;
    world.fake.addFault({ kind: 'deny', operation: 'DeleteEmailIdentity' });

    const { reason } = await mail.create();

    expect(reason).toContain('Route 53 took the records into hosted zone Z0EXAMPLE but has not published them in time');
    expect(reason).toContain('What this deployment made could not be removed: SES DeleteEmailIdentity');
  });

  it('the identity stays with what is left, whose tags say so, and Delete removes it all', async () => {
    world.fake.insyncAfterMs = Infinity;
    let looks = 0;
    world.fake.addFault({
      kind: 'deny',
      operation: 'ListResourceRecordSets',
      when: () => (looks += 1) > 1,
      times: Infinity,
    });

    await mail.create();

    expect(world.holdings()).toHaveLength(4);
    expect(world.claims()).toEqual(['zone=Z0EXAMPLE made=identity+1+2+3 by=Test/Mail']);
    world.fake.clearFaults();
    expect(await mail.delete()).toMatchObject({ status: 'SUCCESS', reason: '' });
    expect(world.holdings()).toEqual([]);
  });
});

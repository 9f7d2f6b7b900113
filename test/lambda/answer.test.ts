import { properties, REGION, setUpOf, StackResource, World } from '../support/stack';

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  mail = new StackResource(world);
});

afterEach(() => world.stop());

const bodies = () => world.fake.responses.map(({ body }) => body);

describe('when CloudFormation does not take the answer at first', () => {
  it.each(['error503', 'error500', 'deny', 'dropBefore', 'hang'] as const)('it is sent again: %s', async (kind) => {
    world.fake.addFault({ kind, operation: 'Respond', times: 2 });

    expect((await mail.create()).status).toBe('SUCCESS');
    expect(world.fake.operations().filter((operation) => operation === 'Respond')).toHaveLength(3);
  });

  it('it is the same when it was taken already', async () => {
    world.fake.addFault({ kind: 'dropAfter', operation: 'Respond' });

    await world.lambda.invoke(mail.creation());

    expect(bodies()).toHaveLength(2);
    expect(bodies()[1]).toEqual(bodies()[0]);
  });

  it('no call to AWS is made again', async () => {
    world.fake.addFault({ kind: 'error503', operation: 'Respond', times: 5 });

    expect(await world.operationsDuring(() => mail.create())).toHaveLength(8);
  });
});

describe('when CloudFormation never takes the answer', () => {
  it.each([900_000, 10_000])(
    'the run fails before its time-out of %i ms, so that Lambda repeats it',
    async (timeout) => {
      world.fake.addFault({ kind: 'error503', operation: 'Respond', times: Infinity });
      const event = mail.creation();

      await expect(world.lambda.invoke(event, timeout)).rejects.toThrow(
        /CloudFormation did not take the answer after \d+ tries: HTTP 503/,
      );
      expect(world.lambda.killed).toBe(false);
    },
  );

  it.each(['success', 'failure'] as const)('the repeated run gives the same answer at once: %s', async (outcome) => {
    if (outcome === 'failure') world.fake.addFault({ kind: 'deny', operation: 'GetChange', times: Infinity });
    const fault = world.fake.addFault({ kind: 'dropBefore', operation: 'Respond', times: Infinity });
    const event = mail.creation();
    await expect(world.lambda.invoke(event)).rejects.toThrow();
    const before = world.holdings();
    fault.remove();

    const operations = await world.operationsDuring(async () => {
      const answer = await mail.deliver(event);
      expect(answer.status).toBe(outcome === 'success' ? 'SUCCESS' : 'FAILED');
      expect(answer.reason).toMatch(outcome === 'success' ? /^$/ : /GetChange/);
    });

    expect(operations).toEqual([]);
    expect(world.holdings()).toEqual(before);
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('a repeated run in another execution environment ends in a working domain', async () => {
    const fault = world.fake.addFault({ kind: 'error503', operation: 'Respond', times: Infinity });
    const event = mail.creation();
    await expect(world.lambda.invoke(event)).rejects.toThrow();
    fault.remove();
    world.restartLambda('another');

    const answer = await mail.deliver(event);

    expect(answer.status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(setUpOf(answer));
  });
});

it('is given although nothing can be written to /tmp', async () => {
  world.lambda.tmp.full = true;

  const answer = await mail.create();

  expect(answer.status).toBe('SUCCESS');
  expect(world.holdings()).toEqual(setUpOf(answer));
});

describe('the size of an answer', () => {
  const label = 'a'.repeat(63);
  /** 209 characters: with a token and `._domainkey.`, as many as DNS allows. */
  const longest = `${label}.${label}.${label}.${'b'.repeat(5)}.example.com`;
  const zone = { HostedZoneId: 'Z' + '0'.repeat(31) };
  const sizes = () => bodies().map((body) => Buffer.byteLength(JSON.stringify(body)));

  beforeEach(() => {
    world.fake.addZone({ id: zone.HostedZoneId, name: 'example.com' });
    mail = new StackResource(
      world,
      'L'.repeat(255),
      `arn:aws:cloudformation:ap-southeast-3:111111111111:stack/${'S'.repeat(128)}/12345678-1234-1234-1234-123456789012`,
    );
  });

  it('stays below the limit of 4,096 bytes with the longest domain', async () => {
    expect(longest).toHaveLength(209);
    world.fake.signingHostedZoneFor = () => 'dkim.ap-southeast-3.amazonses.com';

    const answer = await mail.create({ ...properties({ DomainName: longest, SesRegion: 'ap-southeast-3' }), ...zone });

    expect(answer.status).toBe('SUCCESS');
    expect(answer.physicalId.length).toBeLessThanOrEqual(470);
    expect(Math.max(...sizes())).toBeLessThan(4_096);
  });

  it('stays below it with the longest domain and the longest reason', async () => {
    world.fake.insyncAfterMs = Infinity;
    const denial = 'é"\\'.repeat(2_000);
    world.fake.authorize = ({ operation, params }) =>
      operation === 'DeleteEmailIdentity' || params.changes?.[0].action === 'DELETE' ? denial : undefined;

    const { status, reason } = await mail.create({ ...properties({ DomainName: longest }), ...zone });

    expect(status).toBe('FAILED');
    expect(reason).toMatch(/^Easy DKIM for a{63}\..*…$/);
    expect(Math.max(...sizes())).toBeLessThan(4_096);
  });

  it('stays below it with the longest id that CloudFormation may have', async () => {
    world.fake.insyncAfterMs = Infinity;
    const { status } = await mail.create({ ...properties({ DomainName: `${longest.toUpperCase()}.` }), ...zone });

    expect(status).toBe('FAILED');
    expect((await mail.delete('x'.repeat(1_024))).status).toBe('SUCCESS');
    expect(Math.max(...sizes())).toBeLessThan(4_096);
  });
});

describe('the log', () => {
  it('has one line of JSON a step, each with what it belongs to', async () => {
    const event = mail.creation();
    await mail.deliver(event);

    expect(world.lambda.log.length).toBeGreaterThan(6);
    for (const line of world.lambda.log) {
      expect(line).toMatchObject({ type: 'Create', resource: 'Mail', requestId: event.RequestId });
      expect(line.step).toMatch(/^[a-z-]+$/);
    }
  });

  it('names every call with its target and its time', async () => {
    await mail.create();

    expect(world.lambda.log).toContainEqual(
      expect.objectContaining({
        step: 'call',
        service: 'SES',
        operation: 'VerifyDomainDkim',
        target: `example.com in ${REGION}`,
        ms: expect.any(Number) as number,
      }),
    );
  });

  it('has neither the response URL nor credentials in it, whatever fails', async () => {
    const role = 'arn:aws:iam::222222222222:role/delegation';
    world.fake.addRole({ arn: role });
    world.fake.addZone({ id: 'Z1FAR', name: 'example.com', account: '222222222222' });
    world.fake.addFault({ kind: 'dropBefore', operation: 'Respond', times: 2 });
    world.fake.addFault({ kind: 'deny', operation: 'GetChange', times: Infinity });
    await mail.create(properties({ HostedZoneId: 'Z1FAR', DelegationRoleArn: role }));
    await mail.delete();

    const [accessKeyId, { sessionToken }] = [...world.fake.callers].at(-1)!;
    const text = JSON.stringify(world.lambda.log);
    expect(text).toContain(role);
    for (const secret of [accessKeyId, sessionToken!, 'X-Amz-Signature', 'custom-resource-response']) {
      expect(text).not.toContain(secret);
    }
  });
});

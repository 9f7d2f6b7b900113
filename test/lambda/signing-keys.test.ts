import type { ResourceProperties } from '../../lib/shared/contract';
import { dkimRecordName } from '../../lib/shared/record-names';
import {
  Answer,
  DOMAIN,
  Event,
  identityOf,
  properties,
  recordsOf,
  REGION,
  setUpOf,
  StackResource,
  World,
  ZONE,
} from '../support/stack';

const OTHER_STACK = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Other/0002';
const CHANGE = 'PutEmailIdentityDkimSigningAttributes';
const LONG = 'RSA_2048_BIT';
const SHORT = 'RSA_1024_BIT';

type Length = ResourceProperties['SigningKeyLength'];

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  mail = new StackResource(world);
});

afterEach(() => world.stop());

const withKeys = (SigningKeyLength: Length, given: Partial<ResourceProperties> = {}) =>
  properties({ SigningKeyLength, ...given });

const identity = () => world.fake.identity(REGION, DOMAIN)!;
const changes = () => world.fake.operations().filter((operation) => operation === CHANGE).length;

async function well(step: Promise<Answer | undefined>): Promise<Answer> {
  const answer = await step;
  expect(answer).toMatchObject({ status: 'SUCCESS', reason: '' });
  return answer!;
}

/** The records of the keys that SES has, which have to be in the zone whatever happens. */
function currentRecords(): string[] {
  return identity().tokens.map(
    (token) => `${ZONE} ${dkimRecordName(token, DOMAIN)} 1800 CNAME ${token}.dkim.amazonses.com`,
  );
}

/** The identity with these records, and nothing else. */
const currentHoldings = () => [`${REGION} ${DOMAIN} ${identity().tokens.join(',')}`, ...currentRecords()].sort();

/** CloudFormation takes the update back. */
async function rollBack(): Promise<Answer> {
  world.fake.stacks.set(mail.stackId, 'UPDATE_ROLLBACK_IN_PROGRESS');
  const answer = await mail.rollBack();
  world.fake.stacks.set(mail.stackId, 'UPDATE_ROLLBACK_COMPLETE');
  return answer;
}

describe('a new identity', () => {
  it.each([SHORT, LONG] as const)('gets keys of the length %s at once', async (length) => {
    await well(mail.create(withKeys(length)));

    expect(identity().keyLength).toBe(length);
    expect(changes()).toBe(0);
  });

  it("gets SES's default without the prop, and SES is told nothing", async () => {
    await well(mail.create());

    const [{ params }] = world.fake.calls.filter(({ operation }) => operation === 'CreateEmailIdentity');
    expect(params).not.toHaveProperty('DkimSigningAttributes');
    expect(identity().keyLength).toBe(LONG);
  });

  it('gets them when it is made anew in an update', async () => {
    await mail.create();
    world.fake.removeIdentity(REGION, DOMAIN);

    await well(mail.update(withKeys(SHORT)));

    expect(identity().keyLength).toBe(SHORT);
    expect(changes()).toBe(0);
  });
});

describe('an identity in use', () => {
  let first: Answer;

  beforeEach(async () => {
    first = await well(mail.create(withKeys(SHORT)));
    world.fake.setDkimStatus(REGION, DOMAIN, 'Success');
  });

  it('keeps its keys when they have the length', async () => {
    await well(mail.update(withKeys(SHORT, { Ttl: '60' })));

    expect(changes()).toBe(0);
  });

  it('keeps its keys without the prop', async () => {
    const { physicalId } = await well(mail.update(properties()));

    expect(physicalId).toBe(first.physicalId);
    expect(identity().keyLength).toBe(SHORT);
    expect(changes()).toBe(0);
  });

  it('keeps its keys as long as a replica signs with them', async () => {
    world.setRegions(REGION, 'us-east-1');
    world.fake.addIdentity('us-east-1', DOMAIN, { origin: 'AWS_SES_EU_WEST_1' });

    const { status, reason } = await mail.update(withKeys(LONG));

    expect(status).toBe('FAILED');
    expect(reason).toContain('The replica in us-east-1 signs with them too');
    expect(changes()).toBe(0);
  });

  it('gets keys of another length, whose records are there before the old ones go', async () => {
    const second = await well(mail.update(withKeys(LONG)));

    expect(identity().keyLength).toBe(LONG);
    expect(world.holdings()).toEqual([identityOf(second), ...recordsOf(first), ...recordsOf(second)].sort());
    expect(recordsOf(second)).toEqual(expect.arrayContaining(currentRecords()));
    await mail.cleanUp();
    expect(world.holdings()).toEqual(setUpOf(second));
    await well(mail.delete());
    expect(world.holdings()).toEqual([]);
  });

  it('is looked at once more, and so is the zone, before the keys are changed', async () => {
    const operations = await world.operationsDuring(() => mail.update(withKeys(LONG)));

    const before = operations.slice(0, operations.indexOf(CHANGE));
    expect(before).toContain('ListResourceRecordSets');
    expect(before.at(-1)).toBe('ListTagsForResource');
    expect(before).not.toContain('ChangeResourceRecordSets');
  });

  it('waits until SES has verified the new keys', async () => {
    world.fake.verifyAfterMs = 60_000;

    const answer = await well(mail.update(withKeys(LONG, { WaitForVerification: '600' })));

    expect(answer.data.VerificationStatus).toBe('Success');
    expect(identity().dkimStatus).toBe('Success');
  });

  it('keeps its keys when there is a conflict in the zone', async () => {
    world.fake.putRecord(ZONE, { name: `_dmarc.${DOMAIN}`, type: 'CNAME', ttl: 60, values: ['dmarc.example.net'] });

    const answer = await mail.update(withKeys(LONG, { DmarcRecord: 'v=DMARC1; p=none' }));

    expect(answer.reason).toContain('exists in hosted zone');
    expect(changes()).toBe(0);
  });

  it('keeps its keys when the update is cancelled before', async () => {
    const stop = world.fake.before('ListResourceRecordSets', () => {
      stop();
      mail.show(mail.physicalId!, 'UPDATE_FAILED', world.clock.now() + 1);
    });

    expect((await mail.update(withKeys(LONG))).status).toBe('FAILED');

    expect(changes()).toBe(0);
    expect(world.holdings()).toEqual(setUpOf(first));
  });

  it('gets the records once SES gives the same tokens, too', async () => {
    const { tokens } = identity();
    world.fake.identities.renewTokens = () => tokens;

    const { physicalId } = await well(mail.update(withKeys(LONG)));

    expect(physicalId).toBe(first.physicalId);
    expect(world.holdings()).toEqual(setUpOf(first));
  });

  it('keeps its keys, and everything else, when SES refuses', async () => {
    await mail.update(withKeys(LONG));
    await mail.cleanUp();
    const before = [world.holdings(), world.tags()];

    const answer = await mail.update(withKeys(SHORT));

    expect(answer.reason).toMatch(
      /PutEmailIdentityDkimSigningAttributes for example\.com in eu-west-1 failed: BadRequestException.* at most once in 24 hours.*deploy again after that time, or leave signingKeyLength as it was\.$/,
    );
    expect(await rollBack()).toMatchObject({ status: 'SUCCESS', reason: '' });
    expect([world.holdings(), world.tags()]).toEqual(before);
    world.clock.advance(25 * 3_600_000);
    await well(mail.update(withKeys(SHORT)));
    expect(identity().keyLength).toBe(SHORT);
  });

  it('is changed once when the answer is lost', async () => {
    world.fake.addFault({ kind: 'dropAfter', operation: CHANGE, times: 1 });

    const answer = await well(mail.update(withKeys(LONG)));

    expect(changes()).toBeGreaterThan(1);
    await mail.cleanUp();
    expect(world.holdings()).toEqual(setUpOf(answer));
    expect(world.holdings()).toEqual(expect.arrayContaining(currentRecords()));
  });
});

describe('an identity that is not for this resource alone', () => {
  const refused = async (given: ResourceProperties, step: 'create' | 'update' = 'update') => {
    const before = world.holdings();
    const answer = await mail[step](given);
    expect(answer.status).toBe('FAILED');
    expect(changes()).toBe(0);
    expect(world.holdings()).toEqual(before);
    return answer.reason;
  };

  it('keeps its keys when it is taken into use', async () => {
    world.fake.addIdentity(REGION, DOMAIN, { keyLength: SHORT });

    expect(await refused(withKeys(LONG), 'create')).toMatch(
      /signingKeyLength is RSA_2048_BIT, but the identity example\.com in eu-west-1 has keys of RSA_1024_BIT\. They may be in use.*Leave signingKeyLength out, deploy, and set it in a later deployment; or change them with "aws sesv2 put-email-identity-dkim-signing-attributes --email-identity example\.com /,
    );
    expect(world.tags()).toEqual({});
  });

  it('is taken into use when it has the length', async () => {
    world.fake.addIdentity(REGION, DOMAIN, { keyLength: LONG });

    await well(mail.create(withKeys(LONG)));
  });

  it('keeps its keys until it is taken over', async () => {
    world.fake.addIdentity(REGION, DOMAIN, { keyLength: SHORT });
    const { tokens } = identity();
    for (const token of tokens) world.addForeignCname(dkimRecordName(token, DOMAIN), `${token}.dkim.amazonses.com`);
    await mail.create();

    expect(await refused(withKeys(LONG))).toContain(
      'Others have made the identity and may rely on them. Set takeOwnership',
    );
    await rollBack();
    await well(mail.update(properties({ TakeOwnership: 'true' })));
    const owned = await well(mail.update(withKeys(LONG, { TakeOwnership: 'true' })));
    await mail.cleanUp();

    expect(world.holdings()).toEqual(setUpOf(owned));
    await well(mail.delete());
    expect(world.holdings()).toEqual([]);
  });

  it('keeps its keys while another stack uses it', async () => {
    const other = new StackResource(world, 'Theirs', OTHER_STACK);
    await mail.create();
    await other.create();

    expect(await refused(withKeys(SHORT))).toContain(
      'Other/Theirs uses the identity too, with records for these keys.',
    );
    await rollBack();
    await other.delete();
    await well(mail.update(withKeys(SHORT)));
  });

  it('is changed although somebody uses settings of it', async () => {
    await mail.create();
    identity().tags['cdk-ses-easy-dkim:0123456789-0123456789ab'] = 'made=MailFrom+BounceTopic by=Other/Settings';

    await well(mail.update(withKeys(SHORT)));
  });

  it('keeps its keys when another stack has come in the meantime', async () => {
    await mail.create();
    const stop = world.fake.before('ListResourceRecordSets', () => {
      stop();
      identity().tags['cdk-ses-easy-dkim:0123456789-0123456789ab'] = 'zone=Z0EXAMPLE found=1+2+3 by=Other/Mail';
    });

    expect(await refused(withKeys(SHORT))).toContain('Other/Mail uses the identity too');
  });

  it('keeps its keys while its records are not in Route 53', async () => {
    const elsewhere = { HostedZoneId: undefined, HostedZoneName: undefined };
    await mail.create(properties(elsewhere));

    expect(await refused(withKeys(SHORT, elsewhere))).toContain(
      'mail might go unsigned until you have added the new ones',
    );
  });

  it('keeps its keys while the zone changes', async () => {
    world.fake.addZone({ id: 'Z1NEW', name: DOMAIN });
    await mail.create();

    expect(await refused(withKeys(SHORT, { HostedZoneId: 'Z1NEW' }))).toContain('in a deployment of its own');
  });

  it('keeps its keys where SES does not say what they are', async () => {
    await mail.create();
    identity().keyLength = undefined;

    expect(await refused(withKeys(LONG))).toContain('SES does not say which keys the identity');
    await rollBack();
    await mail.delete();
    await well(mail.create(withKeys(LONG)));
    identity().keyLength = undefined;
    await well(mail.update(withKeys(LONG, { Ttl: '60' })));
  });
});

describe('an update that has changed the keys and is taken back', () => {
  let first: Answer;

  beforeEach(async () => {
    first = await well(mail.create(withKeys(SHORT)));
  });

  // CloudFormation deletes the new id then.
  it('leaves the new keys with their records', async () => {
    await well(mail.update(withKeys(LONG)));

    expect((await rollBack()).status).toBe('SUCCESS');

    expect(mail.physicalId).toBe(first.physicalId);
    expect(changes()).toBe(1);
    expect(world.holdings()).toEqual([...currentHoldings(), ...recordsOf(first)].sort());
  });

  // What SES does to the tokens has not been observed. With the same ones, CloudFormation sends an Update back.
  it.each(['says', 'does not say'])(
    'leaves the new keys where the tokens stay, and CloudFormation %s why',
    async (why) => {
      const { tokens } = identity();
      world.fake.identities.renewTokens = () => tokens;
      await well(mail.update(withKeys(LONG)));
      if (why === 'does not say') world.fake.addFault({ kind: 'deny', operation: 'DescribeStacks', times: Infinity });

      expect(await rollBack()).toMatchObject({
        status: 'SUCCESS',
        physicalId: first.physicalId,
        reason: expect.stringMatching(
          /^The keys of the identity example\.com in eu-west-1 stay RSA_2048_BIT, because a rollback does not change them\. For RSA_1024_BIT, deploy again with another revision: SES changes them at most once in 24 hours\.$/,
        ) as string,
      });
      expect(changes()).toBe(1);
      expect(world.holdings()).toEqual(setUpOf(first));
    },
  );

  it('goes with its records, like any other', async () => {
    await mail.update(withKeys(LONG));
    await rollBack();

    await well(mail.delete());
    expect(world.holdings()).toEqual([]);
  });

  it('changes them again later', async () => {
    await mail.update(withKeys(LONG));
    await rollBack();
    world.clock.advance(25 * 3_600_000);

    // The id has the tokens of the first keys: nobody would know of the records of the second ones.
    expect(await mail.update(withKeys(SHORT, { Revision: '2' }))).toMatchObject({
      status: 'SUCCESS',
      reason: expect.stringMatching(/stay RSA_2048_BIT, because this update had to catch up .* deploy again/) as string,
    });
    await mail.cleanUp();
    expect(world.holdings()).toEqual(currentHoldings());
    const answer = await well(mail.update(withKeys(SHORT, { Revision: '3' })));
    await mail.cleanUp();

    expect(identity().keyLength).toBe(SHORT);
    expect(world.holdings()).toEqual(setUpOf(answer));
    expect(first.physicalId).not.toBe(answer.physicalId);
  });
});

describe('an update that fails after it has changed the keys', () => {
  const isChanged = () => changes() > 0;
  const FAILURES: Record<string, () => Partial<ResourceProperties>> = {
    'SES does not verify them': () => ({ WaitForVerification: '60' }),
    'SES does not answer afterwards': () => {
      world.fake.addFault({ kind: 'error503', operation: 'TagResource', when: isChanged, times: 9 });
      return {};
    },
    'Route 53 does not answer afterwards': () => {
      world.fake.addFault({ kind: 'error503', operation: 'ChangeResourceRecordSets', when: isChanged, times: 9 });
      return {};
    },
    'nobody hears of them': () => {
      world.fake.addFault({ kind: 'dropAfter', operation: CHANGE, times: 1 });
      world.fake.addFault({ kind: 'error503', operation: 'GetEmailIdentity', when: isChanged, times: 9 });
      return {};
    },
  };
  const KEPT =
    /^The keys of the identity example\.com in eu-west-1 stay RSA_2048_BIT, because this update had to catch up with a change of them first\. For RSA_1024_BIT, deploy again/;
  let first: Answer;

  describe.each(Object.entries(FAILURES))('because %s', (_, fail) => {
    beforeEach(async () => {
      first = await well(mail.create(withKeys(SHORT)));
      const answer = await mail.update(withKeys(LONG, fail()));
      expect(answer).toMatchObject({ status: 'FAILED', physicalId: first.physicalId });
      expect(changes()).toBeGreaterThan(0);
    });

    it('leaves the domain with the records of both', () => {
      expect(world.holdings()).toEqual(expect.arrayContaining([...currentRecords(), ...recordsOf(first)]));
      expect(world.holdings()).toHaveLength(7);
    });

    it('is taken back to the new keys, and nothing is left', async () => {
      expect(await rollBack()).toMatchObject({ status: 'SUCCESS', reason: expect.stringMatching(KEPT) as string });

      expect(identity().keyLength).toBe(LONG);
      expect(world.holdings()).toEqual(currentHoldings());
      await well(mail.delete());
      expect(world.holdings()).toEqual([]);
    });

    it('leaves nothing when the stack is deleted without a rollback', async () => {
      await well(mail.delete());

      expect(world.holdings()).toEqual([]);
    });

    it('is done by the next update', async () => {
      const answer = await well(mail.update(withKeys(LONG, { Revision: '2' })));

      await mail.cleanUp();
      expect(world.holdings()).toEqual(setUpOf(answer));
      await well(mail.delete());
      expect(world.holdings()).toEqual([]);
    });
  });

  it('is found by its tags when the resource is deleted by an id that nobody has given', async () => {
    first = await well(mail.create(withKeys(SHORT)));
    await mail.update(withKeys(LONG, { WaitForVerification: '60' }));

    expect((await mail.delete('made-up')).status).toBe('SUCCESS');

    expect(world.holdings()).toEqual(recordsOf(first).sort());
  });

  it('is taken back without a word when no length was asked for before', async () => {
    await mail.create();
    await mail.update(withKeys(SHORT, { WaitForVerification: '60' }));

    expect(await rollBack()).toMatchObject({ status: 'SUCCESS', reason: '' });
    expect(world.holdings()).toEqual(currentHoldings());
  });

  it('is taken back by an update that writes what could not be written before', async () => {
    first = await well(mail.create(withKeys(SHORT)));
    const fault = world.fake.addFault({ kind: 'deny', operation: 'ChangeResourceRecordSets', times: Infinity });
    expect((await mail.update(withKeys(LONG))).status).toBe('FAILED');
    fault.remove();

    expect((await rollBack()).status).toBe('SUCCESS');

    expect(world.holdings()).toEqual(currentHoldings());
    await well(mail.delete());
    expect(world.holdings()).toEqual([]);
  });

  it('leaves the records of keys that somebody else has made', async () => {
    first = await well(mail.create(withKeys(SHORT)));
    identity().tokens = world.fake.identities.renewTokens(world.fake.account, REGION, DOMAIN);
    const [token] = identity().tokens;
    const theirs = world.addForeignCname(dkimRecordName(token, DOMAIN), `${token}.dkim.amazonses.com`);

    expect((await mail.update(withKeys(SHORT, { WaitForVerification: '60' }))).status).toBe('FAILED');

    expect(world.holdings()).toContain(theirs);
    expect(changes()).toBe(0);
  });

  it('leaves nothing in another zone', async () => {
    world.fake.addZone({ id: 'Z1NEW', name: DOMAIN });
    first = await well(mail.create(withKeys(SHORT)));
    identity().tokens = world.fake.identities.renewTokens(world.fake.account, REGION, DOMAIN);

    const update = withKeys(SHORT, { HostedZoneId: 'Z1NEW', WaitForVerification: '60' });
    expect((await mail.update(update)).status).toBe('FAILED');

    expect(world.fake.records('Z1NEW')).toEqual([]);
    expect((await rollBack()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(currentHoldings());
    await well(mail.delete());
    expect(world.holdings()).toEqual([]);
  });
});

describe.each(['same', 'another'] as const)('killed at any of its calls (environment: %s)', (environment) => {
  /** Tells a story for every request of the update, in a new world each time. */
  async function atEveryCall(tell: (event: Event) => Promise<void>): Promise<void> {
    for (let call = 1, killed = true; killed; call += 1) {
      world.stop();
      world = await World.start();
      mail = new StackResource(world);
      await mail.create(withKeys(SHORT));
      const event = mail.change(withKeys(LONG));
      mail.begin(event);
      await world.lambda.invokeAndKill(event, { call, after: true });
      ({ killed } = world.lambda);
      if (killed) {
        world.restartLambda(environment);
        await tell(event);
      }
      expect(killed || call > 10).toBe(true);
    }
  }

  it('is done by a repetition', () =>
    atEveryCall(async (event) => {
      if (mail.answersTo(event).length === 0) await world.lambda.invoke(event);
      const [answer] = mail.answersTo(event);
      mail.accept(event, answer);

      expect(answer.status).toBe('SUCCESS');
      expect(identity().keyLength).toBe(LONG);
      await mail.cleanUp();
      expect(world.holdings()).toEqual(setUpOf(answer));
      await mail.delete();
      expect(world.holdings()).toEqual([]);
    }));

  it('is taken back', () =>
    atEveryCall(async (event) => {
      if (mail.answersTo(event).length > 0) return;
      world.fake.stacks.set(mail.stackId, 'UPDATE_ROLLBACK_IN_PROGRESS');
      const answer = await mail.deliver(mail.change(withKeys(SHORT), withKeys(LONG)));

      expect(answer.status).toBe('SUCCESS');
      expect(world.holdings()).toEqual(expect.arrayContaining(currentRecords()));
      await mail.cleanUp();
      expect(world.holdings()).toEqual(setUpOf(answer));
      await mail.delete();
      expect(world.holdings()).toEqual([]);
    }));
});

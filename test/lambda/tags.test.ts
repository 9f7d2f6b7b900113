import { AwsError } from '../fakes/call';
import { Answer, DOMAIN, properties, recordsOf, REGION, setUpOf, StackResource, World, ZONE } from '../support/stack';

const ARN = `arn:aws:ses:${REGION}:111111111111:identity/${DOMAIN}`;
const MARK = 'cdk-ses-easy-dkim';
const CLAIM = `${MARK}:0a1b2c3d4e-0a1b2c3d4e5f`;

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  mail = new StackResource(world);
});

afterEach(() => world.stop());

const identity = () => world.fake.identity(REGION, DOMAIN)!;
const ownKey = () => `${MARK}:${mail.physicalId!.split(':')[6]}`;
const deny = (operation: string) => world.fake.addFault({ kind: 'deny', operation, times: Infinity });

/** Many tags of somebody else. */
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`key${n}`, 'theirs']));

async function deleted(): Promise<Answer> {
  const answer = await mail.delete();
  expect(answer.status).toBe('SUCCESS');
  return answer;
}

describe('an identity with as many tags as SES allows', () => {
  it.each([49, 50])('is left as it is, and the reason says so: %i', async (count) => {
    world.fake.addIdentity(REGION, DOMAIN, { tags: many(count) });
    const before = world.holdings();

    const { status, reason } = await mail.create();

    expect(status).toBe('FAILED');
    expect(reason).toContain(`SES TagResource for ${DOMAIN} in ${REGION} failed: BadRequestException: Maximum of 50`);
    expect(reason).toContain(
      'SES allows 50 tags on an identity, and each construct that uses it needs one. ' +
        `\`aws sesv2 list-tags-for-resource --resource-arn ${ARN}\` shows them, ` +
        `\`aws sesv2 untag-resource --resource-arn ${ARN} --tag-keys <key>\` removes one`,
    );
    expect(world.holdings()).toEqual(before);
    expect((await mail.delete()).status).toBe('SUCCESS');
    expect(world.holdings()).toEqual(before);
    expect(world.tags()).toEqual(many(count));
  });

  it('is used while there is room for two', async () => {
    world.fake.addIdentity(REGION, DOMAIN, { tags: many(48) });

    expect((await mail.create()).status).toBe('SUCCESS');

    await deleted();
    expect(world.tags()).toEqual(many(48));
  });

  it('can be left, though it has become full', async () => {
    await mail.create();
    Object.assign(identity().tags, many(48));

    expect((await deleted()).reason).toBe('');
    expect(world.holdings()).toEqual([]);
  });
});

describe('where a tag policy forbids the tags', () => {
  const NOT_ALLOWED = `The tag policy does not allow the specified value for the following tag key: '${MARK}'.`;
  const REFUSALS = [
    new AwsError(400, 'TagPolicyException', NOT_ALLOWED),
    new AwsError(400, 'BadRequestException', NOT_ALLOWED),
    new AwsError(403, 'AccessDeniedException', NOT_ALLOWED),
  ];
  const REMEDY = `Your organization's tag policy forbids a tag: have it allow keys that begin with ${MARK}`;

  it.each(REFUSALS)('a Create says so, and makes nothing: $name', async (refusal) => {
    world.fake.before('CreateEmailIdentity', () => {
      throw refusal;
    });

    const { status, reason } = await mail.create();

    expect(status).toBe('FAILED');
    expect(reason).toContain(`CreateEmailIdentity for ${DOMAIN} in ${REGION} failed: ${refusal.code}: The tag policy`);
    expect(reason).toContain(REMEDY);
    expect(world.holdings()).toEqual([]);
    await deleted();
  });

  it.each(REFUSALS)('an identity of others is left alone: $name', async (refusal) => {
    world.fake.addIdentity(REGION, DOMAIN);
    const before = world.holdings();
    world.fake.before('TagResource', () => {
      throw refusal;
    });

    const { status, reason } = await mail.create();

    expect(status).toBe('FAILED');
    expect(reason).toContain(REMEDY);
    expect(world.holdings()).toEqual(before);
    await deleted();
    expect(world.holdings()).toEqual(before);
  });
});

describe('where tags are denied', () => {
  it.each(['TagResource', 'ListTagsForResource'])(
    'a Create for an identity of others says so, and leaves it alone: %s',
    async (operation) => {
      world.fake.addIdentity(REGION, DOMAIN, { tags: { owner: 'somebody' } });
      const before = world.holdings();
      const fault = deny(operation);

      const { status, reason } = await mail.create();

      expect(status).toBe('FAILED');
      expect(reason).toMatch(new RegExp(`SES ${operation} for ${DOMAIN} in ${REGION} failed: AccessDenied.* policy`));
      expect(world.holdings()).toEqual(before);
      fault.remove();
      await deleted();
      expect(world.holdings()).toEqual(before);
      expect(world.tags()).toEqual({ owner: 'somebody' });
    },
  );

  it.each(['TagResource', 'ListTagsForResource'])('a Delete says so, and takes nothing: %s', async (operation) => {
    const answer = await mail.create();
    const tags = world.tags();
    const fault = deny(operation);

    const { status, reason } = await mail.delete();

    expect(status).toBe('FAILED');
    expect(reason).toContain(`SES ${operation} for ${DOMAIN} in ${REGION} failed: AccessDenied`);
    expect(world.holdings()).toEqual(setUpOf(answer));
    expect(world.tags()).toEqual(tags);
    fault.remove();
    expect((await deleted()).reason).toBe('');
    expect(world.holdings()).toEqual([]);
  });

  it.each(['CreateEmailIdentity', 'TagResource'])(
    'the reason says which keys may be forbidden: %s',
    async (operation) => {
      deny(operation);

      expect((await mail.create()).reason).toContain(
        'Check that no service control policy, permissions boundary or changed role policy denies the call, ' +
          `or forbids tags whose keys begin with ${MARK}.`,
      );
    },
  );

  it('a Delete of the identity says which tag it needs, and can be done again', async () => {
    await mail.create();
    const fault = deny('DeleteEmailIdentity');

    const { status, reason } = await mail.delete();

    expect(status).toBe('FAILED');
    expect(reason).toContain(
      'Check that no service control policy, permissions boundary or changed role policy denies the call, ' +
        `and that the identity still has the tag ${MARK}=made.`,
    );
    fault.remove();
    await deleted();
    expect(world.holdings()).toEqual([]);
  });

  it('a Delete beside others says so, and can be done again', async () => {
    const answer = await mail.create();
    const other = new StackResource(world, 'Other');
    await other.create();
    const fault = deny('UntagResource');

    expect((await mail.delete()).reason).toContain('SES UntagResource for');

    fault.remove();
    await deleted();
    expect(world.holdings()).toEqual(setUpOf(answer));
  });
});

describe('a tag that somebody has edited', () => {
  it.each(['', 'hello', 'zone=', 'zone=Z0EXAMPLE made=1', 'made=1 zone=Z0EXAMPLE by=me', 'leaving=soon by=me'])(
    'may say anything, so that the identity and its records stay: "%s"',
    async (value) => {
      const answer = await mail.create();
      identity().tags[CLAIM] = value;

      const { reason } = await deleted();

      expect(world.holdings()).toEqual(setUpOf(answer));
      expect(reason).toContain(`The identity ${DOMAIN} in ${REGION} stays, with the records that are in use: `);
    },
  );

  it('has no say once it is removed', async () => {
    await mail.create();
    identity().tags[CLAIM] = 'hello';
    delete identity().tags[CLAIM];

    expect((await deleted()).reason).toBe('');
    expect(world.holdings()).toEqual([]);
  });

  it('and is our own, is put right by the next deployment', async () => {
    const answer = await mail.create();
    identity().tags[ownKey()] = 'hello';

    expect((await mail.update(properties())).physicalId).toBe(answer.physicalId);

    expect(world.claims()).toEqual([`zone=${ZONE} made=1+2+3 by=Test/Mail`]);
    expect((await deleted()).reason).toBe('');
    expect(world.holdings()).toEqual([]);
  });

  it('and is our own, does not keep us from leaving', async () => {
    await mail.create();
    identity().tags[ownKey()] = 'hello';

    expect((await deleted()).reason).toBe('');
    expect(world.holdings()).toEqual([]);
  });
});

describe('a tag that somebody has removed', () => {
  it('and is our own: what may be in use stays, and the answer says so', async () => {
    const answer = await mail.create();
    delete identity().tags[ownKey()];

    const { reason } = await deleted();

    expect(world.holdings()).toEqual(setUpOf(answer));
    expect(reason).toMatch(
      /^The identity example\.com in eu-west-1 no longer carries the tag of this resource, so others may use it: it stays/,
    );
    for (const n of [1, 2, 3] as const) expect(reason).toContain(answer.data[`DkimRecordName${n}`]);
    expect(reason).toContain('Delete them by hand if nobody needs them.');
  });

  it('and is our own, is put again by the next deployment', async () => {
    await mail.create();
    delete identity().tags[ownKey()];

    expect((await mail.update(properties())).status).toBe('SUCCESS');
    expect((await deleted()).reason).toBe('');

    expect(world.holdings()).toEqual([]);
  });

  it('and is the mark: the identity is one like any other, and stays', async () => {
    const answer = await mail.create();
    delete identity().tags[MARK];

    await deleted();

    expect(world.holdings()).toEqual(setUpOf(answer).slice(-1));
    expect(world.tags()).toEqual({});
  });
});

describe('an identity that somebody has deleted and made anew', () => {
  it('with other tokens stays, and the records of the former one go', async () => {
    await mail.create();
    world.fake.removeIdentity(REGION, DOMAIN);
    world.fake.addIdentity(REGION, DOMAIN);

    expect((await deleted()).reason).toBe('');

    expect(world.holdings()).toEqual([`${REGION} ${DOMAIN} ${identity().tokens.join(',')}`]);
  });

  it('stays while SES does not show its tokens, and so do the records, which may be for them', async () => {
    const answer = await mail.create();
    world.fake.removeIdentity(REGION, DOMAIN);
    world.fake.addIdentity(REGION, DOMAIN, { tokens: [], dkimStatus: 'NotStarted' });

    expect((await deleted()).reason).toContain('no longer carries the tag of this resource');

    expect(world.holdings()).toEqual([`${REGION} ${DOMAIN} `, ...recordsOf(answer)].sort());
  });

  it('with the same tokens stays, and so do their records, which it may need', async () => {
    const answer = await mail.create();
    world.fake.reviveTokens = true;
    world.fake.removeIdentity(REGION, DOMAIN);
    world.fake.addIdentity(REGION, DOMAIN);

    expect((await deleted()).reason).toContain('no longer carries the tag of this resource');

    expect(world.holdings()).toEqual(setUpOf(answer));
  });
});

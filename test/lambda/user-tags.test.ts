import { DOMAIN, properties, REGION, setUpOf, StackResource, World } from '../support/stack';

const MARK = 'cdk-ses-easy-dkim';

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  mail = new StackResource(world);
});

afterEach(() => world.stop());

const tagged = (Tags: Record<string, string>) => properties({ Tags });

/** The tags of the identity that are not this library's. */
const present = () => Object.fromEntries(Object.entries(world.tags()).filter(([key]) => !key.startsWith(MARK)));

/** Somebody else changes the tags of the identity. */
function tagByHand(tags: Record<string, string>): void {
  Object.assign(world.fake.identity(REGION, DOMAIN)!.tags, tags);
}

describe('tags that the user gives', () => {
  it('are on the identity from its first moment', async () => {
    const operations = await world.operationsDuring(async () => {
      const answer = await mail.create(tagged({ team: 'post', stage: 'prod' }));
      expect(answer).toMatchObject({ status: 'SUCCESS', reason: '' });
    });

    expect(present()).toEqual({ team: 'post', stage: 'prod' });
    const [creation] = world.fake.calls.filter(({ operation }) => operation === 'CreateEmailIdentity');
    expect(creation.params.Tags).toEqual(expect.arrayContaining([{ Key: 'team', Value: 'post' }]));
    expect(operations.filter((operation) => operation === 'TagResource')).toHaveLength(1);
  });

  it('are changed, added and removed in place', async () => {
    const { physicalId } = await mail.create(tagged({ team: 'post', stage: 'prod' }));

    const answer = await mail.update(tagged({ team: 'mail', more: 'yes' }));

    expect(answer).toMatchObject({ status: 'SUCCESS', reason: '', physicalId });
    expect(present()).toEqual({ team: 'mail', more: 'yes' });
  });

  it('are all removed when there are none any more', async () => {
    await mail.create(tagged({ team: 'post' }));

    await mail.update(properties());

    expect(present()).toEqual({});
    expect(world.tags()).toMatchObject({ [MARK]: 'made' });
  });

  it('cost nothing in an update that does not change them', async () => {
    await mail.create(tagged({ team: 'post' }));

    expect(await world.operationsDuring(() => mail.update(tagged({ team: 'post' })))).toEqual([
      'GetEmailIdentity',
      'ListResourceRecordSets',
    ]);
  });

  it('come back when the update is rolled back', async () => {
    await mail.create(tagged({ team: 'post', stage: 'prod' }));
    await mail.update(tagged({ team: 'mail' }));

    expect((await mail.rollBack()).status).toBe('SUCCESS');

    expect(present()).toEqual({ team: 'post', stage: 'prod' });
  });

  it('are on the identity of another domain, too, that takes the place of this one', async () => {
    await mail.create(tagged({ team: 'post' }));

    await mail.update({ ...tagged({ team: 'post' }), DomainName: 'mail.example.com' });

    expect(world.tags('mail.example.com')).toMatchObject({ team: 'post' });
  });

  it('are on an identity that is made anew', async () => {
    await mail.create(tagged({ team: 'post' }));
    world.fake.removeIdentity(REGION, DOMAIN);

    await mail.update({ ...tagged({ team: 'post' }), Ttl: '60' });

    expect(present()).toEqual({ team: 'post' });
  });
});

describe('tags of others', () => {
  it('stay when ours change', async () => {
    await mail.create(tagged({ team: 'post' }));
    tagByHand({ owner: 'somebody' });

    await mail.update(tagged({ team: 'mail' }));
    await mail.update(properties());

    expect(present()).toEqual({ owner: 'somebody' });
  });

  it('stay when they have the key of one that we add, which the log says', async () => {
    await mail.create();
    tagByHand({ team: 'theirs' });

    expect((await mail.update(tagged({ team: 'ours', stage: 'prod' }))).status).toBe('SUCCESS');

    expect(present()).toEqual({ team: 'theirs', stage: 'prod' });
    expect(world.lambda.log).toContainEqual(expect.objectContaining({ step: 'tags-left', keys: ['team'] }));
  });

  it('stay when they have taken the place of one that we remove', async () => {
    await mail.create(tagged({ team: 'post' }));
    tagByHand({ team: 'theirs' });

    await mail.update(properties());

    expect(present()).toEqual({ team: 'theirs' });
  });

  it('are not changed on an identity that others have made', async () => {
    world.fake.addIdentity(REGION, DOMAIN, { tags: { owner: 'somebody' } });

    expect((await mail.create(tagged({ team: 'post' }))).status).toBe('SUCCESS');
    expect(present()).toEqual({ owner: 'somebody' });
    expect((await mail.update(tagged({ team: 'mail' }))).status).toBe('SUCCESS');
    expect(present()).toEqual({ owner: 'somebody' });

    await mail.delete();
    expect(world.tags()).toEqual({ owner: 'somebody' });
  });

  it('stay when another construct of ours comes with tags of its own', async () => {
    await mail.create(tagged({ team: 'post' }));
    const other = new StackResource(world, 'Other');

    await other.create(tagged({ team: 'other', stage: 'beta' }));

    expect(present()).toMatchObject({ team: 'post' });
  });
});

// What is not known at synthesis, and so reaches SES.
describe('tags that SES refuses', () => {
  const REFUSED: [string, Record<string, string>][] = [
    ['by their characters', { team: 'post;mail' }],
    ['by their length', { team: 'x'.repeat(257) }],
    ['as those of AWS', { 'aws:team': 'post' }],
  ];
  const REMEDY =
    'SES refuses a tag that the construct was given. It allows letters, digits, spaces and _ . : / = + - @, ' +
    'keys of 1 to 128 characters that do not begin with aws:, and values of up to 256. ' +
    "Change the tag, or exclude the identity with Tags.of(scope).add(key, value, { excludeResourceTypes: ['Custom::EasyDkimDomain'] }).";

  it.each(REFUSED)('%s: a Create makes nothing, and says what SES takes', async (_, tags) => {
    const { status, reason } = await mail.create(tagged(tags));

    expect(status).toBe('FAILED');
    expect(reason).toContain(`SES CreateEmailIdentity for ${DOMAIN} in ${REGION} failed: BadRequestException: `);
    expect(reason).toContain(REMEDY);
    expect(world.holdings()).toEqual([]);
    expect((await mail.delete()).status).toBe('SUCCESS');
  });

  it.each(REFUSED)('%s: an Update is undone, and says what SES takes', async (_, tags) => {
    const answer = await mail.create(tagged({ stage: 'prod' }));
    const before = world.tags();

    const { status, reason } = await mail.update({ ...tagged({ stage: 'beta', ...tags }), Ttl: '60' });

    expect(status).toBe('FAILED');
    expect(reason).toContain(`SES TagResource for ${DOMAIN} in ${REGION} failed: BadRequestException: `);
    expect(reason).toContain(REMEDY);
    expect(world.holdings()).toEqual(setUpOf(answer));
    expect(world.tags()).toEqual(before);
  });

  it('by their number: a Create makes nothing, and says how to have fewer', async () => {
    const many = Object.fromEntries(Array.from({ length: 49 }, (_, n) => [`key${n}`, 'ours']));

    const { status, reason } = await mail.create(tagged(many));

    expect(status).toBe('FAILED');
    expect(reason).toContain('SES allows 50 tags on an identity, and each construct that uses it needs one.');
    expect(world.holdings()).toEqual([]);
  });
});

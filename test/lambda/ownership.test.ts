import type { ResourceProperties } from '../../lib/shared/contract';
import { dkimRecordName } from '../../lib/shared/record-names';
import { Answer, DOMAIN, madeOf, properties, REGION, StackResource, World, ZONE } from '../support/stack';

const OTHER_STACK = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Other/0002';
const MAIL_FROM = `bounce.${DOMAIN}`;
const DMARC = 'v=DMARC1; p=none';

/** Every record that there can be. */
const whole = (given: Partial<ResourceProperties> = {}) =>
  properties({ MailFromDomain: MAIL_FROM, DmarcRecord: DMARC, ...given });
const owning = (given: Partial<ResourceProperties> = {}) => whole({ TakeOwnership: 'true', ...given });

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  mail = new StackResource(world);
});

afterEach(() => world.stop());

/** An identity and all its records, as somebody else has made them. */
function addTheirs(): void {
  const { tokens } = world.fake.addIdentity(REGION, DOMAIN, { tags: { team: 'post' } });
  for (const token of tokens) {
    world.addForeignCname(dkimRecordName(token, DOMAIN), `${token}.dkim.amazonses.com`);
  }
  put('MX', MAIL_FROM, [`10 feedback-smtp.${REGION}.amazonses.com`]);
  put('TXT', MAIL_FROM, ['"v=spf1 include:amazonses.com ~all"']);
  put('TXT', `_dmarc.${DOMAIN}`, [`"${DMARC}"`]);
}

function put(type: string, name: string, values: string[]): void {
  world.fake.putRecord(ZONE, { name, type, ttl: 600, values });
}

async function well(step: Promise<Answer | undefined>): Promise<Answer> {
  const answer = await step;
  expect(answer).toMatchObject({ status: 'SUCCESS', reason: '' });
  return answer!;
}

const mark = () => world.tags()['cdk-ses-easy-dkim'];
const TAKEN = /^zone=Z0EXAMPLE taken=identity\+1\+2\+3\+mx\+spf\+dmarc mail-from=\w{8} by=Test\/Mail$/;
const FOUND = /^zone=Z0EXAMPLE found=1\+2\+3\+mx\+spf\+dmarc mail-from=\w{8} by=Test\/Mail$/;

describe('what others have made', () => {
  let before: string[];

  beforeEach(async () => {
    addTheirs();
    before = world.holdings();
    await well(mail.create(whole()));
  });

  it('counts as made by the construct once it takes ownership, and goes with it', async () => {
    const { physicalId } = mail;

    expect(await well(mail.update(owning()))).toMatchObject({ physicalId });

    expect(world.holdings()).toEqual(before);
    expect(mark()).toBe('made');
    expect(world.claims()).toEqual([expect.stringMatching(TAKEN)]);
    await well(mail.delete());
    expect(world.holdings()).toEqual([]);
  });

  it('is taken over once', async () => {
    await mail.update(owning());

    const operations = await world.operationsDuring(() => well(mail.update(owning({ Revision: '2' }))));

    expect(operations).not.toContain('TagResource');
    expect(operations).not.toContain('ChangeResourceRecordSets');
  });

  it('is theirs again when the update is rolled back', async () => {
    await mail.update(owning());
    await well(mail.rollBack());

    expect(mark()).toBe('used');
    expect(world.claims()).toEqual([expect.stringMatching(FOUND)]);
    await mail.delete();
    expect(world.holdings()).toEqual(before);
    expect(world.tags()).toEqual({ team: 'post' });
  });

  it('is theirs again without the prop', async () => {
    await mail.update(owning());
    await well(mail.update(whole()));

    expect(mark()).toBe('used');
    await mail.delete();
    expect(world.holdings()).toEqual(before);
  });

  it('stays when a rollback could not give it back', async () => {
    await mail.update(owning());
    const event = mail.removal({ id: mail.physicalId!, properties: whole() });

    await well(mail.deliver(event));

    expect(world.holdings()).toEqual(before);
    expect(world.tags()).toEqual({ team: 'post' });
  });

  it('stays with RETAIN', async () => {
    await mail.update(owning({ RemovalPolicy: 'retain' }));
    await well(mail.delete());

    expect(world.holdings()).toEqual(before);
    expect(world.tags()).toEqual({ team: 'post' });
  });

  it('stays theirs in an update that changes records, which says so', async () => {
    const answer = await mail.update(owning({ MailFromDomain: undefined }));

    expect(answer).toMatchObject({ status: 'SUCCESS', reason: expect.stringContaining('takeOwnership') as string });
    expect(mark()).toBe('used');
    await mail.cleanUp();
    await mail.update(owning({ MailFromDomain: undefined, Revision: '2' }));
    expect(mark()).toBe('made');
    await mail.delete();
    expect(world.holdings()).toEqual(before.filter((line) => line.includes(MAIL_FROM)));
  });

  it('stays theirs when it is cancelled', async () => {
    const stop = world.fake.before('ListResourceRecordSets', () => {
      stop();
      mail.show(mail.physicalId!, 'UPDATE_FAILED', world.clock.now() + 1);
    });

    expect((await mail.update(owning())).status).toBe('FAILED');
    expect(mark()).toBe('used');
    expect(world.claims()).toEqual([expect.stringMatching(FOUND)]);
  });

  it.each(['dropBefore', 'dropAfter'] as const)('stays theirs when SES does not answer (%s)', async (kind) => {
    const fault = world.fake.addFault({
      kind,
      operation: 'TagResource',
      times: Infinity,
      when: () => world.clock.now() < end,
    });
    const end = world.clock.now() + 13 * 60_000;

    const answer = await mail.update(owning());

    expect(fault.hits).toBeGreaterThan(0);
    expect(answer.status).toBe('FAILED');
    expect(mark()).toBe('used');
    expect(world.claims()).toEqual([expect.stringMatching(FOUND)]);
  });

  it('is changed like what the construct has made', async () => {
    await mail.update(owning());

    const answer = await well(mail.update(owning({ DmarcRecord: 'v=DMARC1; p=reject' })));
    await mail.cleanUp();

    expect(madeOf(answer)).toBe('dmarc');
    expect(world.holdings()).toContain(`${ZONE} _dmarc.${DOMAIN} 1800 TXT "v=DMARC1; p=reject"`);
    await well(mail.delete());
    expect(world.holdings()).toEqual([]);
  });

  it('says what it said when such a change is rolled back', async () => {
    mail.cleanUpShows = 'what stays';
    await mail.update(owning());
    await mail.update(owning({ DmarcRecord: 'v=DMARC1; p=reject' }));
    await mail.rollBack();

    expect(world.holdings()).toContain(`${ZONE} _dmarc.${DOMAIN} 1800 TXT "${DMARC}"`);
    await well(mail.delete());
    expect(world.holdings()).toEqual([]);
  });

  it('goes with a replacement that takes ownership, too', async () => {
    await mail.update(owning());
    await well(mail.update(owning({ MailFromDomain: undefined })));
    await mail.cleanUp();

    expect(world.holdings()).toEqual(before.filter((line) => !line.includes(MAIL_FROM)));
    await well(mail.delete());
    expect(world.holdings()).toEqual([]);
  });

  it('stays with a replacement that does not, as far as that uses it', async () => {
    await mail.update(owning());
    await well(mail.update(whole({ DmarcRecord: undefined })));
    await mail.cleanUp();

    expect(mark()).toBe('used');
    await well(mail.delete());
    expect(world.holdings()).toEqual(before.filter((line) => !line.includes('_dmarc')));
  });
});

describe('what others have made in another way', () => {
  it('stays', async () => {
    addTheirs();
    put('TXT', MAIL_FROM, ['"v=spf1 include:amazonses.com include:example.net ~all"', '"other"']);
    put('MX', MAIL_FROM, ['10 feedback-smtp.us-east-1.amazonses.com']);
    const before = world.holdings();
    await mail.create(whole());

    await well(mail.update(owning()));
    await well(mail.delete());

    expect(world.holdings()).toEqual(before.filter((line) => line.includes(` ${MAIL_FROM} `)));
  });
});

describe('a construct that takes ownership when it comes', () => {
  it('leaves what it finds, and says so', async () => {
    addTheirs();
    const before = world.holdings();

    const answer = await mail.create(owning());

    expect(answer).toMatchObject({ status: 'SUCCESS', reason: expect.stringContaining('another revision') as string });
    expect(mark()).toBe('used');
    await well(mail.delete());
    expect(world.holdings()).toEqual(before);
  });

  it('has nothing to say when it makes all itself', async () => {
    await well(mail.create(owning()));

    expect(world.claims()).toEqual([expect.stringMatching(/^zone=Z0EXAMPLE made=identity\+1\+2\+3\+mx\+spf\+dmarc /)]);
  });
});

describe('of two constructs', () => {
  const other = () => new StackResource(world, 'Mail', OTHER_STACK);

  beforeEach(() => addTheirs());

  it('the one that has not taken ownership keeps what it uses, for good', async () => {
    const before = world.holdings();
    const two = other();
    await mail.create(whole());
    await two.create(whole());
    await mail.update(owning());

    expect((await mail.delete()).reason).toContain('Other/Mail still uses it');

    expect(mark()).toBe('used');
    await well(two.delete());
    expect(world.holdings()).toEqual(before);
    expect(world.tags()).toEqual({ team: 'post' });
  });

  it('the one that has not taken ownership keeps the identity, although somebody has edited the claim of the other', async () => {
    const two = other();
    await mail.create(whole());
    await two.create(whole());
    await mail.update(owning());
    const [claim] = /[0-9a-f]{10}-[0-9a-f]{12}/.exec(mail.physicalId!)!;
    world.fake.identity(REGION, DOMAIN)!.tags[`cdk-ses-easy-dkim:${claim}`] = 'edited';

    await mail.delete();
    await two.delete();

    expect(world.fake.identityNames(REGION)).toEqual([DOMAIN]);
  });

  it('the one that has taken ownership leaves nothing when it is the last', async () => {
    const two = other();
    await mail.create(whole());
    await two.create(whole());
    await mail.update(owning());

    await two.delete();
    await well(mail.delete());

    expect(world.holdings()).toEqual([]);
  });

  it('the new one takes over from the old one that it is moved from', async () => {
    const two = other();
    await mail.create(whole());
    await mail.update(owning());

    await well(two.create(owning()));
    await mail.delete();

    expect(mark()).toBe('made');
    await well(two.delete());
    expect(world.holdings()).toEqual([]);
  });

  it('the new one leaves all to the old one when it is rolled back', async () => {
    const before = world.holdings();
    const two = other();
    await mail.create(whole());
    await mail.update(owning());
    await two.create(owning());

    await two.delete();

    expect(world.holdings()).toEqual(before);
    await well(mail.delete());
    expect(world.holdings()).toEqual([]);
  });
});

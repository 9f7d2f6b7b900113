import type { ResourceProperties } from '../../lib/shared/contract';
import { Answer, DOMAIN, properties, StackResource, World, ZONE } from '../support/stack';

const MAIL_FROM = `bounce.${DOMAIN}`;
const DMARC_LINE = `${ZONE} _dmarc.${DOMAIN} 1800 TXT "v=DMARC1; p=none"`;
const SPF_LINE = `${ZONE} ${MAIL_FROM} 1800 TXT "v=spf1 include:amazonses.com ~all"`;
const mxLine = (region: string) => `${ZONE} ${MAIL_FROM} 1800 MX 10 feedback-smtp.${region}.amazonses.com`;

let world: World;
let europe: StackResource;
let america: StackResource;

const whole = (SesRegion: string, given: Partial<ResourceProperties> = {}) =>
  properties({ SesRegion, MailFromDomain: MAIL_FROM, DmarcRecord: 'v=DMARC1; p=none', ...given });

/** The records that both Regions share. */
const shared = () => world.holdings().filter((line) => line.startsWith(ZONE) && !line.includes(' CNAME '));

async function well(step: Promise<Answer | undefined>): Promise<Answer> {
  const answer = await step;
  expect(answer).toMatchObject({ status: 'SUCCESS', reason: '' });
  return answer!;
}

beforeEach(async () => {
  world = await World.start();
  world.setRegions('eu-west-1', 'us-east-1');
  europe = new StackResource(world, 'Europe');
  america = new StackResource(world, 'America');
});

afterEach(() => world.stop());

describe('a domain in two Regions', () => {
  beforeEach(async () => {
    await well(europe.create(whole('eu-west-1')));
    await well(america.create(whole('us-east-1')));
  });

  it('has one set of records for MAIL FROM and DMARC, and keys for each', () => {
    expect(shared()).toEqual([DMARC_LINE, mxLine('eu-west-1'), SPF_LINE]);
    expect(world.fake.records(ZONE, 'CNAME')).toHaveLength(6);
  });

  it('keeps what they share until the last one goes, when the first one goes first', async () => {
    await well(europe.delete());
    expect(shared()).toEqual([DMARC_LINE, mxLine('us-east-1'), SPF_LINE]);
    expect(world.fake.records(ZONE, 'CNAME')).toHaveLength(3);

    await well(america.delete());
    expect(world.holdings()).toEqual([]);
  });

  it('keeps what they share until the last one goes, when the second one goes first', async () => {
    await well(america.delete());
    expect(shared()).toEqual([DMARC_LINE, mxLine('eu-west-1'), SPF_LINE]);
    expect(world.fake.records(ZONE, 'CNAME')).toHaveLength(3);

    await well(europe.delete());
    expect(world.holdings()).toEqual([]);
  });

  it('keeps what they share when the other Region cannot be asked, and says so', async () => {
    world.fake.addFault({
      kind: 'deny',
      operation: 'GetEmailIdentity',
      when: ({ region }) => region === 'us-east-1',
      times: Infinity,
    });

    const { status, reason } = await europe.delete();

    expect(status).toBe('SUCCESS');
    expect(reason).toMatch(
      /^The records .*_dmarc\.example\.com stay, since the other Regions of the stack could not be asked/,
    );
    expect(shared()).toEqual([DMARC_LINE, mxLine('eu-west-1'), SPF_LINE]);
    expect(world.lambda.log).toContainEqual(
      expect.objectContaining({
        step: 'left',
        reason: expect.stringContaining('the identities of other Regions cannot be read') as string,
      }),
    );
  });

  it('keeps the DMARC record of the one that still has it', async () => {
    await well(europe.update(whole('eu-west-1', { DmarcRecord: undefined })));
    await europe.cleanUp();

    expect(shared()).toEqual([DMARC_LINE, mxLine('eu-west-1'), SPF_LINE]);

    await europe.delete();
    await well(america.delete());
    expect(world.holdings()).toEqual([]);
  });
});

it('a second Region that fails takes nothing of what the first one has', async () => {
  await well(europe.create(whole('eu-west-1')));
  const before = [world.holdings(), world.tags()];
  world.fake.insyncAfterMs = Infinity;

  expect((await america.create(whole('us-east-1'))).status).toBe('FAILED');

  expect([world.holdings(), world.tags()]).toEqual(before);
});

it('a second Region with a MAIL FROM domain of its own has records of its own', async () => {
  await well(europe.create(whole('eu-west-1')));
  await well(america.create(whole('us-east-1', { MailFromDomain: `mail.${DOMAIN}` })));
  expect(shared()).toHaveLength(5);

  await well(europe.delete());

  expect(shared().filter((line) => line.includes(MAIL_FROM))).toEqual([]);
  expect(shared()).toHaveLength(3);
  await well(america.delete());
  expect(world.holdings()).toEqual([]);
});

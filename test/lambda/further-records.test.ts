import type { ResourceProperties } from '../../lib/shared/contract';
import { DOMAIN, madeOf, properties, recordsOf, StackResource, World, ZONE } from '../support/stack';

const MAIL_FROM = `bounce.${DOMAIN}`;
const DMARC = 'v=DMARC1; p=none; rua=mailto:dmarc@example.com';
const MX_LINE = `${ZONE} ${MAIL_FROM} 1800 MX 10 feedback-smtp.eu-west-1.amazonses.com`;
const SPF_LINE = `${ZONE} ${MAIL_FROM} 1800 TXT "v=spf1 include:amazonses.com ~all"`;
const DMARC_LINE = `${ZONE} _dmarc.${DOMAIN} 1800 TXT "${DMARC}"`;

let world: World;
let mail: StackResource;

beforeEach(async () => {
  world = await World.start();
  mail = new StackResource(world);
});

afterEach(() => world.stop());

const whole = (given: Partial<ResourceProperties> = {}) =>
  properties({ MailFromDomain: MAIL_FROM, DmarcRecord: DMARC, ...given });

/** The records, without those of DKIM. */
const further = () => world.holdings().filter((line) => line.startsWith(ZONE) && !line.includes(' CNAME '));

/** Puts a TXT record set, which somebody else has made, into the zone; returns it as a line. */
function addForeignTxt(name: string, values: string[], ttl = 300): string {
  world.fake.putRecord(ZONE, { name, type: 'TXT', ttl, values });
  return `${ZONE} ${name} ${ttl} TXT ${values.join(' ')}`;
}

async function expectFailure(given: ResourceProperties, reason: string): Promise<void> {
  const before = world.holdings();
  const answer = await mail.create(given);
  expect(answer.status).toBe('FAILED');
  expect(answer.reason).toContain(reason);
  expect(world.holdings()).toEqual(before);
}

describe('a domain with MAIL FROM and DMARC', () => {
  it('gets all its records in one batch, and loses them again', async () => {
    const answer = await mail.create(whole());

    expect(answer.status).toBe('SUCCESS');
    expect(madeOf(answer)).toBe('1+2+3+mx+spf+dmarc');
    expect(answer.physicalId).toMatch(/:bounce:v=DMARC1; p=none; rua=mailto:dmarc@example\.com$/);
    expect(world.claims()).toEqual([
      expect.stringMatching(
        /^zone=Z0EXAMPLE made=identity\+1\+2\+3\+mx\+spf\+dmarc mail-from=[0-9a-f]{8} by=Test\/Mail$/,
      ),
    ]);
    expect(further()).toEqual([DMARC_LINE, MX_LINE, SPF_LINE]);
    expect(world.holdings()).toEqual(expect.arrayContaining(recordsOf(answer)));
    expect(world.fake.operations().filter((name) => name === 'ChangeResourceRecordSets')).toHaveLength(1);

    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('has nothing to do on an update that changes nothing', async () => {
    const { physicalId } = await mail.create(whole());
    const before = world.holdings();

    const operations = await world.operationsDuring(async () => {
      expect(await mail.update(whole())).toMatchObject({ status: 'SUCCESS', physicalId });
    });

    expect(operations).not.toContain('ChangeResourceRecordSets');
    expect(world.holdings()).toEqual(before);
  });

  it('splits a long DMARC record as DNS wants it, and deletes it again', async () => {
    const rua = Array.from({ length: 12 }, (_, n) => `mailto:reports-${n}@dmarc.example.com`).join(',');
    const text = `v=DMARC1; p=reject; rua=${rua}`;

    await mail.create(whole({ DmarcRecord: text }));

    const [value] = world.fake.records(ZONE).find(({ name }) => name === `_dmarc.${DOMAIN}`)!.values;
    const strings = value.split(/(?<=") (?=")/);
    expect(strings.map((string) => string.length - 2)).toEqual([255, text.length - 255]);
    expect(strings.map((string) => string.slice(1, -1)).join('')).toBe(text);
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });
});

describe('an update', () => {
  const withoutFurther = properties();

  it('that adds them only adds, also when it is rolled back', async () => {
    await mail.create(withoutFurther);
    const before = world.holdings();

    await mail.update(whole());
    expect(further()).toEqual([DMARC_LINE, MX_LINE, SPF_LINE]);

    await mail.rollBack();
    expect(world.holdings()).toEqual(before);
  });

  it('that drops them keeps them until its end', async () => {
    await mail.create(whole());

    await mail.update(withoutFurther);
    expect(further()).toEqual([DMARC_LINE, MX_LINE, SPF_LINE]);

    await mail.cleanUp();
    expect(further()).toEqual([]);
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('that drops them and is rolled back has changed nothing', async () => {
    await mail.create(whole());
    const before = world.holdings();

    await mail.update(withoutFurther);
    await mail.rollBack();

    expect(world.holdings()).toEqual(before);
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('changes the policy in place', async () => {
    await mail.create(whole());

    await mail.update(whole({ DmarcRecord: 'v=DMARC1; p=reject' }));
    await mail.cleanUp();

    const changed = DMARC_LINE.replace(DMARC, 'v=DMARC1; p=reject');
    expect(further()).toEqual([changed, MX_LINE, SPF_LINE]);
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('of the policy that is rolled back brings the policy back', async () => {
    mail.cleanUpShows = 'what stays';
    await mail.create(whole());
    const before = world.holdings();

    await mail.update(whole({ DmarcRecord: 'v=DMARC1; p=reject' }));
    await mail.rollBack();

    expect(world.holdings()).toEqual(before);
  });

  it('to another MAIL FROM domain has the records of both until its end', async () => {
    await mail.create(whole());

    await mail.update(whole({ MailFromDomain: `mail.${DOMAIN}` }));
    expect(further()).toEqual(expect.arrayContaining([MX_LINE, SPF_LINE]));
    expect(further()).toHaveLength(5);

    await mail.cleanUp();
    expect(further().filter((line) => line.includes(MAIL_FROM))).toEqual([]);
    expect(further()).toHaveLength(3);
  });

  const MX_OF_US = MX_LINE.replace('eu-west-1', 'us-east-1');

  it('to another Region takes the MX record along', async () => {
    await mail.create(whole());

    world.setRegions('us-east-1');
    await mail.update(whole({ SesRegion: 'us-east-1' }));
    expect(further()).toEqual([DMARC_LINE, MX_OF_US, SPF_LINE]);

    await mail.cleanUp();
    expect(further()).toEqual([DMARC_LINE, MX_OF_US, SPF_LINE]);
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('to another Region that is rolled back brings the MX record back', async () => {
    await mail.create(whole());
    const before = world.holdings();

    world.setRegions('us-east-1');
    await mail.update(whole({ SesRegion: 'us-east-1' }));
    world.setRegions('eu-west-1');
    await mail.rollBack();

    expect(world.holdings()).toEqual(before);
    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('gives up what others have written their own way since', async () => {
    await mail.create(whole());
    const theirs = addForeignTxt(MAIL_FROM, ['"v=spf1 ip4:192.0.2.1 include:amazonses.com -all"']);

    await mail.update(whole({ OverwriteRecords: 'true' }));
    await mail.cleanUp();
    await mail.delete();

    expect(world.holdings()).toEqual([theirs]);
  });

  it('of the TTL changes all of them', async () => {
    await mail.create(whole());

    await mail.update(whole({ Ttl: '60' }));

    expect(further()).toEqual([DMARC_LINE, MX_LINE, SPF_LINE].map((line) => line.replace(' 1800 ', ' 60 ')));
  });

  it('to another DNS provider removes them from Route 53 at its end, and leaves the identity', async () => {
    await mail.create(whole());

    const answer = await mail.update({ ...whole(), HostedZoneId: undefined, HostedZoneName: undefined });
    expect(answer.physicalId).toContain(':example.com:-:');
    expect(further()).toHaveLength(3);

    await mail.cleanUp();
    expect(world.holdings()).toEqual([expect.stringMatching(/^eu-west-1 example\.com /)]);
  });
});

describe('records that are there already', () => {
  it('are used when they do the same, and survive', async () => {
    const theirs = [
      addForeignTxt(MAIL_FROM, ['"v=spf1 ip4:192.0.2.1 +include:AmazonSES.com -all"']),
      addForeignTxt(`_dmarc.${DOMAIN}`, ['"v=DMARC1;rua=mailto:dmarc@example.com;p=none;"']),
    ];
    world.fake.putRecord(ZONE, {
      name: MAIL_FROM,
      type: 'MX',
      ttl: 60,
      values: ['10 feedback-smtp.us-east-1.amazonses.com.'],
    });
    const before = world.holdings();

    expect(madeOf(await mail.create(whole()))).toBe('1+2+3');
    expect(world.claims()).toEqual([expect.stringContaining(' made=identity+1+2+3 found=mx+spf+dmarc ')]);
    expect(world.holdings()).toEqual(expect.arrayContaining(theirs));
    await mail.delete();

    expect(world.holdings()).toEqual(before);
  });

  it('of other kinds stay in their record set, with its TTL, and keep it', async () => {
    const theirs = [
      addForeignTxt(`_dmarc.${DOMAIN}`, ['"unrelated"']),
      addForeignTxt(MAIL_FROM, ['"google-site-verification=abc"', '"x"']),
    ];

    await mail.create(whole());
    expect(further()).toEqual([
      `${ZONE} _dmarc.${DOMAIN} 300 TXT "unrelated" "${DMARC}"`,
      MX_LINE,
      `${ZONE} ${MAIL_FROM} 300 TXT "google-site-verification=abc" "x" "v=spf1 include:amazonses.com ~all"`,
    ]);

    await mail.delete();
    expect(world.holdings()).toEqual(theirs);
  });

  it('that come into the set between the look at it and the write stay, too', async () => {
    addForeignTxt(MAIL_FROM, ['"x"']);
    let added = false;
    world.fake.before('ChangeResourceRecordSets', () => {
      if (!added) addForeignTxt(MAIL_FROM, ['"x"', '"y"']);
      added = true;
    });

    await mail.create(whole());
    expect(further()).toContain(`${ZONE} ${MAIL_FROM} 300 TXT "x" "y" "v=spf1 include:amazonses.com ~all"`);
  });

  it.each([
    [
      'another SPF record',
      MAIL_FROM,
      ['"v=spf1 -all"'],
      `is TXT "v=spf1 -all" and should be TXT "v=spf1 include:amazonses.com ~all". Set overwriteRecords: true`,
    ],
    [
      'two SPF records, which is an error in itself',
      MAIL_FROM,
      ['"v=spf1 include:amazonses.com ~all"', '"v=spf1 -all"'],
      'is TXT "v=spf1 include:amazonses.com ~all", "v=spf1 -all" and should be',
    ],
    ['another DMARC record', `_dmarc.${DOMAIN}`, ['"v=DMARC1; p=reject"'], 'is TXT "v=DMARC1; p=reject" and should be'],
  ])('%s: fails, or is replaced when told so', async (_, name, values, reason) => {
    addForeignTxt(name, [...values, '"other"']);

    await expectFailure(whole(), reason);
    expect((await mail.create(whole({ OverwriteRecords: 'true' }))).status).toBe('SUCCESS');

    const ours = name === MAIL_FROM ? '"v=spf1 include:amazonses.com ~all"' : `"${DMARC}"`;
    expect(further()).toContain(`${ZONE} ${name} 300 TXT "other" ${ours}`);
  });

  it('an MX record for receiving mail is never replaced unasked', async () => {
    world.fake.putRecord(ZONE, { name: MAIL_FROM, type: 'MX', ttl: 60, values: ['10 mx.example.net'] });

    await expectFailure(
      whole(),
      `The record ${MAIL_FROM} exists in hosted zone ${ZONE} with a different value: it is MX`,
    );
  });

  it.each([MAIL_FROM, `_dmarc.${DOMAIN}`])('a CNAME record at %s is named, and no word replaces it', async (name) => {
    world.addForeignCname(name, 'elsewhere.example.net');

    await expectFailure(whole({ OverwriteRecords: 'true' }), 'remove it by hand, then deploy again');
  });

  it('records that others changed after us stay when we go', async () => {
    await mail.create(whole());
    const theirs = addForeignTxt(`_dmarc.${DOMAIN}`, ['"v=DMARC1; p=quarantine"']);

    await mail.delete();

    expect(world.holdings()).toEqual([theirs]);
  });
});

describe('when something fails later', () => {
  it('all is taken back, and what was replaced comes back', async () => {
    const theirs = addForeignTxt(MAIL_FROM, ['"x"', '"v=spf1 -all"']);
    world.fake.insyncAfterMs = 3_600_000;

    const answer = await mail.create(whole({ OverwriteRecords: 'true' }));

    expect(answer.status).toBe('FAILED');
    expect(world.holdings()).toEqual([theirs]);
  });
});

describe('a domain whose DNS is elsewhere', () => {
  const elsewhere = whole({ HostedZoneId: undefined, HostedZoneName: undefined });

  it('gets an identity with its tokens, without a word to Route 53', async () => {
    const operations = await world.operationsDuring(async () => {
      const answer = await mail.create(elsewhere);
      expect(answer.status).toBe('SUCCESS');
      expect(answer.data.DkimRecordValue1).toBe(`${world.tokensToCome()[0]}.dkim.amazonses.com`);
      expect(answer.data.HostedZoneId).toBeUndefined();
    });
    expect(operations).toEqual([
      'DescribeStackResource',
      'CreateEmailIdentity',
      'VerifyDomainDkim',
      'DescribeStackResource',
    ]);

    await mail.delete();
    expect(world.holdings()).toEqual([]);
  });

  it('says what to check when it is not verified in time', async () => {
    const { reason } = await mail.create({ ...elsewhere, WaitForVerification: '60' });

    expect(reason).toContain(
      'Easy DKIM for example.com (SES in eu-west-1): SES has not verified DKIM within 60 seconds',
    );
    expect(reason).toContain('their records are not in Route 53. Check that the DNS provider of the domain has them');
    expect(world.holdings()).toEqual([]);
  });
});

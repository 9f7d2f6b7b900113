import { checkDomain, InvalidOptionError, type CheckId, type CheckOptions, type Finding } from '../../check';
import { DnsServerOnLoopback, type Records } from './dns-server';
import { dkim, DKIM_HOST, DOMAIN, KEY, MAIL_FROM, publicKey, recordName, REGION, rightSetUp, TOKENS } from './set-up';

const [FIRST] = TOKENS;
const KEY_NAME = `${FIRST}.${DKIM_HOST}`;
const DMARC = `_dmarc.${DOMAIN}`;

let dns: DnsServerOnLoopback;

beforeAll(async () => {
  dns = await DnsServerOnLoopback.start();
});
afterAll(() => dns.stop());
beforeEach(() => dns.serve(rightSetUp()));

/** Checks against DNS alone, with all that SES would say given. */
function check(options: CheckOptions = {}, domain = DOMAIN) {
  return checkDomain(domain, {
    ses: false,
    region: REGION,
    mailFromDomain: MAIL_FROM,
    dkimTokens: TOKENS,
    resolvers: [dns.address],
    timeout: 2_000,
    ...options,
  });
}

/** The first finding of a check, once the right set-up was changed. */
async function findingOf(
  id: CheckId,
  changes: { readonly [name: string]: Records | undefined },
  options?: CheckOptions,
): Promise<Finding> {
  dns.serve(rightSetUp(changes));
  const { findings } = await check(options);
  return findings.find(({ check }) => check === id)!;
}

/** In the words of the summaries below: verdict and problems. */
function outcome({ verdict, problems }: Finding): string {
  return [verdict, ...problems].join(' ');
}

describe('when everything is right', () => {
  test('every check passes, and nothing is to be done', async () => {
    const report = await check();
    expect(report.findings.map(({ check, verdict, remedy }) => [check, verdict, remedy])).toEqual([
      ['domain', 'pass', undefined],
      ['dkim', 'pass', undefined],
      ['dkim', 'pass', undefined],
      ['dkim', 'pass', undefined],
      ['dkim-keys', 'pass', undefined],
      ['mail-from', 'pass', undefined],
      ['spf', 'pass', undefined],
      ['dmarc', 'pass', undefined],
    ]);
    expect(report).toMatchObject({
      domain: DOMAIN,
      region: REGION,
      mailFromDomain: MAIL_FROM,
      resolvers: [dns.address],
      verdict: 'pass',
    });
    expect(report.findings[1].found).toBe(`CNAME ${KEY_NAME}`);
    expect(report.findings[4].found).toContain(`${FIRST}: RSA key of 2048 bits`);
  });

  test('names are compared whatever their case', async () => {
    dns.serve(rightSetUp({ [recordName(FIRST)]: { CNAME: KEY_NAME.toUpperCase() } }));
    expect((await check({}, 'Example.COM.')).verdict).toBe('pass');
  });

  test('an answer too long for UDP is read over TCP', async () => {
    const others = Array.from({ length: 20 }, (_, n) => `verification-${n}=${'x'.repeat(200)}`);
    const spf = await findingOf('spf', {
      [MAIL_FROM]: {
        MX: [[10, `feedback-smtp.${REGION}.amazonses.com`]],
        TXT: [...others, 'v=spf1 include:amazonses.com -all'],
      },
    });
    expect(outcome(spf)).toBe('pass');
    expect(dns.questions).toContainEqual({ question: `TXT ${MAIL_FROM}`, overTcp: true });
  });
});

describe('the domain', () => {
  test('that does not exist fails, and so do its DKIM and DMARC records, for that reason', async () => {
    dns.serve({ com: { SOA: true } });
    const { findings } = await check();
    const [domain, dkim, dmarc] = [findings[0], findings[1], findings.at(-1)!];
    expect([domain, dkim, dmarc].map(outcome)).toEqual(Array(3).fill('fail domain-missing'));
    expect(domain.remedy).toContain('registered');
    expect(dkim.remedy).toMatch(/^Make the domain exist in DNS first, then create the CNAME record /);
    expect(dmarc.remedy).toMatch(/^Make the domain exist in DNS first, then create the TXT record _dmarc.example.com /);
  });

  test('that does not exist in a zone is to be delegated, or have its records there', async () => {
    const { findings } = await check({ mailFromDomain: false }, 'mail.example.com');
    expect(outcome(findings[0])).toBe('fail domain-missing');
    expect(findings[0].found).toContain('the nearest zone is example.com');
    expect(findings[0].remedy).toContain('Delegate mail.example.com');
  });

  test('below the top of its zone is all right', async () => {
    dns.serve(rightSetUp({ 'x.mail.example.com': { TXT: ['something'] } }));
    const { findings } = await check({ mailFromDomain: false }, 'mail.example.com');
    expect(findings[0]).toMatchObject({ verdict: 'pass', found: 'in the zone example.com' });
  });
});

describe('what cannot be looked up is unknown, not missing', () => {
  test.each([
    ['servfail', 'server-failure', /lame delegation/],
    ['refused', 'refused', /--resolver/],
    ['drop', 'timeout', /does not answer/],
  ] as const)('%s', async (fault, problem, remedy) => {
    dns.faults.set(DOMAIN, fault);
    const { findings, verdict } = await check(fault === 'drop' ? { timeout: 100 } : {});
    expect(findings.map(outcome)).toEqual(findings.map(() => `unknown ${problem}`));
    expect(findings).toHaveLength(7);
    findings.forEach((one) => expect(one.remedy).toMatch(remedy));
    expect(verdict).toBe('unknown');
  });

  test('no resolver there', async () => {
    const { findings } = await check({ resolvers: ['127.0.0.1:1'] });
    expect(new Set(findings.map(outcome))).toEqual(new Set(['unknown unreachable']));
  });

  test('a key whose name servers fail', async () => {
    dns.faults.set(DKIM_HOST, 'servfail');
    const { findings } = await check();
    const [record, keys] = ['dkim', 'dkim-keys'].map((id) => findings.find(({ check }) => check === id)!);
    expect(record).toMatchObject({ verdict: 'pass', found: `CNAME ${KEY_NAME}` });
    expect(outcome(keys)).toBe('unknown server-failure');
  });

  test('what is wrong for sure outweighs it', async () => {
    dns.serve(rightSetUp({ [DMARC]: undefined }));
    dns.faults.set(MAIL_FROM, 'servfail');
    expect((await check()).verdict).toBe('fail');
  });
});

describe('DKIM', () => {
  const name = recordName(FIRST);
  const ownHost = `${FIRST}.dkim.eu-south-1.amazonses.com`;

  test.each<[string, { [name: string]: Records | undefined }, string, RegExp]>([
    ['no CNAME', { [name]: undefined }, 'fail missing', /Create the CNAME record .* → /],
    ['another token', { [name]: { CNAME: `zzz.${DKIM_HOST}` } }, 'fail wrong-host', /Change it to/],
    ['a host of someone else', { [name]: { CNAME: `${FIRST}.dkim.example.net` } }, 'fail wrong-host', /Change it to/],
    ['the host of another Region', { [name]: { CNAME: ownHost } }, 'fail wrong-host', /Change it to/],
    ['a key in place of the CNAME', { [name]: { TXT: [KEY] } }, 'fail wrong-type', /Replace it/],
    [
      "the zone's name twice",
      { [name]: undefined, [`${name}.${DOMAIN}`]: { CNAME: KEY_NAME } },
      'fail doubled-name',
      /trailing dot/,
    ],
    [
      'a key that SES publishes elsewhere',
      Object.fromEntries(dkim(FIRST, { host: 'dkim.cell7.amazonses.com' })),
      'warn wrong-host',
      /documented/,
    ],
  ])('%s', async (_, changes, expected, remedy) => {
    const one = await findingOf('dkim', changes);
    expect(outcome(one)).toBe(expected);
    expect(one.remedy).toMatch(remedy);
    expect(one.name).toBe(name);
  });

  describe('whose CNAME leads to SES by way of another name', () => {
    test.each<[string, { [name: string]: Records | undefined }]>([
      ['with a CNAME there', { [name]: { CNAME: 'dkim1.example.net' }, 'dkim1.example.net': { CNAME: KEY_NAME } }],
      [
        'with two',
        {
          [name]: { CNAME: 'dkim1.example.net' },
          'dkim1.example.net': { CNAME: 'dkim2.example.net' },
          'dkim2.example.net': { CNAME: KEY_NAME },
        },
      ],
    ])('%s works, which is a warning', async (_, changes) => {
      const one = await findingOf('dkim', changes);
      expect(outcome(one)).toBe('warn indirect');
      expect(one.found).toBe(
        `CNAME ${Object.values(changes)
          .map((records) => records!.CNAME)
          .join(' → ')}`,
      );
      expect(outcome((await check()).findings.find(({ check }) => check === 'dkim-keys')!)).toBe('pass');
    });

    test('never ends for names that lead to each other', async () => {
      const loop = { [name]: { CNAME: 'x.example.net' }, 'x.example.net': { CNAME: name } };
      expect(outcome(await findingOf('dkim', loop))).toBe('fail wrong-host');
    });
  });

  test('in a Region with a host of its own the default host is wrong', async () => {
    const { findings } = await check({ region: 'eu-south-1', mailFromDomain: false });
    // The keys are not at the default host either, as with SES itself.
    dns.serve(rightSetUp(Object.fromEntries(TOKENS.map((token) => [`${token}.${DKIM_HOST}`, undefined]))));
    const wrong = (await check({ region: 'eu-south-1', mailFromDomain: false })).findings[1];
    expect(outcome(wrong)).toBe('fail wrong-host');
    expect(wrong.expected).toContain(ownHost);
    expect(wrong.remedy).toContain(`→ ${ownHost}`);
    expect(outcome(findings[1])).toBe('warn wrong-host');
  });

  test('in a Region with a host of its own that host is right', async () => {
    const own = TOKENS.flatMap((token) => dkim(token, { host: 'dkim.eu-south-1.amazonses.com' }));
    dns.serve(rightSetUp(Object.fromEntries(own)));
    const { findings } = await check({ region: 'eu-south-1', mailFromDomain: false });
    expect(findings.slice(1, 4).map(outcome)).toEqual(['pass', 'pass', 'pass']);
  });

  describe('when the Region is not known', () => {
    const saved = { ...process.env };
    beforeEach(() => {
      delete process.env.AWS_REGION;
      delete process.env.AWS_DEFAULT_REGION;
    });
    afterEach(() => {
      process.env = { ...saved };
    });

    test('any host of SES that has the key is right', async () => {
      dns.serve(rightSetUp(Object.fromEntries(dkim(FIRST, { host: 'dkim.eu-south-1.amazonses.com' }))));
      const report = await check({ region: undefined });
      expect(report.verdict).toBe('pass');
      expect(report.region).toBeUndefined();
    });

    test('another host is wrong all the same', async () => {
      expect(
        outcome(
          await findingOf('dkim', Object.fromEntries(dkim(FIRST, { host: 'example.net' })), { region: undefined }),
        ),
      ).toBe('fail wrong-host');
    });
  });

  test('tokens that are not given are unknown, with what to do', async () => {
    const { findings, verdict } = await check({ dkimTokens: undefined });
    const all = findings.filter(({ check }) => check === 'dkim');
    expect(all.map(outcome)).toEqual(['unknown not-given']);
    expect(all[0].remedy).toBe('Give --tokens: the outputs of the stack show them.');
    expect(verdict).toBe('unknown');
  });
});

describe('the DKIM keys, as a set', () => {
  /** What there is at the three names to which the records lead; undefined: no such name. */
  const keys = (...texts: (string[] | undefined)[]) =>
    Object.fromEntries(TOKENS.map((token, n) => [`${token}.${DKIM_HOST}`, texts[n] && { TXT: texts[n] }]));
  const WITHDRAWN = ['v=DKIM1; p='];

  test.each<[string, { [name: string]: Records | undefined }, string, RegExp | undefined]>([
    ['one active, two empty, as SES has it', keys([KEY], [''], ['']), 'pass key-missing', /^Leave the empty selectors/],
    ['one active, two without a name', keys(undefined, [KEY], undefined), 'pass key-missing', /^Leave the empty/],
    ['one active, one withdrawn', keys([KEY], WITHDRAWN, [KEY]), 'pass key-missing', /^Leave the empty/],
    [
      'one active, one cut short',
      keys([KEY], [KEY.slice(0, 200)], ['']),
      'warn key-invalid key-missing',
      /cannot be used/,
    ],
    ['all empty', keys([''], [''], ['']), 'fail key-missing', /^No selector has a key/],
    ['no such names', keys(), 'fail key-missing', /^No selector has a key/],
    ['texts without a key', keys(['hello'], ['hello'], ['hello']), 'fail key-missing', /^No selector has a key/],
    ['all withdrawn', keys(WITHDRAWN, WITHDRAWN, WITHDRAWN), 'fail key-revoked', /^No selector has a key/],
    ['all cut short', keys([KEY.slice(0, 200)], [''], ['']), 'fail key-invalid', /in full/],
    ['two keys at one name', keys([KEY, KEY], [''], ['']), 'fail doubled', /one key/],
    ['a key of 768 bits', keys([`p=${publicKey(768)}`], [''], ['']), 'fail key-weak', /2048/],
    ['a key of 1024 bits', keys([`p=${publicKey(1024)}`], [KEY], [KEY]), 'warn key-short', /2048 bits .*1024/],
    ['a key for testing', keys([`t=y; ${KEY}`], [KEY], [KEY]), 'warn key-testing', /t=y/],
    ['a key for subdomains only', keys([`t=s; ${KEY}`], [KEY], [KEY]), 'pass', undefined],
    ['a key for SHA-1 only', keys([`h=sha1; ${KEY}`], [''], ['']), 'fail key-invalid', /SHA-256/],
    ['a key for SHA-1 beside an active one', keys([`h=sha1; ${KEY}`], [KEY], [KEY]), 'warn key-invalid', /SHA-256/],
    ['a key for both', keys([`h=sha1 : sha256; ${KEY}`], [KEY], [KEY]), 'pass', undefined],
  ])('%s', async (_, changes, expected, remedy) => {
    const one = await findingOf('dkim-keys', changes);
    expect(outcome(one)).toBe(expected);
    expect(one.remedy ?? '').toMatch(remedy ?? /^$/);
    expect(one.name).toBe(`_domainkey.${DOMAIN}`);
    const records = (await check()).findings.filter(({ check }) => check === 'dkim');
    expect(records.map(outcome)).toEqual(['pass', 'pass', 'pass']);
  });

  test('one that cannot be looked up is unknown, even beside an active one', async () => {
    dns.faults.set(KEY_NAME, 'servfail');
    expect(outcome((await check()).findings.find(({ check }) => check === 'dkim-keys')!)).toBe(
      'unknown server-failure',
    );
  });

  test("a key at somebody else's host is none of them", async () => {
    const elsewhere = Object.fromEntries(dkim(FIRST, { host: 'example.net' }));
    const one = await findingOf('dkim-keys', { ...keys(undefined, [''], ['']), ...elsewhere });
    expect(outcome(one)).toBe('fail key-missing');
  });

  test('are not judged when no record leads to them', async () => {
    dns.serve(rightSetUp(Object.fromEntries(TOKENS.map((token) => [recordName(token), undefined]))));
    expect((await check()).findings.map(({ check }) => check)).not.toContain('dkim-keys');
  });
});

describe('the MX record of the MAIL FROM domain', () => {
  const mx = (...records: [number, string][]) => ({
    [MAIL_FROM]: { MX: records, TXT: ['v=spf1 include:amazonses.com ~all'] },
  });
  const feedback = (region: string) => `feedback-smtp.${region}.amazonses.com`;

  test.each<[string, { [name: string]: Records | undefined }, string]>([
    ['missing', mx(), 'fail missing'],
    ['no name at all', { [MAIL_FROM]: undefined }, 'fail missing'],
    ['two', mx([10, feedback(REGION)], [20, feedback('us-east-1')]), 'fail doubled'],
    ['of someone else', mx([10, 'mx.example.net']), 'fail wrong-host'],
    ['for mail to SES', mx([10, `inbound-smtp.${REGION}.amazonaws.com`]), 'fail wrong-host'],
    ['of another Region', mx([10, feedback('us-east-1')]), 'warn other-region'],
    ['of a Region that there is not', mx([10, feedback('eu-west-9')]), 'fail host-missing'],
    ['of any priority', mx([0, feedback(REGION)]), 'pass'],
  ])('%s', async (_, changes, expected) => {
    const one = await findingOf('mail-from', changes);
    expect(outcome(one)).toBe(expected);
    if (one.verdict === 'fail' && expected !== 'fail host-missing') {
      expect(one.remedy).toContain(`${MAIL_FROM} → 10 ${feedback(REGION)}`);
    }
  });

  test('whose host cannot be looked up is unknown', async () => {
    dns.faults.set(feedback(REGION), 'servfail');
    expect(outcome((await check()).findings.find(({ check }) => check === 'mail-from')!)).toBe(
      'unknown server-failure',
    );
  });

  test('is not looked for when there is no MAIL FROM domain, which is a warning', async () => {
    const { findings } = await check({ mailFromDomain: false });
    expect(findings.filter(({ check }) => check === 'mail-from').map(outcome)).toEqual(['warn no-mail-from']);
    expect(findings.some(({ check }) => check === 'spf')).toBe(false);
  });

  test('is unknown when the MAIL FROM domain is', async () => {
    const { findings } = await check({ mailFromDomain: undefined });
    const all = findings.filter(({ check }) => check === 'mail-from');
    expect(all.map(outcome)).toEqual(['unknown not-given']);
    expect(all[0].remedy).toBe('Give --mail-from, or --no-mail-from if there is none.');
  });
});

describe('SPF', () => {
  const MX = [[10, `feedback-smtp.${REGION}.amazonses.com`]] as const;
  const spf = (...TXT: string[]) => ({ [MAIL_FROM]: { MX, TXT } });
  const including = (n: number) => Array.from({ length: n }, (_, i) => `include:s${i}.example.net`).join(' ');
  const included = Object.fromEntries(
    Array.from({ length: 12 }, (_, i): [string, Records] => [`s${i}.example.net`, { TXT: ['v=spf1 -all'] }]),
  );

  test.each<[string, { [name: string]: Records | undefined }, string]>([
    ['missing', spf('something else'), 'fail missing'],
    ['no text at all', spf(), 'fail missing'],
    ['doubled', spf('v=spf1 include:amazonses.com ~all', 'v=spf1 -all'), 'fail doubled'],
    ['without SES', spf('v=spf1 mx -all'), 'fail ses-not-included'],
    ['with SES behind the all', spf('v=spf1 -all include:amazonses.com'), 'fail ses-not-included'],
    ['with SES as a failure', spf('v=spf1 -include:amazonses.com ~all'), 'fail ses-not-included'],
    ['+all', spf('v=spf1 include:amazonses.com +all'), 'fail too-permissive'],
    ['all without a sign', spf('v=spf1 include:amazonses.com all'), 'fail too-permissive'],
    ['all addresses', spf('v=spf1 include:amazonses.com ip4:0.0.0.0/0 -all'), 'fail too-permissive'],
    ['?all', spf('v=spf1 include:amazonses.com ?all'), 'warn too-permissive'],
    ['no all', spf('v=spf1 include:amazonses.com'), 'warn too-permissive'],
    ['an unknown mechanism', spf('v=spf1 include:amazonses.com ipv4:1.2.3.4 ~all'), 'fail invalid'],
    ['ten lookups', { ...included, ...spf(`v=spf1 include:amazonses.com ${including(9)} ~all`) }, 'pass'],
    [
      'eleven lookups',
      { ...included, ...spf(`v=spf1 include:amazonses.com ${including(10)} ~all`) },
      'fail too-many-lookups',
    ],
    [
      'eleven lookups, in an included record',
      {
        ...included,
        'spf.example.net': { TXT: [`v=spf1 ${including(9)} -all`] },
        ...spf('v=spf1 include:amazonses.com include:spf.example.net -all'),
      },
      'fail too-many-lookups',
    ],
    [
      'a record that includes itself',
      spf(`v=spf1 include:amazonses.com include:${MAIL_FROM} ~all`),
      'fail too-many-lookups',
    ],
    [
      'an include that leads nowhere',
      spf('v=spf1 include:amazonses.com include:gone.example.net ~all'),
      'fail include-broken',
    ],
    [
      'an include of a doubled record',
      {
        'two.example.net': { TXT: ['v=spf1 -all', 'v=spf1 ~all'] },
        ...spf('v=spf1 include:amazonses.com include:two.example.net ~all'),
      },
      'fail include-broken',
    ],
    [
      'an include that lets anyone pass',
      {
        'open.example.net': { TXT: ['v=spf1 +all'] },
        ...spf('v=spf1 include:amazonses.com include:open.example.net ~all'),
      },
      'fail too-permissive',
    ],
    [
      'SES in an included record',
      {
        'spf.example.net': { TXT: ['v=spf1 include:amazonses.com -all'] },
        ...spf('v=spf1 include:spf.example.net -all'),
      },
      'pass',
    ],
    ['a redirect to SES', spf('v=spf1 redirect=amazonses.com'), 'pass'],
    [
      'a macro for the sender, which is not followed',
      spf('v=spf1 include:amazonses.com exists:%{i}.example.net include:%{l}.example.net -all'),
      'pass',
    ],
    [
      'a macro for the domain, which is followed',
      {
        '_spf.bounce.example.com': { TXT: ['v=spf1 include:amazonses.com -all'] },
        ...spf('v=spf1 include:_spf.%{d} -all'),
      },
      'pass',
    ],
    [
      'a macro for the domain that leads nowhere',
      spf('v=spf1 include:amazonses.com include:_spf.%{o2} -all'),
      'fail include-broken',
    ],
    ['a redirect to nowhere', spf('v=spf1 include:amazonses.com redirect=gone.example.net'), 'fail include-broken'],
    ['a name in any form', spf('v=spf1 include:AmazonSES.com. ~all'), 'pass'],
    ['a tab between terms', spf('v=spf1 include:amazonses.com\t~all'), 'fail invalid ses-not-included too-permissive'],
    ['a modifier that nobody knows', spf('v=spf1 include:amazonses.com x-note=%{l} ~all'), 'pass'],
    ['two explanations', spf('v=spf1 include:amazonses.com exp=a.example.com exp=b.example.com ~all'), 'fail invalid'],
    [
      'all addresses, in two ranges',
      spf('v=spf1 include:amazonses.com ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all'),
      'fail too-permissive',
    ],
    [
      'all addresses, in the ranges of two records',
      {
        'half.example.net': { TXT: ['v=spf1 ip4:128.0.0.0/2 -all'] },
        ...spf('v=spf1 include:amazonses.com ip4:0.0.0.0/2 include:half.example.net -all'),
      },
      'fail too-permissive',
    ],
    [
      'all addresses, around its own',
      { ...spf('v=spf1 include:amazonses.com a:example.net/0 -all'), 'example.net': { A: ['192.0.2.1'] } },
      'fail too-permissive',
    ],
    ['all IPv6 addresses', spf('v=spf1 include:amazonses.com ip6:2000::/3 -all'), 'fail too-permissive'],
    ['a large range', spf('v=spf1 include:amazonses.com ip4:10.0.0.0/8 ip6:2001:db8::/32 -all'), 'pass'],
    [
      'two names that DNS does not have',
      spf('v=spf1 include:amazonses.com a:x.example.net mx:y.example.net -all'),
      'pass',
    ],
    [
      'three names that DNS does not have',
      spf('v=spf1 include:amazonses.com a:x.example.net mx:y.example.net exists:z.example.net -all'),
      'fail too-many-void-lookups',
    ],
    [
      'more MX records than receivers look at',
      {
        'example.net': { MX: Array.from({ length: 11 }, (_, n): [number, string] => [n, `mx${n}.example.net`]) },
        ...spf('v=spf1 include:amazonses.com mx:example.net -all'),
      },
      'fail too-many-mx',
    ],
    ['in upper case', spf('V=SPF1 INCLUDE:AmazonSES.com ~ALL'), 'pass'],
  ])('%s', async (_, changes, expected) => {
    expect(outcome(await findingOf('spf', changes))).toBe(expected);
  });

  test('a text of several strings is one record', async () => {
    const filler = Array.from({ length: 12 }, (_, i) => `ip6:2001:db8:${i}::/48`).join(' ');
    expect(outcome(await findingOf('spf', spf(`v=spf1 ${filler} include:amazonses.com ~all`)))).toBe('pass');
  });

  test('an address that cannot be looked up is unknown', async () => {
    dns.faults.set('example.net', 'servfail');
    dns.data = rightSetUp(spf('v=spf1 include:amazonses.com a:example.net ~all'));
    const { findings } = await check();
    expect(outcome(findings.find(({ check }) => check === 'spf')!)).toBe('unknown server-failure');
  });

  test('an include that cannot be looked up is unknown', async () => {
    dns.faults.set('amazonses.com', 'servfail');
    const { findings } = await check();
    expect(outcome(findings.find(({ check }) => check === 'spf')!)).toBe('unknown server-failure');
  });
});

describe('DMARC', () => {
  const dmarc = (...TXT: string[]) => ({ [DMARC]: { TXT } });
  const RUA = 'rua=mailto:d@example.com';

  test.each<[string, { [name: string]: Records | undefined }, string]>([
    ['missing', { [DMARC]: undefined }, 'fail missing'],
    ['some other text', dmarc('v=spf1 -all'), 'fail missing'],
    ['doubled', dmarc(`v=DMARC1; p=none`, 'v=DMARC1; p=reject'), 'fail doubled'],
    ['p=none', dmarc(`v=DMARC1; p=none; ${RUA}`), 'warn too-permissive'],
    ['p=reject', dmarc(`v=DMARC1; p=reject; ${RUA}`), 'pass'],
    ['tags in upper case', dmarc(`V=DMARC1;P=REJECT;RUA=MAILTO:d@example.com`), 'pass'],
    ['no policy, which is p=none', dmarc(`v=DMARC1; ${RUA}`), 'warn too-permissive'],
    ['neither policy nor reports', dmarc('v=DMARC1; adkim=s'), 'fail invalid'],
    ['a policy that there is not', dmarc(`v=DMARC1; p=rejected; ${RUA}`), 'warn invalid'],
    ['a policy that there is not, and no reports', dmarc('v=DMARC1; p=rejected'), 'fail invalid'],
    ['an sp that there is not', dmarc(`v=DMARC1; p=reject; sp=all; ${RUA}`), 'warn invalid'],
    ['a tag twice', dmarc(`v=DMARC1; p=reject; p=none; ${RUA}`), 'fail invalid'],
    ['a tag that nobody knows', dmarc(`v=DMARC1; p=reject; x=y; ${RUA}`), 'pass'],
    ['a semicolon too many', dmarc(`v=DMARC1; p=reject;; ${RUA};`), 'pass'],
    ['a part that is no tag', dmarc(`v=DMARC1; p=reject; please; ${RUA}`), 'warn invalid'],
    ['np that is weaker', dmarc(`v=DMARC1; p=reject; np=none; ${RUA}`), 'warn subdomains-weaker'],
    ['np that is as strong', dmarc(`v=DMARC1; p=reject; np=reject; ${RUA}`), 'pass'],
    ['psd=y', dmarc(`v=DMARC1; p=reject; psd=y; ${RUA}`), 'warn public-suffix'],
    ['psd=n', dmarc(`v=DMARC1; p=reject; psd=n; ${RUA}`), 'pass'],
    ['an fo that there is not', dmarc(`v=DMARC1; p=reject; fo=0:1; ruf=mailto:f@example.com; ${RUA}`), 'warn invalid'],
    ['fo without ruf, a hint', dmarc(`v=DMARC1; p=reject; fo=1; ${RUA}`), 'pass no-reports'],
    ['fo with ruf', dmarc(`v=DMARC1; p=reject; fo=1:d:s; ruf=mailto:f@example.com; ${RUA}`), 'pass'],
    ['failure reports to no address', dmarc(`v=DMARC1; p=reject; ruf=mailto:example.com; ${RUA}`), 'warn invalid'],
    ['a limit of size, which is ignored', dmarc('v=DMARC1; p=reject; rua=mailto:d@example.com!10m'), 'pass'],
    ['tags that are gone, a hint', dmarc(`v=DMARC1; p=reject; pct=100; ri=86400; ${RUA}`), 'pass removed-tag'],
    ['a text beside it that receivers ignore', dmarc(`v=DMARC1; p=reject; ${RUA}`, 'v=dmarc1; p=none'), 'warn invalid'],
    ['a text of others beside it', dmarc(`v=DMARC1; p=reject; ${RUA}`, 'google-site-verification=1'), 'pass'],
    ['no semicolon', dmarc('v=DMARC1 p=reject'), 'fail invalid'],
    ['the version in lower case', dmarc('v=dmarc1; p=reject'), 'fail invalid'],
    ['no version', dmarc('p=reject'), 'fail invalid'],
    ['the version at the end', dmarc('p=reject; v=DMARC1'), 'fail invalid'],
    ['pct', dmarc(`v=DMARC1; p=reject; pct=20; ${RUA}`), 'warn partial'],
    ['testing', dmarc(`v=DMARC1; p=reject; t=y; ${RUA}`), 'warn testing'],
    ['weaker for subdomains', dmarc(`v=DMARC1; p=reject; sp=none; ${RUA}`), 'warn subdomains-weaker'],
    ['stronger for subdomains', dmarc(`v=DMARC1; p=quarantine; sp=reject; ${RUA}`), 'pass'],
    ['strict SPF', dmarc(`v=DMARC1; p=reject; aspf=s; ${RUA}`), 'warn spf-not-aligned'],
    ['strict DKIM, which Easy DKIM meets', dmarc(`v=DMARC1; p=reject; adkim=s; ${RUA}`), 'pass'],
    ['reports to no mailto:', dmarc('v=DMARC1; p=reject; rua=d@example.com'), 'warn invalid'],
    ['no reports, a hint', dmarc('v=DMARC1; p=reject'), 'pass no-reports'],
  ])('%s', async (_, changes, expected) => {
    const one = await findingOf('dmarc', changes);
    expect(outcome(one)).toBe(expected);
    expect(one.remedy === undefined).toBe(expected === 'pass');
  });

  test.each([
    ['reject', 'quarantine'],
    ['quarantine', 'none'],
  ])('testing says what p=%s comes to', async (policy, applied) => {
    const one = await findingOf('dmarc', dmarc(`v=DMARC1; p=${policy}; t=y; ${RUA}`));
    expect(one.remedy).toContain(`until then ${applied} is applied instead of ${policy}`);
  });

  describe('with reports to another domain', () => {
    const name = `${DOMAIN}._report._dmarc.example.net`;
    const to = (...addresses: string[]) =>
      dmarc(`v=DMARC1; p=reject; rua=${addresses.map((address) => `mailto:${address}`).join(',')}`);

    test('that does not agree, is a warning with the record that it takes', async () => {
      const one = await findingOf('dmarc', to('d@example.net'));
      expect(outcome(one)).toBe('warn report-refused');
      expect(one.remedy).toContain(`${name} → "v=DMARC1;"`);
    });

    test.each(['v=DMARC1', 'v=DMARC1;', 'v=DMARC1; rua=mailto:other@example.net'])(
      'that agrees by %j',
      async (text) => {
        expect(outcome(await findingOf('dmarc', { ...to('d@example.net'), [name]: { TXT: [text] } }))).toBe('pass');
      },
    );

    test('that says something else there, is a warning', async () => {
      const changes = { ...to('d@example.net'), [name]: { TXT: ['yes'] } };
      expect(outcome(await findingOf('dmarc', changes))).toBe('warn report-refused');
    });

    test('of the same organization, takes no agreement', async () => {
      dns.serve(rightSetUp({ '_dmarc.a.example.com': { TXT: ['v=DMARC1; p=reject; rua=mailto:d@b.example.com'] } }));
      const { findings } = await check({ mailFromDomain: false }, 'a.example.com');
      expect(outcome(findings.at(-1)!)).toBe('pass');
    });

    test('that cannot be looked up, is unknown', async () => {
      dns.serve(rightSetUp(to('d@example.net')));
      dns.faults.set('example.net', 'servfail');
      expect(outcome((await check()).findings.at(-1)!)).toBe('unknown server-failure');
    });

    test('is asked of ten domains at most', async () => {
      await findingOf('dmarc', to(...Array.from({ length: 30 }, (_, n) => `d@example${n}.net`)));
      expect(dns.questions.filter(({ question }) => question.includes('._report._dmarc.'))).toHaveLength(10);
    });
  });

  test('strict SPF is all right without a MAIL FROM domain', async () => {
    const one = await findingOf('dmarc', dmarc(`v=DMARC1; p=reject; aspf=s; ${RUA}`), { mailFromDomain: false });
    expect(outcome(one)).toBe('pass');
  });

  describe('of a domain above', () => {
    const below = async (changes: { [name: string]: Records | undefined }, domain = 'a.mail.example.com') => {
      dns.serve(rightSetUp({ [DMARC]: undefined, [`x.${domain}`]: { TXT: [''] }, ...changes }));
      const { findings } = await check({ mailFromDomain: false }, domain);
      return findings.find(({ check }) => check === 'dmarc')!;
    };

    test('applies, and it is said where it was found', async () => {
      const one = await below(dmarc(`v=DMARC1; p=reject; ${RUA}`));
      expect(outcome(one)).toBe('pass');
      expect(one).toMatchObject({
        name: DMARC,
        found: expect.stringContaining('a.mail.example.com inherits') as string,
      });
    });

    test('applies with its policy for subdomains', async () => {
      expect(outcome(await below(dmarc(`v=DMARC1; p=reject; sp=none; ${RUA}`)))).toBe('warn too-permissive');
      expect(outcome(await below(dmarc(`v=DMARC1; p=none; sp=reject; ${RUA}`)))).toBe('pass');
    });

    test('applies with its policy for subdomains that do not exist', async () => {
      dns.serve(rightSetUp(dmarc(`v=DMARC1; p=reject; sp=reject; np=none; ${RUA}`)));
      const { findings } = await check({ mailFromDomain: false }, 'gone.example.com');
      expect(findings.at(-1)).toMatchObject({ verdict: 'warn', remedy: expect.stringContaining('np=none') as string });
    });

    test('is the highest of several, as RFC 9989 has it', async () => {
      const one = await below({
        '_dmarc.mail.example.com': { TXT: ['v=DMARC1; p=none'] },
        ...dmarc(`v=DMARC1; p=reject; ${RUA}`),
      });
      expect(one).toMatchObject({ name: DMARC, verdict: 'pass' });
    });

    test('is the one of the organization when that says so', async () => {
      const one = await below({
        '_dmarc.mail.example.com': { TXT: ['v=DMARC1; p=reject; psd=n; rua=mailto:d@mail.example.com'] },
        ...dmarc('v=DMARC1; p=none'),
      });
      expect(one).toMatchObject({ name: '_dmarc.mail.example.com', verdict: 'pass' });
    });

    test('is the one below a public suffix that has one, too', async () => {
      const psd = { '_dmarc.com': { TXT: [`v=DMARC1; p=none; psd=y`] } };
      expect(await below({ ...psd, ...dmarc(`v=DMARC1; p=reject; ${RUA}`) })).toMatchObject({ name: DMARC });
      expect(await below(psd)).toMatchObject({ name: '_dmarc.com', verdict: 'warn' });
    });

    test('that is doubled is no record', async () => {
      expect(outcome(await below(dmarc('v=DMARC1; p=none', 'v=DMARC1; p=reject')))).toBe('fail doubled');
    });

    test('is found with eight questions at most', async () => {
      await below(dmarc(`v=DMARC1; p=reject; ${RUA}`), 'a.b.c.d.e.f.g.h.i.example.com');
      expect(dns.questions.filter(({ question }) => question.startsWith('TXT _dmarc.'))).toHaveLength(8);
    });

    test('does not matter when the domain has its own', async () => {
      const own = await below({
        '_dmarc.a.mail.example.com': { TXT: ['v=DMARC1; p=reject; rua=mailto:d@a.mail.example.com'] },
        ...dmarc('v=DMARC1; p=none'),
      });
      expect(own).toMatchObject({ name: '_dmarc.a.mail.example.com', verdict: 'pass' });
      expect(dns.questions.filter(({ question }) => question.startsWith('TXT _dmarc.'))).toHaveLength(1);
    });
  });
});

describe('options that cannot be used are errors that say why', () => {
  test.each<[string, CheckOptions, string, RegExp]>([
    ['domain', {}, 'user@example.com', /is an e-mail address/],
    [
      'MAIL FROM domain elsewhere',
      { mailFromDomain: 'bounce.example.net' },
      DOMAIN,
      /is not below "example.com": give/,
    ],
    ['MAIL FROM domain itself', { mailFromDomain: DOMAIN }, DOMAIN, /is the domain itself/],
    ['Region', { region: 'Ireland' }, DOMAIN, /eu-west-1/],
    ['no token', { dkimTokens: [] }, DOMAIN, /got none/],
    ['token with its domain', { dkimTokens: [recordName(FIRST)] }, DOMAIN, /without the domain/],
    ['resolver by name', { resolvers: ['localhost'] }, DOMAIN, /must be IP addresses/],
    ['timeout of nothing', { timeout: 0 }, DOMAIN, /from 1 to 600000, got 0/],
    ['timeout beyond ten minutes', { timeout: 600_001 }, DOMAIN, /from 1 to 600000, got 600001/],
  ])('%s', async (_, options, domain, message) => {
    const failure: unknown = await check(options, domain).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InvalidOptionError);
    expect((failure as Error).message).toMatch(message);
  });
});

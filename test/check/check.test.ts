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
    expect(report.findings[1].found).toBe(`CNAME ${KEY_NAME}, RSA key of 2048 bits`);
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
    const one = findings.find(({ check }) => check === 'dkim')!;
    expect(outcome(one)).toBe('unknown server-failure');
    expect(one.found).toContain(`CNAME ${KEY_NAME}`);
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
    ['no key at the target', { [KEY_NAME]: undefined }, 'fail key-missing', /no key at/],
    ['a text without a key', { [KEY_NAME]: { TXT: ['hello'] } }, 'fail key-missing', /no key at/],
    ['a revoked key', { [KEY_NAME]: { TXT: ['v=DKIM1; p='] } }, 'fail key-revoked', /withdrawn/],
    ['a key cut short', { [KEY_NAME]: { TXT: [KEY.slice(0, 200)] } }, 'fail key-invalid', /in full/],
    ['two keys', { [KEY_NAME]: { TXT: [KEY, KEY] } }, 'fail doubled', /one key/],
    ['a weak key', { [KEY_NAME]: { TXT: [`p=${publicKey(768)}`] } }, 'fail key-weak', /2048/],
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
    ['of any priority', mx([0, feedback(REGION)]), 'pass'],
  ])('%s', async (_, changes, expected) => {
    const one = await findingOf('mail-from', changes);
    expect(outcome(one)).toBe(expected);
    if (one.verdict === 'fail') expect(one.remedy).toContain(`${MAIL_FROM} → 10 ${feedback(REGION)}`);
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
      'a macro, which is not followed',
      spf('v=spf1 include:amazonses.com exists:%{i}.example.net include:%{d}.example.net -all'),
      'pass',
    ],
    ['in upper case', spf('V=SPF1 INCLUDE:AmazonSES.com ~ALL'), 'pass'],
  ])('%s', async (_, changes, expected) => {
    expect(outcome(await findingOf('spf', changes))).toBe(expected);
  });

  test('a text of several strings is one record', async () => {
    const filler = Array.from({ length: 12 }, (_, i) => `ip6:2001:db8:${i}::/48`).join(' ');
    expect(outcome(await findingOf('spf', spf(`v=spf1 ${filler} include:amazonses.com ~all`)))).toBe('pass');
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
    ['no policy', dmarc(`v=DMARC1; ${RUA}`), 'fail invalid'],
    ['a policy that is none', dmarc(`v=DMARC1; p=rejected; ${RUA}`), 'fail invalid'],
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

    test('is the highest of several, as RFC 9989 has it', async () => {
      const one = await below({
        '_dmarc.mail.example.com': { TXT: ['v=DMARC1; p=none'] },
        ...dmarc(`v=DMARC1; p=reject; ${RUA}`),
      });
      expect(one).toMatchObject({ name: DMARC, verdict: 'pass' });
    });

    test('is the one of the organization when that says so', async () => {
      const one = await below({
        '_dmarc.mail.example.com': { TXT: [`v=DMARC1; p=reject; psd=n; ${RUA}`] },
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
        '_dmarc.a.mail.example.com': { TXT: [`v=DMARC1; p=reject; ${RUA}`] },
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
    ['MAIL FROM domain elsewhere', { mailFromDomain: 'bounce.example.net' }, DOMAIN, /not below "example.com"/],
    ['MAIL FROM domain itself', { mailFromDomain: DOMAIN }, DOMAIN, /not below/],
    ['Region', { region: 'Ireland' }, DOMAIN, /eu-west-1/],
    ['no token', { dkimTokens: [] }, DOMAIN, /tokens are none/],
    ['token with its domain', { dkimTokens: [recordName(FIRST)] }, DOMAIN, /without the domain/],
    ['resolver by name', { resolvers: ['localhost'] }, DOMAIN, /not all IP addresses/],
    ['timeout', { timeout: 0 }, DOMAIN, /whole milliseconds/],
  ])('%s', async (_, options, domain, message) => {
    const failure: unknown = await check(options, domain).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InvalidOptionError);
    expect((failure as Error).message).toMatch(message);
  });
});

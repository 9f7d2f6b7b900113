import * as fc from 'fast-check';
import { judgeDmarc } from '../../check/dmarc';
import { readDmarc } from '../../check/dmarc-walk';
import { judgeSpf } from '../../check/spf';
import { readSpf, type SpfDns } from '../../check/spf-tree';
import { kindOf, MAIL_FROM_SPF, SES_SPF_DOMAIN } from '../../lib/shared/mail-records';
import { dmarcSatisfies } from '../../lib/shared/dmarc-record';
import { spfSatisfies } from '../../lib/shared/spf-reach';
import { isSpf } from '../../lib/shared/spf-record';
import { quoteTxt, readTxt } from '../../lib/shared/txt-value';
import { DMARC_CORPUS, SPF_CORPUS } from './corpus';
import { MAIL_FROM } from './set-up';
import { loadSuite } from './spf-suite';

/** What the handler takes as right (`spfSatisfies`, `dmarcSatisfies`) has to pass the check, and the other way round. */

/** A DNS that has every name, each with an SPF record in order. */
function dnsWith(text: string): SpfDns {
  return {
    txt: (name) =>
      Promise.resolve({ state: 'found', records: [name === MAIL_FROM ? text : 'v=spf1 ip4:192.0.2.1 -all'] }),
    mx: () => Promise.resolve({ state: 'found', records: [{ priority: 10, exchange: 'mx.example.net' }] }),
    addresses: () => Promise.resolve({ state: 'found', records: ['192.0.2.1'] }),
  };
}

async function passesSpf(text: string): Promise<boolean> {
  return judgeSpf(await readSpf(dnsWith(text), MAIL_FROM)).verdict !== 'fail';
}

const term = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('include', 'INCLUDE', '+include', '-include', '?include')
      .map((name) => `${name}:${SES_SPF_DOMAIN}`),
  },
  fc.constantFrom(`redirect=${SES_SPF_DOMAIN}`, `redirect=AmazonSES.com.`, 'redirect=spf.example.net'),
  fc.constantFrom('all', '+all', '-all', '~all', '?all', '-ALL'),
  fc.constantFrom('a', 'mx', 'ptr', 'a:example.net', 'mx:example.net/24', 'a/0', 'exists:%{i}.example.net'),
  fc.constantFrom(
    'ip4:192.0.2.0/24',
    'ip4:0.0.0.0/0',
    'ip4:0.0.0.0/1',
    'ip4:128.0.0.0/1',
    'ip6:::/0',
    'ip6:2001:db8::1',
  ),
  fc.constantFrom('include:spf.example.net', 'include:spf.%{d}', 'x-note=1', 'exp=why.example.net'),
  fc.constantFrom('ip4:1.2.3', 'a:', 'mx/33', 'include', 'ipv4:1.2.3.4', 'x-note=%', 'a:example', 'exp='),
);
const spfText = fc
  .tuple(fc.constantFrom('v=spf1', 'V=SPF1'), fc.array(term, { maxLength: 14 }), fc.constantFrom(' ', '  '))
  .map(([version, terms, blank]) => [version, ...terms].join(blank));

describe('an SPF record', () => {
  test('is adopted by the handler just when the check does not fail it', async () => {
    await fc.assert(
      fc.asyncProperty(spfText, async (text) => expect(spfSatisfies(text, MAIL_FROM_SPF)).toBe(await passesSpf(text))),
      { numRuns: 2_000 },
    );
  });

  const texts = loadSuite()?.flatMap(({ zonedata }) =>
    Object.values(zonedata)
      .flat()
      .flatMap((record) => (record === 'TIMEOUT' ? [] : [record.SPF, record.TXT]))
      .filter((text): text is string => typeof text === 'string' && isSpf(text))
      .map((text) => text.replace(/^(v=spf1)/i, `$1 include:${SES_SPF_DOMAIN}`)),
  );
  (texts === undefined ? test.skip : test)('of the RFC 7208 test suite, with SES in it, is so too', async () => {
    const answers = await Promise.all(
      texts!.map(async (text) => [text, spfSatisfies(text, MAIL_FROM_SPF), await passesSpf(text)]),
    );
    expect(answers.filter(([, adopted, passes]) => adopted !== passes)).toEqual([]);
    expect(answers.length).toBeGreaterThan(100);
  });

  test('that is published somewhere is so too, as it is and with SES in it', async () => {
    const texts = SPF_CORPUS.flatMap((text) => [text, text.replace('v=spf1', `v=spf1 include:${SES_SPF_DOMAIN}`)]);
    const answers = await Promise.all(
      texts.map(async (text) => [text, spfSatisfies(text, MAIL_FROM_SPF), await passesSpf(text)]),
    );
    expect(answers.filter(([, adopted, passes]) => adopted !== passes)).toEqual([]);
  });

  test.each([
    'v=spf1 include:amazonses.com -all',
    'V=SPF1 INCLUDE:AmazonSES.com. ?ALL',
    'v=spf1 a mx include:_spf.example.net include:amazonses.com ~all',
    'v=spf1 redirect=amazonses.com',
  ])('%s is adopted', (text) => expect(spfSatisfies(text, MAIL_FROM_SPF)).toBe(true));

  test.each([
    ['in which SES comes too late', 'v=spf1 -all include:amazonses.com'],
    ['that fails SES', 'v=spf1 -include:amazonses.com ~all'],
    ['with an error', 'v=spf1 include:amazonses.com ip4:1.2.3 ~all'],
    ['that lets everyone pass', 'v=spf1 include:amazonses.com +all'],
    ['with too many lookups', `v=spf1 include:amazonses.com ${'a '.repeat(10)}~all`],
    ['of another version', 'v=spf10 include:amazonses.com ~all'],
  ])('%s is not adopted', (_, text) => expect(spfSatisfies(text, MAIL_FROM_SPF)).toBe(false));
});

describe('a DMARC record', () => {
  const policy = fc.constantFrom('none', 'quarantine', 'reject');
  const address = fc.constantFrom('d@example.com', 'Dmarc+x@reports.example.com');
  const tags = fc.record({
    p: policy,
    sp: fc.option(policy, { nil: undefined }),
    np: fc.option(policy, { nil: undefined }),
    t: fc.option(fc.constantFrom('y', 'n'), { nil: undefined }),
    adkim: fc.option(fc.constantFrom('r', 's'), { nil: undefined }),
    aspf: fc.option(fc.constantFrom('r', 's'), { nil: undefined }),
    rua: fc.option(
      fc
        .array(
          address.map((one) => `mailto:${one}`),
          { minLength: 1, maxLength: 2 },
        )
        .map(String),
      {
        nil: undefined,
      },
    ),
  });
  type Tags = typeof tags extends fc.Arbitrary<infer T> ? T : never;
  const write = (of: Tags, between = '; ', upper = false, more: readonly string[] = []) => {
    const all = Object.entries(of).flatMap(([tag, value]) => (value === undefined ? [] : [`${tag}=${value}`]));
    return [
      'v=DMARC1',
      ...[...all, ...more].map((tag) => (upper ? tag.replace(/^[^=]+/, (name) => name.toUpperCase()) : tag)),
    ].join(between);
  };
  async function judge(text: string) {
    const txt = (name: string) =>
      Promise.resolve(
        name === '_dmarc.example.com'
          ? ({ state: 'found', records: [text] } as const)
          : ({ state: 'absent', reason: 'nxdomain' } as const),
      );
    const steps = await readDmarc({ txt }, 'example.com');
    return judgeDmarc(steps, [], MAIL_FROM, { state: 'exists' });
  }

  test('that is published somewhere is adopted as it is just when the check does not fail it', async () => {
    const answers = await Promise.all(
      DMARC_CORPUS.map(async (text) => [text, dmarcSatisfies(text, text), (await judge(text)).verdict !== 'fail']),
    );
    expect(answers.filter(([, adopted, passes]) => adopted !== passes)).toEqual([]);
  });

  test('is adopted however it is written, and is judged the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        tags,
        fc.constantFrom(';', ' ; ', ';\t'),
        fc.boolean(),
        fc.constantFrom([], ['x=1'], ['x=1', 'note=y']),
        async (of, between, upper, more) => {
          const [wanted, found] = [write(of), write(of, between, upper, more)];
          expect(dmarcSatisfies(found, wanted)).toBe(true);
          const [one, other] = [await judge(wanted), await judge(found)];
          expect([other.verdict, other.problems]).toEqual([one.verdict, one.problems]);
        },
      ),
    );
  });

  test('that is adopted for another one never fails the check when that one passes', async () => {
    await fc.assert(
      fc.asyncProperty(tags, tags, async (one, other) => {
        const [found, wanted] = [write(one), write(other)];
        if (dmarcSatisfies(found, wanted)) expect((await judge(found)).verdict).toBe((await judge(wanted)).verdict);
      }),
    );
  });

  test.each([
    ['v=DMARC1;p=none', true],
    ['V = DMARC1 ; P = None;', true],
    ['v=DMARC1; p=none; sp=none; np=none; t=n; adkim=r; aspf=r; fo=0; psd=u; pct=100', true],
    ['v=DMARC1; p=none; ri=86400; rf=afrf', true],
    ['v=DMARC1; p=reject', false],
    ['v=DMARC1; p=none; pct=50', false],
    ['v=DMARC1; p=none; rua=mailto:d@example.com', false],
    ['v=dmarc1; p=none', false],
    ['v=DMARC1; p=none; p=none', false],
    ['p=none; v=DMARC1', false],
    ['v=DMARC1', false],
  ])('%j is adopted for "v=DMARC1; p=none": %s', (found, expected) => {
    expect(dmarcSatisfies(found, 'v=DMARC1; p=none')).toBe(expected);
  });
});

describe('two texts at one name', () => {
  test.each([
    ['v=spf1 -all', 'V=SPF1 include:amazonses.com ~all', true],
    ['v=spf1', 'v=spf1 -all', true],
    ['v=DMARC1; p=none', 'V=DMARC1;p=reject', true],
    ['v=spf1 -all', 'v=DMARC1; p=none', false],
    ['v=spf1; -all', 'v=spf1 -all', false],
    ['v=spf10 -all', 'v=spf1 -all', false],
    [' v=spf1 -all', 'v=spf1 -all', false],
    ['v=dmarc1; p=none', 'v=DMARC1; p=none', false],
    ['v=DMARC12; p=none', 'v=DMARC1; p=none', false],
    ['google-site-verification=1', 'v=spf1 -all', false],
  ])('%j and %j exclude each other: %s', (one, other, expected) => {
    const kinds = [kindOf('spf'), kindOf('dmarc')];
    expect(kinds.some(({ conflicts }) => conflicts(one) && conflicts(other))).toBe(expected);
  });
});

describe('a TXT value', () => {
  test('is read as it was written, whatever the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => expect(readTxt(quoteTxt(text))).toBe(text)));
  });

  test('has strings of at most 255 bytes, in printable ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600, size: 'max' }), (text) => {
        const value = quoteTxt(text);
        expect(value).toMatch(/^("(?:[ !#-[\]-~]|\\["\\]|\\[0-7]{3}){0,255}" ?)+$/);
      }),
    );
  });

  test.each([
    ['"a" "b"', 'ab'],
    ['"a\\"b\\\\"', 'a"b\\'],
    ['"caf\\303\\251"', 'café'],
    ['"\\101"', 'A'],
    ['plain', 'plain'],
  ])('%s is %j', (value, text) => expect(readTxt(value)).toBe(text));
});

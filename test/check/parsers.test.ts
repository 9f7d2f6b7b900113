import * as fc from 'fast-check';
import { treeWalk } from '../../check/dmarc-walk';
import { formatReport } from '../../check/table';
import type { CheckReport } from '../../check/report';
import { parseDkimKey } from '../../lib/shared/dkim-key';
import { parseDmarc } from '../../lib/shared/dmarc-record';
import { isSpf, parseSpf } from '../../lib/shared/spf-record';
import { KEY } from './set-up';

const blanks = fc.stringMatching(/^[ \t]{0,3}$/);
const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const topLabel = fc.stringMatching(/^[a-z]{2,6}$/);
const domain = fc
  .tuple(fc.array(label, { minLength: 1, maxLength: 3 }), topLabel)
  .map(([labels, top]) => [...labels, top].join('.'));
const qualifier = fc.constantFrom('+', '-', '~', '?');

/** Letters in any case. */
function anyCase(text: string): fc.Arbitrary<string> {
  return fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) => [...text].map((char, index) => (upper[index] ? char.toUpperCase() : char)).join(''));
}

describe('SPF records', () => {
  const term = fc.oneof(
    fc.record({ qualifier, name: fc.constantFrom('include', 'exists', 'a', 'mx', 'ptr'), domain }),
    fc.record({ qualifier, name: fc.constant('ip4'), address: fc.ipV4() }),
    fc.record({ qualifier, name: fc.constant('ip6'), address: fc.ipV6() }),
    fc.record({ qualifier, name: fc.constant('ip4'), address: fc.ipV4(), prefix4: fc.integer({ min: 0, max: 32 }) }),
    fc.record({ qualifier, name: fc.constantFrom('a', 'mx'), prefix6: fc.integer({ min: 0, max: 128 }) }),
    fc.record({ qualifier, name: fc.constantFrom('all', 'a', 'mx') }),
  );
  type Term = Partial<Record<'domain' | 'address', string>> &
    Partial<Record<'prefix4' | 'prefix6', number>> & { qualifier: string; name: string };
  const write = ({ qualifier, name, domain, address, prefix4, prefix6 }: Term) =>
    [
      `${qualifier}${name}`,
      domain === undefined ? '' : `:${domain}`,
      address === undefined ? '' : `:${address}`,
      prefix4 === undefined ? '' : `/${prefix4}`,
      prefix6 === undefined ? '' : `//${prefix6}`,
    ].join('');

  test('any text is read without an error of ours', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `v=spf1 ${rest}`),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(fc.property(text, (one) => void [isSpf(one), parseSpf(one)]));
  });

  test('what was written is read', () => {
    fc.assert(
      fc.property(fc.array(term, { maxLength: 12 }), fc.option(domain), (terms, redirect) => {
        const text = ['v=spf1', ...terms.map(write), ...(redirect === null ? [] : [`redirect=${redirect}`])].join(' ');
        expect(isSpf(text)).toBe(true);
        expect(parseSpf(text)).toEqual({
          mechanisms: terms.map((one: Term) => (one.address ? { ...one, address: one.address.toLowerCase() } : one)),
          ...(redirect !== null && { redirect }),
          errors: [],
        });
      }),
    );
  });

  test('are the same in any case, with more blanks, and with a dot at the end of names', () => {
    const texts = fc.array(term, { maxLength: 6 }).chain((terms) => {
      const text = ['v=spf1', ...terms.map(write)].join(' ');
      const dotted = terms.map((one: Term) => write({ ...one, ...(one.domain && { domain: `${one.domain}.` }) }));
      return fc.tuple(fc.constant(text), anyCase(['v=spf1', ...dotted].join('  ')));
    });
    fc.assert(fc.property(texts, ([text, other]) => expect(parseSpf(other)).toEqual(parseSpf(text))));
  });

  test('an unknown mechanism is an error, an unknown modifier is not', () => {
    const unknown = label.filter(
      (name) => !/^(all|include|a|mx|ptr|ip4|ip6|exists)$/.test(name) && /^[a-z]/.test(name),
    );
    fc.assert(
      fc.property(unknown, domain, (name, value) => {
        expect(parseSpf(`v=spf1 ${name}:${value} -all`).errors).toEqual([`${name}:${value}`]);
        expect(parseSpf(`v=spf1 x-${name}=${value} -all`).errors).toEqual([]);
      }),
    );
  });

  test.each([
    'ip4:1.2.3',
    'ip4:1.2.3.4/33',
    'ip6:1.2.3.4',
    'ip6:::1/129',
    'include',
    'include:',
    'all:x',
    'a/333',
    'redirect=',
    'ip4:1.2.3.04',
    'ip4:1.2.3.4/032',
    'ip4:1.2.3.4/',
    'ip6:fe80::1%eth0',
    'a/',
    'mx//',
    'a/24/64',
    'a//129',
    'a:example',
    'a:example.',
    'a:example.123',
    'a:192.0.2.1',
    'include:%{x}.example.com',
    'include:%{d0}.example.com',
    'include:%{r}.example.com',
    'include:%{d',
    'include:50%.example.com',
    'exp=',
    'exp=example',
    'x-note=%{d',
    'mx:example.com/\u00e9',
  ])('%s is an error', (term) => expect(parseSpf(`v=spf1 ${term} -all`).errors).toEqual([term]));

  test.each([
    'a:example.museum.',
    'a:1.example.x-1/24//64',
    'include:_spf.%{d}',
    'exists:%{ir}.%{l1r+-}._spf.%{d2}',
    'exists:%{i}.%%%_%-',
    'a:%{d}.example.com',
    'redirect=_spf.%{o}',
    'exp=why.example.com',
    'moo.cow-far_out=man:dog/cat',
    'x-note=%{c}%{t}',
    'ip6:::ffff:192.0.2.1/96',
  ])('%s is none', (term) => expect(parseSpf(`v=spf1 ${term} -all`).errors).toEqual([]));

  test.each(['v=spf10 -all', 'v=spf1;', ' v=spf1 -all', 'spf1 -all'])('%j is none', (text) => {
    expect(isSpf(text)).toBe(false);
  });
});

describe('DMARC records', () => {
  const policy = fc.constantFrom('none', 'quarantine', 'reject');
  const record = fc.record({
    p: policy,
    sp: fc.option(policy),
    np: fc.option(policy),
    fo: fc.option(fc.constantFrom('0', '1', 'd', '1:s', 'd:0:s')),
    pct: fc.option(fc.integer({ min: 0, max: 100 })),
    t: fc.option(fc.constantFrom('y', 'n')),
    aspf: fc.option(fc.constantFrom('r', 's')),
    psd: fc.option(fc.constantFrom('y', 'n', 'u')),
    rua: fc.option(
      fc.array(
        domain.map((name) => `mailto:dmarc@${name}`),
        { minLength: 1, maxLength: 3 },
      ),
    ),
    unknown: fc.option(label),
  });
  type Tags = typeof record extends fc.Arbitrary<infer T> ? T : never;
  const write = (tags: Tags, around = ''): string =>
    [
      'v=DMARC1',
      ...Object.entries(tags).flatMap(([tag, value]) => (value === null ? [] : [`${tag}=${String(value)}`])),
    ].join(`${around};${around}`);

  test('any text is read without an error of ours', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `v=DMARC1;${rest}`),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(fc.property(text, (one) => void parseDmarc(one)));
  });

  test('what was written is read, whatever the blanks', () => {
    fc.assert(
      fc.property(record, blanks, (tags, around) => {
        const text = write(tags, around);
        expect(parseDmarc(text)).toEqual({
          state: 'valid',
          record: {
            text,
            policy: tags.p,
            ...(tags.sp !== null && { subdomainPolicy: tags.sp }),
            ...(tags.np !== null && { nonexistentPolicy: tags.np }),
            percent: tags.pct ?? 100,
            testing: tags.t === 'y',
            strictDkim: false,
            strictSpf: tags.aspf === 's',
            reportsTo: (tags.rua ?? []).map((uri) => ({
              localPart: 'dmarc',
              domain: uri.slice('mailto:dmarc@'.length),
            })),
            failureReportsTo: [],
            failureOptions: tags.fo?.split(':') ?? ['0'],
            ...(tags.psd !== null && tags.psd !== 'u' && { publicSuffix: tags.psd }),
            ignored: [],
            removed: tags.pct === null ? [] : ['pct'],
            invalidPolicies: [],
          },
        });
      }),
    );
  });

  test('a tag given twice makes it invalid', () => {
    fc.assert(
      fc.property(record, (tags) => expect(parseDmarc(`${write(tags)}; p=none`)).toMatchObject({ state: 'invalid' })),
    );
  });

  test('the walk starts at the domain, ends at its top, and has eight steps at most', () => {
    const long = fc.array(label, { minLength: 2, maxLength: 20 }).map((labels) => labels.join('.'));
    fc.assert(
      fc.property(long, (name) => {
        const steps = treeWalk(name);
        const labels = name.split('.');
        expect(steps[0]).toBe(name);
        expect(steps.at(-1)).toBe(labels.at(-1));
        expect(steps).toHaveLength(Math.min(labels.length, 8));
        steps.forEach((step) => expect(name === step || name.endsWith(`.${step}`)).toBe(true));
        expect(new Set(steps).size).toBe(steps.length);
      }),
    );
  });
});

describe('DKIM keys', () => {
  test('any text is read without an error of ours', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `v=DKIM1; p=${rest}`),
      fc.base64String().map((key) => `p=${key}`),
    );
    fc.assert(fc.property(text, (one) => void parseDkimKey(one)));
  });

  test('blanks in the key and around tags make no difference, nor do unknown tags', () => {
    const key = KEY.slice('p='.length);
    fc.assert(
      fc.property(
        blanks,
        fc.integer({ min: 1, max: key.length - 1 }),
        fc.boolean(),
        label,
        (around, at, version, note) => {
          const tags = [...(version ? ['v=DKIM1'] : []), `n=${note}`, `p=${key.slice(0, at)}${around}${key.slice(at)}`];
          expect(parseDkimKey(tags.join(`${around};${around}`))).toMatchObject({ state: 'valid', bits: 2048 });
        },
      ),
    );
  });

  test('a key cut short is never valid', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: KEY.length - 5 }), (length) => {
        expect(parseDkimKey(KEY.slice(0, length)).state).toBe('invalid');
      }),
    );
  });

  test.each([
    ['v=DKIM2; p=AAAA', 'invalid'],
    ['p=AAAA; v=DKIM1', 'invalid'],
    ['v=DKIM1; k=dsa; p=AAAA', 'invalid'],
    ['v=DKIM1; s=tlsrpt; p=AAAA', 'invalid'],
    ['v=DKIM1; k=ed25519; p=AAAA', 'invalid'],
    ['v=DKIM1; p=A; p=B', 'invalid'],
    ['v=DKIM1', 'invalid'],
    ['v=DKIM1; p= ', 'revoked'],
    ['v=spf1 -all', 'none'],
    ['', 'none'],
  ])('%j is %s', (text, state) => expect(parseDkimKey(text).state).toBe(state));
});

describe('the table', () => {
  const report = (found: string, remedy: string): CheckReport => ({
    domain: 'example.com',
    resolvers: ['127.0.0.1'],
    verdict: 'fail',
    findings: [
      {
        check: 'spf',
        name: 'example.com',
        verdict: 'fail',
        problems: ['missing'],
        found,
        expected: 'a record',
        remedy,
      },
    ],
  });
  const words = fc
    .array(fc.stringMatching(/^[a-z;=:."]{1,30}$/), { minLength: 1, maxLength: 60 })
    .map((all) => all.join(' '));

  test('keeps to its width', () => {
    fc.assert(
      fc.property(words, words, fc.integer({ min: 80, max: 100 }), (found, remedy, width) => {
        const lines = formatReport(report(found, remedy), { width }).split('\n');
        lines.forEach((line) => expect(line.length).toBeLessThanOrEqual(width));
      }),
    );
  });

  test('is the same with colours, but for these', () => {
    const plain = formatReport(report('found', 'do'));
    const coloured = formatReport(report('found', 'do'), { colors: true });
    expect(coloured).toContain('\u001b[31mFAIL');
    // eslint-disable-next-line no-control-regex
    expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(plain);
  });

  test('lets nothing in a record command the terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // eslint-disable-next-line no-control-regex
        expect(formatReport(report(text, text))).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
      }),
    );
  });
});

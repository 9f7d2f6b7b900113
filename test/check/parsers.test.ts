import * as fc from 'fast-check';
import { parseDkimKey } from '../../check/dkim-key';
import { treeWalk } from '../../check/dmarc';
import { parseDmarc } from '../../check/dmarc-record';
import { isSpf, parseSpf } from '../../check/spf-record';
import { formatReport } from '../../check/table';
import type { CheckReport } from '../../check/report';
import { KEY } from './set-up';

const blanks = fc.stringMatching(/^[ \t]{0,3}$/);
const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const domain = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'));
const qualifier = fc.constantFrom('+', '-', '~', '?');

/** Letters in any case. */
function anyCase(text: string): fc.Arbitrary<string> {
  return fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) => [...text].map((char, index) => (upper[index] ? char.toUpperCase() : char)).join(''));
}

describe('SPF records', () => {
  const mechanism = fc.oneof(
    fc.record({ qualifier, name: fc.constantFrom('include', 'exists', 'a', 'mx', 'ptr'), value: domain }),
    fc.record({ qualifier, name: fc.constant('ip4'), value: fc.ipV4() }),
    fc.record({ qualifier, name: fc.constant('ip6'), value: fc.ipV6() }),
    fc.record({ qualifier, name: fc.constantFrom('all', 'a', 'mx'), value: fc.constant('') }),
  );
  const write = ({ qualifier, name, value }: { qualifier: string; name: string; value: string }) =>
    `${qualifier}${name}${value && `:${value}`}`;

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
      fc.property(fc.array(mechanism, { maxLength: 12 }), fc.option(domain), (mechanisms, redirect) => {
        const text = ['v=spf1', ...mechanisms.map(write), ...(redirect === null ? [] : [`redirect=${redirect}`])].join(
          ' ',
        );
        expect(isSpf(text)).toBe(true);
        expect(parseSpf(text)).toEqual({
          mechanisms: mechanisms.map((one) => ({ ...one, value: one.value.toLowerCase() })),
          ...(redirect !== null && { redirect }),
          errors: [],
        });
      }),
    );
  });

  test('are the same in any case, and with more blanks', () => {
    const texts = fc.array(mechanism, { maxLength: 6 }).chain((mechanisms) => {
      const text = ['v=spf1', ...mechanisms.map(write)].join(' ');
      return fc.tuple(fc.constant(text), anyCase(text.replaceAll(' ', '  ')));
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
  ])('%s is an error', (term) => expect(parseSpf(`v=spf1 ${term} -all`).errors).toEqual([term]));

  test.each(['v=spf10 -all', 'v=spf1;', ' v=spf1 -all', 'spf1 -all'])('%j is none', (text) => {
    expect(isSpf(text)).toBe(false);
  });
});

describe('DMARC records', () => {
  const policy = fc.constantFrom('none', 'quarantine', 'reject');
  const record = fc.record({
    p: policy,
    sp: fc.option(policy),
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
            percent: tags.pct ?? 100,
            testing: tags.t === 'y',
            strictSpf: tags.aspf === 's',
            reportsTo: tags.rua ?? [],
            ...(tags.psd !== null && tags.psd !== 'u' && { publicSuffix: tags.psd }),
            ignored: [],
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
          expect(parseDkimKey(tags.join(`${around};${around}`))).toEqual({ state: 'valid', type: 'rsa', bits: 2048 });
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

import { judgeSpf } from '../../check/spf';
import { readSpf } from '../../check/spf-tree';
import { loadSuite, suiteDns, type Scenario, type SuiteCase } from './spf-suite';

/** What the check makes of a domain, in the words of the suite; `ok` for all that a receiver can evaluate. */
type Outcome = 'none' | 'permerror' | 'temperror' | 'ok';

/** The check knows no sender, so it looks at the record as receivers do for one that nothing in it matches. */
const DEVIATIONS: { readonly [test: string]: { readonly ours: Outcome; readonly reason: string } } = {
  'include-at-limit': {
    ours: 'permerror',
    reason: 'the sender of the case matches before the eleventh lookup; any other sender gets an error',
  },
};

const suite = loadSuite();

(suite === undefined ? describe.skip : describe)(
  suite === undefined
    ? 'the RFC 7208 test suite, which could not be fetched: it takes Python with pip, and PyPI'
    : 'the RFC 7208 test suite',
  () => {
    for (const scenario of suite ?? []) {
      describe(scenario.description, () => {
        test.each(Object.entries(scenario.tests).filter(([name]) => !(name in DEVIATIONS)))('%s', async (_, one) => {
          expect(outcomesOf(one)).toContain(await check(scenario, one));
        });
      });
    }

    test.each(Object.entries(DEVIATIONS))('%s is judged otherwise, with reason', async (name, { ours }) => {
      const scenario = suite!.find(({ tests }) => name in tests)!;
      expect(outcomesOf(scenario.tests[name])).not.toContain(ours);
      expect(await check(scenario, scenario.tests[name])).toBe(ours);
    });

    test('has all of its 203 cases', () => {
      expect(suite!.flatMap(({ tests }) => Object.keys(tests))).toHaveLength(203);
    });
  },
);

async function check(scenario: Scenario, { mailfrom, helo }: SuiteCase): Promise<Outcome> {
  const domain = (mailfrom === '' ? helo : mailfrom.slice(mailfrom.lastIndexOf('@') + 1)).toLowerCase();
  const { problems } = judgeSpf(await readSpf(suiteDns(scenario), domain));
  // Whether SES may send is no matter of the suite, nor is how many others may.
  const errors = problems.filter((problem) => problem !== 'ses-not-included' && problem !== 'too-permissive');
  if (errors.includes('missing')) return 'none';
  if (errors.includes('timeout')) return 'temperror';
  return errors.length > 0 ? 'permerror' : 'ok';
}

function outcomesOf({ result }: SuiteCase): Outcome[] {
  const results = typeof result === 'string' ? [result] : result;
  return results.map((one) => (/^(none|permerror|temperror)$/.test(one) ? (one as Outcome) : 'ok'));
}

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { local } from '../scripts/lib/project.mjs';
import { step } from '../scripts/lib/steps.mjs';
import { ACCOUNT, makeDomains, NO_RESOURCE_LIMIT, REGION } from './assembly.mjs';
import { AUTHENTICATED, CONTENDERS } from './contenders.mjs';
import { folder } from './install.mjs';
import { sample } from './sample.mjs';
import { summarize } from './statistics.mjs';

export const COUNTS = [1, 50, 150];

/**
 * How long a developer waits for construct and synth, in milliseconds. `stock` has aws-cdk-lib's
 * built-in validation of the template, which takes most of the time of a synth, whoever made the
 * template; `bare` is without (`CDK_VALIDATION=false`).
 */
export async function measureSynthTime({ rounds, stockRounds }) {
  const contenders = CONTENDERS.flatMap(({ key }) => COUNTS.map((count) => ({ key, count })));
  const authenticated = AUTHENTICATED.flatMap(({ key }) => COUNTS.map((count) => ({ key, count })));
  const baselines = [
    { key: 'empty', count: 0 },
    { key: 'lambda', count: 1 },
    { key: 'ours', count: 1, outputs: true },
  ];
  const bare = await step(`Construct and synth, ${rounds} rounds`, () =>
    measure([...contenders, ...authenticated, ...baselines], rounds, { CDK_VALIDATION: 'false' }),
  );
  const stock = await step(`Construct and synth with stock validation, ${stockRounds} rounds`, () =>
    // Each takes several seconds: the smallest and the largest will do.
    measure([...contenders.filter(({ count }) => count !== COUNTS[1]), baselines[0]], stockRounds, {}),
  );
  return { bare, stock };
}

/** The name of a case among the results. */
export function caseName(key, count, outputs = false) {
  return `${key} ${count}${outputs ? ' with outputs' : ''}`;
}

async function measure(cases, rounds, env) {
  const outdir = mkdtempSync(local('bench', 'synth-'));
  try {
    const results = await sample(
      cases.map(({ key, count, outputs }, index) => ({
        name: caseName(key, count, outputs),
        file: new URL('app.mjs', import.meta.url).pathname,
        options: {
          key,
          domains: makeDomains(Math.max(count, key === 'empty' ? 0 : 1)),
          outputs,
          // Used again each round, as the user's cdk.out is: the assets are in it already.
          outdir: join(outdir, String(index)),
          account: ACCOUNT,
          region: REGION,
          context: NO_RESOURCE_LIMIT,
        },
        cwd: folder,
        env: { ...process.env, ...env },
      })),
      rounds,
    );
    return Object.fromEntries([...results].map(([name, result]) => [name, summarizeParts(result)]));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function summarizeParts({ samples, failure }) {
  if (failure) {
    return { failure: failure.message };
  }
  const parts = ['load', 'construct', 'synth', 'total'];
  const summaries = parts.map((part) => [part, summarize(samples.map((one) => one[part]))]);
  return { ...Object.fromEntries(summaries), totals: samples.map(({ total }) => total) };
}

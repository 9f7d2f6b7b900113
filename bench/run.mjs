/** `npm run bench`: our construct and its peers, side by side in one run, into docs/performance.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Problem } from '../scripts/lib/problem.mjs';
import { local, root } from '../scripts/lib/project.mjs';
import { duration, script } from '../scripts/lib/steps.mjs';

const HELP = `Usage: npm run bench -- [options]

Measures our construct and its peers and writes docs/performance.md and docs/performance.svg.

Options
  --quick           few rounds, to see whether it works; writes into .local/bench, not into docs
  --package <file>  measure this tarball of our package, an earlier one for instance; writes as --quick does
  --help            this text
`;

const FULL = { rounds: 15, stockRounds: 3, startRounds: 15, deployRounds: 3 };
const QUICK = { rounds: 3, stockRounds: 1, startRounds: 5, deployRounds: 1 };

/** 20 is about what VerifySesDomain can hold, 50 is more. */
const DEPLOYED = [1, 20, 50];

await script(async () => {
  const { quick, package: tarball, help } = readOptions();
  if (help) {
    console.log(HELP);
    return;
  }
  const started = performance.now();
  // What they import is installed only now.
  const { install } = await import('./install.mjs');
  await install(tarball);
  const results = await measure(quick ? QUICK : FULL, quick);
  writeFileSync(local('bench', 'results.json'), JSON.stringify(results, null, 2));

  const { write } = await import('./report.mjs');
  const { plot } = await import('./plot.mjs');
  const target = quick || tarball ? local('bench', 'performance') : join(root, 'docs', 'performance');
  const parts = write(results);
  writeFileSync(`${target}.svg`, plot(results.synth));
  writeFileSync(`${target}.md`, await fill(readFileSync(join(root, 'docs', 'performance.md'), 'utf8'), parts));
  console.log(`\n${parts.goals}\n\n✓ ${target}.md and .svg (${duration(started)} in all)`);
});

async function measure({ rounds, stockRounds, startRounds, deployRounds }, quick) {
  const { measureSynthTime } = await import('./synth-time.mjs');
  const { measureSizes } = await import('./size.mjs');
  const { measureHandlers } = await import('./handler.mjs');
  const { measureCalls } = await import('./calls.mjs');
  const { measureDeployments } = await import('./deploy.mjs');
  return {
    setup: await describeSetup(quick),
    synth: await measureSynthTime({ rounds, stockRounds }),
    handlers: await measureHandlers({ rounds: startRounds }),
    sizes: await measureSizes(),
    calls: await measureCalls(),
    deployments: await measureDeployments({ counts: DEPLOYED, rounds: deployRounds }),
  };
}

async function describeSetup(quick) {
  const { folder, oldSdkFolder, versionIn } = await import('./install.mjs');
  const installed = [
    'cdk-ses-easy-dkim',
    'aws-cdk-lib',
    '@seeebiii/ses-verify-identities',
    'aws-cdk-ses-domain-identity',
  ];
  const ofProject = ['aws-cdk', '@aws-sdk/client-ses'];
  return {
    date: new Date().toISOString().slice(0, 10),
    command: quick ? 'npm run bench -- --quick' : 'npm run bench',
    machine: `${cpus().length} × ${cpus()[0].model.trim()}`,
    versions: {
      Node: process.versions.node,
      ...Object.fromEntries(installed.map((name) => [name, versionIn(folder, name)])),
      ...Object.fromEntries(ofProject.map((name) => [name, versionIn(root, name)])),
      'aws-sdk': versionIn(oldSdkFolder, 'aws-sdk'),
    },
  };
}

/** Puts the parts between their marks, and the page into the project's format. */
async function fill(page, parts) {
  const filled = Object.entries(parts).reduce((text, [name, part]) => {
    const marks = new RegExp(`(<!-- begin ${name} -->)[^]*?(<!-- end ${name} -->)`);
    if (!marks.test(text)) {
      throw new Problem(`docs/performance.md has no place for the part "${name}".`);
    }
    return text.replace(marks, (_, begin, end) => `${begin}\n\n${part}\n\n${end}`);
  }, page);
  const prettier = await import('prettier');
  const file = join(root, 'docs', 'performance.md');
  return prettier.format(filled, { ...(await prettier.resolveConfig(file)), filepath: file });
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean' },
        package: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    throw new Problem(error.message, HELP);
  }
}

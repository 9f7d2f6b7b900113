/**
 * `npm run docs:api`: writes what documents the public API, from the code: API.md for its users, and
 * test/api/baseline.json, which the next change is compared with. Refuses a change that breaks users.
 *
 * `npm run check:api` writes nothing, and fails where that would change a file.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { ensureBuilt, ensureInstalled } from './lib/install.mjs';
import { jsii } from './lib/jsii.mjs';
import { Problem } from './lib/problem.mjs';
import { root, runFolder } from './lib/project.mjs';
import { script, step } from './lib/steps.mjs';

const HELP = `Usage: npm run docs:api [-- --accept-breaking]
       npm run check:api [-- --assembly <file>]

Options
  --accept-breaking   take a breaking change of the API for the new baseline (a new major version)
  --assembly <file>   check this jsii assembly instead of the one that was built
`;

const REFERENCE = join(root, 'API.md');
const BASELINE = join(root, 'test', 'api', 'baseline.json');

await script(async () => {
  const options = readOptions();
  const folder = runFolder().path;
  await ensureInstalled();
  await ensureBuilt();
  const assembly = readJson(options.assembly ?? join(root, '.jsii'));
  refuseUndocumented(assembly);
  if (!options['accept-breaking']) {
    await step('Compare the API with the baseline', () => refuseBreaking(assembly, folder));
  }
  const save = options.check ? refuseStale : writeFileSync;
  save(BASELINE, await format(JSON.stringify(apiOf(assembly)), { ...(await resolveConfig(BASELINE)), parser: 'json' }));
  save(REFERENCE, await step('Generate the API reference', () => reference(folder)));
});

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        check: { type: 'boolean' },
        'accept-breaking': { type: 'boolean' },
        assembly: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    throw new Problem(error.message, HELP);
  }
}

/** The types without what may change freely: texts, and where in the sources a type is. */
function apiOf({ types }) {
  const isFree = (key, value) => key === 'locationInModule' || key === 'symbolId' || value === undefined;
  const withoutTexts = (key, value) => (key === 'docs' ? { stability: value.stability } : value);
  return JSON.parse(JSON.stringify(types, (key, value) => (isFree(key, value) ? undefined : withoutTexts(key, value))));
}

/** Everything public says what it is, and what is optional says what happens without it. */
function refuseUndocumented({ types }) {
  const problems = Object.values(types).flatMap((type) => {
    const members = [...(type.properties ?? []), ...(type.methods ?? [])];
    const elements = [
      ['', type],
      ...members.map((member) => [`.${member.name}`, member]),
      ...members.flatMap(({ name, parameters = [] }) => parameters.map((each) => [`.${name}(${each.name})`, each])),
    ];
    return elements.flatMap(([path, { docs, optional, abstract }]) => [
      ...(docs?.summary ? [] : [`${type.name}${path} has no description`]),
      ...(optional && abstract && !docs?.default ? [`${type.name}${path} has no @default`] : []),
    ]);
  });
  if (problems.length > 0) {
    throw new Problem('The public API is not documented completely.', problems.join('\n'));
  }
}

/** jsii-diff compares assemblies: the baseline is put into the current one to be such. */
async function refuseBreaking(assembly, folder) {
  const [former, current] = ['former', 'current'].map((name) => join(folder, name));
  saveAssembly(former, { ...assembly, types: readJson(BASELINE) });
  saveAssembly(current, assembly);
  try {
    await jsii('jsii-diff', [former, current, '--error-on', 'all']);
  } catch (error) {
    throw new Problem(
      'The change breaks users of the public API.',
      `${error.details}\n\nCan you add to the API instead? If not, CONTRIBUTING.md says how to accept the break.`,
    );
  }
}

function saveAssembly(folder, assembly) {
  mkdirSync(folder);
  writeFileSync(join(folder, '.jsii'), JSON.stringify(assembly));
  writeFileSync(join(folder, 'package.json'), readFileSync(join(root, 'package.json')));
}

async function reference(folder) {
  const file = join(folder, 'API.md');
  await jsii('jsii-docgen', ['--output', file]);
  return readFileSync(file, 'utf8');
}

function refuseStale(file, content) {
  if (readFileSync(file, 'utf8') !== content) {
    throw new Problem(`${relative(root, file)} is out of date.`, 'Run `npm run docs:api`, and commit what it changes.');
  }
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

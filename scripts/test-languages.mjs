/**
 * `npm run test:languages [-- <language> …]`: the packages of the other languages, used as their users do.
 *
 * In each language an app (test/languages) makes the same stack, with the oldest CDK that is allowed. Its
 * template must be TypeScript's, byte for byte, with the same assets.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled } from './lib/install.mjs';
import { go, java, python, typescript } from './lib/languages.mjs';
import { buildPackages } from './lib/packages.mjs';
import { Problem } from './lib/problem.mjs';
import { local, root } from './lib/project.mjs';
import { duration, script, step } from './lib/steps.mjs';
import { missingFor } from './lib/toolchains.mjs';

/** An app is a file or a folder; its stack is called Mail. */
const LANGUAGES = {
  python: { ...python, apps: { all: 'test/languages/python/app.py', example: 'examples/python/app.py' } },
  java: { ...java, apps: { all: 'test/languages/java' } },
  go: { ...go, apps: { all: 'test/languages/go' } },
};
const TYPESCRIPT = {
  ...typescript,
  apps: { all: 'test/languages/typescript/app.ts', example: 'examples/plain-domain.ts' },
};

const COMPARED = ['Mail.template.json', 'Mail.assets.json'];

await script(async () => {
  const started = performance.now();
  const names = chosen(process.argv.slice(2));
  if (names.length === 0) {
    return;
  }
  await ensureInstalled();
  await ensureBuilt();
  await buildPackages(['js', ...names]);
  const expected = await synthesize('typescript', TYPESCRIPT);
  for (const name of names) {
    compare(name, await synthesize(name, LANGUAGES[name]), expected);
  }
  console.log(`✓ The templates of ${names.join(', ')} are those of TypeScript (${duration(started)} in all)`);
});

/** Without tools for it, a language is left out; but Python in CI, and what is asked for by name. */
function chosen(given) {
  const unknown = given.filter((name) => !(name in LANGUAGES));
  if (unknown.length > 0) {
    throw new Problem(`No such language: ${unknown.join(', ')}.`, `There are ${Object.keys(LANGUAGES).join(', ')}.`);
  }
  const required = [...given, ...(process.env.CI === 'true' ? ['python'] : [])];
  return (given.length > 0 ? given : Object.keys(LANGUAGES)).filter((name) => {
    const missing = missingFor(name);
    if (missing && required.includes(name)) {
      throw new Problem(`The test of ${name} cannot run: ${missing}.`);
    }
    if (missing) {
      console.log(`▸ Skip ${name}: ${missing}\n`);
    }
    return !missing;
  });
}

/** Returns the folders of the cloud assemblies, by app. */
async function synthesize(name, language) {
  const folder = local('languages', name);
  mkdirSync(folder, { recursive: true });
  await step(`Install the ${name} package`, () => language.install(folder));
  const assemblies = {};
  for (const [app, source] of Object.entries(language.apps)) {
    const assembly = join(folder, `${app}.out`);
    rmSync(assembly, { recursive: true, force: true });
    const env = {
      ...process.env,
      CDK_OUTDIR: assembly,
      JSII_RUNTIME_PACKAGE_CACHE_ROOT: local('languages', 'jsii-cache'),
      JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20',
    };
    await step(`Synthesize ${source}`, () => language.run(folder, join(root, source), env));
    assemblies[app] = assembly;
  }
  return assemblies;
}

function compare(name, actual, expected) {
  for (const app of Object.keys(actual)) {
    for (const file of COMPARED) {
      if (!readFileSync(join(actual[app], file)).equals(readFileSync(join(expected[app], file)))) {
        throw new Problem(
          `In ${name}, ${file} is not what it is in TypeScript.`,
          `diff ${join(actual[app], file)} ${join(expected[app], file)}`,
        );
      }
    }
  }
}

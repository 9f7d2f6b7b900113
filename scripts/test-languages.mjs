/**
 * `npm run test:languages [-- <language> …]`: the packages of the other languages, used as their users do.
 *
 * In each language two apps make the same stack as in TypeScript: one with all that there is (test/languages), and the
 * one in docs/languages.md. Templates must be TypeScript's, byte for byte, with the same assets. That is so with the
 * oldest CDK that is allowed; with the newest, Python stands for all.
 *
 * `--packed` takes the packages that are in packages/ already, as a release does. Then Go is tried with the newest CDK,
 * too: it compiles the package together with the CDK, which takes minutes.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { newestPeers, oldestPeers } from './lib/cdk-versions.mjs';
import { ensureBuilt, ensureInstalled } from './lib/install.mjs';
import { go, java, python, typescript } from './lib/languages.mjs';
import { buildPackages } from './lib/packages.mjs';
import { Problem } from './lib/problem.mjs';
import { local, root } from './lib/project.mjs';
import { duration, script, step } from './lib/steps.mjs';
import { missingFor } from './lib/toolchains.mjs';
import { typeCheck } from './lib/type-check.mjs';

/** `main`: the file of the app that the one in the documentation takes the place of. */
const LANGUAGES = {
  python: { ...python, main: 'app.py' },
  java: { ...java, main: 'src/main/java/app/Main.java' },
  go: { ...go, main: 'main.go' },
};

/** What the apps are in TypeScript. */
const ALL = 'test/languages/typescript/app.ts';
const QUICK_START = 'examples/plain-domain.ts';

const COMPARED = ['Mail.template.json', 'Mail.assets.json'];

await script(async () => {
  const started = performance.now();
  const args = process.argv.slice(2);
  const isPacked = args.includes('--packed');
  const names = chosen(args.filter((arg) => arg !== '--packed'));
  if (names.length === 0) {
    return;
  }
  if (!isPacked) {
    await ensureInstalled();
    await ensureBuilt();
    await buildPackages(['js', ...names]);
  }

  const oldest = { age: 'oldest', cdk: oldestPeers() };
  const expected = await synthesizeInTypeScript([ALL, QUICK_START], oldest);
  for (const name of names) {
    const apps = [join(root, 'test/languages', name), quickStart(name)];
    compare(name, await synthesize(name, LANGUAGES[name], apps, oldest), expected);
  }

  const onNewest = names.filter((name) => name === 'python' || (name === 'go' && isPacked));
  const inTypeScript = new Map();
  for (const name of onNewest) {
    const peers = newestPeers();
    const cdk = { ...peers, 'aws-cdk-lib': await LANGUAGES[name].newestCdk(peers['aws-cdk-lib']) };
    const newest = { age: 'newest', cdk };
    const version = cdk['aws-cdk-lib'];
    inTypeScript.set(version, inTypeScript.get(version) ?? (await synthesizeInTypeScript([ALL], newest)));
    const apps = [join(root, 'test/languages', name)];
    compare(name, await synthesize(name, LANGUAGES[name], apps, newest), inTypeScript.get(version));
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

/** The app of docs/languages.md, as a folder. */
function quickStart(name) {
  const block = new RegExp(`^\`\`\`${name}\\n(.*?)^\`\`\``, 'ms');
  const [, app] = readFileSync(join(root, 'docs/languages.md'), 'utf8').match(block);
  const folder = local('languages', 'quick-start', name);
  cpSync(join(root, 'test/languages', name), folder, { recursive: true });
  writeFileSync(join(folder, LANGUAGES[name].main), app);
  return folder;
}

async function synthesizeInTypeScript(apps, version) {
  const paths = apps.map((app) => join(root, app));
  const assemblies = await synthesize('typescript', typescript, paths, version);
  await step('Check the types', () => typeCheck(join(folderOf('typescript', version), 'app.ts')));
  checkRuntime(assemblies[0], version.cdk['aws-cdk-lib']);
  return assemblies;
}

/** Returns the folders of the cloud assemblies of the apps. */
async function synthesize(name, language, apps, version) {
  const folder = folderOf(name, version);
  mkdirSync(folder, { recursive: true });
  const title = `Install the ${name} package with aws-cdk-lib ${version.cdk['aws-cdk-lib']}`;
  await step(title, () => language.install(folder, version.cdk));
  const assemblies = [];
  for (const app of apps) {
    const assembly = join(folder, `${assemblies.length}.out`);
    rmSync(assembly, { recursive: true, force: true });
    const env = {
      ...process.env,
      CDK_OUTDIR: assembly,
      JSII_RUNTIME_PACKAGE_CACHE_ROOT: local('languages', 'jsii-cache'),
      JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20',
    };
    await step(`Synthesize ${relative(root, app)}`, () => language.run(folder, app, env, version.cdk));
    assemblies.push(assembly);
  }
  return assemblies;
}

function folderOf(name, { age }) {
  return local('languages', age, name);
}

/** The README says which runtime of Lambda each version of the CDK brings. */
function checkRuntime(assembly, version) {
  const { Resources } = JSON.parse(readFileSync(join(assembly, 'Mail.template.json'), 'utf8'));
  const { Runtime } = Object.values(Resources).find(({ Type }) => Type === 'AWS::Lambda::Function').Properties;
  const rows = readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^\| (\d[\d.]*) .*`(nodejs\d+\.x)`/gm);
  const isReached = ([, since]) => version.localeCompare(since, undefined, { numeric: true }) >= 0;
  const [, , documented] = [...rows].findLast(isReached) ?? [];
  if (Runtime !== documented) {
    throw new Problem(`With aws-cdk-lib ${version} the runtime is ${Runtime}; README.md says ${documented}.`);
  }
}

function compare(name, actual, expected) {
  for (const [app, assembly] of actual.entries()) {
    for (const file of COMPARED) {
      if (!readFileSync(join(assembly, file)).equals(readFileSync(join(expected[app], file)))) {
        throw new Problem(
          `In ${name}, ${file} is not what it is in TypeScript.`,
          `diff ${join(assembly, file)} ${join(expected[app], file)}`,
        );
      }
    }
  }
}

/**
 * The packages of all languages, built by jsii-pacmak into `packages/`.
 *
 * They are compiled against the oldest CDK that they allow, in a folder of their own: what compiles there
 * uses nothing newer, and what the packages name as their dependencies is no newer either.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bundleLibrary } from './bundle.mjs';
import { oldestCdk } from './cdk-versions.mjs';
import { inheritFromBaseClass } from './go-package.mjs';
import { jsii } from './jsii.mjs';
import { local, root } from './project.mjs';
import { readmeOfPackages } from './readme.mjs';
import { run } from './run.mjs';
import { step } from './steps.mjs';
import { LANGUAGES, missingFor } from './toolchains.mjs';

export const PACKAGES = join(root, 'packages');

/** Not published themselves: what is compiled, and what the code samples are compiled with. */
const SOURCES = ['lib', 'rosetta'];

/** Maven's cache, apart from the user's own, where a build of this version would stay behind. */
export function mavenRepository() {
  return local('maven', 'repository');
}

/**
 * Builds the packages of the languages; those that this machine has no tools for are generated as code.
 * The code samples are `translated` to each language on demand: it takes as long as to compile.
 */
export async function buildPackages(languages, { translated = false } = {}) {
  const folder = local('package');
  mkdirSync(folder, { recursive: true });
  const cdk = await step('Install the oldest CDK that is allowed', () => installOldestCdk(folder));
  await step(`Compile with aws-cdk-lib ${cdk['aws-cdk-lib']}`, () => compile(folder));
  if (translated) {
    await step('Translate the code samples', () => jsii('jsii-rosetta', ['extract', '.jsii'], folder));
  }

  const buildable = languages.filter((language) => missingFor(language) === undefined);
  const others = languages.filter((language) => !buildable.includes(language));
  if (buildable.length > 0) {
    await step(`Package ${buildable.join(', ')}`, () => pacmak(folder, buildable));
  }
  if (others.length > 0) {
    await step(`Generate ${others.join(', ')}`, () => pacmak(folder, others, '--code-only'));
  }
}

/** What there is to publish of a language, as paths in the project. */
export function artefactsOf(language) {
  const folder = join(PACKAGES, language);
  return readdirSync(folder, { recursive: true })
    .filter((name) => LANGUAGES[language].artefacts.test(name))
    .map((name) => relative(root, join(folder, name)));
}

/** The first of them, as an absolute path. */
export function artefactOf(language) {
  return join(root, artefactsOf(language)[0]);
}

/** Brings into the folder all that is published, and package.json with the CDK to compile with. */
async function installOldestCdk(folder) {
  const cdk = await oldestCdk();
  const packed = await run('npm pack', 'npm', ['pack', '--dry-run', '--json', '--ignore-scripts']);
  const published = JSON.parse(packed)[0].files.map(({ path }) => path);
  for (const name of readdirSync(folder).filter((name) => name !== 'node_modules')) {
    rmSync(join(folder, name), { recursive: true });
  }
  for (const path of [...published, ...SOURCES]) {
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  writeFileSync(join(folder, 'README.md'), readmeOfPackages(readme, manifest));
  // Without our scripts: npm warns those who install a package of its "prepare".
  const ofPackage = { ...manifest, scripts: undefined, devDependencies: cdk };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(ofPackage, undefined, 2));
  await run('npm install of the oldest CDK', 'npm', ['install', '--ignore-scripts', '--no-package-lock'], {
    cwd: folder,
  });
  return cdk;
}

async function compile(folder) {
  await jsii('jsii', ['--generate-tsconfig', 'tsconfig.jsii.json', '--fail-on-warnings'], folder);
  await bundleLibrary(folder);
}

async function pacmak(folder, languages, ...options) {
  // What is in the folder already would be taken for a part of the new package.
  languages.forEach((language) => rmSync(join(PACKAGES, language), { recursive: true, force: true }));
  const maven = ['--maven-local-repository', mavenRepository()];
  await jsii(
    'jsii-pacmak',
    ['--outdir', PACKAGES, '--no-npmignore', ...maven, ...options, '--targets', ...languages],
    folder,
  );
  if (languages.includes('go')) {
    inheritFromBaseClass(join(PACKAGES, 'go'));
  }
}

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from './problem.mjs';
import { root } from './project.mjs';
import { run } from './run.mjs';
import { step } from './steps.mjs';

const BUILT = ['dist/bundle.js', 'dist/handler/index.js', 'dist/check/index.js'];
const BUILT_FROM = [
  'lib',
  'lambda',
  'check',
  'package.json',
  'package-lock.json',
  'scripts/build-handler.mjs',
  'scripts/build-check.mjs',
  'scripts/lib/bundle.mjs',
  'scripts/build-lib.mjs',
];

/** Makes node_modules what package-lock.json says. */
export async function ensureInstalled() {
  checkNode();
  if (!isInstalled()) {
    // Without the packages' scripts: none is needed, and our own "prepare" would build unannounced.
    await step('Install dependencies', () => run('npm ci', 'npm', ['ci', '--ignore-scripts']));
  }
}

/** Makes dist/ what the sources say. */
export async function ensureBuilt() {
  if (!isBuilt()) {
    await step('Build', () => run('npm run build', 'npm', ['run', 'build']));
  }
}

function checkNode() {
  const wanted = readJson('package.json').engines.node.match(/\d+(\.\d+)*/)[0];
  const isOlder = process.versions.node.localeCompare(wanted, undefined, { numeric: true }) < 0;
  if (isOlder) {
    throw new Problem(`This needs Node.js ${wanted} or newer; this is ${process.version} (${process.execPath}).`);
  }
}

/** Compares contents, not times: a checkout changes the times of files. */
function isInstalled() {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) {
    return false;
  }
  const wanted = readJson('package-lock.json').packages;
  delete wanted['']; // the project itself
  const found = readJson('node_modules/.package-lock.json').packages;
  const isAsWanted = ([path, entry]) =>
    // npm leaves out the optional packages that are for other platforms.
    found[path] ? found[path].version === entry.version && found[path].integrity === entry.integrity : entry.optional;
  return Object.entries(wanted).every(isAsWanted) && Object.keys(found).every((path) => path in wanted);
}

function isBuilt() {
  if (!BUILT.every((file) => existsSync(join(root, file)))) {
    return false;
  }
  const oldestOutput = Math.min(...BUILT.map((file) => statSync(join(root, file)).mtimeMs));
  return BUILT_FROM.flatMap(withContents).every((path) => statSync(path).mtimeMs <= oldestOutput);
}

/** Folders count too: theirs is the time at which a file was last added or removed. */
function withContents(path) {
  const absolute = join(root, path);
  if (!existsSync(absolute)) {
    return [];
  }
  const names = statSync(absolute).isDirectory() ? readdirSync(absolute) : [];
  return [absolute, ...names.flatMap((name) => withContents(join(path, name)))];
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

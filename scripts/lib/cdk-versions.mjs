import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './project.mjs';
import { run } from './run.mjs';

/** The oldest versions that package.json allows users, by package. */
export function oldestPeers() {
  const { peerDependencies } = readJson(join(root, 'package.json'));
  return oldestOf(Object.entries(peerDependencies));
}

/** Those that this project is developed with, and which Dependabot keeps new. */
export function newestPeers() {
  const versionOf = (name) => readJson(join(root, 'node_modules', name, 'package.json')).version;
  return Object.fromEntries(Object.keys(oldestPeers()).map((name) => [name, versionOf(name)]));
}

/**
 * The peers in their oldest versions, and what they in turn need from jsii in its oldest. A Go module names
 * all of these in its go.mod, as the least that its users get.
 */
export async function oldestCdk(nodeModules) {
  const peers = oldestPeers();
  const { dependencies, bundleDependencies } = await manifestOf('aws-cdk-lib', peers['aws-cdk-lib'], nodeModules);
  const bundled = new Set(bundleDependencies);
  return { ...peers, ...oldestOf(Object.entries(dependencies).filter(([name]) => !bundled.has(name))) };
}

/** Ranges like `^2.1.0`, which start with the oldest version. */
function oldestOf(ranges) {
  return Object.fromEntries(ranges.map(([name, range]) => [name, range.replace(/^[^\d]*/, '')]));
}

/** From where it is installed, or else from the registry. */
async function manifestOf(name, version, nodeModules) {
  const file = join(nodeModules, name, 'package.json');
  const installed = existsSync(file) ? readJson(file) : {};
  if (installed.version === version) {
    return installed;
  }
  const fields = ['dependencies', 'bundleDependencies'];
  return JSON.parse(await run('npm view', 'npm', ['view', `${name}@${version}`, ...fields, '--json']));
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

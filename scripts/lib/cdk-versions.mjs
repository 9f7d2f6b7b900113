import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './project.mjs';
import { run } from './run.mjs';

/** The oldest versions that package.json allows users, by package. */
export function oldestPeers() {
  const { peerDependencies } = readJson(join(root, 'package.json'));
  // Ranges like `^2.1.0`, which start with the oldest version.
  const versions = Object.entries(peerDependencies).map(([name, range]) => [name, range.replace(/^[^\d]*/, '')]);
  return Object.fromEntries(versions);
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
export async function oldestCdk() {
  const peers = oldestPeers();
  const needed = await viewed(`aws-cdk-lib@${peers['aws-cdk-lib']}`, 'dependencies', 'bundleDependencies');
  const bundled = new Set(needed.bundleDependencies);
  const ofJsii = Object.entries(needed.dependencies).filter(([name]) => !bundled.has(name));
  const oldest = await Promise.all(
    ofJsii.map(async ([name, range]) => [name, [await viewed(`${name}@${range}`, 'version')].flat()[0]]),
  );
  return { ...peers, ...Object.fromEntries(oldest) };
}

/** What the registry says of all versions in a range, from the oldest on. */
async function viewed(range, ...fields) {
  return JSON.parse(await run('npm view', 'npm', ['view', range, ...fields, '--json']));
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

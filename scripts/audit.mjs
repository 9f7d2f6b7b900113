/**
 * `npm run check:audit`: no advisory of the registry is about what the package ships. That has no dependencies of its
 * own but carries bundles, whose packages `npm audit --omit=dev` takes for tools; the other tools are not shipped.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled } from './lib/install.mjs';
import { Problem } from './lib/problem.mjs';
import { root } from './lib/project.mjs';
import { run } from './lib/run.mjs';
import { script, step } from './lib/steps.mjs';

/** It names the packages that have code in a bundle, as `** <name> <version>; <licence>`. */
const LICENSES = 'THIRD-PARTY-LICENSES';

await script(async () => {
  await ensureInstalled();
  await ensureBuilt();
  const shipped = new Set(packagesIn(LICENSES));
  const findings = await step(`Audit the ${shipped.size} packages in the bundles`, () => audit(shipped));
  if (findings.length > 0) {
    throw new Problem('The package would ship code with known vulnerabilities.', findings.join('\n'));
  }
});

function packagesIn(file) {
  const packages = [...read(file).matchAll(/^\*\* (\S+) (\S+); /gm)].map(([, name, version]) => `${name}@${version}`);
  if (packages.length === 0) {
    throw new Problem(`${file} names no package.`);
  }
  return packages;
}

async function audit(shipped) {
  // Its verdict is on all packages, so that it must not end in an error for any.
  const report = JSON.parse(await run('npm audit', 'npm', ['audit', '--json', '--audit-level=none']));
  const { packages } = JSON.parse(read('package-lock.json'));
  return Object.values(report.vulnerabilities).flatMap(({ name, nodes, via }) => {
    const found = [...new Set(nodes.map((node) => `${name}@${packages[node].version}`))].filter((id) =>
      shipped.has(id),
    );
    // Names instead of advisories are packages that it depends on: those have entries of their own.
    const advisories = via.filter((each) => typeof each === 'object');
    return found.flatMap((id) => advisories.map(({ title, severity, url }) => `${id}: ${title} (${severity}), ${url}`));
  });
}

function read(file) {
  return readFileSync(join(root, file), 'utf8');
}

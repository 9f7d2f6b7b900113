/**
 * `npm run release:dry-run`: a release on this machine, up to the point where something would be published.
 *
 * Builds the packages as the release does, has npm show what it would publish, and runs apps with the packages in
 * every language that can be run here.
 */
import { join } from 'node:path';
import { Problem } from './lib/problem.mjs';
import { runInForeground } from './lib/foreground.mjs';
import { artefactOf } from './lib/packages.mjs';
import { root } from './lib/project.mjs';
import { run } from './lib/run.mjs';
import { script, step } from './lib/steps.mjs';

await script(async () => {
  await node('package.mjs');
  const args = ['publish', '--dry-run', '--provenance=false', '--access', 'public', '--json', artefactOf('js')];
  const shown = JSON.parse(await step('npm publish --dry-run', () => run('npm publish', 'npm', args)));
  // npm shows the package itself, or, since version 11, packages by their names.
  const { id, entryCount, size, unpackedSize } = shown.id === undefined ? Object.values(shown)[0] : shown;
  console.log(`  ${id}: ${entryCount} files, ${kilobytes(size)}, unpacked ${kilobytes(unpackedSize)}\n`);
  await node('test-languages.mjs', '--packed');
});

async function node(name, ...args) {
  const code = await runInForeground([join(root, 'scripts', name), ...args], process.env);
  if (code !== 0) {
    throw new Problem(`The dry run stops here because scripts/${name} failed.`);
  }
}

function kilobytes(bytes) {
  return `${Math.round(bytes / 1000)} kB`;
}

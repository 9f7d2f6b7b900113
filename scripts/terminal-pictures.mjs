/**
 * `npm run docs:pictures`: docs/local.svg and docs/check.svg, of what `npm run local -- --authenticated` has just said.
 *
 * Each run has other tokens and times, so nothing checks whether the pictures are up to date.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/project.mjs';
import { run } from './lib/run.mjs';
import { script, step } from './lib/steps.mjs';
import { terminal } from './lib/terminal.mjs';

/** What stands above and below the check in the output of the run. */
const CHECK = /^▸ npx (cdk-ses-easy-dkim check .*) … .*\n\n {2}The check of [^\n]*\n(?: {4}\S[^\n]*\n)+\n([^▸]*)\n▸/m;

await script(async () => {
  const output = await step('npm run local', () =>
    run('npm run local', process.execPath, [join(root, 'scripts/local.mjs'), '--authenticated']),
  );
  const [whole, command, table] = output.match(CHECK);
  // The resolver is one that the run has started: its address would tell readers nothing.
  write('check', `npx ${command}`, table.replace(/^ {4}/gm, '').replace(/; asked \S+/, ''));
  write('local', 'npm run local -- --authenticated', output.replace(whole, '▸'));
});

function write(name, command, output) {
  writeFileSync(join(root, `docs/${name}.svg`), terminal(command, output.trim()));
}

/**
 * `npm run check:templates`: no tool finds fault with the templates of the apps in bin/ and examples/. The CDK
 * validates them at synthesis, as cdk.json tells it to, and then cfn-lint does; a warning is a failure too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withoutAws } from './lib/emulator.mjs';
import { ensureBuilt, ensureInstalled } from './lib/install.mjs';
import { Problem } from './lib/problem.mjs';
import { root, runFolder } from './lib/project.mjs';
import { findPython } from './lib/python.mjs';
import { run } from './lib/run.mjs';
import { script, step } from './lib/steps.mjs';
import { ensureVenv } from './lib/venv.mjs';

const CFN_LINT = { name: 'cfn-lint', version: '1.58.0' };

/** The rules that are off, and why. */
const IGNORED = {
  W3005: "The CDK's own constructs depend on roles which they name, too, so that their policies are there in time.",
  E3703: "Its finding in the CDK's pipeline is that of a rule of style (I1022), under another id.",
};

const SYNTHESIZE = join(root, 'scripts/lib/synthesize.mjs');

await script(async () => {
  const { command, problem } = findPython('cfn-lint');
  if (problem) {
    throw problem;
  }
  await ensureInstalled();
  await ensureBuilt();
  const folder = runFolder().path;
  const apps = ['bin', 'examples'].flatMap(appsIn);
  const bin = await ensureVenv(command, CFN_LINT);
  await step(`Synthesize ${apps.length} apps`, () => synthesize(apps, folder));
  const templates = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.template.json'));
  await step(`Lint ${templates.length} templates`, () => lint(bin, folder, templates.sort()));
});

/** An app's first line makes it a command. */
function appsIn(folder) {
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.ts'));
  return files
    .map((name) => `${folder}/${name}`)
    .filter((file) => readFileSync(join(root, file), 'utf8').startsWith('#!'));
}

async function synthesize(apps, folder) {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
  // For no account and Region, whoever's machine it is.
  const env = { ...withoutAws(process.env), CDK_CONTEXT_JSON: JSON.stringify(context) };
  await run('synthesis', process.execPath, [SYNTHESIZE, folder, ...apps], { env });
}

async function lint(bin, folder, templates) {
  if (templates.length === 0) {
    throw new Problem('The apps have no templates.');
  }
  const options = ['--non-zero-exit-code', 'informational', '--ignore-checks', ...Object.keys(IGNORED)];
  await run('cfn-lint', join(bin, 'cfn-lint'), [...options, '--', ...templates], { cwd: folder });
}

/**
 * The integration test: `npm run integ` runs it in an AWS account, `npm run check:integ` compares its templates with
 * the committed snapshot, which needs none, and `npm run integ:snapshot` writes that.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Cdk } from './lib/cdk.mjs';
import { withoutAws } from './lib/emulator.mjs';
import { ensureBuilt, ensureInstalled } from './lib/install.mjs';
import { compareWithSnapshot, INTEG_TEST, templatesOf, writeSnapshot } from './lib/integ-snapshot.mjs';
import { Problem } from './lib/problem.mjs';
import { root, runFolder } from './lib/project.mjs';
import { run } from './lib/run.mjs';
import { script, step } from './lib/steps.mjs';

const HELP = `Usage: HOSTED_ZONE_ID=… HOSTED_ZONE_NAME=… npm run integ [-- --keep]

Deploys a domain below the name of a public hosted zone of yours, with the credentials and the Region of the AWS CLI,
has the deployment assert what SES and Route 53 say of it, and destroys all of it. The account and Region must be
bootstrapped (npx cdk bootstrap).

Options
  --keep   leave it deployed
`;
/** For the snapshot. */
const ANY_ZONE = { HOSTED_ZONE_ID: 'Z0123456789ABCDEFGHIJ', HOSTED_ZONE_NAME: 'example.com' };

const TSX = join(root, 'node_modules/tsx/dist/cli.mjs');

await script(async () => {
  const options = readOptions();
  await ensureInstalled();
  await ensureBuilt();
  const folder = runFolder().path;
  if (options.check || options.snapshot) {
    const templates = await step(`Synthesize ${INTEG_TEST}`, () => synthesize(folder));
    (options.check ? compareWithSnapshot : writeSnapshot)(templates);
  } else {
    await test(folder, options.keep);
  }
});

function readOptions() {
  try {
    const flag = { type: 'boolean' };
    return parseArgs({ options: { check: flag, snapshot: flag, keep: flag } }).values;
  } catch (error) {
    throw new Problem(error.message, HELP);
  }
}

async function synthesize(folder) {
  const outdir = join(folder, 'cdk.out');
  mkdirSync(outdir);
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
  const env = {
    ...withoutAws(process.env),
    ...ANY_ZONE,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify(context),
  };
  await run('synthesis of the integration test', process.execPath, [TSX, INTEG_TEST], { env });
  return templatesOf(outdir);
}

async function test(folder, keep) {
  const missing = Object.keys(ANY_ZONE).filter((name) => !process.env[name]);
  if (missing.length > 0) {
    throw new Problem(`${missing.join(' and ')} must be set.`, HELP);
  }
  const cdk = new Cdk({ folder, environment: process.env, app: `npx tsx ${INTEG_TEST}` });
  try {
    failOnAssertions(await step('cdk deploy', () => cdk.deploy({})));
  } finally {
    if (!keep) {
      await step('cdk destroy', () => cdk.destroy({}));
    }
  }
}

/** An assertion that fails does not fail the deployment: each has an output that says how it went. */
function failOnAssertions(outputs) {
  const results = Object.values(outputs)
    .flatMap(Object.entries)
    .flatMap(([name, value]) => (name.startsWith('AssertionResults') ? [JSON.parse(value)] : []));
  if (results.length === 0) {
    throw new Problem('The deployment has no assertions.');
  }
  const failed = results.filter(({ status }) => status !== 'success');
  if (failed.length > 0) {
    throw new Problem(
      `${failed.length} of ${results.length} assertions failed.`,
      failed.map(({ message }) => message).join('\n\n'),
    );
  }
  console.log(`✓ All ${results.length} assertions hold`);
}

/**
 * `npm test [-- <arguments for jest>]`: all tests, the end-to-end ones against an AWS emulator.
 *
 * Tests of test/e2e read E2E_ENDPOINT (the emulator's URL) and E2E_ENV (JSON: the environment
 * variables that make SDK and CDK use it), and skip themselves when these are not set.
 */
import { join } from 'node:path';
import { Cdk } from './lib/cdk.mjs';
import { getEmulator, whyNoEmulator, withoutAws } from './lib/emulator.mjs';
import { runInForeground } from './lib/foreground.mjs';
import { ensureBuilt, ensureInstalled } from './lib/install.mjs';
import { root, runFolder } from './lib/project.mjs';
import { run } from './lib/run.mjs';
import { script, step } from './lib/steps.mjs';

const JEST = join(root, 'node_modules/jest/bin/jest.js');

await script(async () => {
  const args = process.argv.slice(2).filter((arg) => arg !== '--no-e2e');
  const noE2e = args.length < process.argv.length - 2;
  await ensureInstalled();
  await ensureBuilt();
  const emulator = !noE2e && (await namesE2eTests(args)) ? await emulatorForTests() : undefined;
  try {
    process.exitCode = await jest(args, emulator);
  } finally {
    await emulator?.stop();
  }
});

/** jest itself says which files the arguments select. */
async function namesE2eTests(args) {
  const listed = await run('jest --listTests', process.execPath, [JEST, ...args, '--listTests']).catch(() => '');
  return listed.includes(join(root, 'test', 'e2e'));
}

async function emulatorForTests() {
  const problem = whyNoEmulator();
  if (problem && process.env.CI === 'true') {
    throw problem;
  }
  if (problem) {
    console.log(`▸ Skip the end-to-end tests: ${problem.message}\n  ${problem.details}\n`);
    return undefined;
  }
  const folder = runFolder().path;
  const emulator = await getEmulator({ folder, sesExtras: true });
  try {
    await step('cdk bootstrap', () => new Cdk({ folder, environment: emulator.environment }).bootstrap());
  } catch (error) {
    await emulator.stop();
    throw error;
  }
  return emulator;
}

/** Returns jest's exit code. */
function jest(args, emulator) {
  const e2e = emulator && { E2E_ENDPOINT: emulator.url, E2E_ENV: JSON.stringify(emulator.variables) };
  // Whatever AWS the user works with, no test can reach it by mistake.
  const env = {
    ...withoutAws(process.env),
    ...e2e,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    // Tests of scripts import ES modules, which Node calls experimental in each of jest's workers. The SDK makes a lot of
    // garbage that does not live long.
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --disable-warning=ExperimentalWarning --max-semi-space-size=64`,
  };
  return runInForeground([JEST, ...args], env);
}

import { join } from 'node:path';
import { root } from './project.mjs';
import { run } from './run.mjs';

/** Which Node to use is stated in package.json; jsii's tools would tell it with every command. */
const QUIET = { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };

/** Runs one of jsii's tools (`jsii`, `jsii-pacmak`, …) and returns what it wrote to stdout. */
export function jsii(tool, args, cwd = root) {
  const program = join(root, 'node_modules', tool, 'bin', tool);
  // What is packed has been built: packing must not run the package's scripts to build it anew.
  const env = { ...process.env, ...QUIET, npm_config_ignore_scripts: 'true' };
  return run(tool, process.execPath, [program, ...args], { cwd, env });
}

import { spawnSync } from 'node:child_process';
import { Problem } from './problem.mjs';

const OLDEST_MINOR = 10;
const NAMES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const ASK_VERSION = 'import sys; print("%d.%d.%d" % sys.version_info[:3])';

/**
 * Finds a Python that is new enough: the one that PYTHON names, else the first on the PATH.
 * Returns its `command`, or, without one, the `problem`: what was found and what to do.
 *
 * @param {string} user what needs Python  @param {string} [alternative] what can be done without one
 */
export function findPython(user, alternative) {
  const names = process.env.PYTHON ? [process.env.PYTHON] : NAMES;
  const tooOld = [];
  for (const name of names) {
    const version = versionOf(name);
    const [major, minor] = (version ?? '').split('.').map(Number);
    if (major === 3 && minor >= OLDEST_MINOR) {
      return { command: name };
    }
    if (version) {
      tooOld.push(`${name} is ${version}`);
    }
  }
  const found = tooOld.length > 0 ? tooOld.join(', ') : `none of ${names.join(', ')} can be run`;
  const remedy = process.env.PYTHON
    ? 'Set PYTHON to another one, or unset it to have the PATH searched'
    : 'Install it, or set PYTHON to its path';
  return {
    problem: new Problem(
      `${user} needs Python 3.${OLDEST_MINOR} or newer; ${found}.`,
      `${[remedy, alternative].filter(Boolean).join('; or ')}.`,
    ),
  };
}

function versionOf(command) {
  const { status, stdout } = spawnSync(command, ['-c', ASK_VERSION], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

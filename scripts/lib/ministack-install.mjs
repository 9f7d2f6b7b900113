import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from './problem.mjs';
import { local } from './project.mjs';
import { run } from './run.mjs';
import { step } from './steps.mjs';

const VERSION = '1.5.33';

/** Makes MiniStack's virtual environment and returns the path of its Python. */
export async function ensureMinistack(python) {
  const venv = local(`ministack-${VERSION}`);
  const venvPython = join(venv, 'bin/python');
  const marker = join(venv, 'complete');
  if (!existsSync(marker) || !existsSync(venvPython)) {
    await step(`Install MiniStack ${VERSION}`, async () => {
      // Whatever an interrupted run left there.
      rmSync(venv, { recursive: true, force: true });
      await makeVenv(python, venv);
      const requirement = `ministack==${VERSION}`;
      await run('pip install', venvPython, ['-m', 'pip', 'install', '--disable-pip-version-check', requirement]);
      writeFileSync(marker, '');
    });
  }
  return venvPython;
}

async function makeVenv(python, venv) {
  try {
    await run('python -m venv', python, ['-m', 'venv', venv]);
  } catch (error) {
    // Debian and Ubuntu package these apart from Python itself.
    if (/ensurepip|No module named '?venv/.test(error.details)) {
      throw new Problem(
        `${python} cannot make virtual environments: its venv or ensurepip module is missing.`,
        'Install it (on Debian and Ubuntu: apt-get install python3-venv), or set PYTHON to another Python.',
      );
    }
    throw error;
  }
}

import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from './problem.mjs';
import { local } from './project.mjs';
import { run } from './run.mjs';
import { step } from './steps.mjs';

/**
 * Makes a virtual environment with one version of a package of PyPI, and an extra of it if there is one, and returns
 * the path of its folder `bin`.
 */
export async function ensureVenv(python, { name, title = name, version, extra }) {
  const venv = local(`${name}-${version}`);
  const bin = join(venv, 'bin');
  const marker = join(venv, 'complete');
  if (!existsSync(marker) || !existsSync(join(bin, 'python'))) {
    await step(`Install ${title} ${version}`, async () => {
      // Whatever an interrupted run left there.
      rmSync(venv, { recursive: true, force: true });
      await makeVenv(python, venv);
      const pip = [
        '-m',
        'pip',
        'install',
        '--disable-pip-version-check',
        `${name}${extra ? `[${extra}]` : ''}==${version}`,
      ];
      await run('pip install', join(bin, 'python'), pip);
      writeFileSync(marker, '');
    });
  }
  return bin;
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

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './at-exit.mjs';
import { freePort } from './ports.mjs';
import { Problem } from './problem.mjs';
import { killGroup, stopGroup } from './process-group.mjs';
import { ensureVenv } from './venv.mjs';

export const MOTO_VERSION = '5.2.5';
/** Whose everything is there, whatever the access key. */
export const MOTO_ACCOUNT = '123456789012';

const PATIENCE = 60_000;

/** Starts moto, an emulator that shares nothing with MiniStack. It runs no functions. */
export async function startMoto(python, folder) {
  const bin = await ensureVenv(python, { name: 'moto', version: MOTO_VERSION, extra: 'server' });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(folder, 'moto.log');
  const log = openSync(logFile, 'w');
  const child = spawn(join(bin, 'moto_server'), ['-H', '127.0.0.1', '-p', String(port)], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const forget = atExit(() => killGroup(child.pid));
  const deadline = Date.now() + PATIENCE;
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new Problem('moto did not start.', readFileSync(logFile, 'utf8'));
    }
    await sleep(100);
  }
  return {
    url,
    async stop() {
      await stopGroup(child.pid);
      forget();
    },
  };
}

async function answers(url) {
  try {
    return (await fetch(`${url}/moto-api/`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

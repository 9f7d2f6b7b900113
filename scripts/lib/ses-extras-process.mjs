import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { atExit } from './at-exit.mjs';
import { Problem } from './problem.mjs';
import { killGroup, stopGroup } from './process-group.mjs';
import { root } from './project.mjs';

const COMMAND = join(root, 'scripts/lib/ses-extras.mjs');

/**
 * Starts `ses-extras.mjs` in front of an emulator as a process of its own, which can stay when this one ends: it
 * does so after `keep()`.
 */
export async function startSesExtrasProcess(target, folder) {
  const logFile = join(folder, 'ses-extras.log');
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, [COMMAND, target], { detached: true, stdio: ['ignore', 'pipe', log] });
  closeSync(log);
  const forget = atExit(() => killGroup(child.pid));
  const printed = await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => undefined)]);
  if (printed === undefined) {
    throw new Problem('The proxy in front of SES ended.', readFileSync(logFile, 'utf8'));
  }
  return {
    url: String(printed[0]).trim(),
    pid: child.pid,
    async stop() {
      await stopGroup(child.pid);
      forget();
    },
    keep() {
      forget();
      child.stdout.destroy();
      child.unref();
    },
  };
}

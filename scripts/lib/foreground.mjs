import { spawn } from 'node:child_process';
import { atExit } from './at-exit.mjs';
import { root } from './project.mjs';

/** Runs a Node script with our terminal, as --watch and colours want it, and returns its exit code. */
export function runInForeground(args, env) {
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: 'inherit' });
  const forget = atExit(() => child.kill());
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      forget();
      resolve(code ?? 1);
    });
  });
}

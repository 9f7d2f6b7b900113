import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { relative } from 'node:path';
import { atExit } from './at-exit.mjs';
import { Problem } from './problem.mjs';
import { killGroup } from './process-group.mjs';
import { local, root } from './project.mjs';

const FIRST_LINES = 10;
const LAST_LINES = 40;

/**
 * Runs a command quietly and returns what it wrote to stdout. Everything that it wrote is in
 * `.local/logs/<name>.log`; when it fails, the essence of that is in the Problem, and all of it in its `output`.
 */
export async function run(name, command, args, { env = process.env, cwd = root } = {}) {
  const logFile = local('logs', `${name.replaceAll(' ', '-')}.log`);
  const logStream = createWriteStream(logFile);
  logStream.write(`$ ${[command, ...args].join(' ')}\n`);
  // A group of its own: what the command started is stopped with it.
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const forget = atExit(() => killGroup(child.pid));

  let stdout = '';
  let output = '';
  const collect = (text) => {
    output += text;
    logStream.write(text);
  };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    collect(text);
  });
  child.stderr.setEncoding('utf8').on('data', collect);

  const ending = await new Promise((resolve) => {
    child.on('error', (error) =>
      resolve(error.code === 'ENOENT' ? 'was not found' : `did not start: ${error.message}`),
    );
    child.on('close', (code, signal) =>
      resolve(code === 0 ? '' : signal ? `was stopped by ${signal}` : `exited with ${code}`),
    );
  });
  forget();
  await new Promise((resolve) => logStream.end(resolve));
  if (ending) {
    const problem = new Problem(
      `${name} ${ending}.`,
      `${causeIn(output)}\n\nThe whole output: ${relative(root, logFile)}`,
    );
    throw Object.assign(problem, { output });
  }
  return stdout;
}

/** Most commands say at the end what went wrong; npm says it first, and then how it is to be used. */
function causeIn(output) {
  const lines = output.trim().split('\n');
  return lines.length <= FIRST_LINES + LAST_LINES
    ? lines.join('\n')
    : [...lines.slice(0, FIRST_LINES), '…', ...lines.slice(-LAST_LINES)].join('\n');
}

import { spawn } from 'node:child_process';
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './at-exit.mjs';
import { freePort, listenOnce } from './ports.mjs';
import { Problem } from './problem.mjs';
import { killGroup, stopGroup } from './process-group.mjs';
import { local } from './project.mjs';
import { startSesExtrasProcess } from './ses-extras-process.mjs';

const PATIENCE = 60_000;

/**
 * Starts MiniStack and waits until it is ready. It keeps all that it writes in `folder`, and ends
 * with this process unless `keep()` is called. `stop()` leaves its log in `.local/logs`.
 *
 * With `sesExtras`, SES is at another URL, for functions too: that of `ses-extras.mjs`.
 */
export async function startMinistack(python, { port: wantedPort, folder, sesExtras: withExtras }) {
  const port = wantedPort ? await checkFree(wantedPort) : await freePort();
  const url = `http://127.0.0.1:${port}`;
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  const logFile = join(folder, 'ministack.log');
  const log = openSync(logFile, 'w');
  const extras = withExtras ? await startSesExtrasProcess(url, folder) : undefined;
  // A group of its own, so that the Lambda workers are stopped with it, and Ctrl-C leaves it to us.
  const child = spawn(python, ['-m', 'ministack'], {
    cwd: folder,
    env: { ...settings(port, temporary), ...(extras && sesAt(extras.url)) },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const forget = atExit(() => killGroup(child.pid));
  let ended = false;
  child.on('exit', () => (ended = true));
  child.on('error', () => (ended = true));

  const deadline = Date.now() + PATIENCE;
  while (!(await isReady(url))) {
    if (ended || Date.now() > deadline) {
      killGroup(child.pid);
      const cause = ended ? 'ended while it started' : `was not ready after ${PATIENCE / 1000} s`;
      throw new Problem(`MiniStack ${cause}.`, readFileSync(logFile, 'utf8').split('\n').slice(-40).join('\n'));
    }
    await sleep(100);
  }
  return {
    url,
    sesUrl: extras?.url,
    pids: [child.pid, ...(extras ? [extras.pid] : [])],
    async stop() {
      await Promise.all([stopGroup(child.pid), extras?.stop()]);
      forget();
      copyFileSync(logFile, local('logs', 'ministack.log'));
    },
    keep() {
      forget();
      child.unref();
      extras?.keep();
    },
  };
}

/** The environment variables that lead the SDKs to another SES. */
export function sesAt(url) {
  return { AWS_ENDPOINT_URL_SES: url, AWS_ENDPOINT_URL_SESV2: url };
}

/** Nothing of the caller's environment but the PATH: Lambda functions inherit all of it. */
function settings(port, temporary) {
  return {
    // It runs Node.js functions, whatever version they ask for, with the `node` on its PATH.
    PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
    HOME: temporary,
    TMPDIR: temporary,
    STATE_DIR: join(temporary, 'state'),
    S3_DATA_DIR: join(temporary, 's3'),
    GATEWAY_PORT: String(port),
    MINISTACK_HOST: '127.0.0.1',
    BIND_HOST: '127.0.0.1',
    // Services on fixed ports, which a second emulator could not open.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    // It would tidy up containers; there is no need for it to see a Docker daemon.
    DOCKER_HOST: `unix://${join(temporary, 'no-docker.sock')}`,
  };
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/_ministack/ready`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

async function checkFree(port) {
  try {
    return await listenOnce(port);
  } catch (error) {
    throw new Problem(
      `Port ${port} cannot be used: ${error.code === 'EADDRINUSE' ? 'something else listens on it' : error.message}.`,
      'Choose another with --port or MINISTACK_PORT, or leave both out to use a free one.',
    );
  }
}

import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decode, encode } from 'dns-packet';
import { createSocket } from 'node:dgram';
import { atExit } from './at-exit.mjs';
import { Problem } from './problem.mjs';
import { killGroup } from './process-group.mjs';

const START_SECONDS = 20;

/** The servers, by how their Debian packages are called. Those that resolve for others ask one of the others. */
const SERVERS = {
  bind9: { command: 'named', args: (file) => ['-g', '-c', file], configure: bind },
  nsd: { command: 'nsd', args: (file) => ['-d', '-c', file], configure: nsd },
  knot: { command: 'knotd', args: (file) => ['-c', file], configure: knot },
  unbound: { command: 'unbound', args: (file) => ['-d', '-c', file], configure: unbound, resolves: true },
};

/** Commands that say whether a zone file is right, by the Debian package that has them. */
const ZONE_CHECKS = {
  'bind9-utils': { command: 'named-checkzone', args: (zone, file) => ['-i', 'local', zone, file] },
  nsd: { command: 'nsd-checkzone', args: (zone, file) => [zone, file] },
  'knot-dnssecutils': { command: 'kzonecheck', args: (zone, file) => ['-o', zone, file] },
};

export function installedServers() {
  return Object.entries(SERVERS)
    .filter(([, { command }]) => isThere(command))
    .map(([name, { resolves = false }]) => ({ name, resolves }));
}

export function installedZoneChecks() {
  return Object.values(ZONE_CHECKS).filter(({ command }) => isThere(command));
}

/** All packages that the script can use. */
export const PACKAGES = [...new Set([...Object.keys(SERVERS), ...Object.keys(ZONE_CHECKS)])];

/**
 * Starts a server on loopback.
 *
 * @param {string} name of the package
 * @param {{ folder: string, zones: Record<string, string>, upstream?: number }} options zone files by name, and the
 *   port of the server that a resolver is to ask
 * @returns {Promise<number>} its port
 */
export async function startServer(name, { folder, zones, upstream }) {
  const { command, args, configure } = SERVERS[name];
  const directory = join(folder, name);
  mkdirSync(directory, { recursive: true });
  const port = await freePort();
  const file = join(directory, 'server.conf');
  writeFileSync(file, configure({ directory, port, zones, upstream }));
  const logFile = join(directory, 'server.log');
  const log = openSync(logFile, 'w');
  const child = spawn(pathOf(command), args(file), { detached: true, stdio: ['ignore', log, log] });
  child.unref();
  atExit(() => killGroup(child.pid));
  for (let tries = START_SECONDS * 10; tries > 0; tries -= 1) {
    if (await answers(port)) return port;
    if (child.exitCode !== null) break;
    await sleep(100);
  }
  throw new Problem(
    `${command} does not answer.`,
    readFileSync(logFile, 'utf8').trim().split('\n').slice(-15).join('\n'),
  );
}

function bind({ directory, port, zones }) {
  return [
    `options { directory "${directory}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };`,
    '  recursion no; allow-query { any; }; check-names primary ignore; dnssec-validation no; pid-file none; session-keyfile none; };',
    'controls { };',
    ...Object.entries(zones).map(([zone, file]) => `zone "${zone}" { type primary; file "${file}"; };`),
    '',
  ].join('\n');
}

function nsd({ directory, port, zones }) {
  return [
    'server:',
    `  ip-address: 127.0.0.1@${port}`,
    '  username: ""',
    `  zonesdir: "${directory}"`,
    '  pidfile: ""',
    '  database: ""',
    `  zonelistfile: "${directory}/zone.list"`,
    `  xfrdfile: "${directory}/xfrd.state"`,
    `  xfrdir: "${directory}"`,
    '  rrl-ratelimit: 0',
    'remote-control:',
    '  control-enable: no',
    ...Object.entries(zones).flatMap(([zone, file]) => ['zone:', `  name: "${zone}"`, `  zonefile: "${file}"`]),
    '',
  ].join('\n');
}

function knot({ directory, port, zones }) {
  return [
    'server:',
    `  rundir: "${directory}"`,
    `  listen: 127.0.0.1@${port}`,
    'database:',
    `  storage: "${directory}"`,
    'log:',
    '  - target: stderr',
    '    any: info',
    'zone:',
    ...Object.entries(zones).flatMap(([zone, file]) => [`  - domain: ${zone}`, `    file: "${file}"`]),
    '',
  ].join('\n');
}

function unbound({ directory, port, zones, upstream }) {
  return [
    'server:',
    `  interface: 127.0.0.1@${port}`,
    '  do-daemonize: no',
    '  chroot: ""',
    '  username: ""',
    `  directory: "${directory}"`,
    '  pidfile: ""',
    '  use-syslog: no',
    '  module-config: "iterator"',
    '  do-not-query-localhost: no',
    ...Object.keys(zones).flatMap((zone) => [
      'stub-zone:',
      `  name: "${zone}"`,
      `  stub-addr: 127.0.0.1@${upstream}`,
      '  stub-no-cache: yes',
    ]),
    '',
  ].join('\n');
}

/** The commands are in sbin, which is not on the path of users. */
function pathOf(command) {
  return spawnSync('sh', ['-c', `PATH="$PATH:/usr/sbin:/sbin" command -v ${command}`], {
    encoding: 'utf8',
  }).stdout.trim();
}

function isThere(command) {
  return pathOf(command) !== '';
}

/** Whether a server answers anything, be it a refusal. */
async function answers(port) {
  const socket = createSocket('udp4');
  try {
    return await new Promise((resolve) => {
      socket.once('error', () => resolve(false));
      socket.once('message', (message) => resolve(decode(message).type === 'response'));
      setTimeout(() => resolve(false), 200).unref();
      socket.connect(port, '127.0.0.1', () => {
        socket.send(encode({ type: 'query', id: 1, questions: [{ type: 'SOA', name: 'com' }] }));
      });
    });
  } finally {
    socket.close();
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

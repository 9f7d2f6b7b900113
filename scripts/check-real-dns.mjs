/**
 * `npm run check:dns [-- --show]`: has the check ask real DNS servers (BIND, NSD, Knot, Unbound) on loopback, and the
 * tools of these load the zone file that the construct puts out. It uses those that are installed, and needs no network.
 */
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { installedServers, installedZoneChecks, PACKAGES, startServer } from './lib/dns-servers.mjs';
import { Problem } from './lib/problem.mjs';
import { root, runFolder } from './lib/project.mjs';
import { REGION, TOKENS, zoneFiles } from './lib/real-zones.mjs';
import { script, step } from './lib/steps.mjs';

/** Milliseconds for one check. */
const PATIENCE = 120_000;

const CHECK = join(root, 'dist/check/cli.js');

/** The domain whose records are those of the construct. */
const OURS = 'example.com';

/** What has to come out for each domain: check, verdict and problems. */
const EXPECTED = {
  'example.com': () => [
    'domain pass',
    ...TOKENS.map(() => 'dkim pass'),
    'dkim-keys pass key-missing',
    'mail-from pass',
    'spf pass',
    'dmarc pass',
  ],
  'broken.com': () => [
    'domain pass',
    'dkim pass',
    'dkim fail wrong-host',
    'dkim fail missing',
    'dkim-keys pass',
    'mail-from fail host-missing',
    'spf fail too-permissive',
    'dmarc warn too-permissive report-refused',
  ],
  'hostile.com': () => [
    'domain pass',
    ...TOKENS.map(() => 'dkim warn indirect'),
    'dkim-keys pass key-missing',
    'mail-from fail wrong-host',
    'spf fail invalid',
    'dmarc warn invalid no-reports',
  ],
  // A resolver goes on asking the server that does not answer.
  'elsewhere.com': (resolves) => {
    const problem = resolves ? 'timeout' : 'not-a-resolver';
    const checks = ['domain', ...TOKENS.map(() => 'dkim'), 'mail-from', 'spf', 'dmarc'];
    return checks.map((check) => `${check} unknown ${problem}`);
  },
};

await script(async () => {
  const { values } = parseArgs({ options: { show: { type: 'boolean' } } });
  const servers = installedServers();
  const authorities = servers.filter(({ resolves }) => !resolves);
  if (authorities.length === 0) {
    throw new Problem('None of the DNS servers is installed.', `On Debian: apt-get install ${PACKAGES.join(' ')}`);
  }
  if (!existsSync(CHECK)) {
    execFileSync('npm', ['run', '--silent', 'build:check'], { cwd: root, stdio: 'inherit' });
  }
  const { path: folder } = runFolder();
  const zones = writeZones(folder);
  for (const { command, args } of installedZoneChecks()) {
    await step(`Have ${command} read what the construct puts out`, () => {
      checkZone(command, args(OURS, zones[OURS]));
    });
  }
  let upstream;
  for (const { name, resolves } of [...authorities, ...servers.filter((one) => one.resolves)]) {
    const port = await startServer(name, { folder, zones, upstream });
    upstream ??= port;
    for (const [domain, expected] of Object.entries(EXPECTED)) {
      await step(`Check ${domain} by ${name}`, () => checkDomain(domain, port, expected(resolves), values.show));
    }
  }
});

function writeZones(folder) {
  return Object.fromEntries(
    Object.entries(zoneFiles()).map(([zone, text]) => {
      const file = join(folder, `${zone}.zone`);
      writeFileSync(file, text);
      return [zone, file];
    }),
  );
}

function checkZone(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) {
    throw new Problem(`${command} refuses a zone file.`, `${stdout}${stderr}`);
  }
}

async function checkDomain(domain, port, expected, show) {
  const args = [CHECK, 'check', domain, '--no-ses', '--region', REGION, '--resolver', `127.0.0.1:${port}`];
  const given = [...args, '--mail-from', `bounce.${domain}`, '--tokens', TOKENS.join(','), '--timeout', '2'];
  if (show) console.log(`\n${(await check(given)).stdout}`);
  const { stdout, stderr } = await check([...given, '--json']);
  if (stdout === '') throw new Problem(`The check of ${domain} fails.`, stderr);
  const found = JSON.parse(stdout).findings.map(({ check, verdict, problems }) =>
    [check, verdict, ...problems].join(' '),
  );
  if (found.join('\n') !== expected.join('\n')) {
    throw new Problem(`${domain} is judged wrong.`, `expected:\n${expected.join('\n')}\n\nfound:\n${found.join('\n')}`);
  }
}

/** What the command prints, whatever its exit code. */
async function check(args) {
  try {
    return await promisify(execFile)(process.execPath, args, { timeout: PATIENCE });
  } catch (error) {
    return error;
  }
}

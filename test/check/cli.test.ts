import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CheckReport } from '../../check';
import { readCommand } from '../../check/command-line';
import { FakeAws } from '../fakes/fake-aws';
import { DnsServerOnLoopback } from './dns-server';
import { DKIM_HOST, DOMAIN, MAIL_FROM, recordName, REGION, rightSetUp, TOKENS } from './set-up';

const ROOT = join(__dirname, '..', '..');
const FOLDER = mkdtempSync(join(tmpdir(), 'easy-dkim-check-'));
const BUILT = join(FOLDER, 'check');
const execute = promisify(execFile);

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node in an environment without AWS but for what is given. */
async function node(args: readonly string[], environment: NodeJS.ProcessEnv = {}, cwd = ROOT): Promise<Run> {
  const env = {
    PATH: process.env.PATH,
    HOME: FOLDER,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...environment,
  };
  try {
    return { code: 0, ...(await execute(process.execPath, [...args], { cwd, env })) };
  } catch (error) {
    return error as Run;
  }
}

// Processes are started, which takes its time on a busy machine.
jest.setTimeout(60_000);

let dns: DnsServerOnLoopback;

beforeAll(async () => {
  const build = await node(['scripts/build-check.mjs', BUILT]);
  expect(build).toMatchObject({ code: 0, stderr: '' });
  dns = await DnsServerOnLoopback.start();
});
afterAll(async () => {
  await dns.stop();
  rmSync(FOLDER, { recursive: true, force: true });
});
beforeEach(() => dns.serve(rightSetUp()));

function cli(args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Run> {
  return node([join(BUILT, 'cli.js'), ...args], environment);
}

/** The command line that tells everything that SES would. */
const ALL_GIVEN = ['--no-ses', '--region', REGION, '--mail-from', MAIL_FROM, '--tokens', TOKENS.join(',')];

function check(args: readonly string[] = ALL_GIVEN, environment?: NodeJS.ProcessEnv): Promise<Run> {
  return cli(['check', DOMAIN, '--resolver', dns.address, ...args], environment);
}

describe('the exit code', () => {
  test('is 0 when all is right', async () => {
    expect(await check()).toMatchObject({ code: 0, stderr: '' });
  });

  test('is 0 when there are warnings only', async () => {
    dns.serve(rightSetUp({ [`_dmarc.${DOMAIN}`]: { TXT: ['v=DMARC1; p=none'] } }));
    const { code, stdout } = await check();
    expect({ code, summary: stdout.trimEnd().split('\n').at(-1) }).toEqual({
      code: 0,
      summary: '8 checks: 7 pass, 1 warn.',
    });
  });

  test('is 1 when something fails, whatever is unknown besides', async () => {
    dns.serve(rightSetUp({ [recordName(TOKENS[1])]: undefined }));
    dns.faults.set(MAIL_FROM, 'servfail');
    const { code, stdout } = await check();
    expect(code).toBe(1);
    expect(stdout).toContain('5 pass, 1 fail, 2 unknown.');
  });

  test('is 3 when something cannot be looked up', async () => {
    dns.faults.set(DOMAIN, 'drop');
    expect((await check([...ALL_GIVEN, '--timeout', '0.1'])).code).toBe(3);
  });

  test.each([
    [['check', DOMAIN, '--frobnicate'], "Unknown option '--frobnicate'. See --help."],
    [['check', DOMAIN, '--resolver', 'localhost'], 'must be IP addresses'],
  ])('is 2 for %j, which says why', async (args, message) => {
    const { code, stdout, stderr } = await cli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('See --help.');
  });
});

describe('the command line', () => {
  test.each([
    [[], 'No command given'],
    [['chekc', DOMAIN], 'Unknown command "chekc"'],
    [['check'], 'Give one domain'],
    [['check', DOMAIN, 'example.net'], 'Give one domain'],
    [['check', DOMAIN, '--timeout', 'soon'], '--timeout must be a number of seconds from 0.001 to 600'],
    [['check', DOMAIN, '--timeout', '0.0001'], 'got "0.0001"'],
    [['check', DOMAIN, '--timeout', '99999999'], 'got "99999999"'],
    [['check', DOMAIN, '--mail-from', MAIL_FROM, '--no-mail-from'], 'either'],
  ])('cannot be %j, which says why', (args, message) => {
    expect(() => readCommand(args)).toThrow(message);
  });

  test('may give resolvers and tokens in any way', () => {
    const command = readCommand([
      'check',
      DOMAIN,
      '--resolver=1.1.1.1',
      '--resolver',
      '[::1]:53',
      '--tokens',
      'a, b,c',
    ]);
    expect(command).toMatchObject({
      options: { resolvers: ['1.1.1.1', '[::1]:53'], dkimTokens: ['a', 'b', 'c'], ses: true },
    });
  });
});

describe('the table', () => {
  test('has a line for each check that is right, no wider than 100 columns but for names', async () => {
    const { stdout } = await check();
    const [title, , head, ...rows] = stdout.split('\n');
    expect(title).toBe(`example.com in eu-west-1; MAIL FROM bounce.example.com; asked ${dns.address}`);
    expect(head).toBe('CHECK          VERDICT  WHAT WAS FOUND, AND WHAT TO DO');
    const checks = rows.filter((row) => /^\S/.test(row)).map((row) => row.split(/ {2,}/).slice(0, 2).join(' '));
    expect(checks).toEqual([
      'Domain pass',
      'DKIM record pass',
      'DKIM record pass',
      'DKIM record pass',
      'DKIM keys pass',
      'MAIL FROM pass',
      'SPF pass',
      'DMARC pass',
      '8 checks: 8 pass.',
    ]);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('says what is wrong, what was expected and what to do, without colours', async () => {
    dns.serve(
      rightSetUp({
        [recordName(TOKENS[0])]: undefined,
        [MAIL_FROM]: { MX: [[10, 'mx.example.net']], TXT: ['v=spf1 include:amazonses.com ~all', 'v=spf1 +all'] },
      }),
    );
    const { stdout } = await check();
    const text = stdout.replace(/\n +/g, ' ');
    expect(text).toContain(`DKIM record    FAIL     ${recordName(TOKENS[0])}: no CNAME record`);
    expect(text).toContain(`remedy: Create the CNAME record ${recordName(TOKENS[0])} → ${TOKENS[0]}.${DKIM_HOST}.`);
    expect(text).toContain('FAIL     bounce.example.com: MX 10 mx.example.net expected: MX 10 feedback-smtp.eu-west-1');
    expect(text).toContain('2 SPF records: v=spf1 include:amazonses.com ~all | v=spf1 +all');
    expect(text).not.toContain('\u001b');
  });
});

describe('with --json', () => {
  test('prints the report, and nothing else', async () => {
    dns.serve(rightSetUp({ [`_dmarc.${DOMAIN}`]: undefined }));
    const { code, stdout, stderr } = await check([...ALL_GIVEN, '--json']);
    const report = JSON.parse(stdout) as CheckReport;
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(report).toMatchObject({ domain: DOMAIN, region: REGION, mailFromDomain: MAIL_FROM, verdict: 'fail' });
    expect(report.findings.at(-1)).toMatchObject({
      check: 'dmarc',
      name: '_dmarc.example.com',
      verdict: 'fail',
      problems: ['missing'],
      found: 'no DMARC record',
    });
  });
});

describe('with AWS credentials', () => {
  test('asks SES for all that is not given', async () => {
    const fake = await FakeAws.start({ region: REGION });
    try {
      fake.addIdentity(REGION, DOMAIN, { tokens: [...TOKENS] });
      const { code, stdout, stderr } = await check([], fake.env);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('SES identity   pass     example.com in eu-west-1: verified for sending');
      expect(fake.operations()).toEqual(['GetEmailIdentity']);
    } finally {
      await fake.stop();
    }
  });

  test('there are none: the DNS part is done, and the exit code is 3', async () => {
    const { code, stdout } = await check(ALL_GIVEN.slice(1));
    expect(code).toBe(3);
    expect(stdout).toMatch(/SES identity {3}unknown {2}.*\n(.*\n)*DMARC {10}pass/);
    expect(stdout).toContain('8 pass, 1 unknown.');
  });
});

test('--help and --version answer', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(await cli(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  const help = await cli(['check', '--help']);
  expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: cdk-ses-easy-dkim check') as string });
  expect(help.stdout).toMatch(/--no-ses .*--tokens/);
  expect(Math.max(...help.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(103);
});

describe('the function in the package', () => {
  const options = `{ ses: false, region: '${REGION}', mailFromDomain: '${MAIL_FROM}', dkimTokens: ${JSON.stringify(TOKENS)}, resolvers: [resolver] }`;

  test('does the same, from CommonJS and from an ES module', async () => {
    const index = JSON.stringify(join(BUILT, 'index.js'));
    const body = `const [, resolver] = process.argv; checkDomain('${DOMAIN}', ${options}).then(({ verdict }) => console.log(verdict));`;
    const runs = await Promise.all([
      node(['-e', `const { checkDomain } = require(${index}); ${body}`, dns.address]),
      node(['--input-type=module', '-e', `import { checkDomain } from ${index}; ${body}`, dns.address]),
    ]);
    expect(runs.map(({ stdout }) => stdout)).toEqual(['pass\n', 'pass\n']);
  });

  test('has types that stand alone', async () => {
    const file = join(FOLDER, 'use.ts');
    writeFileSync(
      file,
      `import { checkDomain, formatReport, InvalidOptionError, type CheckReport, type Finding } from './check';
       const report: Promise<CheckReport> = checkDomain('example.com', { ses: false, timeout: 100 });
       report.then((one) => one.findings.map(({ check, verdict }: Finding) => check === 'dkim' && verdict === 'fail'), (error: unknown) => error instanceof InvalidOptionError);
       report.then((one): string => formatReport(one, { width: 80, colors: true }));
       // @ts-expect-error there is no such option
       checkDomain('example.com', { regions: 'eu-west-1' });`,
    );
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const run = await node([tsc, '--noEmit', '--strict', '--module', 'node16', '--target', 'es2022', file], {}, FOLDER);
    expect(run).toMatchObject({ code: 0, stdout: '' });
  });
});

// Packs the package and uses it as its users do: installed from the tarball into an empty project
// that synthesizes with plain JavaScript, where there is no TypeScript, esbuild or Docker.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What users get; everything else stays at home. */
const ALLOWED = [
  /^(LICENSE|README\.md|THIRD-PARTY-LICENSES|package\.json|\.jsii)$/,
  /^dist\/(bundle\.js|[a-z0-9-]+\.d\.ts)$/,
  /^dist\/handler\/index\.js$/,
  /^dist\/check\/[a-z-]+\.(js|d\.ts)$/,
];
const REQUIRED = [
  'LICENSE',
  'README.md',
  'THIRD-PARTY-LICENSES',
  '.jsii',
  'dist/bundle.js',
  'dist/index.d.ts',
  'dist/handler/index.js',
  'dist/check/cli.js',
  'dist/check/index.js',
  'dist/check/index.d.ts',
];

/** How an app loads the CDK and the package, by the file it is in. */
const APPS = {
  'app.cjs': `
    const { App, Stack } = require('aws-cdk-lib');
    const { PublicHostedZone } = require('aws-cdk-lib/aws-route53');
    const { EasyDkimDomain } = require('cdk-ses-easy-dkim');`,
  'app.mjs': `
    import { App, Stack } from 'aws-cdk-lib';
    import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
    import { DmarcPolicy, EasyDkimDelegationRole, EasyDkimDomain, EasyDkimWatch } from 'cdk-ses-easy-dkim';`,
};

const folder = mkdtempSync(join(tmpdir(), 'easy-dkim-package-'));
try {
  const tarball = pack();
  install(tarball);
  Object.entries(APPS).forEach(synthesize);
  console.log('The packed package installs into an empty project and synthesizes there.');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pack() {
  const [{ filename, files, size }] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], process.cwd()),
  );
  const paths = files.map(({ path }) => path);
  const unwanted = paths.filter((path) => !ALLOWED.some((pattern) => pattern.test(path)));
  const missing = REQUIRED.filter((path) => !paths.includes(path));
  if (unwanted.length > 0 || missing.length > 0) {
    throw new Error(
      `The tarball has ${unwanted.join(', ') || 'nothing'} too many and lacks ${missing.join(', ') || 'nothing'}`,
    );
  }
  console.log(`Packed ${paths.length} files, ${Math.round(size / 1024)} KiB.`);
  return join(folder, filename);
}

function install(tarball) {
  const { peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: peerDependencies }));
  run('npm', ['install', '--no-audit', '--no-fund', tarball]);
  const tools = readdirSync(join(folder, 'node_modules')).filter((name) => ['typescript', 'esbuild'].includes(name));
  if (tools.length > 0) {
    throw new Error(`The installation brings ${tools.join(', ')}, which the test is to do without`);
  }
}

function synthesize([file, imports]) {
  const outdir = join(folder, `${file}.out`);
  writeFileSync(
    join(folder, file),
    `${imports}
     const app = new App({ outdir: ${JSON.stringify(outdir)} });
     const stack = new Stack(app, 'Test');
     const hostedZone = new PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' });
     new EasyDkimDomain(stack, 'Mail', { hostedZone });
     app.synth();`,
  );
  run(process.execPath, [file]);
  const { Resources } = JSON.parse(readFileSync(join(outdir, 'Test.template.json'), 'utf8'));
  const types = Object.values(Resources).map(({ Type }) => Type);
  if (types.filter((type) => type === 'Custom::EasyDkimDomain').length !== 1) {
    throw new Error(`The template has ${types.join(', ')}, which is not what one EasyDkimDomain gives`);
  }
}

function run(command, args, cwd = folder) {
  return execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  });
}

/**
 * `node bench/identical.mjs`: builds two clones at different paths with each supported version of
 * Node.js, synthesizes a stack in each, and fails unless the templates and assets are the same, byte by byte.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { Problem } from '../scripts/lib/problem.mjs';
import { local, root } from '../scripts/lib/project.mjs';
import { run } from '../scripts/lib/run.mjs';
import { script, step } from '../scripts/lib/steps.mjs';
import { ACCOUNT, makeDomains, REGION } from './assembly.mjs';
import { runCase } from './sample.mjs';

const VERSIONS = ['20', '22', '24'];
const CLONES = ['clone', join('a-much-longer-path-than-that', 'clone')];

await script(async () => {
  const nodes = local('bench', 'nodes');
  await step(`Install Node.js ${VERSIONS.join(', ')}`, () => installNodes(nodes));
  const found = [];
  for (const path of CLONES) {
    const clone = local('bench', 'identical', path);
    await step(`Clone into ${path}`, () => makeClone(clone));
    for (const version of VERSIONS) {
      const node = join(nodes, 'node_modules', `node${version}`, 'bin', 'node');
      const files = await step(`Build and synthesize with Node.js ${version}`, () => synthesize(clone, node));
      found.push({ name: `Node.js ${version} in ${path}`, files });
    }
  }
  compare(found);
  rmSync(local('bench', 'identical'), { recursive: true });
  const [{ files }] = found;
  console.log(['', ...files, '', `✓ the same in ${found.length} builds`].join('\n'));
});

/** From npm, whose packages are the binaries of one platform each. */
async function installNodes(folder) {
  const platform = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const name = `${platform}-${process.platform}-${process.arch}`;
  const dependencies = Object.fromEntries(VERSIONS.map((version) => [`node${version}`, `npm:${name}@${version}`]));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await run('npm install', 'npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
}

/** A clone as the working tree is now: what is not committed yet counts, too. */
async function makeClone(clone) {
  rmSync(clone, { recursive: true, force: true });
  const listed = await run('git ls-files', 'git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    cpSync(join(root, file), join(clone, file), { force: true });
  }
  await run('npm ci', 'npm', ['ci', '--ignore-scripts', '--prefer-offline'], { cwd: clone });
}

/** Builds with this Node.js and returns each file of the assembly with the digest of its content. */
async function synthesize(clone, node) {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  rmSync(join(clone, 'dist'), { recursive: true, force: true });
  await run('npm run build', 'npm', ['run', 'build'], { cwd: clone, env });
  const outdir = join(clone, 'cdk.out');
  rmSync(outdir, { recursive: true, force: true });
  await runCase({
    name: 'synth',
    node,
    file: new URL('app.mjs', import.meta.url).pathname,
    options: { key: 'ours', domains: makeDomains(3), outputs: true, outdir, account: ACCOUNT, region: REGION },
    cwd: clone,
    env: { ...env, BENCH_OURS: join(clone, 'dist'), CDK_VALIDATION: 'false' },
  });
  // What is deployed; the rest tells where it was synthesized.
  const deployed = readdirSync(outdir).filter((name) => name.startsWith('asset.') || name.endsWith('.template.json'));
  return deployed.flatMap((name) => filesIn(outdir, name)).map((file) => `${digest(join(outdir, file))}  ${file}`);
}

function compare(found) {
  const [first, ...others] = found;
  for (const { name, files } of others) {
    const differing = files.filter((file) => !first.files.includes(file));
    if (differing.length > 0 || files.length !== first.files.length) {
      throw new Problem(`${name} differs from ${first.name}.`, [...first.files, '', ...files].join('\n'));
    }
  }
}

function filesIn(folder, name) {
  const isFolder = statSync(join(folder, name)).isDirectory();
  return isFolder ? readdirSync(join(folder, name)).flatMap((inner) => filesIn(folder, join(name, inner))) : [name];
}

function digest(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/**
 * How each language installs the package from `packages/` and runs an app with it. `install` makes a folder
 * ready for it, with a CDK in the versions given, and `run` runs the app of a file or folder there.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { artefactOf, mavenRepository, PACKAGES } from './packages.mjs';
import { root } from './project.mjs';
import { run } from './run.mjs';

const GO_CDK = 'github.com/aws/aws-cdk-go/awscdk/v2';
const GO_MODULE = 'github.com/cdk-ses-easy-dkim/cdk-ses-easy-dkim-go/cdkseseasydkim';

/** Of versions from the newest to the oldest. */
const newestUpTo = (version, versions) =>
  versions.find((other) => other.localeCompare(version, undefined, { numeric: true }) <= 0);

const pinned = (cdk, separator) => Object.entries(cdk).map(([name, version]) => `${name}${separator}${version}`);

export const typescript = {
  async install(folder, cdk) {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
    // Without one of its own, tsx would use the project's, which has the package's sources instead of the package.
    writeFileSync(join(folder, 'tsconfig.json'), '{}');
    // Another build of the same version may be there.
    rmSync(join(folder, 'node_modules', 'cdk-ses-easy-dkim'), { recursive: true, force: true });
    const npm = [
      'install',
      '--no-save',
      '--no-package-lock',
      '--ignore-scripts',
      ...pinned(cdk, '@'),
      artefactOf('js'),
    ];
    await run('npm install of the package', 'npm', npm, { cwd: folder });
  },
  async run(folder, source, env) {
    const app = join(folder, basename(source));
    cpSync(source, app);
    const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
    await run('the app in TypeScript', process.execPath, [tsx, app], { cwd: folder, env });
  },
};

export const python = {
  /** The newest of aws-cdk-lib on PyPI up to a version that npm has: npm gets them first. */
  async newestCdk(version) {
    const listed = await run('pip index', 'python3', ['-m', 'pip', 'index', 'versions', 'aws-cdk-lib']);
    const [, versions] = listed.match(/^Available versions: (.*)$/m);
    return newestUpTo(version, versions.split(', '));
  },
  async install(folder, cdk) {
    await run('python -m venv', 'python3', ['-m', 'venv', folder]);
    // Of the CDK's thousands of modules, those that an app needs are compiled when it runs.
    const pip = (...args) =>
      run('pip install', join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--no-compile', ...args]);
    const wheel = artefactOf('python');
    await pip(...pinned(cdk, '=='), wheel);
    // For pip, another build of the same version is the same.
    await pip('--force-reinstall', '--no-deps', wheel);
  },
  run: (folder, source, env) =>
    run('the app in Python', join(folder, 'bin', 'python'), [join(source, 'app.py')], { env }),
};

export const java = {
  async install() {
    // What jsii-pacmak's build has left there would hide what it has put into packages/.
    rmSync(join(mavenRepository(), 'io/github/cdk-ses-easy-dkim'), { recursive: true, force: true });
  },
  async run(folder, source, env, cdk) {
    cpSync(source, folder, { recursive: true });
    const properties = {
      ...cdk,
      version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
      packages: pathToFileURL(join(PACKAGES, 'java')),
      'maven.repo.local': mavenRepository(),
    };
    const options = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
    await run('the app in Java', 'mvn', ['--batch-mode', ...options, 'compile', 'exec:java'], { cwd: folder, env });
  },
};

export const go = {
  /** The newest of aws-cdk-go up to a version that npm has. */
  async newestCdk(version) {
    const listed = await run('go list', 'go', ['list', '-m', '-versions', GO_CDK]);
    const [, ...versions] = listed.trim().split(' ');
    return newestUpTo(version, versions.map((each) => each.slice('v'.length)).reverse());
  },
  async install(folder, cdk) {
    rmSync(join(folder, 'go.mod'), { force: true });
    await this.go(folder, 'mod', 'init', 'app');
    const replace = `-replace=${GO_MODULE}=${join(PACKAGES, 'go', basename(GO_MODULE))}`;
    await this.go(folder, 'mod', 'edit', `-require=${GO_MODULE}@v0.0.0`, replace);
    await this.go(folder, 'mod', 'edit', `-require=${GO_CDK}@v${cdk['aws-cdk-lib']}`);
  },
  async run(folder, source, env) {
    cpSync(source, folder, { recursive: true });
    await this.go(folder, 'mod', 'tidy');
    await run('the app in Go', 'go', ['run', '.'], { cwd: folder, env });
  },
  go: (folder, ...args) => run('go mod', 'go', args, { cwd: folder }),
};

/**
 * How each language installs the package from `packages/` and runs an app with it. `install` makes a folder
 * ready for it, with the oldest CDK that is allowed, and `run` runs the app of a file or folder there.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { oldestPeers } from './oldest-cdk.mjs';
import { artefactOf, mavenRepository, PACKAGES } from './packages.mjs';
import { root } from './project.mjs';
import { run } from './run.mjs';

const GO_MODULE = 'github.com/cdk-ses-easy-dkim/cdk-ses-easy-dkim-go/cdkseseasydkim';

const peers = oldestPeers();
const pinned = (separator) => Object.entries(peers).map(([name, version]) => `${name}${separator}${version}`);

const TSCONFIG = {
  compilerOptions: { module: 'node16', strict: true, skipLibCheck: true, noEmit: true, types: [] },
  include: ['*.ts'],
};

export const typescript = {
  async install(folder) {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    // Another build of the same version may be there.
    rmSync(join(folder, 'node_modules', 'cdk-ses-easy-dkim'), { recursive: true, force: true });
    const npm = ['install', '--no-save', '--no-package-lock', '--ignore-scripts', ...pinned('@'), artefactOf('js')];
    await run('npm install of the package', 'npm', npm, { cwd: folder });
  },
  async run(folder, source, env) {
    const app = join(folder, basename(source));
    cpSync(source, app);
    const node = (name, program, ...args) =>
      run(name, process.execPath, [join(root, 'node_modules', program), ...args], { cwd: folder, env });
    await node('tsc', 'typescript/bin/tsc', '--project', folder);
    await node('the app in TypeScript', 'tsx/dist/cli.mjs', app);
  },
};

export const python = {
  async install(folder) {
    await run('python -m venv', 'python3', ['-m', 'venv', folder]);
    const pip = (...args) => run('pip install', join(folder, 'bin', 'python'), ['-m', 'pip', 'install', ...args]);
    const wheel = artefactOf('python');
    await pip(...pinned('=='), wheel);
    // For pip, another build of the same version is the same.
    await pip('--force-reinstall', '--no-deps', wheel);
  },
  run: (folder, source, env) => run('the app in Python', join(folder, 'bin', 'python'), [source], { env }),
};

export const java = {
  async install() {
    // What jsii-pacmak's build has left there would hide what it has put into packages/.
    rmSync(join(mavenRepository(), 'io/github/cdk-ses-easy-dkim'), { recursive: true, force: true });
  },
  async run(folder, source, env) {
    cpSync(source, folder, { recursive: true });
    const properties = {
      ...peers,
      version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
      packages: pathToFileURL(join(PACKAGES, 'java')),
      'maven.repo.local': mavenRepository(),
    };
    const options = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
    await run('the app in Java', 'mvn', ['--batch-mode', ...options, 'compile', 'exec:java'], { cwd: folder, env });
  },
};

export const go = {
  async install(folder) {
    rmSync(join(folder, 'go.mod'), { force: true });
    await this.go(folder, 'mod', 'init', 'app');
    const replace = `-replace=${GO_MODULE}=${join(PACKAGES, 'go', basename(GO_MODULE))}`;
    await this.go(folder, 'mod', 'edit', `-require=${GO_MODULE}@v0.0.0`, replace);
  },
  async run(folder, source, env) {
    cpSync(source, folder, { recursive: true });
    await this.go(folder, 'mod', 'tidy');
    await run('the app in Go', 'go', ['run', '.'], { cwd: folder, env });
  },
  go: (folder, ...args) => run('go mod', 'go', args, { cwd: folder }),
};

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled } from '../scripts/lib/install.mjs';
import { local, root } from '../scripts/lib/project.mjs';
import { run } from '../scripts/lib/run.mjs';
import { step } from '../scripts/lib/steps.mjs';

/** Where the peers are, and our package as its users get it. */
export const folder = local('bench', 'packages');

/**
 * The old SDK, which a peer's handler asks for and no current Lambda runtime has. It is in a folder
 * of its own, so that the handlers do not find it where AWS would not have it either.
 */
export const oldSdkFolder = local('bench', 'old-sdk');

export const PEERS = { '@seeebiii/ses-verify-identities': '4.2.3', 'aws-cdk-ses-domain-identity': '2.2.0' };

export const OLD_SDK = { 'aws-sdk': '2.1535.0' };

/** Installs what is compared. `tarball` stands in for the package as it is now. */
export async function install(tarball) {
  await ensureInstalled();
  // For all of them one and the same CDK: the one that we develop with.
  const cdk = ['aws-cdk-lib', 'constructs'].map((name) => [name, versionIn(root, name)]);
  await installPackages(folder, { ...Object.fromEntries(cdk), ...PEERS });
  await installPackages(oldSdkFolder, OLD_SDK);
  const packed = tarball ?? (await pack());
  await step('Install our package', async () => {
    // npm takes another tarball of the same version for the same package.
    rmSync(join(folder, 'node_modules', 'cdk-ses-easy-dkim'), { recursive: true, force: true });
    rmSync(join(folder, 'node_modules', '.package-lock.json'), { force: true });
    await npmInstall(folder, ['--no-save', packed]);
  });
}

/** The version of an installed package. */
export function versionIn(where, name) {
  const require = createRequire(join(where, 'package.json'));
  return require(`${name}/package.json`).version;
}

async function pack() {
  await ensureBuilt();
  return step('Pack our package', async () => {
    // Built just now: the "prepare" script would do it again.
    const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', local('bench')];
    const [{ filename }] = JSON.parse(await run('npm pack', 'npm', args));
    return local('bench', filename);
  });
}

/** Installs these versions, and nothing else, into a folder. */
export async function installPackages(where, dependencies) {
  const wanted = JSON.stringify({ private: true, dependencies }, null, 2);
  const marker = join(where, 'installed.json');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) {
    return;
  }
  await step(`Install ${Object.keys(dependencies).join(', ')}`, async () => {
    rmSync(where, { recursive: true, force: true });
    mkdirSync(where, { recursive: true });
    // First, since npm takes the next folder above that has one.
    writeFileSync(join(where, 'package.json'), wanted);
    await npmInstall(where, []);
    // Last, so that an interrupted installation is done anew.
    writeFileSync(marker, wanted);
  });
}

function npmInstall(where, args) {
  // The peers ask for versions of the CDK that are years old.
  const flags = ['--legacy-peer-deps', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund'];
  return run('npm install', 'npm', ['install', ...flags, ...args], { cwd: where });
}

/**
 * `npm run test:migration`: moves domains from the peers' constructs to ours, on the emulator.
 *
 * The peers are installed where git does not look, without the CDK: they find this project's.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { installPackages, OLD_SDK, oldSdkFolder, PEERS } from '../bench/install.mjs';
import { atExit } from './lib/at-exit.mjs';
import { local, root } from './lib/project.mjs';
import { script } from './lib/steps.mjs';

await script(async () => {
  const peers = local('migration', 'peers');
  await installPackages(peers, PEERS);
  await installPackages(oldSdkFolder, OLD_SDK);
  process.exitCode = await test({ MIGRATION_PEERS: peers, MIGRATION_OLD_SDK: oldSdkFolder });
});

/** Returns the exit code of the tests. */
function test(variables) {
  const child = spawn(process.execPath, [join(root, 'scripts/test.mjs'), 'test/e2e/migration'], {
    cwd: root,
    env: { ...process.env, ...variables },
    stdio: 'inherit',
  });
  const forget = atExit(() => child.kill());
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      forget();
      resolve(code ?? 1);
    });
  });
}

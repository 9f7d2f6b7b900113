/**
 * `npm run test:migration`: moves domains from the peers' constructs to ours, on the emulator.
 *
 * The peers are installed where git does not look, without the CDK: they find this project's.
 */
import { join } from 'node:path';
import { installPackages, OLD_SDK, oldSdkFolder, PEERS } from '../bench/install.mjs';
import { runInForeground } from './lib/foreground.mjs';
import { local, root } from './lib/project.mjs';
import { script } from './lib/steps.mjs';

await script(async () => {
  const peers = local('migration', 'peers');
  await installPackages(peers, PEERS);
  await installPackages(oldSdkFolder, OLD_SDK);
  process.exitCode = await runInForeground([join(root, 'scripts/test.mjs'), 'test/e2e/migration'], {
    ...process.env,
    MIGRATION_PEERS: peers,
    MIGRATION_OLD_SDK: oldSdkFolder,
  });
});

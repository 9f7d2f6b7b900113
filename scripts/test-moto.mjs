/**
 * `npm run test:moto`: the stories of the handler on moto, an emulator that shares nothing with MiniStack and our own
 * fakes. It needs Python and PyPI; without them it is left out, unless CI is true.
 */
import { join } from 'node:path';
import { environments } from './lib/emulator.mjs';
import { runInForeground } from './lib/foreground.mjs';
import { startMotoTags } from './lib/moto-tags.mjs';
import { startMoto } from './lib/moto.mjs';
import { Problem } from './lib/problem.mjs';
import { root, runFolder } from './lib/project.mjs';
import { findPython } from './lib/python.mjs';
import { script } from './lib/steps.mjs';

await script(async () => {
  const folder = runFolder().path;
  const moto = await startIfPossible(folder);
  if (moto === undefined) {
    return;
  }
  const proxy = await startMotoTags(moto.url);
  try {
    const { variables } = environments(proxy.url, folder, {});
    process.exitCode = await runInForeground([join(root, 'scripts/test.mjs'), '--no-e2e', 'test/moto'], {
      ...process.env,
      MOTO_ENV: JSON.stringify(variables),
    });
  } finally {
    await proxy.stop();
    await moto.stop();
  }
});

async function startIfPossible(folder) {
  try {
    const { command, problem } = findPython('moto');
    if (problem) {
      throw problem;
    }
    return await startMoto(command, folder);
  } catch (error) {
    if (!(error instanceof Problem) || process.env.CI === 'true') {
      throw error;
    }
    console.log(`▸ Skip the tests on moto: ${error.message}\n  ${error.details}\n`);
    return undefined;
  }
}

// Compiles lib/ with jsii, for all languages, and makes one file of it.
import { join } from 'node:path';
import { bundleLibrary } from './lib/bundle.mjs';
import { runInForeground } from './lib/foreground.mjs';
import { Problem } from './lib/problem.mjs';
import { root } from './lib/project.mjs';
import { script } from './lib/steps.mjs';

await script(async () => {
  if (/[^\x20-\x7e]/.test(root)) {
    throw new Problem(`jsii cannot compile in ${root}: move the project to a path with ASCII characters only.`);
  }
  const jsii = [join(root, 'node_modules/jsii/bin/jsii'), '--generate-tsconfig', 'tsconfig.jsii.json'];
  process.exitCode = await runInForeground(
    [...jsii, '--silence-warnings', 'metadata/missing-dev-dependency'],
    process.env,
  );
  if (process.exitCode === 0) {
    await bundleLibrary(root);
  }
});

/**
 * `node synthesize.mjs <folder> <app>…`: runs CDK apps of this project in one process, so that the CDK is loaded once.
 * Each writes its templates into a folder of its own in `<folder>`, when the process has nothing else to do.
 */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { register } from 'tsx/cjs/api';
import { root } from './project.mjs';

const [folder, ...apps] = process.argv.slice(2);
const require = createRequire(import.meta.url);

register();
for (const app of apps) {
  process.env.CDK_OUTDIR = join(folder, app);
  mkdirSync(process.env.CDK_OUTDIR, { recursive: true });
  require(join(root, app));
}

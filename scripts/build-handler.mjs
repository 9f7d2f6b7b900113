// Bundles the handler into the one file that the construct ships as the Lambda's code.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { HANDLER } from './lib/bundle.mjs';
import { noteBundled } from './lib/licenses.mjs';

const outdir = 'dist/handler';

const { metafile, outputFiles } = await build({ ...HANDLER, outdir, minify: true, metafile: true });
// In one step: a synthesis that is under way finds the old file or the new one.
await mkdir(outdir, { recursive: true });
await writeFile(`${outdir}.new`, outputFiles[0].contents);
await rename(`${outdir}.new`, `${outdir}/index.js`);
noteBundled('handler', metafile);

// Bundles the handler into the one file that the construct ships as the Lambda's code.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { noteBundled } from './lib/licenses.mjs';

const outdir = 'dist/handler';

const { metafile, outputFiles } = await build({
  entryPoints: ['lambda/index.ts'],
  outdir,
  write: false,
  bundle: true,
  minify: true,
  platform: 'node',
  // The oldest Node that the package is developed with; Lambda runs a newer one.
  target: 'node20',
  format: 'cjs',
  // The SDK loads some of Node's own modules late; one file needs no other way than require.
  supported: { 'dynamic-import': false },
  // The ES modules of the SDK can be tree-shaken, its CommonJS ones cannot.
  mainFields: ['module', 'main'],
  alias: {
    '@aws-sdk/credential-provider-node': './lambda/aws/default-credentials.ts',
    '@smithy/core/event-streams': './lambda/aws/no-event-streams.ts',
  },
  // The licences go into a file of their own.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
// In one step: a synthesis that is under way finds the old file or the new one.
await mkdir(outdir, { recursive: true });
await writeFile(`${outdir}.new`, outputFiles[0].contents);
await rename(`${outdir}.new`, `${outdir}/index.js`);
noteBundled('handler', metafile);

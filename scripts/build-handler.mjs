// Bundles the handler into the one file that the construct ships as the Lambda's code.
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

const outdir = 'dist/handler';

await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: ['lambda/index.ts'],
  outdir,
  bundle: true,
  minify: true,
  platform: 'node',
  // The oldest Node that AWS runs Lambdas on and that the package is developed with.
  target: 'node20',
  format: 'cjs',
  // The SDK loads some of Node's own modules late; one file needs no other way than require.
  supported: { 'dynamic-import': false },
  // The ES modules of the SDK can be tree-shaken, its CommonJS ones cannot.
  mainFields: ['module', 'main'],
  alias: { '@aws-sdk/credential-provider-node': './lambda/default-credentials.ts' },
  // What the licences of the bundled packages ask for is in THIRD-PARTY-LICENSES.
  legalComments: 'none',
  logLevel: 'warning',
});

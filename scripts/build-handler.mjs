// Bundles the handler into the one file that the construct ships as the Lambda's code, and writes
// down the licences of what went into it.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const outdir = 'dist/handler';

await rm(outdir, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: ['lambda/index.ts'],
  outdir,
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
  alias: { '@aws-sdk/credential-provider-node': './lambda/default-credentials.ts' },
  // The licences go into a file of their own.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
await writeFile('THIRD-PARTY-LICENSES', await licenses(Object.values(metafile.outputs)[0].inputs));

/** The licence texts of the packages that have code in the bundle. */
async function licenses(inputs) {
  const folders = Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
    return folder && bytesInOutput > 0 ? [folder] : [];
  });
  const texts = await Promise.all([...new Set(folders)].sort().map(license));
  return `The handler in dist/handler contains code of these packages.\n\n${texts.join('\n')}`;
}

async function license(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n${await readFile(`${folder}/${file}`, 'utf8')}`;
  return `** ${name} ${version}; ${license}\n${text}`;
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './project.mjs';

/** How esbuild makes one file for Node of sources and the SDK. */
export const FOR_NODE = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  // The oldest Node that the package is developed with; Lambda runs a newer one.
  target: 'node20',
  format: 'cjs',
  // The SDK loads some of Node's own modules and of its credential providers late; one file needs no other way than require.
  supported: { 'dynamic-import': false },
  // The ES modules of the SDK can be tree-shaken, its CommonJS ones cannot.
  mainFields: ['module', 'main'],
  // The licences go into a file of their own.
  legalComments: 'none',
  logLevel: 'warning',
};

/** CloudFormation, Route 53, SES v1 and v2, STS. */
const CLIENTS = 5;

/**
 * Leaves out the SDK's classes of errors, a tenth of the bundle that the handler never looks at: an error without a class
 * still has AWS's code as its name, and AWS's message.
 */
const withoutErrorClasses = {
  name: 'without-error-classes',
  setup({ onStart, onLoad, onEnd }) {
    let left;
    onStart(() => void (left = 0));
    onLoad({ filter: /[\\/]@aws-sdk[\\/].*[\\/]schemas_\d+\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      // That of the base class is in another registry, and stays.
      const contents = source.replace(/^n0_registry\.registerError\(.*\);$/gm, '');
      left += contents.length < source.length;
      return { contents };
    });
    onEnd(() =>
      left < CLIENTS ? { errors: [{ text: `${left} of ${CLIENTS} clients register errors as expected` }] } : {},
    );
  },
};

/** The handler, with what takes the place of parts of the SDK that it does not need. */
export const HANDLER = {
  ...FOR_NODE,
  entryPoints: ['lambda/index.ts'],
  write: false,
  alias: {
    '@aws-sdk/credential-provider-node': './lambda/aws/default-credentials.ts',
    '@smithy/core/event-streams': './lambda/aws/no-event-streams.ts',
  },
  plugins: [withoutErrorClasses],
};

/** Makes one file of the library that jsii has compiled in a folder: an app loads it sooner than fifty. */
export async function bundleLibrary(folder) {
  const { types } = JSON.parse(await readFile(join(folder, '.jsii'), 'utf8'));
  const names = Object.values(types)
    .filter(({ kind }) => kind === 'class' || kind === 'enum')
    .map(({ name }) => name);
  await build({
    ...FOR_NODE,
    absWorkingDir: folder,
    entryPoints: ['dist/index.js'],
    outfile: 'dist/bundle.js',
    packages: 'external',
    // Never run: Node reads there which names an ES module can import.
    footer: { js: `0 && (module.exports = { ${names.join(', ')} });` },
  });
}

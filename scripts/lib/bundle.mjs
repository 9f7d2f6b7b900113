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

/** The handler, with what takes the place of parts of the SDK that it does not need. */
export const HANDLER = {
  ...FOR_NODE,
  entryPoints: ['lambda/index.ts'],
  write: false,
  alias: {
    '@aws-sdk/credential-provider-node': './lambda/aws/default-credentials.ts',
    '@smithy/core/event-streams': './lambda/aws/no-event-streams.ts',
  },
};

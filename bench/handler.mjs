import { dirname, join } from 'node:path';
import { root } from '../scripts/lib/project.mjs';
import { step } from '../scripts/lib/steps.mjs';
import { bytesIn } from './assembly.mjs';
import { folder, oldSdkFolder } from './install.mjs';
import { sample } from './sample.mjs';
import { summarize } from './statistics.mjs';

const OURS = join(folder, 'node_modules/cdk-ses-easy-dkim/dist/handler/index.js');
const AWS_CUSTOM_RESOURCE = join(
  folder,
  'node_modules/aws-cdk-lib/custom-resource-handlers/dist/custom-resources/aws-custom-resource-handler/index.js',
);
const DNS_VALIDATED = join(
  folder,
  'node_modules/aws-cdk-ses-domain-identity/lambda-packages/dns-validated-domain-identity-handler/dist/index.js',
);

/** `clients` are those that the code needs at its first call and takes from the runtime's SDK. */
export const HANDLERS = [
  { key: 'ours', name: 'EasyDkimDomain: the bundle', code: OURS },
  {
    key: 'unbundled',
    name: 'the SDK clients of SES and Route 53, not bundled',
    clients: ['@aws-sdk/client-ses', '@aws-sdk/client-sesv2', '@aws-sdk/client-route-53'],
  },
  { key: 'verifySesDomain', name: 'VerifySesDomain', code: AWS_CUSTOM_RESOURCE, clients: ['@aws-sdk/client-ses'] },
  { key: 'dnsValidated', name: 'DnsValidatedDomainIdentity', code: DNS_VALIDATED },
  {
    key: 'dnsValidatedOldSdk',
    name: 'DnsValidatedDomainIdentity, given the old SDK',
    code: DNS_VALIDATED,
    env: { NODE_PATH: join(oldSdkFolder, 'node_modules') },
  },
];

/** Bytes of the handlers' code, and what a cold start takes. */
export async function measureHandlers({ rounds }) {
  const results = await step(`Cold starts, ${rounds} rounds`, () =>
    sample(
      HANDLERS.map(({ key, code, clients = [], env }) => ({
        name: key,
        file: new URL('start.mjs', import.meta.url).pathname,
        options: { modules: [...(code ? [code] : []), ...clients] },
        // The clients are those that we develop with.
        cwd: root,
        env: { ...process.env, AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1', ...env },
      })),
      rounds,
    ),
  );
  return Object.fromEntries(
    HANDLERS.map(({ key, code }) => {
      const { samples, failure } = results.get(key);
      const bytes = code && bytesIn(dirname(code));
      return [
        key,
        failure
          ? { bytes, failure: failure.message }
          : {
              bytes,
              time: summarize(samples.map(({ time }) => time)),
              memory: summarize(samples.map(({ memory }) => memory)),
            },
      ];
    }),
  );
}

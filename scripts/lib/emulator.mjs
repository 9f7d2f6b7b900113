import { join } from 'node:path';
import { ensureMinistack } from './ministack-install.mjs';
import { sesAt, startMinistack } from './ministack.mjs';
import { Problem } from './problem.mjs';
import { findPython } from './python.mjs';
import { step } from './steps.mjs';

const ACCOUNT = '000000000000';
const REGION = 'us-east-1';

/** The problem for which there can be no emulator, or undefined when there can be one. */
export function whyNoEmulator() {
  return process.env.AWS_ENDPOINT_URL ? undefined : findPythonForMinistack().problem;
}

/**
 * The AWS to deploy to: the one at AWS_ENDPOINT_URL when that is set, else a MiniStack of our own.
 *
 * `variables` are the environment variables that make the AWS CLI, SDKs and CDK use it, and
 * `environment` is the whole environment of a command that does. `sesExtras` makes the two SES of a MiniStack of our
 * own one, with the calls that it lacks; another emulator has to be started with AWS_ENDPOINT_URL_SES and _SESV2 of
 * `node scripts/lib/ses-extras.mjs`, which are then given here too.
 */
export async function getEmulator({ port, folder, sesExtras }) {
  if (process.env.AWS_ENDPOINT_URL) {
    const url = process.env.AWS_ENDPOINT_URL.replace(/\/$/, '');
    await step(`Use the emulator at ${url}`, () => checkAnswers(url));
    return { url, ...environments(url, folder, process.env), stop: async () => {}, keep() {} };
  }
  const { command, problem } = findPythonForMinistack();
  if (problem) {
    throw problem;
  }
  const python = await ensureMinistack(command);
  return step('Start MiniStack', async () => {
    const wanted = { port: port ?? process.env.MINISTACK_PORT, folder, sesExtras };
    const ministack = await startMinistack(python, wanted);
    return { ...ministack, ...environments(ministack.url, folder, {}, ministack.sesUrl && sesAt(ministack.sesUrl)) };
  });
}

function findPythonForMinistack() {
  return findPython('The AWS emulator, MiniStack,', 'set AWS_ENDPOINT_URL to use an emulator of your own');
}

/** The variables that say nothing of which AWS to use, and as whom. */
export function withoutAws(variables) {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !/^AWS_|^CDK_DEFAULT_/.test(name)));
}

async function checkAnswers(url) {
  try {
    await fetch(url, { signal: AbortSignal.timeout(10_000) });
  } catch (error) {
    throw new Problem(
      `Nothing answers at AWS_ENDPOINT_URL=${url}: ${error.cause?.message ?? error.message}.`,
      'Start the emulator there, or unset AWS_ENDPOINT_URL to have one started.',
    );
  }
}

/**
 * The `variables` and the `environment` for the AWS at a URL. `own` are the variables that the user's own emulator may
 * need: credentials and Region; `further` are more of ours.
 */
export function environments(url, folder, own, further) {
  const region = own.AWS_REGION ?? own.AWS_DEFAULT_REGION ?? REGION;
  const noProxy = [process.env.NO_PROXY ?? process.env.no_proxy, new URL(url).hostname].filter(Boolean).join(',');
  const hasCredentials = own.AWS_ACCESS_KEY_ID || own.AWS_PROFILE;
  const variables = {
    ...(hasCredentials ? pick(own, CREDENTIALS) : { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }),
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_S3: own.AWS_ENDPOINT_URL_S3 ?? url,
    ...pick(own, ['AWS_ENDPOINT_URL_SES', 'AWS_ENDPOINT_URL_SESV2']),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    CDK_DEFAULT_ACCOUNT: own.CDK_DEFAULT_ACCOUNT ?? ACCOUNT,
    CDK_DEFAULT_REGION: region,
    // Keeps the emulator's account out of the caches of the user's own CDK, and the CDK off the internet.
    CDK_HOME: join(folder, 'cdk-home'),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: 'true',
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    ...further,
  };
  return { variables, environment: { ...withoutAws(process.env), ...variables } };
}

const CREDENTIALS = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
];

function pick(variables, names) {
  return Object.fromEntries(names.filter((name) => variables[name]).map((name) => [name, variables[name]]));
}

/** `npm run observe`: what AWS and its emulators do that no document tells, into docs/aws-observations.md. */
import { parseArgs } from 'node:util';
import { Cdk } from './lib/cdk.mjs';
import { environments, getEmulator } from './lib/emulator.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { MINISTACK_VERSION } from './lib/ministack-install.mjs';
import { MOTO_ACCOUNT, MOTO_VERSION, startMoto } from './lib/moto.mjs';
import { Problem } from './lib/problem.mjs';
import { runFolder } from './lib/project.mjs';
import { findPython } from './lib/python.mjs';
import { section } from './lib/report.mjs';
import { script, step } from './lib/steps.mjs';
import { observeCloudFormation, STACK } from './observe/cloudformation.mjs';
import { observeRoute53, observeSes, OTHER_REGIONS } from './observe/ses.mjs';
import { lines, save } from './observe/table.mjs';

const HELP = `Usage: npm run observe [-- --domain <name> [--failed-domain <name>]]

Observes CloudFormation, SES and Route 53, and writes what it sees into docs/aws-observations.md.
Without options it does so on two emulators, MiniStack and moto, which it starts itself.
With AWS_ENDPOINT_URL set it observes the emulator there, and only prints what it sees.

Options
  --domain <name>         observe AWS, with the credentials and the Region of the AWS CLI. It makes
                          - the stack ${STACK}: a function with its role and its log group, and
                            custom resources that stand for nothing,
                          - an SES identity for a name of its own below the domain, and a replica of it in
                            ${OTHER_REGIONS.join(' or ')},
                          - a public hosted zone with the name of the domain and one record, which
                            nothing delegates to,
                          and removes all of it in the end. The account must be bootstrapped.
  --failed-domain <name>  an SES identity of yours whose DKIM has failed: sets it going again
  --help                  this text
`;

/** Where nothing is anybody's. */
const EXAMPLE = 'example.com';

/** How long a log takes to be readable in AWS, in milliseconds. */
const LOG_DELAY = 15_000;

await script(async () => {
  const options = readOptions();
  if (options.help) {
    console.log(HELP);
    return;
  }
  await ensureInstalled();
  const folder = runFolder().path;
  if (process.env.AWS_ENDPOINT_URL) {
    show('The emulator', await observeAll(await getEmulator({ folder }), folder));
  } else if (options.domain !== undefined) {
    await observeAws(options, folder);
  } else {
    await observeMinistack(folder);
    await observeMoto(folder);
  }
});

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        domain: { type: 'string' },
        'failed-domain': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values['failed-domain'] !== undefined && values.domain === undefined) {
      throw new Error('--failed-domain is for AWS, which needs --domain.');
    }
    return values;
  } catch (error) {
    throw new Problem(error.message, HELP);
  }
}

async function observeAws({ domain, 'failed-domain': failedDomain }, folder) {
  const environment = { ...process.env, AWS_REGION: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION };
  if (environment.AWS_REGION === undefined) {
    throw new Problem('AWS_REGION is not set.', HELP);
  }
  console.log(HELP.slice(HELP.indexOf('It makes')));
  const { observed, account } = await observeCloudFormation({ environment, folder, logDelay: LOG_DELAY });
  Object.assign(observed, await observeSes({ environment, account, domain, failedDomain, hasDns: true }));
  Object.assign(observed, await observeRoute53({ environment, domain }));
  await keep('AWS', environment.AWS_REGION, observed);
}

async function observeMinistack(folder) {
  const emulator = await getEmulator({ folder });
  try {
    await keep('MiniStack', MINISTACK_VERSION, await observeAll(emulator, folder));
  } finally {
    await emulator.stop();
  }
}

async function observeAll({ environment }, folder) {
  await step('cdk bootstrap', () => new Cdk({ folder, environment }).bootstrap());
  const { observed, account } = await observeCloudFormation({ environment, folder, logDelay: 0 });
  Object.assign(observed, await observeSes({ environment, account, domain: EXAMPLE, hasDns: false }));
  return Object.assign(observed, await observeRoute53({ environment, domain: EXAMPLE }));
}

/** It runs no functions, so that CloudFormation has nothing to send to. */
async function observeMoto(folder) {
  const { command, problem } = findPython('moto');
  if (problem) {
    throw problem;
  }
  const moto = await step('Start moto', () => startMoto(command, folder));
  try {
    const { environment } = environments(moto.url, folder, {});
    const observed = await observeSes({ environment, account: MOTO_ACCOUNT, domain: EXAMPLE, hasDns: false });
    await keep('moto', MOTO_VERSION, { ...observed, ...(await observeRoute53({ environment, domain: EXAMPLE })) });
  } finally {
    await moto.stop();
  }
}

async function keep(column, version, observed) {
  show(`${column} ${version}`, observed);
  await save(column, `${version}, ${new Date().toISOString().slice(0, 10)}`, observed);
}

function show(title, observed) {
  section(title, lines(observed));
  console.log();
}

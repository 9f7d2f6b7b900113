/** `npm run local`: the construct at work, deployed to an AWS emulator on this machine. */
import { parseArgs } from 'node:util';
import { getEmulator } from './lib/emulator.mjs';
import { ensureBuilt, ensureInstalled } from './lib/install.mjs';
import { Problem } from './lib/problem.mjs';
import { runFolder } from './lib/project.mjs';
import { authenticated, crossAccount, oneDomain, twoRegions, watched } from './lib/scenarios.mjs';
import { show } from './lib/show.mjs';
import { duration, script } from './lib/steps.mjs';

/** What can be shown instead of one domain, by the option that asks for it. */
const SCENARIOS = { authenticated, 'two-regions': twoRegions, 'cross-account': crossAccount, watch: watched };

const HELP = `Usage: npm run local -- [options]

Deploys the example app to an AWS emulator on this machine with the real CDK CLI, shows and checks
what came to be in Route 53 and SES, and destroys it again. It installs and builds what it needs.

Options
  --authenticated  show a domain with MAIL FROM, SPF and DMARC, too, and run the check on it
  --two-regions    show one domain that sends from two Regions instead (examples/two-regions.ts)
  --cross-account  show a zone behind a delegation role instead (examples/cross-account.ts)
  --watch          show how a record that somebody deletes is noticed and put back; takes a minute more
  --keep           leave it deployed and the emulator running; says how to use and how to stop it
  --port <port>    the emulator's port (or MINISTACK_PORT); a free one unless given
  --help           this text

Environment
  AWS_ENDPOINT_URL  deploy to the emulator there instead of starting one (MiniStack, needs Python);
                    for --authenticated, --cross-account and --watch it needs what MiniStack's SES lacks:
                    see scripts/lib/ses-extras.mjs
  PYTHON            the Python to run MiniStack with
`;

await script(async () => {
  const options = readOptions();
  if (options.help) {
    console.log(HELP);
    return;
  }
  const started = performance.now();
  await ensureInstalled();
  await ensureBuilt();
  const folder = runFolder();
  const { scenario } = options;
  const { sesExtras } = scenario;
  const emulator = await getEmulator({ port: options.port, folder: folder.path, sesExtras });
  let stop = emulator.stop;
  try {
    const { summary, context } = await show(scenario, {
      emulator,
      folder: folder.path,
      keep: options.keep,
    });
    if (options.keep) {
      folder.keep();
      stop = emulator.keep;
      explainKept(emulator, folder.path, context);
    }
    console.log(`✓ ${summary} (${duration(started)} in all)`);
  } finally {
    await stop();
  }
});

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        ...Object.fromEntries(Object.keys(SCENARIOS).map((name) => [name, { type: 'boolean' }])),
        keep: { type: 'boolean' },
        port: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const scenarios = Object.keys(SCENARIOS).filter((name) => values[name]);
    if (scenarios.length > 1) {
      throw new Error(`It shows one scenario at a time: give --${scenarios.join(' or --')}.`);
    }
    if (values.port !== undefined && process.env.AWS_ENDPOINT_URL) {
      throw new Error('AWS_ENDPOINT_URL names a running emulator, which has its port: give only one of it and --port.');
    }
    return { ...values, scenario: SCENARIOS[scenarios[0]] ?? oneDomain };
  } catch (error) {
    throw new Problem(error.message, HELP);
  }
}

/** Commands to copy: not cut, not indented. */
function explainKept({ pids, url, variables }, folder, context) {
  const unset = ['AWS_PROFILE', 'AWS_SESSION_TOKEN'].filter((name) => !(name in variables));
  const exported = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`);
  const groups = pids?.map((pid) => `-${pid}`).join(' ');
  const stop = groups
    ? ['# To stop the emulator, with all that is in it:', `kill -KILL -- ${groups}; rm -rf '${folder}'`]
    : [`# To remove it from the emulator at ${url}:`, `npx cdk destroy --no-notices ${context}`];
  const use = ['# To use it:', `unset ${unset.join(' ')}`, ...exported, `npx cdk diff --no-notices ${context}`];
  console.log([...use, '', ...stop, ''].join('\n'));
}

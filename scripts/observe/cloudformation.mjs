/** What CloudFormation sends to a custom resource, and shows of it, while its stack is deployed in every way. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { clientConfig } from '../lib/aws.mjs';
import { Cdk } from '../lib/cdk.mjs';
import { Problem } from '../lib/problem.mjs';
import { root } from '../lib/project.mjs';
import { step } from '../lib/steps.mjs';

export const STACK = 'EasyDkimObserve';
const ID = 'Mail';
const SLOW = 'Slow';
const TROUBLE = 'Trouble';
const SILENT = 'Silent';

const STEPS = [
  { name: 'create', context: { id: ID, zone: 'one' } },
  { name: 'zone change', context: { id: ID, zone: 'two' } },
  { name: 'failed zone change', context: { id: ID, zone: 'three', failing: 'after' } },
  { name: 'rename', context: { id: 'Post', zone: 'two' } },
  { name: 'cancelled Create', context: { id: SLOW, zone: 'two', seconds: '20', failing: 'beside' } },
  {
    name: 'failed zone change without rollback',
    context: { id: 'Post', zone: 'four', failing: 'after' },
    options: ['--no-rollback'],
  },
  {
    name: 'unanswered Create without rollback',
    context: { id: SILENT, zone: 'two', silent: 'true' },
    options: ['--no-rollback'],
  },
  { name: 'the deployment after it', context: { id: SILENT, zone: 'two' }, options: ['--no-rollback'] },
];

/**
 * What was `observed`, by the id of the assumption, and the `account`.
 *
 * @param logDelay how long a log takes to be readable, in milliseconds
 */
export async function observeCloudFormation({ environment, folder, logDelay }) {
  const code = await bundle(folder);
  const notes = new Notes(environment, logDelay);
  const seen = {};
  const cdk = new Cdk({ folder, environment, app: `node ${join(root, 'scripts/observe/app.mjs')}`, name: 'observe' });
  let last;
  let metadata;
  try {
    for (const { name, context, options } of STEPS) {
      last = { ...context, stack: STACK, code };
      const result = await step(`CloudFormation: ${name}`, () => resultOf(cdk.deploy(last, options)));
      if (name === 'create' && result.failure !== undefined) {
        throw new Problem(`${STACK} could not be deployed.`, result.failure);
      }
      seen[name] = { ...result, events: await notes.fresh() };
      metadata ??= await metadataOf(ID, environment);
    }
  } finally {
    await step('CloudFormation: remove the stack', () => cdk.destroy(last));
  }
  return { observed: { ...conclusions(seen), metadata }, account: seen.create.outputs[STACK].Account };
}

/** The function as one file: not every emulator has the SDK in its runtime. */
async function bundle(folder) {
  const outfile = join(folder, 'observer', 'index.js');
  const entry = join(root, 'scripts/observe/function.mjs');
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' });
  return join(folder, 'observer');
}

/** What the stack shows of the `Metadata` of a resource, in which there is a reference to the stack. */
async function metadataOf(LogicalResourceId, environment) {
  const { CloudFormationClient, DescribeStackResourceCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient(clientConfig(environment));
  const { StackResourceDetail: detail } = await client.send(
    new DescribeStackResourceCommand({ StackName: STACK, LogicalResourceId }),
  );
  const { observed } = JSON.parse(detail.Metadata ?? '{}');
  if (observed === undefined) return 'no Metadata';
  return observed.stack === detail.StackId ? 'references resolved' : JSON.stringify(observed.stack);
}

async function resultOf(deployment) {
  try {
    return { outputs: await deployment };
  } catch (error) {
    if (error instanceof Problem) return { failure: error.output };
    throw error;
  }
}

/** What the function has noted in its log, in the order of the events. */
class Notes {
  #environment;
  #delay;
  #read = new Set();

  constructor(environment, delay) {
    this.#environment = environment;
    this.#delay = delay;
  }

  async fresh() {
    await sleep(this.#delay);
    const { CloudWatchLogsClient, paginateFilterLogEvents } = await import('@aws-sdk/client-cloudwatch-logs');
    const client = new CloudWatchLogsClient(clientConfig(this.#environment));
    const notes = [];
    for await (const { events } of paginateFilterLogEvents({ client }, { logGroupName: `/${STACK}` })) {
      notes.push(...events.flatMap(({ message }) => noteIn(message)));
    }
    const fresh = notes.filter(({ at, id }) => !this.#read.has(`${at} ${id}`)).sort((one, other) => one.at - other.at);
    fresh.forEach(({ at, id }) => this.#read.add(`${at} ${id}`));
    return fresh;
  }
}

function noteIn(message) {
  const start = message.indexOf('{"noted":');
  return start < 0 ? [] : [JSON.parse(message.slice(start)).noted];
}

function conclusions(seen) {
  const isTrouble = ({ id }) => id === TROUBLE;
  const one = (name, wanted) => seen[name].events.find((event) => !isTrouble(event) && event.type === wanted);
  return {
    'create-view': view(one('create', 'Create')),
    'update-view': view(one('zone change', 'Update')),
    'cleanup-view': view(one('zone change', 'Delete')),
    'cleanup-order': order(seen['zone change'].events),
    'rollback-events': order(seen['failed zone change'].events.filter((event) => !isTrouble(event))),
    'rollback-view': view(one('failed zone change', 'Delete')),
    'failed-create': order(seen['failed zone change'].events.filter(isTrouble)),
    'rename-order': order(seen.rename.events),
    'rename-view': view(one('rename', 'Delete')),
    'cancelled-view': view(one('cancelled Create', 'Create'), 'last'),
    'cancelled-events': order(seen['cancelled Create'].events.filter(({ id }) => id === SLOW)),
    'no-rollback': noRollback(seen['failed zone change without rollback']),
    'unanswered-create': order(seen['the deployment after it'].events.filter(({ id }) => id === SILENT)),
  };
}

function noRollback({ failure = '', events }) {
  const refusal = /Replacement type updates not supported[^\n]*/i.exec(failure)?.[0];
  return refusal ?? order(events.filter(({ id }) => id !== TROUBLE));
}

function order(events) {
  const each = events.map(({ type, id, given, answered, status }) => {
    const ids = type === 'Delete' ? given : [given, answered].filter(Boolean).join(' → ');
    return `${type} ${id} (${ids}${status === 'FAILED' ? ', FAILED' : ''})`;
  });
  return each.join(', ') || 'no event';
}

/** What was shown to an event, when it came or before it was answered. */
function view(event, time = 'first') {
  if (event === undefined) {
    return 'no such event';
  }
  const { resource, listed, stack } = event[time];
  const shown = (found) => (typeof found === 'string' ? found : `${found.status} ${idIn(event, found.physicalId)}`);
  const same = shown(resource) === shown(listed);
  const all = [`resource: ${shown(resource)}`, ...(same ? [] : [`in the list: ${shown(listed)}`]), `stack: ${stack}`];
  return all.join('; ');
}

function idIn({ given, answered }, shown) {
  if (!shown) return 'without an id';
  if (shown === given) return 'with the id of the event';
  return shown === answered ? 'with the id in the answer' : 'with another id';
}

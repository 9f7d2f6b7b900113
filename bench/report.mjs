import { countCalls } from './calls.mjs';
import { AUTHENTICATED, BASELINES, CONTENDERS } from './contenders.mjs';
import { digits, integer, kilobytes, spread, table } from './format.mjs';
import { assess, firstDomain, furtherDomain } from './goals.mjs';
import { HANDLERS } from './handler.mjs';
import { QUOTAS } from './quotas.mjs';
import { caseName, COUNTS } from './synth-time.mjs';

const PEERS = CONTENDERS.filter(({ key }) => key !== 'ours');

/** The parts of the report, in Markdown, by name. */
export function write(results) {
  return {
    run: run(results.setup),
    goals: goals(results),
    ratios: ratios(results),
    synth: synth(results),
    stock: stock(results),
    authenticated: authenticated(results),
    size: size(results),
    handler: handler(results),
    calls: calls(results),
    deploy: deploy(results),
  };
}

function run({ date, versions, machine, command }) {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `\`${command}\` on ${date}, ${machine}. Versions: ${list.join(', ')}.`;
}

function goals(results) {
  return table(
    ['Goal', 'Measured', ''],
    assess(results).map(({ title, figure, holds }) => [title, figure, holds ? 'met' : '**not met**']),
  );
}

/** Each peer as a multiple of ours. */
function ratios(results) {
  const { synth, sizes, handlers, calls } = results;
  const measures = [
    ['construct and synth, first domain', (key) => firstDomain(synth, key)],
    ['construct and synth, each further domain', (key) => furtherDomain(synth, key)],
    ['resources per domain', (key) => sizes.contenders[key].resourcesPerDomain],
    ['template bytes per domain', (key) => sizes.contenders[key].bytesPerDomain],
    ['most domains in a stack', (key) => sizes.contenders[key].most.domains],
    ['cold start of the handler', (key) => handlers[key]?.time?.median],
    ['calls to AWS on a create, besides polling', (key) => calls[key] && countCalls(calls[key].create).besidesPolling],
  ];
  return table(
    ['As a multiple of EasyDkimDomain', ...PEERS.map(({ name }) => name)],
    measures.map(([title, measure]) => {
      const ours = measure('ours');
      return [
        title,
        ...PEERS.map(({ key }) => measure(key)).map((value) => (value ? `${digits(value / ours)} ×` : '—')),
      ];
    }),
  );
}

function synth({ synth: { bare }, synth, sizes }) {
  const time = (key, count, outputs) => {
    const result = bare[caseName(key, count, outputs)];
    const tooMany = count > (sizes.contenders[key]?.most.domains ?? Infinity);
    return result.failure ?? spread(result.total, 'ms') + (tooMany ? ' †' : '');
  };
  const rows = CONTENDERS.map(({ key, name }) => [
    name,
    ...COUNTS.map((count) => time(key, count)),
    `${digits(furtherDomain(synth, key))} ms`,
    `${digits(firstDomain(synth, key))} ms`,
    spread(bare[caseName(key, 1)].load, 'ms'),
  ]);
  const blank = COUNTS.slice(1).map(() => '');
  const [empty, lambda] = BASELINES;
  return table(
    [
      '',
      ...COUNTS.map((count) => `${count} domain${count > 1 ? 's' : ''}`),
      'each further',
      'over an empty stack',
      'module load',
    ],
    [
      ...rows,
      ['EasyDkimDomain with its outputs', time('ours', 1, true), ...blank, '', '', ''],
      [lambda.name, time('lambda', 1), ...blank, '', `${digits(firstDomain(synth, 'lambda'))} ms`, ''],
      [empty.name, time('empty', 0), ...blank, '', '', ''],
    ],
  );
}

function stock({ synth: { stock } }) {
  const counts = [COUNTS.at(0), COUNTS.at(-1)];
  const time = (key, count) => {
    const result = stock[caseName(key, count)];
    return result.failure ?? spread(result.total, 's', 1000);
  };
  return table(
    ['With stock validation', ...counts.map((count) => `${count} domain${count > 1 ? 's' : ''}`)],
    [
      ...CONTENDERS.map(({ key, name }) => [name, ...counts.map((count) => time(key, count))]),
      [BASELINES[0].name, time('empty', 0), ''],
    ],
  );
}

function authenticated({ synth, sizes: { contenders }, calls }) {
  const { create, update, delete: remove } = calls.oursAuthenticated;
  const none = ['cannot: no MAIL FROM domain', ...Array(COUNTS.length + 3).fill('—')];
  const rows = AUTHENTICATED.map(({ key, name }) => {
    const { resources, resourcesPerDomain, bytes, bytesPerDomain, most } = contenders[key];
    return [
      name,
      `${resources} + ${digits(resourcesPerDomain)}`,
      `${kilobytes(bytes)} + ${kilobytes(bytesPerDomain)}`,
      `${integer(most.domains)}: ${most.limit}`,
      ...COUNTS.map((count) => spread(synth.bare[caseName(key, count)].total, 'ms')),
      `${digits(furtherDomain(synth, key))} ms`,
    ];
  });
  return [
    table(
      ['', 'resources: 1 domain + each further', 'template', 'most domains in a stack', ...COUNTS, 'each further'],
      [...rows, ...PEERS.filter(({ key }) => key !== 'emailIdentity').map(({ name }) => [name, ...none])],
    ),
    '',
    `Calls of EasyDkimDomain to AWS: ${showCalls(create)} on create, ${showCalls(update)} on an update that changes nothing, ` +
      `${showCalls(remove)} on delete.`,
  ].join('\n');
}

function showCalls(operations) {
  const { all, besidesPolling } = countCalls(operations);
  return all === besidesPolling ? String(all) : `${besidesPolling} and ${all - besidesPolling} polled`;
}

function size({ sizes: { contenders, large } }) {
  const rows = CONTENDERS.map(({ key, name }) => {
    const one = contenders[key];
    const assets = one.assetsPerDomain > 0 ? `${one.assets} for each domain` : one.assets;
    return [
      name,
      `${one.resources} + ${digits(one.resourcesPerDomain)}`,
      `${kilobytes(one.bytes)} + ${kilobytes(one.bytesPerDomain)}`,
      `${integer(one.most.domains)}: ${one.most.limit}`,
      one.assets ? `${assets}, ${kilobytes(one.assetBytes)}` : 'none',
      one.packageBytes ? kilobytes(one.packageBytes) : 'none: in aws-cdk-lib',
      one.needs,
    ];
  });
  const quotas = Object.entries(large)
    .filter(([name]) => name in QUOTAS)
    .map(([name, used]) => `${integer(used)} ${name} of ${integer(QUOTAS[name])}`);
  return [
    table(
      [
        '',
        'resources: 1 domain + each further',
        'template',
        'most domains in a stack: what one more would exceed',
        'assets',
        'installed package',
        'what synth needs besides Node',
      ],
      rows,
    ),
    '',
    `400 EasyDkimDomains in 400 zones in one stack: ${quotas.join('; ')}.`,
  ].join('\n');
}

function handler({ handlers }) {
  return table(
    ['', 'code', 'start (require)', 'memory'],
    HANDLERS.map(({ key, name }) => {
      const { bytes, time, memory, failure } = handlers[key];
      const code = bytes ? kilobytes(bytes) : '—';
      return failure
        ? [name, code, `does not start: ${failure.replace(/^.*?Error: /, '')}`, '—']
        : [name, code, spread(time, 'ms'), spread(memory, 'MB', 1e6)];
    }),
  );
}

function calls({ calls, deployments }) {
  const counted = `counted on the emulator: ${deployments.calls.create.length} by its Lambda on create, ${deployments.calls.delete.length} on delete`;
  const sources = { ours: 'counted', verifySesDomain: `source; ${counted}`, dnsValidated: 'source' };
  const shown = (lives) => ['create', 'update', 'delete'].map((type) => showCalls(lives[type]));
  const { replicated, otherKeys } = calls.special;
  return table(
    ['', 'create', 'update', 'delete', 'from'],
    [
      ...CONTENDERS.map(({ key, name }) =>
        calls[key]
          ? [name, ...shown(calls[key]), sources[key]]
          : [name, '—', '—', '—', 'no Lambda: CloudFormation makes the calls itself'],
      ),
      ['EasyDkimDomain with a replica', ...shown(replicated), 'counted'],
      ['EasyDkimDomain, update to keys of another length', ...shown(otherKeys), 'counted'],
    ],
  );
}

function deploy({ deployments: { times } }) {
  const counts = [...new Set(Object.keys(times).map((name) => name.split(' ')[1]))];
  const cell = (result) => {
    if (!result) return 'not tried';
    return result.failure ?? `${spread(result.command, 's')}, of which CloudFormation ${spread(result.stack, 's')}`;
  };
  return table(
    ['', ...counts.map((count) => `${count} domain${count === '1' ? '' : 's'}`)],
    CONTENDERS.map(({ key, name }) => [name, ...counts.map((count) => cell(times[`${key} ${count}`]))]),
  );
}

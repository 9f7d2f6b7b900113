/**
 * `npm run soak [-- options]`: plays many generated lives of stacks against the bundled handler, over
 * the fake AWS, and prints what was played, how often every fault was hit, and what went wrong.
 *
 *   --sequences <n>          how many (20000)
 *   --seed <n>               of the first batch (1)
 *   --path <p>               with --seed: one failing sequence again, with all that happens in it
 *   --replicas               the lives of a domain and its replicas only; with --path if it is one of these
 *   --mutations [<part>]     instead: puts bugs into the handler and shows that each is caught
 *   --workers <n>            processes (one a core)
 */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { register } from 'tsx/cjs/api';
import { HANDLER } from './lib/bundle.mjs';
import { ensureBuilt } from './lib/install.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const BATCH = 250;
/** For so many lives of stacks, one of a domain and its replicas. */
const REPLICAS_SHARE = 10;
const MOST_SEQUENCES_FOR_A_MUTATION = 3000;
const LEAST_HITS = 400;

/** The kinds of faults, by what is counted of them. */
const FAULTS = {
  throttled: 'outcome throttle',
  PriorRequestNotComplete: 'outcome PriorRequestNotComplete',
  'throttled until the time was up': 'outage',
  'HTTP 500': 'outcome error500',
  'HTTP 503': 'outcome error503',
  'dropped before taking effect': 'outcome dropBefore',
  'dropped after taking effect': 'outcome dropAfter',
  'no answer at all': 'outcome hang',
  'slow answer': 'outcome slow',
  'denied once': 'outcome deny',
  'denied by a policy': 'denied by a policy',
  'killed before a call': 'run killed before',
  'killed after a call': 'run killed after',
  'timed out': 'run timed out',
  'delivered twice': 'delivered twice',
  'answer lost': 'lost answer',
  cancelled: 'cancelled',
};

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      sequences: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      path: { type: 'string' },
      replicas: { type: 'boolean', default: false },
      mutations: { type: 'boolean', default: false },
      workers: { type: 'string', default: String(availableParallelism()) },
    },
  });
  const { sequences, seed, workers } = { ...values, ...numbers(values) };
  await ensureBuilt();
  const pool = new Pool(workers);
  try {
    if (values.path !== undefined) await replay(pool, seed, values.path, values.replicas);
    else if (values.mutations) await mutate(pool, positionals[0] ?? '', seed);
    else await soak(pool, sequences, seed, values.replicas);
  } finally {
    pool.stop();
  }
}

function numbers({ sequences, seed, workers }) {
  return { sequences: Number(sequences), seed: Number(seed), workers: Number(workers) };
}

/** The whole run: batches with a seed each, so that one that fails costs no more than itself. */
async function soak(pool, sequences, seed, replicasOnly) {
  const started = performance.now();
  const count = new Map();
  const failures = [];
  const batches = Array.from({ length: Math.ceil(sequences / BATCH) }, (_, index) => ({
    seed: seed + index,
    runs: Math.min(BATCH, sequences - index * BATCH),
    shrink: true,
  })).flatMap((batch) => {
    const ofReplicas = { ...batch, replicas: true };
    return replicasOnly ? [ofReplicas] : [batch, { ...ofReplicas, runs: Math.ceil(batch.runs / REPLICAS_SHARE) }];
  });
  let done = 0;
  await Promise.all(
    batches.map(async (batch) => {
      const { counters, failure } = await pool.run(batch);
      for (const [name, number] of counters) count.set(name, (count.get(name) ?? 0) + number);
      if (failure) {
        failures.push(failure);
        progress('');
        show(failure);
      }
      done += batch.runs;
      progress(`${done} of ${sequences} sequences, ${failures.length} violations`);
    }),
  );
  progress('');
  const missed = summarize(count, failures, (performance.now() - started) / 1000);
  if (failures.length > 0 || (sequences >= 20_000 && missed.length > 0)) process.exitCode = 1;
}

function summarize(count, failures, seconds) {
  const of = (name) => count.get(name) ?? 0;
  const sum = (prefix) => [...count].reduce((total, [name, n]) => (name.startsWith(prefix) ? total + n : total), 0);
  count.set('delivered twice', sum('duplicate in '));
  section('Played', [
    ['sequences', of('sequences')],
    ['events', sum('event ')],
    ...['Create', 'Update', 'Delete'].map((type) => [
      `  ${type}`,
      of(`event ${type}`),
      `${of(`answer ${type} SUCCESS`)} succeeded, ${of(`answer ${type} FAILED`)} failed, ${of(`answer ${type} none`)} without an answer`,
    ]),
    ['runs of the handler', of('runs')],
    ['calls', sum('call ')],
    ['rollbacks', of('stack rolls back')],
    ["others' acts", sum('act ')],
  ]);
  const faults = Object.entries(FAULTS).map(([name, counter]) => [name, of(counter)]);
  section('Faults, as hit', faults);
  section(
    'Exempt: what nobody can know to be ours',
    [...count].filter(([name]) => name.startsWith('exempt: ')).map(([name, n]) => [name.slice(8), n]),
  );
  section('Result', [
    ['violations', failures.length],
    ['seconds', Math.round(seconds)],
  ]);
  return faults.filter(([, hits]) => hits < LEAST_HITS);
}

function section(title, rows) {
  console.log(`\n${title}`);
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, number, remark = ''] of rows) {
    console.log(`  ${name.padEnd(width)} ${String(number).padStart(8)}  ${remark}`.trimEnd());
  }
}

function show({ seed, path, replicas, invariant, message, sequence }) {
  const options = `--seed ${seed} --path ${path}${replicas ? ' --replicas' : ''}`;
  console.log(`\n✗ ${invariant}\n  npm run soak -- ${options}\n\n${message}`);
  console.log(JSON.stringify(sequence));
}

async function replay(pool, seed, path, replicas) {
  const { failure } = await pool.run({ seed, runs: 1, path, replicas, shrink: false });
  if (failure) {
    show(failure);
    process.exitCode = 1;
  } else {
    console.log('The sequence passes.');
  }
}

/** Puts one bug at a time into the handler and plays until it is caught. */
async function mutate(pool, part, seed) {
  const { MUTATIONS } = typescript('test/model/mutations.ts');
  const mutations = [
    { name: '(no bug)' },
    { name: '(no bug), replicas', replicas: true },
    ...MUTATIONS.filter(({ name }) => name.includes(part)),
  ];
  const width = Math.max(...mutations.map(({ name }) => name.length));
  await Promise.all(
    mutations.map(async (mutation) => {
      const bundle = await bundleWith(mutation);
      const runs = mutation.file ? MOST_SEQUENCES_FOR_A_MUTATION : 500;
      const { failure } = await pool.run({ seed, runs, bundle, replicas: mutation.replicas, shrink: false });
      const caught = failure ? `"${failure.invariant}" after ${failure.sequences} sequences` : 'not caught';
      console.log(`${mutation.name.padEnd(width)}  ${mutation.file || failure ? caught : 'passes'}`);
      if (Boolean(failure) !== Boolean(mutation.file)) process.exitCode = 1;
    }),
  );
}

/** The handler's bundle with one source changed. */
async function bundleWith({ name, file, from, to }) {
  const path = file && join(root, 'lambda', file);
  const source = file && readFileSync(path, 'utf8');
  if (file && source.split(from).length !== 2) {
    throw new Error(`The mutation "${name}" does not apply: lambda/${file} must have exactly once: ${from}`);
  }
  const { outputFiles } = await build({
    ...HANDLER,
    minifySyntax: true,
    plugins: [
      ...HANDLER.plugins,
      {
        name: 'mutation',
        setup(build) {
          build.onLoad({ filter: /\.ts$/ }, (args) =>
            args.path === path ? { contents: source.replace(from, () => to), loader: 'ts' } : undefined,
          );
        },
      },
    ],
  });
  return outputFiles[0].text;
}

/** Worker processes that take one batch after the other. */
class Pool {
  #idle;
  #waiting = [];
  #workers;

  constructor(size) {
    this.#workers = new Set(Array.from({ length: size }, launch));
    this.#idle = [...this.#workers];
  }

  async run(batch) {
    const worker = this.#idle.pop() ?? (await new Promise((resolve) => this.#waiting.push(resolve)));
    try {
      return await new Promise((resolve, reject) => {
        const lost = (code) => reject(new Error(`A worker exited with ${code}`));
        worker.once('exit', lost);
        worker.once('message', (result) => {
          worker.off('exit', lost);
          if (result.error) reject(new Error(result.error));
          else resolve(result);
        });
        worker.send(batch);
      });
    } finally {
      // With one handler after the other, a process only grows and gets slower.
      const next = batch.bundle === undefined ? worker : this.#replace(worker);
      const waiting = this.#waiting.shift();
      if (waiting) waiting(next);
      else this.#idle.push(next);
    }
  }

  #replace(worker) {
    this.#workers.delete(worker);
    worker.kill();
    const next = launch();
    this.#workers.add(next);
    return next;
  }

  stop() {
    for (const worker of this.#workers) worker.kill();
  }
}

function launch() {
  // The SDK makes a lot of garbage that does not live long.
  const execArgv = ['--max-semi-space-size=32', '--no-warnings'];
  return fork(fileURLToPath(import.meta.url), ['--worker'], { execArgv });
}

function work() {
  const { soak } = typescript('test/model/soak.ts');
  process.on('message', (batch) => {
    soak(batch).then(
      (result) => process.send(result),
      (error) => process.send({ error: error.stack }),
    );
  });
}

function typescript(file) {
  register();
  return createRequire(import.meta.url)(join(root, file));
}

function progress(line) {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}`);
}

if (process.argv.includes('--worker')) {
  work();
} else {
  await main();
}

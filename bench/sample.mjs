import { spawn } from 'node:child_process';
import { atExit } from '../scripts/lib/at-exit.mjs';
import { Problem } from '../scripts/lib/problem.mjs';

/**
 * Takes samples of all cases in turn, each in a process of its own: whatever else the machine does
 * meanwhile, and whatever warms up or slows down, meets all cases alike. A case that fails is given
 * up. Returns, for each case, its samples, or why there are none.
 *
 * @param {{ name: string, file: string, options: object, cwd: string, env?: object }[]} cases
 */
export async function sample(cases, rounds) {
  const results = new Map(cases.map(({ name }) => [name, { samples: [] }]));
  for (let round = 0; round < rounds; round++) {
    for (const one of shuffle(cases)) {
      const result = results.get(one.name);
      if (!result.failure) {
        try {
          result.samples.push(await runCase(one));
        } catch (error) {
          result.failure = error;
        }
      }
    }
  }
  return results;
}

/** Runs a script of this folder in a process of its own and returns what it prints last, as JSON. */
export async function runCase({ name, file, options, cwd, env = process.env, node = process.execPath, flags = [] }) {
  const child = spawn(node, [...flags, file, JSON.stringify(options)], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const forget = atExit(() => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  forget();
  if (code !== 0) {
    throw new Problem(`${name} failed: ${causeIn(stderr)}`, stderr.slice(-4000));
  }
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** The line with the error's message: Node shows source lines before it, some of them very long. */
function causeIn(stderr) {
  const lines = stderr.split('\n').filter((line) => line.length < 500);
  return (lines.find((line) => /^\S*(Error|«)/.test(line)) ?? lines.find((line) => line.trim() !== '') ?? '').trim();
}

function shuffle(list) {
  return list
    .map((item) => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

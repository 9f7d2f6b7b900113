/** docs/aws-observations.md, from docs/aws-observations.json: what each run has seen. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from '../lib/project.mjs';
import { ASSUMPTIONS } from './assumptions.mjs';

const DATA = join(root, 'docs/aws-observations.json');
const PAGE = join(root, 'docs/aws-observations.md');
const COLUMNS = ['AWS', 'MiniStack', 'moto'];

const INTRODUCTION = `# What AWS does that no document tells

The handler has to know some things of CloudFormation and SES that are written down nowhere. \`npm run observe\` provokes
them, and notes what it sees here. On two emulators it needs nothing. In an account it needs a domain of yours, and says
beforehand what it makes there; all of that is removed again:

\`\`\`sh
npm run observe -- --domain example.com
\`\`\`

"not yet" is what nobody has observed. An emulator's answer shows what the handler has to live with there, not what AWS
does. The ids are those of a custom resource whose physical id has its hosted zone in it.`;

/** Puts what a run has seen into its column: `about` says where and when. */
export async function save(column, about, observed) {
  const data = existsSync(DATA) ? JSON.parse(readFileSync(DATA, 'utf8')) : {};
  data[column] = { about, observed };
  await write(DATA, JSON.stringify(data), 'json');
  await write(PAGE, page(data), 'markdown');
}

/** One row for each assumption, for who looks at the console. */
export function lines(observed) {
  return rows()
    .filter(([id]) => id in observed)
    .map(([id, [assumption]]) => `${assumption}: ${observed[id]}`);
}

function rows() {
  return Object.values(ASSUMPTIONS).flatMap(Object.entries);
}

function page(data) {
  const runs = COLUMNS.filter((column) => data[column]).map((column) => `- ${column}: ${data[column].about}`);
  const sections = Object.entries(ASSUMPTIONS).map(([service, assumptions]) => {
    const body = Object.entries(assumptions).map(([id, [assumption, otherwise]]) => [
      assumption,
      otherwise,
      ...COLUMNS.map((column) => seen(data[column], id)),
    ]);
    const head = ['assumption', 'what we do if it is wrong', ...COLUMNS];
    return `## ${service}\n\n${[head, head.map(() => '---'), ...body].map(row).join('\n')}`;
  });
  return [INTRODUCTION, `Observed:\n\n${runs.join('\n')}`, ...sections].join('\n\n');
}

function seen(run, id) {
  if (run === undefined) {
    return 'not yet';
  }
  return String(run.observed[id] ?? 'it runs no functions');
}

function row(cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

async function write(path, text, parser) {
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), parser }));
}

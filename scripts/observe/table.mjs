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

The handler depends on some behaviour of CloudFormation, SES and Route 53 that no AWS document describes. \`npm run observe\`
provokes it, and writes here what it sees. By default it uses two emulators and needs nothing else. To observe AWS, give it a
domain of yours. It first says what it will make in your account, and removes all of it in the end:

\`\`\`sh
npm run observe -- --domain example.com
\`\`\`

"not yet" means that nobody has observed it. An emulator's answer shows what the handler must cope with there, not what AWS
does. The ids are those of a custom resource whose physical id contains its hosted zone.`;

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

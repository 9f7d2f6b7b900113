/**
 * The committed snapshot of the integration test: its templates as they are synthesized for no account, Region or
 * zone in particular, and without what changes though the construct does not.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from './problem.mjs';
import { root } from './project.mjs';

export const INTEG_TEST = 'test/integ.easy-dkim-domain.ts';
const SNAPSHOT = join(root, `${INTEG_TEST}.snapshot`);

/** The templates of a cloud assembly, by the names of their files. */
export function templatesOf(assembly) {
  const files = readdirSync(assembly).filter((name) => name.endsWith('.template.json'));
  return Object.fromEntries(files.map((name) => [name, canonical(readFileSync(join(assembly, name), 'utf8'))]));
}

export function writeSnapshot(templates) {
  rmSync(SNAPSHOT, { recursive: true, force: true });
  mkdirSync(SNAPSHOT);
  for (const [name, template] of Object.entries(templates)) {
    writeFileSync(join(SNAPSHOT, name), template);
  }
}

export function compareWithSnapshot(templates) {
  const snapshot = templatesOf(SNAPSHOT);
  const names = new Set([...Object.keys(snapshot), ...Object.keys(templates)]);
  const changes = [...names].flatMap((name) => firstDifference(name, snapshot[name] ?? '', templates[name] ?? ''));
  if (changes.length > 0) {
    throw new Problem(
      'The templates of the integration test differ from its snapshot.',
      `${changes.join('\n')}\n\nIf that is intended, run npm run integ:snapshot and commit what it changes.`,
    );
  }
}

/** Assets have another hash with every change of the handler, and an assertion has the time of its synthesis. */
function canonical(template) {
  return template.replace(/\b[0-9a-f]{64}\b/g, '<asset>').replace(/("salt": )"\d+"/g, '$1"<time>"');
}

function firstDifference(name, expected, actual) {
  const [before, after] = [expected.split('\n'), actual.split('\n')];
  const line = after.findIndex((text, index) => text !== before[index]);
  return expected === actual
    ? []
    : [`${name}:${line + 1}`, `- ${before[line] ?? '(nothing)'}`, `+ ${after[line] ?? '(nothing)'}`];
}

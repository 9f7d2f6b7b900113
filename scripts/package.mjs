/**
 * `npm run package [-- <language> …]`: the packages of all languages, or of some.
 *
 * `npm run package -- --release <tag>` builds what is released: it fails unless the tag is that of the
 * version in package.json, the changelog has that version, and this machine can build for every language.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled } from './lib/install.mjs';
import { artefactsOf, buildPackages } from './lib/packages.mjs';
import { Problem } from './lib/problem.mjs';
import { root } from './lib/project.mjs';
import { script } from './lib/steps.mjs';
import { LANGUAGES, missingFor } from './lib/toolchains.mjs';

await script(async () => {
  const { languages, tag } = readOptions();
  if (tag) {
    checkRelease(tag, languages);
  }
  await ensureInstalled();
  await ensureBuilt();
  await buildPackages(languages, { translated: true });
  for (const language of languages) {
    const missing = missingFor(language);
    console.log(`\n${language}${missing ? `: generated, not built, as ${missing}` : ''}`);
    artefactsOf(language).forEach((path) => console.log(`  ${path}`));
  }
});

function readOptions() {
  const all = Object.keys(LANGUAGES);
  try {
    const { values, positionals } = parseArgs({ options: { release: { type: 'string' } }, allowPositionals: true });
    const unknown = positionals.filter((name) => !all.includes(name));
    if (unknown.length > 0) {
      throw new Error(`No such language: ${unknown.join(', ')}`);
    }
    return { tag: values.release, languages: positionals.length > 0 ? positionals : all };
  } catch (error) {
    throw new Problem(error.message, `Usage: npm run package [-- [--release <tag>] [${all.join('|')} …]]`);
  }
}

function checkRelease(tag, languages) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (tag !== `v${version}`) {
    throw new Problem(`The tag ${tag} is not that of version ${version} in package.json.`);
  }
  if (!readFileSync(join(root, 'CHANGELOG.md'), 'utf8').includes(`\n## [${version}] - `)) {
    throw new Problem(`CHANGELOG.md has no section "[${version}] - <date>".`);
  }
  if (readFileSync(join(root, 'README.md'), 'utf8').includes('not published yet')) {
    throw new Problem('README.md says that the package is not published yet: take that out.');
  }
  const missing = languages.map(missingFor).filter((problem) => problem !== undefined);
  if (missing.length > 0) {
    throw new Problem('Not every language can be built here.', missing.join('\n'));
  }
}

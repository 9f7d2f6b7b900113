/** `npm run package [-- <language> …]`: the packages of all languages, as they are released. */
import { ensureBuilt, ensureInstalled } from './lib/install.mjs';
import { artefactsOf, buildPackages } from './lib/packages.mjs';
import { Problem } from './lib/problem.mjs';
import { script } from './lib/steps.mjs';
import { LANGUAGES, missingFor } from './lib/toolchains.mjs';

await script(async () => {
  const languages = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(LANGUAGES);
  const unknown = languages.filter((language) => !(language in LANGUAGES));
  if (unknown.length > 0) {
    throw new Problem(`No such language: ${unknown.join(', ')}.`, `There are ${Object.keys(LANGUAGES).join(', ')}.`);
  }
  await ensureInstalled();
  await ensureBuilt();
  await buildPackages(languages);
  for (const language of languages) {
    const missing = missingFor(language);
    console.log(`\n${language}${missing ? `: generated, not built, as ${missing}` : ''}`);
    artefactsOf(language).forEach((path) => console.log(`  ${path}`));
  }
});

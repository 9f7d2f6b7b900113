import { readdir, readFile } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { local } from './project.mjs';

/** Notes which packages have code in a bundle, by esbuild's account of it, for `npm run build:licenses`. */
export function noteBundled(bundle, { outputs }) {
  const folders = Object.entries(Object.values(outputs)[0].inputs).flatMap(([file, { bytesInOutput }]) => {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
    return folder && bytesInOutput > 0 ? [folder] : [];
  });
  writeFileSync(bundled(bundle), JSON.stringify([...new Set(folders)]));
}

/** The packages that have code in some bundles, and each licence text once, below those that have it. */
export async function licensesOf(bundles) {
  const folders = await Promise.all(bundles.map(async (bundle) => JSON.parse(await readFile(bundled(bundle), 'utf8'))));
  const packages = await Promise.all([...new Set(folders.flat())].sort().map(license));
  const texts = [...new Set(packages.map(({ text }) => text))];
  return texts
    .map((text) => {
      const names = packages.filter((candidate) => candidate.text === text).map(({ name }) => `** ${name}`);
      return `${names.join('\n')}\n\n${text}`;
    })
    .join('\n');
}

function bundled(bundle) {
  return local('bundled', `${bundle}.json`);
}

async function license(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : await readFile(`${folder}/${file}`, 'utf8');
  return { name: `${name} ${version}; ${license}`, text: text.replaceAll('\r', '').trim() + '\n' };
}

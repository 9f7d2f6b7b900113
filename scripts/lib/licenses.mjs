import { readdir, readFile } from 'node:fs/promises';

/** The licence texts of the packages that have code in a bundle, by esbuild's account of it. */
export async function licensesOf({ outputs }) {
  const folders = Object.entries(Object.values(outputs)[0].inputs).flatMap(([file, { bytesInOutput }]) => {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
    return folder && bytesInOutput > 0 ? [folder] : [];
  });
  const texts = await Promise.all([...new Set(folders)].sort().map(license));
  return texts.join('\n');
}

async function license(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n${await readFile(`${folder}/${file}`, 'utf8')}`;
  return `** ${name} ${version}; ${license}\n${text}`;
}

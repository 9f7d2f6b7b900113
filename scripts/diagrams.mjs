// Draws docs/*.dot as docs/*.svg; with --check only says whether they are up to date.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Graphviz } from '@hpcc-js/wasm-graphviz';

const check = process.argv.includes('--check');
const graphviz = await Graphviz.load();
for (const source of readdirSync('docs').filter((name) => name.endsWith('.dot'))) {
  const file = `docs/${source.replace(/dot$/, 'svg')}`;
  const drawn = graphviz.dot(readFileSync(`docs/${source}`, 'utf8'));
  if (!check) {
    writeFileSync(file, drawn);
  } else if (readFileSync(file, 'utf8') !== drawn) {
    throw new Error(`${file} is not what docs/${source} says: run "npm run docs:diagrams"`);
  }
}

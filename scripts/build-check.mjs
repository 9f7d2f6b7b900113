// Bundles the check into dist/check: the function (index.js, with its types) and the command (cli.js),
// which needs no package beside them. Another folder may be given.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';
import { FOR_NODE } from './lib/bundle.mjs';
import { noteBundled } from './lib/licenses.mjs';

const source = 'check';
const outdir = process.argv[2] ?? 'dist/check';
const { version } = JSON.parse(await readFile('package.json', 'utf8'));

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });

const { metafile } = await bundle('index.ts');
// The command uses the function as it is shipped, rather than carry a second copy of it.
await bundle('cli.ts', { external: ['./index'], banner: { js: '#!/usr/bin/env node' } });
await writeTypes('index');
noteBundled('check', metafile);

function bundle(file, options) {
  return build({
    ...FOR_NODE,
    entryPoints: [join(source, file)],
    outdir,
    minify: true,
    define: { PACKAGE_VERSION: JSON.stringify(version) },
    metafile: true,
    ...options,
  });
}

/** The declarations of a module and of those that it takes types from. */
async function writeTypes(module, written = new Set()) {
  if (written.has(module)) {
    return;
  }
  written.add(module);
  const { outputText, diagnostics } = ts.transpileDeclaration(await readFile(join(source, `${module}.ts`), 'utf8'), {
    fileName: `${module}.ts`,
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, isolatedDeclarations: true, declaration: true },
  });
  if (diagnostics.length > 0) {
    throw new Error(`${module}.ts: ${ts.flattenDiagnosticMessageText(diagnostics[0].messageText, '\n')}`);
  }
  await writeFile(join(outdir, `${module}.d.ts`), outputText);
  for (const [, other] of outputText.matchAll(/from '\.\/([^']+)'/g)) {
    await writeTypes(other, written);
  }
}

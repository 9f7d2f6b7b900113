// Bundles the check into dist/check: the function (index.js, with its types) and the command (cli.js),
// which needs no package beside them. Another folder may be given.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';

const source = 'bin/check';
const outdir = process.argv[2] ?? 'dist/check';
const { version } = JSON.parse(await readFile('package.json', 'utf8'));

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });

const { metafile } = await bundle('index.ts');
// The command uses the function as it is shipped, rather than carry a second copy of it.
await bundle('cli.ts', { external: ['./index'], banner: { js: '#!/usr/bin/env node' } });
await Promise.all([writeTypes(), writeLicenses(Object.values(metafile.outputs)[0].inputs)]);

function bundle(file, options) {
  return build({
    entryPoints: [join(source, file)],
    outdir,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // The SDK loads some of its credential providers late; one file needs no other way than require.
    supported: { 'dynamic-import': false },
    // The ES modules of the SDK can be tree-shaken, its CommonJS ones cannot.
    mainFields: ['module', 'main'],
    define: { PACKAGE_VERSION: JSON.stringify(version) },
    // The licences go into a file of their own.
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    ...options,
  });
}

/** The declarations of index.ts and of what it takes its types from. */
async function writeTypes() {
  const declarations = new Map();
  const program = ts.createProgram([join(source, 'index.ts')], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    strict: true,
    esModuleInterop: true,
    skipLibCheck: true,
    types: ['node'],
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: '.',
  });
  const { diagnostics } = program.emit(undefined, (path, text) => declarations.set(basename(path, '.d.ts'), text));
  const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (problems.length > 0) {
    throw new Error(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')).join('\n'));
  }
  const wanted = new Set(['index']);
  for (const name of wanted) {
    const text = declarations.get(name);
    const imported = [...text.matchAll(/from '\.\/([^']+)'/g)].map((match) => match[1]);
    imported.forEach((other) => wanted.add(other));
    await writeFile(join(outdir, `${name}.d.ts`), text);
  }
}

/** The licence texts of the packages that have code in the bundle. */
async function writeLicenses(inputs) {
  const folders = Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
    return folder && bytesInOutput > 0 ? [folder] : [];
  });
  const texts = await Promise.all([...new Set(folders)].sort().map(license));
  const intro = 'The check in this folder contains code of these packages.';
  await writeFile(join(outdir, 'THIRD-PARTY-LICENSES'), `${intro}\n\n${texts.join('\n')}`);
}

async function license(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n${await readFile(`${folder}/${file}`, 'utf8')}`;
  return `** ${name} ${version}; ${license}\n${text}`;
}

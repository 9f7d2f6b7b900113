// A rule for ESLint: no import, of types either, leads back to the file that it is in.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';

const IMPORT = /^(?:import|export)\b[^;]*?\bfrom '(\.[^']+)'/gms;

const known = new Map();

function importsOf(file) {
  if (!known.has(file)) {
    const paths = [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, path]) => resolveImport(file, path));
    known.set(file, paths.filter(existsSync));
  }
  return known.get(file);
}

function resolveImport(file, path) {
  const target = resolve(dirname(file), path);
  return existsSync(`${target}.ts`) ? `${target}.ts` : `${target}/index.ts`;
}

/** The files on the way from one to another; undefined when there is none. */
export function wayBetween(from, to, seen = new Set()) {
  if (from === to) return [from];
  seen.add(from);
  for (const next of importsOf(from)) {
    const way = seen.has(next) ? undefined : wayBetween(next, to, seen);
    if (way !== undefined) return [from, ...way];
  }
  return undefined;
}

export const noCircles = {
  create(context) {
    const { filename, cwd } = context;
    const check = (node) => {
      const path = node.source?.value;
      const target = path?.startsWith('.') ? resolveImport(filename, path) : undefined;
      const way = target !== undefined && existsSync(target) ? wayBetween(target, filename) : undefined;
      if (way !== undefined) {
        const names = way.map((file) => relative(cwd, file)).join(' -> ');
        context.report({ node, message: `Goes in a circle: ${names}.` });
      }
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};

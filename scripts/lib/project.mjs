import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atExit } from './at-exit.mjs';

/** The folder of package.json. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A path under `.local/`, where everything goes that the scripts make for themselves. */
export function local(...parts) {
  const folder = join(root, '.local');
  mkdirSync(folder, { recursive: true });
  // The folder ignores itself, so that no ignore file has to know what the scripts put there.
  writeFileSync(join(folder, '.gitignore'), '*\n');
  const path = join(folder, ...parts);
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

/** A new folder for one run, so that runs may go on side by side; removed at the end unless kept. */
export function runFolder() {
  const path = mkdtempSync(local('run-'));
  const keep = atExit(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }));
  return { path, keep };
}

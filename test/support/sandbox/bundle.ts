import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const FILE = join(__dirname, '..', '..', '..', 'dist', 'handler', 'index.js');
const PARAMETERS = 'module,exports,require,setTimeout,clearTimeout,Date,Math,fetch,console,process';
const compiled = new Map<string, Bundle>();
let built: string | undefined;

/** What the handler's code gets in place of Node's globals. */
export interface Globals {
  readonly setTimeout: (fire: () => void, ms?: number) => number;
  readonly clearTimeout: (id: number) => void;
  readonly Date: DateConstructor;
  readonly Math: Math;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly console: Console;
  readonly process: NodeJS.Process;
}

type Bundle = (...given: unknown[]) => void;

const realRequire = createRequire(FILE);

/** The handler as the package ships it. */
export function builtBundle(): string {
  return (built ??= fs.readFileSync(FILE, 'utf8'));
}

/** Runs the code of a module and returns what it exports; `modules` are instead of Node's own. */
export function load<T>(code: string, globals: Globals, modules: Readonly<Record<string, object>>): T {
  const module = { exports: {} as T };
  const require = (name: string): unknown => modules[name.replace('node:', '')] ?? (realRequire(name) as unknown);
  const { setTimeout, clearTimeout, Date, Math, fetch, console, process } = globals;
  compile(code)(module, module.exports, require, setTimeout, clearTimeout, Date, Math, fetch, console, process);
  return module.exports;
}

function compile(code: string): Bundle {
  // The code comes from our own build; as a plain function it takes these in place of the globals.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const ready = compiled.get(code) ?? (new Function(PARAMETERS, code) as Bundle);
  compiled.set(code, ready);
  return ready;
}

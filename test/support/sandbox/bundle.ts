import * as fs from 'node:fs';
import * as http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Tmp } from './tmp';

const FILE = join(__dirname, '..', '..', '..', 'dist', 'handler', 'index.js');
const PARAMETERS = 'module,exports,require,setTimeout,clearTimeout,Date,Math,fetch,console,process';
let built: string | undefined;

/** What the code of a function instance gets in place of what Node has. */
export interface Host {
  readonly setTimeout: (fire: () => void, ms?: number) => number;
  readonly clearTimeout: (id: number) => void;
  readonly now: () => number;
  readonly random: () => number;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly log: (line: string) => void;
  readonly env: NodeJS.ProcessEnv;
  readonly request: (options: http.RequestOptions, onResponse: (response: NodeJS.ReadableStream) => void) => unknown;
  readonly tmp: Tmp;
}

const realRequire = createRequire(FILE);

/** The handler as the package ships it. */
export function builtBundle(): string {
  return (built ??= fs.readFileSync(FILE, 'utf8'));
}

/**
 * The turns of the event loop in which the last of a dead instance comes to an end: its timers do not fire, and its
 * requests are not answered.
 */
const LAST_TURNS = 5;

/** Bundles of the code that ran last, which no instance uses any more. */
let idle: { readonly code: string; readonly bundles: Bundle<unknown>[] } = { code: '', bundles: [] };

/**
 * The code of a bundle, run once. One instance after the other has it: V8 optimizes little of what is run anew for each,
 * as it sees other classes every time. That is the same to them, since the handler keeps nothing in memory between two
 * events, which the linter holds.
 */
export class Bundle<T> {
  /** A bundle that nobody else uses until it is given back. */
  static for<T>(code: string, host: Host): Bundle<T> {
    if (idle.code !== code) idle = { code, bundles: [] };
    const bundle = idle.bundles.pop() as Bundle<T> | undefined;
    if (bundle) bundle.host = host;
    return bundle ?? new Bundle<T>(code, host);
  }

  /** What the code exports. */
  readonly exports: T;

  private constructor(
    private readonly code: string,
    private host: Host,
  ) {
    const module = { exports: {} as T };
    // The code comes from our own build; as a plain function it takes these in place of the globals.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const run = new Function(PARAMETERS, code) as (...given: unknown[]) => void;
    const { setTimeout, clearTimeout, Date, Math, fetch, console, process } = this.globals();
    run(module, module.exports, this.require(), setTimeout, clearTimeout, Date, Math, fetch, console, process);
    this.exports = module.exports;
  }

  /** For another instance, once this one has come to rest. */
  async giveBack(): Promise<void> {
    for (let turns = 0; turns < LAST_TURNS; turns++) await turn();
    if (idle.code === this.code) idle.bundles.push(this);
  }

  private globals() {
    const host = () => this.host;
    return {
      setTimeout: (fire: () => void, ms?: number) => host().setTimeout(fire, ms),
      clearTimeout: (id: number) => host().clearTimeout(id),
      Date: class extends Date {
        constructor(...args: [] | [string | number | Date]) {
          super(...((args.length === 0 ? [host().now()] : args) as [number]));
        }
        static now(): number {
          return host().now();
        }
      },
      Math: Object.assign(Object.create(Math) as Math, { random: () => host().random() }),
      fetch: (url: string, init: RequestInit) => host().fetch(url, init),
      console: { ...console, log: (line: string) => host().log(line) },
      // Node looks up every variable of the real environment anew.
      process: Object.create(process, {
        env: { get: () => host().env },
        stdout: { value: { write: (line: string) => host().log(line) } },
      }) as NodeJS.Process,
    };
  }

  private require(): (name: string) => unknown {
    const modules: Readonly<Record<string, unknown>> = {
      http: {
        ...http,
        request: ((options, onResponse) => this.host.request(options, onResponse)) satisfies Host['request'],
      },
      fs: {
        ...fs,
        existsSync: (file: string) => this.host.tmp.exists(file),
        readFileSync: (file: string) => this.host.tmp.read(file),
        writeFileSync: (file: string, content: string) => this.host.tmp.write(file, content),
      },
      // The SDK looks for configuration files.
      'fs/promises': { readFile: async (file: string) => Promise.resolve(this.host.tmp.read(file)) },
    };
    return (name) => modules[name.replace('node:', '')] ?? (realRequire(name) as unknown);
  }
}

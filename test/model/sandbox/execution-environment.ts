import * as fs from 'node:fs';
import * as http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { FakeAws } from '../../fakes/fake-aws';
import { MemoryRequest, type WireAnswer, type WireRequest } from './memory-http';
import type { TurnClock } from './turn-clock';

type Handler = (event: unknown, context: { getRemainingTimeInMillis(): number }) => Promise<void>;
type Bundle = (...globals: unknown[]) => void;

/** The Lambda's time-out. */
export const TIMEOUT_MS = 900_000;

/** Where a function is killed. */
export interface Kill {
  /** At which request of the run, from 1. */
  readonly call: number;
  /** Whether that request still takes effect. */
  readonly after: boolean;
}

export type RunEnd = 'returned' | 'threw' | 'killed' | 'timed out';

/** A function instance, from its start to its death. */
interface Instance {
  readonly handler: Handler;
  readonly timers: Set<number>;
  dead: boolean;
}

interface Run {
  readonly kill: Kill | undefined;
  calls: number;
  ended: boolean;
  readonly end: (how: RunEnd) => void;
}

const BUILT = join(__dirname, '..', '..', '..', 'dist', 'handler', 'index.js');
const realRequire = createRequire(BUILT);
const GLOBALS = 'module,exports,require,setTimeout,clearTimeout,Date,Math,fetch,console,process'.split(',');
const compiled = new Map<string, Bundle>();

/** The handler as the package ships it. */
export function builtBundle(): string {
  return fs.readFileSync(BUILT, 'utf8');
}

/**
 * An execution environment of Lambda with the bundled handler in it. Its requests, timers, random
 * numbers and files stay in memory, so that a run takes a few milliseconds and is the same every time;
 * the SDK's signing, serializing, parsing and retrying is real.
 */
export class ExecutionEnvironment {
  /** What the handler logged, line by line. */
  readonly log: string[] = [];
  /** Told of each request before it is served, with its number in the run. */
  beforeCall: (call: number) => void = () => undefined;
  /** Requests of a function whose run had returned. */
  strayCalls = 0;
  /** What stands for `/tmp`, which outlives a function that was killed. */
  private readonly files = new Map<string, string>();
  private instance: Instance | undefined;
  private current: Run | undefined;

  constructor(
    private readonly fake: FakeAws,
    private readonly clock: TurnClock,
    private readonly random: () => number,
    private readonly bundle: string,
  ) {}

  /** How many timers the function has set: none should be left by a run that has returned. */
  get timers(): number {
    return this.instance?.timers.size ?? 0;
  }

  /** How many requests the present run has made so far. */
  get calls(): number {
    return this.current?.calls ?? 0;
  }

  /** Runs one event to its end, or until the function is killed; its answer is with the fake. */
  async run(event: unknown, kill?: Kill): Promise<RunEnd> {
    const stackTraceLimit = Error.stackTraceLimit;
    // The SDK throws a good many errors at itself, and their stacks would take half of the time.
    Error.stackTraceLimit = 0;
    try {
      return await this.clock.run(this.start(event, kill));
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  /** Runs one event, in the time that somebody else lets pass. */
  start(event: unknown, kill?: Kill): Promise<RunEnd> {
    const { clock } = this;
    const instance = (this.instance ??= this.load());
    const deadline = clock.now() + TIMEOUT_MS;
    return new Promise((resolve) => {
      const timeout = clock.setTimeout(() => run.end('timed out'), TIMEOUT_MS);
      const run: Run = {
        kill,
        calls: 0,
        ended: false,
        end: (how) => {
          // An answer may come long after the end of a run that did not wait for it.
          if (run.ended) return;
          run.ended = true;
          clock.clearTimeout(timeout);
          if (how === 'killed' || how === 'timed out') this.bury(instance);
          resolve(how);
        },
      };
      this.current = run;
      instance.handler(event, { getRemainingTimeInMillis: () => deadline - clock.now() }).then(
        () => run.end('returned'),
        () => run.end('threw'),
      );
    });
  }

  /** A dead function hears nothing more of its requests and timers; `/tmp` stays for the next one. */
  private bury(instance: Instance): void {
    instance.dead = true;
    instance.timers.forEach((timer) => this.clock.clearTimeout(timer));
    if (this.instance === instance) this.instance = undefined;
  }

  private load(): Instance {
    const module = { exports: {} as { handler: Handler } };
    const instance: Instance = {
      handler: (event, context) => module.exports.handler(event, context),
      timers: new Set(),
      dead: false,
    };
    // Node looks up every variable of the real environment anew.
    const process = Object.create(global.process, { env: { value: { ...this.fake.env } } }) as NodeJS.Process;
    const replaced = this.replacedModules(instance);
    compile(this.bundle)(
      module,
      module.exports,
      (name: string): unknown => replaced[name.replace('node:', '')] ?? (realRequire(name) as unknown),
      (fire: () => void, ms?: number) => this.setTimeout(instance, fire, ms),
      (id: number) => {
        instance.timers.delete(id);
        this.clock.clearTimeout(id);
      },
      this.clock.Date,
      Object.assign(Object.create(Math) as Math, { random: this.random }),
      (url: string, init: RequestInit) => this.fetch(instance, url, init),
      { ...console, log: (line: string) => void this.log.push(line) },
      process,
    );
    return instance;
  }

  private replacedModules(instance: Instance): Record<string, object | undefined> {
    const { files } = this;
    const missing = (file: string): Error =>
      Object.assign(new Error(`ENOENT: no such file or directory, open '${file}'`), { code: 'ENOENT' });
    const request = (options: http.RequestOptions, onResponse: (response: NodeJS.ReadableStream) => void) =>
      new MemoryRequest(options, onResponse, (wire, body) => this.exchange(instance, wire, body));
    const readFileSync = (file: string): string => {
      const content = files.get(file);
      if (content === undefined) throw missing(file);
      return content;
    };
    return {
      http: { ...http, request },
      fs: {
        ...fs,
        readFileSync,
        existsSync: (file: string) => files.has(file),
        writeFileSync: (file: string, content: string) => void files.set(file, content),
      },
      // The SDK looks for configuration files, which a Lambda does not have.
      'fs/promises': { readFile: (file: string) => Promise.reject(missing(file)) },
    };
  }

  private setTimeout(instance: Instance, fire: () => void, ms?: number): number {
    const id = this.clock.setTimeout(() => {
      instance.timers.delete(id);
      fire();
    }, ms);
    instance.timers.add(id);
    return id;
  }

  private async exchange(instance: Instance, request: WireRequest, body: string): Promise<WireAnswer> {
    const run = this.current!;
    this.clock.touch();
    if (instance.dead) return never();
    run.calls += 1;
    if (run.ended) this.strayCalls += 1;
    const { kill, calls: call } = run;
    if (kill?.call === call && !kill.after) {
      run.end('killed');
      return never();
    }
    this.beforeCall(call);
    const answer = await this.fake.serve(request, body);
    this.clock.touch();
    if (kill?.call === call) run.end('killed');
    if (instance.dead || answer === 'hang') return never();
    if (answer === 'drop') return undefined;
    const { status, contentType, body: text, errorType } = answer;
    return {
      status,
      headers: {
        ...(contentType && { 'content-type': contentType }),
        ...(errorType && { 'x-amzn-errortype': errorType }),
      },
      body: text,
    };
  }

  private fetch(instance: Instance, url: string, init: RequestInit): Promise<Response> {
    return new Promise((resolve, reject) => {
      const { method = 'GET', headers, signal, body } = init;
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      const { pathname, search } = new URL(url);
      const request = { method, url: pathname + search, headers: headers as Record<string, string> };
      void this.exchange(instance, request, Buffer.from(body as Uint8Array).toString()).then((answer) => {
        if (answer) resolve(new Response(answer.body, { status: answer.status }));
        else reject(new TypeError('fetch failed', { cause: new Error('socket hang up') }));
      });
    });
  }
}

function compile(bundle: string): Bundle {
  let ready = compiled.get(bundle);
  if (!ready) {
    // The code comes from our own build; as a plain function it takes these in place of the globals.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    ready = new Function(...GLOBALS, bundle) as Bundle;
    compiled.set(bundle, ready);
  }
  return ready;
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

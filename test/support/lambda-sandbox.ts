import * as fs from 'node:fs';
import * as http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { FakeAws } from '../fakes/fake-aws';
import { VirtualClock } from './virtual-clock';

type Handler = (event: object, context: { getRemainingTimeInMillis(): number }) => Promise<void>;

const BUNDLE = join(__dirname, '..', '..', 'dist', 'handler', 'index.js');
const realRequire = createRequire(BUNDLE);
let bundled: string | undefined;

/** What the handler's code gets in place of the globals, or has as a module, in this order. */
const GIVEN = ['module', 'exports', 'require', 'setTimeout', 'clearTimeout', 'Date', 'Math', 'fetch', 'console'];
const compiled = new Map<string, (...given: unknown[]) => void>();

function compile(code: string): (...given: unknown[]) => void {
  // The code comes from our own build; as a plain function it can be given what it is to use.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const load = compiled.get(code) ?? (new Function(...GIVEN, code) as (...given: unknown[]) => void);
  compiled.set(code, load);
  return load;
}

/** Lambda's own longest time-out. */
const LONGEST_TIMEOUT = 900_000;

/** What a run of the handler said on its way, parsed. */
export type LogLine = { step: string } & Record<string, unknown>;

/** Where a run is cut short: at its nth request, before or after that takes effect. */
export interface Kill {
  readonly call: number;
  readonly after: boolean;
}

/** The files in the `/tmp` of an execution environment; those elsewhere are the real ones. */
export class Tmp {
  full = false;
  private readonly files = new Map<string, string>();

  readonly fs = {
    ...fs,
    existsSync: (path: string): boolean => this.files.has(path),
    readFileSync: (path: string, ...how: [BufferEncoding]): string =>
      this.files.get(path) ?? fs.readFileSync(path, ...how),
    writeFileSync: (path: string, text: string): void => {
      if (this.full) throw new Error('ENOSPC: no space left on device, write');
      this.files.set(path, text);
    },
  };
}

/**
 * An execution environment of Lambda with the bundled handler in it: the real file, whose clock,
 * timers, sockets and console are at hand. It is killed when a run takes longer than its time-out,
 * and at any request on demand.
 */
export class LambdaSandbox {
  readonly log: LogLine[] = [];
  private readonly handler: Handler;
  private readonly open = new Set<http.ClientRequest>();
  private dead = false;
  private calls = 0;
  private plan: Kill | undefined;
  private die: () => void = () => undefined;
  private readonly death = new Promise<void>((resolve) => (this.die = resolve));

  constructor(
    readonly fake: FakeAws,
    readonly clock: VirtualClock,
    /** What outlives a function that was killed. */
    readonly tmp = new Tmp(),
    /** The code of another handler, for tests of the tests. */
    bundle = (bundled ??= fs.readFileSync(BUNDLE, 'utf8')),
  ) {
    this.handler = this.load(bundle);
  }

  /** Whether a run was cut short; nothing more can be run then. */
  get killed(): boolean {
    return this.dead;
  }

  /** Runs one event to its end, or until the function is killed; its answer is with the fake. */
  async invoke(event: object, timeoutMs = LONGEST_TIMEOUT): Promise<void> {
    const end = this.clock.now() + timeoutMs;
    const timeout = this.clock.setTimeout(() => this.kill(), timeoutMs);
    Object.assign(process.env, this.fake.env, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
    const run = this.handler(event, { getRemainingTimeInMillis: () => end - this.clock.now() });
    try {
      await this.clock.run(Promise.race([run, this.death]));
    } finally {
      this.clock.clearTimeout(timeout);
    }
  }

  /** Runs one event that is cut short at one of its requests, if it makes so many. */
  async invokeAndKill(event: object, plan: Kill): Promise<void> {
    this.plan = plan;
    this.calls = 0;
    await this.invoke(event);
    this.plan = undefined;
  }

  kill(): void {
    this.dead = true;
    for (const request of this.open) request.destroy();
    this.die();
  }

  private load(bundle: string): Handler {
    const module = { exports: {} as { handler: Handler } };
    const { clock } = this;
    const replaced: Record<string, object | undefined> = {
      http: { ...http, request: this.request.bind(this) },
      fs: this.tmp.fs,
      // Lambda has no configuration files, and what a developer's own say is no matter here.
      'fs/promises': { readFile: () => Promise.reject(new Error('no such file')) },
    };
    const fakeRequire = (name: string): unknown =>
      replaced[name.replace('node:', '')] ?? (realRequire(name) as unknown);
    const fakeConsole = { ...console, log: (line: string) => void this.log.push(JSON.parse(line) as LogLine) };
    compile(bundle)(
      module,
      module.exports,
      fakeRequire,
      (fire: () => void, ms?: number) => clock.setTimeout(() => !this.dead && fire(), ms),
      clock.clearTimeout,
      clock.Date,
      Object.create(Math, { random: { value: sameNumbersEachTime() } }),
      this.fetch.bind(this),
      fakeConsole,
    );
    return module.exports.handler;
  }

  private request(...args: Parameters<typeof http.request>): http.ClientRequest {
    const call = this.beginCall();
    const request = http.request(...args);
    const emit = request.emit.bind(request);
    request.emit = (event: string, ...details: unknown[]): boolean => {
      if (event === 'close' && this.open.delete(request)) this.end();
      if (event === 'response') this.killAt(call, true);
      // A dead function sees and hears nothing more.
      return !this.dead && emit(event, ...details);
    };
    this.begin();
    this.open.add(request);
    if (this.dead) request.destroy();
    return request;
  }

  private async fetch(...args: Parameters<typeof fetch>): Promise<Response> {
    const call = this.beginCall();
    if (this.dead) return new Promise(() => undefined);
    this.begin();
    const answered = fetch(...args).then(async (response) => {
      const body = await response.arrayBuffer();
      return new Response(body, { status: response.status });
    });
    await Promise.allSettled([answered]);
    this.end();
    this.killAt(call, true);
    return this.dead ? new Promise(() => undefined) : answered;
  }

  private beginCall(): number {
    this.calls += 1;
    this.killAt(this.calls, false);
    return this.calls;
  }

  private killAt(call: number, after: boolean): void {
    if (this.plan?.call === call && this.plan.after === after) this.kill();
  }

  private begin(): void {
    this.clock.busy += 1;
    this.clock.touch();
  }

  private end(): void {
    this.clock.busy -= 1;
    this.clock.touch();
  }
}

/** In place of `Math.random`, so that the jitter of a run that fails comes again. */
function sameNumbersEachTime(): () => number {
  let state = 1;
  return () => (state = (state * 48_271) % 0x7fffffff) / 0x7fffffff;
}

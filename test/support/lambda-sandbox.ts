import { mkdtempSync, readFileSync } from 'node:fs';
import * as http from 'node:http';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import { join } from 'node:path';
import type { FakeAws } from '../fakes/fake-aws';
import { VirtualClock } from './virtual-clock';

type Handler = (event: object, context: { getRemainingTimeInMillis(): number }) => Promise<void>;

const BUNDLE = join(__dirname, '..', '..', 'dist', 'handler', 'index.js');
const realRequire = createRequire(BUNDLE);

/** What a run of the handler said on its way, parsed. */
export type LogLine = { step: string } & Record<string, unknown>;

/**
 * An execution environment of Lambda with the bundled handler in it: the real file, whose clock,
 * timers, sockets and console are at hand. It can be killed, as Lambda kills a function that runs
 * into its time-out or out of memory.
 */
export class LambdaSandbox {
  readonly log: LogLine[] = [];
  private readonly handler: Handler;
  private readonly open = new Set<http.ClientRequest>();
  private dead = false;
  private onRequest: (() => void) | undefined;

  constructor(
    readonly fake: FakeAws,
    readonly clock: VirtualClock,
    /** What stands for `/tmp`, which outlives a function that was killed. */
    readonly tmp = mkdtempSync(join(os.tmpdir(), 'easy-dkim-')),
    /** The code of another handler, for tests of the tests. */
    bundle = readFileSync(BUNDLE, 'utf8'),
  ) {
    this.handler = this.load(bundle);
  }

  /** Runs one event to its end; its answer is with the fake. Never settles when killed. */
  async invoke(event: object, timeoutMs = 900_000): Promise<void> {
    const end = this.clock.now() + timeoutMs;
    Object.assign(process.env, this.fake.env);
    await this.clock.run(this.handler(event, { getRemainingTimeInMillis: () => end - this.clock.now() }));
  }

  /** Runs one event, killed at its nth request to AWS, before or after that takes effect. */
  async invokeAndKill(event: object, at: { readonly call: number; readonly after: boolean }): Promise<void> {
    let calls = 0;
    const killed = new Promise<void>((resolve) => {
      this.onRequest = () => {
        calls += 1;
        if (calls === at.call && !at.after) {
          this.kill();
          resolve();
        } else if (calls === at.call + 1) {
          this.kill();
          resolve();
        }
      };
    });
    await Promise.race([this.invoke(event), this.clock.run(killed)]);
    this.onRequest = undefined;
  }

  kill(): void {
    this.dead = true;
    for (const request of this.open) request.destroy();
  }

  private load(bundle: string): Handler {
    const module = { exports: {} as { handler: Handler } };
    const { clock } = this;
    const replaced: Record<string, object | undefined> = {
      http: { ...http, request: this.request.bind(this) },
      os: { ...os, tmpdir: () => this.tmp },
    };
    const fakeRequire = (name: string): unknown => replaced[name.replace('node:', '')] ?? (realRequire(name) as unknown);
    const fakeConsole = { ...console, log: (line: string) => void this.log.push(JSON.parse(line) as LogLine) };
    const names = ['module', 'exports', 'require', 'setTimeout', 'clearTimeout', 'Date', 'fetch', 'console'];
    // The code comes from our own build; a plain function gives it these in place of the globals.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
    new Function(...names, bundle)(
      module,
      module.exports,
      fakeRequire,
      (fire: () => void, ms?: number) => clock.setTimeout(() => !this.dead && fire(), ms),
      clock.clearTimeout,
      clock.Date,
      this.fetch.bind(this),
      fakeConsole,
    );
    return module.exports.handler;
  }

  private request(...args: Parameters<typeof http.request>): http.ClientRequest {
    this.onRequest?.();
    const request = http.request(...args);
    if (this.dead) {
      request.on('error', () => undefined);
      request.destroy();
      request.emit = () => false;
      return request;
    }
    this.begin();
    this.open.add(request);
    request.once('close', () => {
      this.open.delete(request);
      this.end();
    });
    return request;
  }

  private async fetch(...args: Parameters<typeof fetch>): Promise<Response> {
    this.onRequest?.();
    if (this.dead) return new Promise(() => undefined);
    this.begin();
    try {
      const response = await fetch(...args);
      const body = await response.arrayBuffer();
      return new Response(body, { status: response.status });
    } finally {
      this.end();
    }
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

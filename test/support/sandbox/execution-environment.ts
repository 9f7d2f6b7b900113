import type { FakeAws } from '../../fakes/fake-aws';
import { builtBundle, Bundle } from './bundle';
import { memoryFetch, MemoryRequest, type WireAnswer, type WireRequest } from './memory-http';
import { randomFrom } from './random';
import { withoutStackTraces } from './stack-traces';
import { Tmp } from './tmp';
import type { VirtualClock } from './virtual-clock';

type Handler = (event: unknown, context: { getRemainingTimeInMillis(): number }) => Promise<void>;

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

/** A line of the handler's log. */
export type LogLine = { step: string } & Record<string, unknown>;

export interface EnvironmentOptions {
  readonly random?: () => number;
  /** The handler's code; by default what the package ships. */
  readonly bundle?: string;
  /** That of an environment in which the function is started anew. */
  readonly tmp?: Tmp;
  /** What the fake notes with its calls. */
  readonly by?: string;
}

/** A function instance, from its start to its death. */
interface Instance {
  readonly bundle: Bundle<{ readonly handler: Handler }>;
  readonly timers: Set<number>;
  dead: boolean;
}

interface Run {
  readonly kill: Kill | undefined;
  calls: number;
  how: RunEnd | undefined;
  error?: unknown;
  readonly end: (how: RunEnd, error?: unknown) => void;
}

/**
 * An execution environment of Lambda with the bundled handler in it. Its requests, timers, random
 * numbers and files stay in memory, so that a run takes a few milliseconds and is the same every time;
 * the SDK's signing, serializing, parsing and retrying is real.
 */
export class ExecutionEnvironment {
  /** What the handler logged, line by line. */
  readonly output: string[] = [];
  /** Told of each request before it is served, with its number in the run. */
  beforeCall: (call: number) => void = () => undefined;
  /** Requests of a function whose runs had all returned. */
  strayCalls = 0;
  /** What outlives a function that was killed. */
  readonly tmp: Tmp;
  private readonly random: () => number;
  private readonly bundle: string;
  private readonly by: string | undefined;
  private instance: Instance | undefined;
  private latest: Run | undefined;
  private running = 0;

  constructor(
    private readonly fake: FakeAws,
    private readonly clock: VirtualClock,
    { random = randomFrom(1), bundle = builtBundle(), tmp = new Tmp(), by }: EnvironmentOptions = {},
  ) {
    this.random = random;
    this.bundle = bundle;
    this.tmp = tmp;
    this.by = by;
  }

  /** What the handler logged, parsed. */
  get log(): LogLine[] {
    return this.output.map((line) => JSON.parse(line) as LogLine);
  }

  /** How many timers the function has set: none should be left by a run that has returned. */
  get timers(): number {
    return this.instance?.timers.size ?? 0;
  }

  /** How many requests the latest run has made so far. */
  get calls(): number {
    return this.latest?.calls ?? 0;
  }

  /** Whether the latest run was cut short. */
  get killed(): boolean {
    return this.latest?.how === 'killed' || this.latest?.how === 'timed out';
  }

  /** Runs one event to its end, or until the function is killed; its answer is with the fake. */
  async invoke(event: object, timeoutMs = TIMEOUT_MS): Promise<void> {
    const { how, error } = await withoutStackTraces(() => this.clock.run(this.begin(event, undefined, timeoutMs)));
    if (how === 'threw') throw error;
  }

  /** Runs one event that is cut short at one of its requests, if it makes so many. */
  async invokeAndKill(event: object, kill: Kill): Promise<void> {
    await this.run(event, kill);
  }

  /** Runs one event, and says how that ended. */
  async run(event: unknown, kill?: Kill): Promise<RunEnd> {
    return withoutStackTraces(() => this.clock.run(this.start(event, kill)));
  }

  /** Runs one event, in the time that somebody else lets pass. */
  async start(event: unknown, kill?: Kill): Promise<RunEnd> {
    return (await this.begin(event, kill, TIMEOUT_MS)).how!;
  }

  private begin(event: unknown, kill: Kill | undefined, timeoutMs: number): Promise<Run> {
    const { clock } = this;
    const instance = (this.instance ??= this.launch());
    const deadline = clock.now() + timeoutMs;
    this.running += 1;
    return new Promise((resolve) => {
      const timeout = clock.setTimeout(() => run.end('timed out'), timeoutMs);
      const run: Run = {
        kill,
        calls: 0,
        how: undefined,
        end: (how, error) => {
          // An answer may come long after the end of a run that did not wait for it.
          if (run.how) return;
          run.how = how;
          run.error = error;
          this.running -= 1;
          clock.clearTimeout(timeout);
          if (how === 'killed' || how === 'timed out') this.bury(instance);
          resolve(run);
        },
      };
      this.latest = run;
      instance.bundle.exports.handler(event, { getRemainingTimeInMillis: () => deadline - clock.now() }).then(
        () => run.end('returned'),
        (error: unknown) => run.end('threw', error),
      );
    });
  }

  /** A dead function hears nothing more of its requests and timers; `/tmp` stays for the next one. */
  private bury(instance: Instance): void {
    if (instance.dead) return;
    instance.dead = true;
    instance.timers.forEach((timer) => this.clock.clearTimeout(timer));
    if (this.instance === instance) this.instance = undefined;
    void instance.bundle.giveBack();
  }

  /** The end of the environment. */
  stop(): void {
    if (this.instance) this.bury(this.instance);
  }

  private launch(): Instance {
    const { clock, tmp, random } = this;
    const exchange = (request: WireRequest, body: string) => this.exchange(instance, request, body);
    const bundle = Bundle.for<{ handler: Handler }>(this.bundle, {
      setTimeout: (fire, ms) => this.setTimeout(instance, fire, ms),
      clearTimeout: (id) => {
        instance.timers.delete(id);
        clock.clearTimeout(id);
      },
      now: clock.now,
      random,
      fetch: memoryFetch(exchange),
      log: (line) => void this.output.push(line),
      env: { ...this.fake.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
      request: (options, onResponse) => new MemoryRequest(options, onResponse, exchange),
      tmp,
    });
    const instance: Instance = { bundle, timers: new Set(), dead: false };
    return instance;
  }

  private setTimeout(instance: Instance, fire: () => void, ms?: number): number {
    const id = this.clock.setTimeout(() => {
      instance.timers.delete(id);
      if (!instance.dead) fire();
    }, ms);
    instance.timers.add(id);
    return id;
  }

  private async exchange(instance: Instance, request: WireRequest, body: string): Promise<WireAnswer> {
    const run = this.latest!;
    this.clock.touch();
    if (instance.dead) return never();
    run.calls += 1;
    if (this.running === 0) this.strayCalls += 1;
    const { kill, calls: call } = run;
    if (kill?.call === call && !kill.after) {
      run.end('killed');
      return never();
    }
    this.beforeCall(call);
    const answer = await this.fake.serve(request, body, this.by);
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
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

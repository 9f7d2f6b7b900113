import { Resolver } from 'node:dns/promises';
import type { Problem, Remark } from './report';

/** What a lookup came to. That there is nothing is an answer; no answer is another thing. */
export type Lookup<T> =
  | { readonly state: 'found'; readonly records: readonly [T, ...T[]] }
  /** `nxdomain`: there is no such name, and none below it. `nodata`: it has no record of that type. */
  | { readonly state: 'absent'; readonly reason: 'nxdomain' | 'nodata' }
  | { readonly state: 'failed'; readonly problem: LookupProblem };

export type LookupProblem = Extract<
  Problem,
  'timeout' | 'server-failure' | 'refused' | 'unreachable' | 'lookup-failed'
>;

export interface MxRecord {
  readonly exchange: string;
  readonly priority: number;
}

/** How often a question is asked before there is no answer. */
const TRIES = 2;

const PROBLEMS: { readonly [code: string]: LookupProblem } = {
  ETIMEOUT: 'timeout',
  ESERVFAIL: 'server-failure',
  EREFUSED: 'refused',
  ECONNREFUSED: 'unreachable',
};

/** The lookups. Host names come back in lower case and without the trailing dot. */
export class Dns {
  private readonly resolver: Resolver;

  /**
   * @param servers addresses with or without a port; the system's when none are given
   * @param timeout milliseconds to wait for the answer to one try
   * @throws TypeError for what is not an IP address
   */
  public constructor(servers: readonly string[], timeout: number) {
    this.resolver = new Resolver({ timeout, tries: TRIES });
    if (servers.length > 0) {
      this.resolver.setServers(servers);
    }
  }

  public get servers(): string[] {
    return this.resolver.getServers();
  }

  public async cname(name: string): Promise<Lookup<string>> {
    return lookUp(async () => (await this.resolver.resolveCname(name)).map(hostName));
  }

  /** A record of several strings is one text. */
  public async txt(name: string): Promise<Lookup<string>> {
    return lookUp(async () => (await this.resolver.resolveTxt(name)).map((strings) => strings.join('')));
  }

  public async mx(name: string): Promise<Lookup<MxRecord>> {
    return lookUp(async () =>
      (await this.resolver.resolveMx(name)).map(({ exchange, priority }) => ({
        exchange: hostName(exchange),
        priority,
      })),
    );
  }

  /** The IPv4 and IPv6 addresses of a name. */
  public async addresses(name: string): Promise<Lookup<string>> {
    const [ip4, ip6] = await Promise.all([
      lookUp(() => this.resolver.resolve4(name)),
      lookUp(() => this.resolver.resolve6(name)),
    ]);
    const one = ip4.state === 'found' ? ip4 : ip6;
    return one.state === 'absent' && ip4.state === 'failed' ? ip4 : one;
  }

  /** The primary name server of the zone whose name this is. */
  public async soa(name: string): Promise<Lookup<string>> {
    return lookUp(async () => [hostName((await this.resolver.resolveSoa(name)).nsname)]);
  }
}

/** A host name in the form in which names are compared. */
export function hostName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

async function lookUp<T>(resolve: () => Promise<T[]>): Promise<Lookup<T>> {
  try {
    const [first, ...others] = await resolve();
    return first === undefined
      ? { state: 'absent', reason: 'nodata' }
      : { state: 'found', records: [first, ...others] };
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOTFOUND' || code === 'ENODATA') {
      return { state: 'absent', reason: code === 'ENODATA' ? 'nodata' : 'nxdomain' };
    }
    return { state: 'failed', problem: PROBLEMS[code] ?? 'lookup-failed' };
  }
}

/** What a lookup that failed looks like. */
export function describeFailure(problem: LookupProblem): string {
  switch (problem) {
    case 'timeout':
      return 'no answer in time';
    case 'server-failure':
      return 'SERVFAIL: the resolver gets no usable answer from the name servers of the zone';
    case 'refused':
      return 'REFUSED: the resolver does not answer for this name';
    case 'unreachable':
      return 'the resolver cannot be reached';
    case 'lookup-failed':
      return 'an answer that cannot be read';
  }
}

/** What a lookup that failed asks for: nothing is known of the record, which may well be right. */
export function failureRemark(problem: LookupProblem, name: string): Remark {
  return { verdict: 'unknown', problem, remedy: failureRemedy(problem, name) };
}

function failureRemedy(problem: LookupProblem, name: string): string {
  switch (problem) {
    case 'timeout':
      return `Run it again; if it stays so, find out which name server of ${name} does not answer ("dig +trace ${name}"), or ask another resolver with --resolver.`;
    case 'server-failure':
      return `Check that the parent zone's NS records name the servers that hold the zone of ${name} (else it is a lame delegation), and its DNSSEC, with "dig +trace ${name}".`;
    case 'refused':
      return 'Ask a resolver that answers for all names, such as --resolver 1.1.1.1.';
    case 'unreachable':
      return 'Check the network, or ask another resolver with --resolver.';
    case 'lookup-failed':
      return `Look at what "dig ${name}" says, or ask another resolver with --resolver.`;
  }
}

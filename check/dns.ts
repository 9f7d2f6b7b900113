import type { Answer, DecodedPacket, RecordType, StringAnswer } from 'dns-packet';
import { hostName } from '../lib/shared/host-name';
import { codeOf, DnsClient, DnsGarbage, DnsTimeout } from './dns-client';
import type { Problem, Remark } from './report';

/** What a lookup came to. That there is nothing is an answer; no answer is another thing. */
export type Lookup<T> =
  | { readonly state: 'found'; readonly records: readonly [T, ...T[]] }
  /** `nxdomain`: there is no such name, and none below it. `nodata`: it has no record of that type. */
  | { readonly state: 'absent'; readonly reason: 'nxdomain' | 'nodata' }
  | { readonly state: 'failed'; readonly problem: LookupProblem };

export type LookupProblem = Extract<
  Problem,
  'timeout' | 'server-failure' | 'refused' | 'not-a-resolver' | 'unreachable' | 'lookup-failed'
>;

export interface MxRecord {
  readonly exchange: string;
  readonly priority: number;
}

const FAILURES: { readonly [rcode: string]: LookupProblem } = { SERVFAIL: 'server-failure', REFUSED: 'refused' };

/** Resolvers give up on longer chains. */
const MAX_ALIASES = 16;

/** The lookups. Host names come back in lower case and without the trailing dot. */
export class Dns {
  private readonly client: DnsClient;

  /**
   * @param servers addresses with or without a port; the system's when none are given
   * @param timeout milliseconds to wait for the answer to one try
   * @throws TypeError for what is not an IP address
   */
  public constructor(servers: readonly string[], timeout: number) {
    this.client = new DnsClient(servers, timeout);
  }

  public get servers(): string[] {
    return this.client.servers;
  }

  /** The target of the CNAME record of a name itself. */
  public cname(name: string): Promise<Lookup<string>> {
    return this.lookUp('CNAME', name, ({ data }: StringAnswer) => hostName(data));
  }

  /** A record of several strings is one text. */
  public txt(name: string): Promise<Lookup<string>> {
    return this.lookUp('TXT', name, ({ data }: { data: Buffer | Buffer[] }) => decodeText([data].flat()));
  }

  public mx(name: string): Promise<Lookup<MxRecord>> {
    return this.lookUp('MX', name, ({ data }: { data: { exchange: string; preference?: number } }) => ({
      exchange: hostName(data.exchange),
      priority: data.preference ?? 0,
    }));
  }

  /** The IPv4 and IPv6 addresses of a name. */
  public async addresses(name: string): Promise<Lookup<string>> {
    const [ip4, ip6] = await Promise.all(
      (['A', 'AAAA'] as const).map((type) => this.lookUp(type, name, ({ data }: StringAnswer) => data)),
    );
    const one = ip4.state === 'found' ? ip4 : ip6;
    return one.state === 'absent' && ip4.state === 'failed' ? ip4 : one;
  }

  /** The primary name server of the zone whose name this is. */
  public soa(name: string): Promise<Lookup<string>> {
    return this.lookUp('SOA', name, ({ data }: { data: { mname: string } }) => hostName(data.mname));
  }

  private async lookUp<A, T>(type: RecordType, name: string, read: (answer: A) => T): Promise<Lookup<T>> {
    let answer: DecodedPacket;
    try {
      answer = await this.client.ask(type, name, (one) => problemOf(one) === undefined);
    } catch (error) {
      return { state: 'failed', problem: problemOfError(error) };
    }
    const problem = problemOf(answer);
    if (problem !== undefined) return { state: 'failed', problem };
    const [first, ...others] = recordsOf(answer, type, name).map((record) => read(record as A));
    return first === undefined
      ? { state: 'absent', reason: codeOf(answer) === 'NXDOMAIN' ? 'nxdomain' : 'nodata' }
      : { state: 'found', records: [first, ...others] };
  }
}

/** Why an answer says nothing for sure; undefined when it does. */
function problemOf(answer: DecodedPacket): LookupProblem | undefined {
  const code = codeOf(answer);
  if (code !== 'NOERROR' && code !== 'NXDOMAIN') return FAILURES[code] ?? 'lookup-failed';
  // Servers that are neither a resolver nor responsible for the name refer to others, which says nothing of the name.
  const isEmpty = code === 'NXDOMAIN' || (answer.answers ?? []).length === 0;
  return isEmpty && !answer.flag_ra && !answer.flag_aa ? 'not-a-resolver' : undefined;
}

function problemOfError(error: unknown): LookupProblem {
  if (error instanceof DnsTimeout) return 'timeout';
  return error instanceof DnsGarbage ? 'lookup-failed' : 'unreachable';
}

/** The records of a name, or of the name that it is an alias of. */
function recordsOf({ answers = [] }: DecodedPacket, type: RecordType, name: string): Answer[] {
  const find = (of: string, at: string) => answers.filter((one) => one.type === of && hostName(one.name) === at);
  let at = hostName(name);
  for (let aliases = 0; aliases < MAX_ALIASES && type !== 'CNAME'; aliases += 1) {
    const [alias] = find('CNAME', at) as StringAnswer[];
    if (alias === undefined) break;
    at = hostName(alias.data);
  }
  return find(type, at);
}

/** DNS knows bytes only: those that are no UTF-8 are taken for Latin-1. */
function decodeText(strings: readonly Buffer[]): string {
  const bytes = Buffer.concat(strings);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
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
    case 'not-a-resolver':
      return 'a referral: the server resolves names of its own zones only';
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
      return `Run it again; if it fails again, find out which name server of ${name} does not answer ("dig +trace ${name}"), or ask another resolver with --resolver.`;
    case 'server-failure':
      return `Check that the parent zone's NS records name the servers that hold the zone of ${name} (else it is a lame delegation), and its DNSSEC, with "dig +trace ${name}".`;
    case 'refused':
    case 'not-a-resolver':
      return 'Ask a resolver that answers for all names, such as --resolver 1.1.1.1.';
    case 'unreachable':
      return 'Check the network, or ask another resolver with --resolver.';
    case 'lookup-failed':
      return `Look at what "dig ${name}" says, or ask another resolver with --resolver.`;
  }
}

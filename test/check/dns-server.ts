import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createServer as createDnsServer, Packet, type DnsServer } from 'dns2';

/** The records of one name; MX as priority and host. */
export interface Records {
  readonly CNAME?: string;
  readonly TXT?: readonly string[];
  readonly A?: readonly string[];
  readonly MX?: readonly (readonly [number, string])[];
  /** Present at the top of a zone. */
  readonly SOA?: true;
}

/** By name, in lower case and without a trailing dot. */
export type ZoneData = { readonly [name: string]: Records };

/** What may go wrong for a name and all below it; `drop`: there is no answer. */
export type DnsFault = 'servfail' | 'refused' | 'drop';

const RCODE = { ok: 0, servfail: 2, nxdomain: 3, refused: 5 };
const TTL = 1;

/**
 * A DNS server on loopback, over UDP and TCP, that answers like a resolver: it follows CNAMEs, and tells
 * a name that does not exist from one that has no record of the type.
 */
export class DnsServerOnLoopback {
  static async start(): Promise<DnsServerOnLoopback> {
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      const server = createDnsServer({ udp: true, tcp: true });
      try {
        await new Promise<void>((resolve, reject) => {
          server.once('error', reject);
          const at = { port, address: '127.0.0.1' };
          server.listen({ udp: at, tcp: at }).then(() => resolve(), reject);
        });
        return new DnsServerOnLoopback(server, port);
      } catch (error) {
        // Someone else took the port in between.
        if (attempt === 5) throw error;
      }
    }
  }

  data: ZoneData = {};
  readonly faults = new Map<string, DnsFault>();
  /** What was asked for, such as `TXT example.com`, with the protocol that it came by. */
  readonly questions: { readonly question: string; readonly overTcp: boolean }[] = [];

  private constructor(
    private readonly server: DnsServer,
    readonly port: number,
  ) {
    server.on('request', (request, send, client) => {
      const answer = this.answer(request, 'remotePort' in client);
      if (answer) void send(answer);
    });
  }

  /** In the form of `--resolver`. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    await this.server.close();
  }

  /** Starts anew with the given names. */
  serve(data: ZoneData): void {
    this.data = data;
    this.faults.clear();
    this.questions.length = 0;
  }

  private answer(request: Packet, overTcp: boolean): Packet | undefined {
    const [question] = request.questions;
    const name = question.name.toLowerCase();
    const type = typeName(question.type);
    this.questions.push({ question: `${type} ${name}`, overTcp });

    const response = Packet.createResponseFromRequest(request);
    response.header.ra = 1;
    const fault = this.faultFor(name);
    if (fault === 'drop') return undefined;
    if (fault) {
      response.header.rcode = RCODE[fault];
      return response;
    }
    for (let at: string | undefined = name; at !== undefined;) {
      const records: Records = this.data[at] ?? {};
      response.answers.push(...toResources(at, type, records));
      if (!this.exists(at)) response.header.rcode = RCODE.nxdomain;
      at = type === 'CNAME' ? undefined : records.CNAME;
      if (at !== undefined && this.faultFor(at)) response.header.rcode = RCODE.servfail;
    }
    return response;
  }

  /** A name exists, too, when there is something below it. */
  private exists(name: string): boolean {
    return Object.keys(this.data).some((other) => other === name || other.endsWith(`.${name}`));
  }

  private faultFor(name: string): DnsFault | undefined {
    return [...this.faults].find(([top]) => name === top || name.endsWith(`.${top}`))?.[1];
  }
}

function typeName(type: number): string {
  return Object.entries(Packet.TYPE).find(([, value]) => value === type)?.[0] ?? String(type);
}

function toResources(
  name: string,
  type: string,
  { CNAME, TXT = [], A = [], MX = [], SOA }: Records,
): Packet.Resource[] {
  const make = (of: keyof typeof Packet.TYPE, data: Partial<Packet.Resource>) =>
    new Packet.Resource({ name, type: Packet.TYPE[of], class: Packet.CLASS.IN, ttl: TTL, ...data });
  if (CNAME !== undefined) return [make('CNAME', { domain: CNAME })];
  switch (type) {
    case 'TXT':
      return TXT.map((text) => make('TXT', { data: characterStrings(text) }));
    case 'A':
      return A.map((address) => make('A', { address }));
    case 'MX':
      return MX.map(([priority, exchange]) => make('MX', { priority, exchange }));
    case 'SOA':
      return SOA ? [make('SOA', soa(name))] : [];
    default:
      return [];
  }
}

/** A TXT record holds strings of at most 255 bytes. */
function characterStrings(text: string): string[] {
  return text.match(/.{1,255}/gs) ?? [''];
}

function soa(name: string): Partial<Packet.Resource> {
  const times = { serial: 1, refresh: 7200, retry: 900, expiration: 1209600, minimum: 1 };
  return { primary: `ns1.${name}`, admin: `hostmaster.${name}`, ...times };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

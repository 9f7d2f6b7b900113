import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns';
import { connect, isIPv6 } from 'node:net';
import {
  decode,
  encode,
  streamEncode,
  type Answer,
  type DecodedPacket,
  type Packet,
  type RecordType,
} from 'dns-packet';

/** A server to ask. */
interface Server {
  readonly host: string;
  readonly port: number;
}

/** How often every server is asked before there is no answer. */
const TRIES = 2;

/** EDNS, with the size of a UDP answer that gets through everywhere (https://www.dnsflagday.net/2020/). */
const EXTENSION: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: 1_232,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};

const KNOWS_NO_EDNS: ReadonlySet<string> = new Set(['FORMERR', 'NOTIMP']);

const RECURSION_DESIRED = 256;
const MAX_ID = 65_536;

/** That there is no answer in time. */
export class DnsTimeout extends Error {
  public override readonly name = 'DnsTimeout';
}

/** That what came back is no DNS message. */
export class DnsGarbage extends Error {
  public override readonly name = 'DnsGarbage';
}

/**
 * Asks DNS servers, and gives their answers whole: Node's own resolver does not tell an answer of a server that
 * resolves nothing for others from one that there is no such record.
 */
export class DnsClient {
  public readonly servers: string[];

  private readonly hosts: readonly Server[];

  /**
   * @param servers addresses with or without a port; the system's when none are given
   * @param timeout milliseconds to wait for the answer to one try
   * @throws TypeError for what is not an IP address
   */
  public constructor(
    servers: readonly string[],
    private readonly timeout: number,
  ) {
    const resolver = new Resolver();
    if (servers.length > 0) {
      resolver.setServers(servers);
    }
    this.servers = resolver.getServers();
    this.hosts = this.servers.map(parseServer);
  }

  /**
   * The first answer that says something for sure, else the last that says anything.
   *
   * @param isSure whether an answer says something for sure
   * @throws Error when no server has answered; the last one's
   */
  public async ask(type: RecordType, name: string, isSure: (answer: DecodedPacket) => boolean): Promise<DecodedPacket> {
    let last: DecodedPacket | undefined;
    let error: unknown;
    for (const host of Array.from({ length: TRIES }, () => this.hosts).flat()) {
      try {
        last = await this.askServer(host, type, name);
        if (isSure(last)) return last;
      } catch (failure) {
        error = failure;
      }
    }
    if (last === undefined) throw error;
    return last;
  }

  private async askServer(server: Server, type: RecordType, name: string): Promise<DecodedPacket> {
    const question: Packet = {
      type: 'query',
      id: randomInt(MAX_ID),
      flags: RECURSION_DESIRED,
      questions: [{ type, name }],
    };
    const deadline = AbortSignal.timeout(this.timeout);
    const extended = await overUdp(server, { ...question, additionals: [EXTENSION] }, deadline);
    // Servers older than EDNS do not understand the question.
    const answer = KNOWS_NO_EDNS.has(codeOf(extended)) ? await overUdp(server, question, deadline) : extended;
    return answer.flag_tc ? overTcp(server, question, deadline) : answer;
  }
}

/** The response code of an answer: dns-packet has it, though not in its types. */
export function codeOf(answer: DecodedPacket): string {
  return (answer as DecodedPacket & { readonly rcode: string }).rcode;
}

function overUdp({ host, port }: Server, question: Packet, deadline: AbortSignal): Promise<DecodedPacket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    const end = (finish: () => void) => {
      deadline.removeEventListener('abort', onTimeout);
      socket.close();
      finish();
    };
    const onTimeout = () => end(() => reject(new DnsTimeout()));
    deadline.addEventListener('abort', onTimeout);
    socket.once('error', (error) => end(() => reject(error)));
    socket.on('message', (message) => {
      const answer = read(message, question);
      if (answer === 'other') return;
      end(() => (answer === 'garbage' ? reject(new DnsGarbage()) : resolve(answer)));
    });
    // Connected, so that only this server can answer, and so that we hear when its host runs no server.
    socket.connect(port, host, () => socket.send(encode(question)));
  });
}

function overTcp({ host, port }: Server, question: Packet, deadline: AbortSignal): Promise<DecodedPacket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const end = (finish: () => void) => {
      deadline.removeEventListener('abort', onTimeout);
      socket.destroy();
      finish();
    };
    const onTimeout = () => end(() => reject(new DnsTimeout()));
    deadline.addEventListener('abort', onTimeout);
    const chunks: Buffer[] = [];
    socket.once('error', (error) => end(() => reject(error)));
    socket.once('close', () => end(() => reject(new DnsGarbage())));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const all = Buffer.concat(chunks);
      if (all.length < 2 || all.length < 2 + all.readUInt16BE(0)) return;
      const answer = read(all.subarray(2, 2 + all.readUInt16BE(0)), question);
      end(() => (typeof answer === 'string' ? reject(new DnsGarbage()) : resolve(answer)));
    });
    socket.once('connect', () => socket.write(streamEncode(question)));
  });
}

/** What a message says; `other`: it answers another question, perhaps somebody else's try to deceive. */
function read(message: Buffer, { id, questions }: Packet): DecodedPacket | 'other' | 'garbage' {
  if (message.length < 2 || message.readUInt16BE(0) !== id) return 'other';
  let answer: DecodedPacket;
  try {
    answer = decode(message);
  } catch {
    return 'garbage';
  }
  const [asked] = questions!;
  const [about] = answer.questions ?? [];
  const isOurs = about?.type === asked.type && about.name.toLowerCase() === asked.name.toLowerCase();
  return answer.type === 'response' && isOurs ? answer : 'other';
}

function parseServer(server: string): Server {
  const [, bracketed, ip4, port = '53'] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(server) ?? [];
  return { host: bracketed ?? ip4 ?? server, port: Number(port) };
}

import { createSocket, type Socket } from 'node:dgram';
import { createServer, type AddressInfo, type Server } from 'node:net';
import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  RECURSION_AVAILABLE,
  streamEncode,
  TRUNCATED_RESPONSE,
  type Answer,
  type DecodedPacket,
  type Packet,
} from 'dns-packet';
import { checkDomain, formatReport, type CheckReport } from '../../check';
import { parseDkimKey } from '../../lib/shared/dkim-key';
import { dmarcSatisfies, parseDmarc } from '../../lib/shared/dmarc-record';
import { expandDomainSpec } from '../../lib/shared/spf-domain-spec';
import { isEveryone, reachOf, spfSatisfies } from '../../lib/shared/spf-reach';
import { parseSpf } from '../../lib/shared/spf-record';
import { DOMAIN, MAIL_FROM, REGION, TOKENS } from './set-up';

type Respond = (question: DecodedPacket, overTcp: boolean) => (Partial<Packet> | Buffer)[];

/** A DNS server that answers whatever it is told to, even what no server says. */
class HostileServer {
  respond: Respond = () => [];

  private constructor(
    private readonly udp: Socket,
    private readonly tcp: Server,
  ) {
    udp.on('message', (message, { port, address }) => {
      this.answers(decode(message), false).forEach((answer) => udp.send(answer, port, address));
    });
    tcp.on('connection', (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (data) => {
        this.answers(decode(data.subarray(2)), true).forEach((answer) => socket.write(answer));
        socket.end();
      });
    });
  }

  static async start(): Promise<HostileServer> {
    const tcp = createServer();
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const udp = createSocket('udp4');
    await new Promise<void>((resolve) => udp.bind((tcp.address() as AddressInfo).port, '127.0.0.1', resolve));
    return new HostileServer(udp, tcp);
  }

  get address(): string {
    return `127.0.0.1:${(this.tcp.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await Promise.all([
      new Promise<void>((resolve) => this.udp.close(() => resolve())),
      new Promise((resolve) => this.tcp.close(resolve)),
    ]);
  }

  private answers(question: DecodedPacket, overTcp: boolean): Buffer[] {
    return this.respond(question, overTcp).map((answer) => {
      if (Buffer.isBuffer(answer)) return answer;
      const packet: Packet = { type: 'response', id: question.id, questions: question.questions, ...answer };
      return overTcp ? streamEncode(packet) : encode(packet);
    });
  }
}

let server: HostileServer;
beforeAll(async () => {
  server = await HostileServer.start();
});
afterAll(() => server.stop());

const NXDOMAIN = 3;
const RESOLVER = { flags: RECURSION_AVAILABLE };

function check(options = {}): Promise<CheckReport> {
  return checkDomain(DOMAIN, {
    ses: false,
    region: REGION,
    mailFromDomain: MAIL_FROM,
    dkimTokens: TOKENS,
    resolvers: [server.address],
    timeout: 200,
    ...options,
  });
}

function outcomes({ findings }: CheckReport): string[] {
  return [...new Set(findings.map(({ verdict, problems }) => [verdict, ...problems].join(' ')))];
}

/** Answers every question for a text with texts, and any other with nothing. */
function texts(...data: (string | Buffer)[]): Respond {
  return ({ questions: [{ name, type }] = [] as never }) => [
    { ...RESOLVER, answers: type === 'TXT' ? data.map((text): Answer => ({ type: 'TXT', name, data: text })) : [] },
  ];
}

describe('a server that is no resolver makes all unknown, and nothing missing', () => {
  const elsewhere: Answer = { type: 'NS', name: 'com', data: 'a.gtld-servers.net' };
  test.each<[string, Partial<Packet>]>([
    ['refers to others', { authorities: [elsewhere] }],
    ['answers with nothing', {}],
    ['knows no such name, without being responsible for it', { flags: NXDOMAIN }],
  ])('it %s', async (_, answer) => {
    server.respond = () => [answer];
    expect(outcomes(await check())).toEqual(['unknown not-a-resolver']);
  });

  test('but one that is responsible for the name is believed', async () => {
    server.respond = () => [{ flags: AUTHORITATIVE_ANSWER | NXDOMAIN }];
    expect((await check()).findings[0].problems).toEqual(['domain-missing']);
  });
});

describe('answers that are none make all unknown', () => {
  test.each<[string, Respond, string]>([
    ['noise', ({ id }) => [Buffer.from([id! >> 8, id! & 255, 0x80, 0, 255, 255, 1, 2, 3])], 'unknown lookup-failed'],
    [
      'answers to another question',
      () => [{ ...RESOLVER, questions: [{ type: 'TXT', name: 'other' }] }],
      'unknown timeout',
    ],
    ['answers with another number', ({ id }) => [{ ...RESOLVER, id: (id! + 1) % 65_536 }], 'unknown timeout'],
    ['the question', ({ questions }) => [{ type: 'query', questions }], 'unknown timeout'],
    [
      'answers cut short, over TCP too',
      (_, overTcp) => (overTcp ? [Buffer.from([0, 99, 1])] : [{ flags: TRUNCATED_RESPONSE }]),
      'unknown lookup-failed',
    ],
  ])('%s', async (_, respond, expected) => {
    server.respond = respond;
    expect(outcomes(await check())).toEqual([expected]);
  });

  test('a forged answer before the right one is passed over', async () => {
    server.respond = (question, overTcp) => [
      { flags: RECURSION_AVAILABLE | NXDOMAIN, id: (question.id! + 1) % 65_536 },
      ...texts('v=spf1 include:amazonses.com -all')(question, overTcp),
    ];
    expect((await check()).findings.find(({ check }) => check === 'spf')?.found).toContain('include:amazonses.com');
  });
});

test('records of other names in an answer do not count', async () => {
  server.respond = ({ questions: [{ type }] = [] as never }) => [
    {
      ...RESOLVER,
      answers: type === 'TXT' ? [{ type: 'TXT', name: 'other.example', data: 'v=DMARC1; p=reject' }] : [],
    },
  ];
  expect((await check()).findings.at(-1)?.problems).toEqual(['missing']);
});

test('a name that is an alias of itself has no records', async () => {
  server.respond = ({ questions: [{ name }] = [] as never }) => [
    { ...RESOLVER, answers: [{ type: 'CNAME', name, data: name }] },
  ];
  expect((await check()).verdict).toBe('fail');
});

test('a server that does not know EDNS is asked without', async () => {
  server.respond = (question, overTcp) =>
    question.additionals?.length
      ? [{ flags: 1 }]
      : texts('v=DMARC1; p=reject; rua=mailto:d@example.com')(question, overTcp);
  expect((await check()).findings.at(-1)?.verdict).toBe('pass');
});

test('an answer of 50 kB is read over TCP', async () => {
  const others = Array.from({ length: 190 }, (_, n) => Buffer.from(`${n}`.padEnd(250, 'x')));
  server.respond = (question, overTcp) =>
    overTcp ? texts(...others, 'v=spf1 include:amazonses.com ~all')(question, true) : [{ flags: TRUNCATED_RESPONSE }];
  expect((await check()).findings.find(({ check }) => check === 'spf')?.found).toBe(
    'v=spf1 include:amazonses.com ~all',
  );
});

describe('what records say', () => {
  const CONTROL = '\u0000\u0007\u001b[31m\u007f\u0085\u009b2J\u00ad\u200e\u202e\u2028\u2066\ufeff\u{e0001}';

  test.each(['v=DMARC1; p=', 'v=spf1 ', 'v=DMARC1; ', 'v=dmarc1'])(
    '%j and control characters reach nobody raw',
    async (start) => {
      server.respond = texts(`${start}${CONTROL}`);
      const report = await check();
      for (const text of [JSON.stringify(report), formatReport(report).replaceAll('\n', '')]) {
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(text).toContain('2J');
      }
    },
  );

  test('in UTF-8 is shown as such, and in no UTF-8 as bytes', async () => {
    server.respond = texts('v=DMARC1; p=none; rua=mailto:café@example.com; 数=1');
    expect((await check()).findings.at(-1)?.found).toBe('v=DMARC1; p=none; rua=mailto:café@example.com; 数=1');
    server.respond = texts(Buffer.from('763d444d415243313b20703d6e6f6e653b20783de9', 'hex'));
    expect((await check()).findings.at(-1)?.found).toBe('v=DMARC1; p=none; x=é');
  });

  test('at great length is cut', async () => {
    const strings = Array.from({ length: 80 }, () => 'x'.repeat(250));
    server.respond = ({ questions: [{ name, type }] = [] as never }, overTcp) => [
      overTcp
        ? {
            ...RESOLVER,
            answers: type === 'TXT' ? [{ type: 'TXT', name, data: ['v=DMARC1; p=none; x=', ...strings] }] : [],
          }
        : { flags: TRUNCATED_RESPONSE },
    ];
    expect((await check()).findings.at(-1)?.found).toMatch(/^v=DMARC1; p=none; x=x{1900,2000}… \(20020 characters\)$/);
  });
});

describe('64 kB of anything is read', () => {
  const SIZE = 65_535;
  const patterns = [
    'a',
    ' ',
    '\t',
    ';',
    '=',
    ':',
    '/',
    '.',
    '"',
    '\\',
    '%',
    'p=',
    'a=b;',
    '; ',
    '%{d}',
    '%{d1r.-+}.',
    ' a',
    ' +',
    ' ip4:1.2.3.4',
    ' ip6:::/1',
    ' include:a.b',
    ' exp=',
    'mailto:a@b.c,',
    '@',
    '!',
    '!1',
    'p =\t',
    'd:s:',
  ];
  const starts = [
    '',
    'v=spf1 ',
    'v=spf1 include:',
    'v=spf1 x=',
    'v=DMARC1;',
    'v=DMARC1; p=',
    'v=DMARC1; rua=',
    'v=DMARC1; fo=',
    'v=DKIM1; p=',
    'p=',
  ];

  test.each(starts)('after %j', (start) => {
    for (const pattern of patterns) {
      const text = start + pattern.repeat((SIZE - start.length) / pattern.length);
      isEveryone(reachOf(parseSpf(text)));
      expandDomainSpec(text, { sender: 'a.'.repeat(120) + 'com', current: 'a.'.repeat(120) + 'com' });
      [
        parseDmarc(text),
        parseDkimKey(text),
        dmarcSatisfies(text, 'v=DMARC1; p=none'),
        spfSatisfies(text, 'v=spf1 include:amazonses.com'),
      ].forEach((one) => expect(one).toBeDefined());
    }
  });
});

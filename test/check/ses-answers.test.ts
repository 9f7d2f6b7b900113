import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { GetEmailIdentityResponse, ListEmailIdentitiesResponse } from '@aws-sdk/client-sesv2';
import { checkDomain, type CheckId, type CheckReport, type Finding } from '../../check';
import { DnsServerOnLoopback } from './dns-server';
import { DOMAIN, MAIL_FROM, REGION, rightSetUp, TOKENS } from './set-up';

/** What SES says, as its API has it; what is not there is an error with that name. */
interface Answers {
  /** By Region and identity, such as `eu-west-1 example.com`. */
  readonly identities: { readonly [key: string]: GetEmailIdentityResponse | string };
  readonly lists?: readonly ListEmailIdentitiesResponse[] | string;
}

const KEY = `${REGION} ${DOMAIN}`;
const saved = { ...process.env };
let dns: DnsServerOnLoopback;
let server: Server;
let answers: Answers;

beforeAll(async () => {
  dns = await DnsServerOnLoopback.start();
  dns.serve(rightSetUp());
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
});
afterAll(async () => {
  process.env = { ...saved };
  await dns.stop();
  await new Promise((resolve) => server.close(resolve));
});

/** Answers as SES does. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const region = /\/\d{8}\/([a-z0-9-]+)\/ses\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const { pathname } = new URL(request.url!, 'http://ses');
  const isList = pathname === '/v2/email/list-identities';
  const name = decodeURIComponent(pathname.split('/')[4] ?? '');
  const { NextToken = '0' } = isList ? ((await json(request)) as { NextToken?: string }) : {};
  const { identities, lists = [{}] } = answers;
  const list = typeof lists === 'string' ? lists : lists[Number(NextToken)];
  const found = isList ? list : identities[`${region} ${name}`];
  response.setHeader('content-type', 'application/json');
  if (typeof found === 'object') {
    response.end(JSON.stringify(found));
  } else if (found?.startsWith('<')) {
    response.statusCode = 407;
    response.setHeader('content-type', 'text/html');
    response.end(found);
  } else {
    response.statusCode = found === undefined ? 404 : 403;
    response.setHeader('x-amzn-errortype', found ?? 'NotFoundException');
    response.end('{}');
  }
}

function identity(changes: Partial<GetEmailIdentityResponse> = {}): GetEmailIdentityResponse {
  return {
    VerifiedForSendingStatus: true,
    VerificationStatus: 'SUCCESS',
    MailFromAttributes: {
      MailFromDomain: MAIL_FROM,
      MailFromDomainStatus: 'SUCCESS',
      BehaviorOnMxFailure: 'USE_DEFAULT_VALUE',
    },
    ...changes,
    DkimAttributes: {
      SigningEnabled: true,
      Status: 'SUCCESS',
      Tokens: [...TOKENS],
      SigningAttributesOrigin: 'AWS_SES',
      CurrentSigningKeyLength: 'RSA_2048_BIT',
      ...changes.DkimAttributes,
    },
  };
}

function check(): Promise<CheckReport> {
  return checkDomain(DOMAIN, { region: REGION, resolvers: [dns.address] });
}

async function findingOf(id: CheckId, given: Answers): Promise<Finding> {
  answers = given;
  return (await check()).findings.find(({ check }) => check === id)!;
}

function outcome({ verdict, problems }: Finding): string {
  return [verdict, ...problems].join(' ');
}

test('a domain that is in order passes', async () => {
  answers = { identities: { [KEY]: identity() } };
  const report = await check();
  expect(report.findings.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  expect(report.findings.find(({ check }) => check === 'ses-dkim')?.found).toBe('Easy DKIM, RSA_2048_BIT, SUCCESS');
});

describe('the error of SES', () => {
  test.each([
    ['HOST_NOT_FOUND', 'SES did not find the name of a record.'],
    ['INVALID_VALUE', 'SES found a record with a wrong value.'],
    ['REPLICATION_PRIMARY_NOT_FOUND', 'SES did not find the parent identity.'],
  ] as const)('%s is shown, and said in words', async (ErrorType, words) => {
    const given = identity({
      VerifiedForSendingStatus: false,
      VerificationStatus: 'FAILED',
      VerificationInfo: { ErrorType },
      DkimAttributes: { Status: 'FAILED' },
    });
    const one = await findingOf('ses-identity', { identities: { [KEY]: given } });
    expect(one.found).toBe(`not verified for sending (FAILED, ${ErrorType})`);
    expect(one.remedy).toContain(words);
    expect((await findingOf('ses-dkim', { identities: { [KEY]: given } })).found).toContain(`FAILED, ${ErrorType}`);
  });

  test('that there may be in future is shown', async () => {
    const given = identity({
      VerifiedForSendingStatus: false,
      VerificationStatus: 'PENDING',
      VerificationInfo: { ErrorType: 'MOON_PHASE' as 'SERVICE_ERROR' },
    });
    const one = await findingOf('ses-identity', { identities: { [KEY]: given } });
    expect(one.found).toContain('MOON_PHASE');
    expect(one.remedy).toMatch(/^Correct what fails below/);
  });
});

describe('the length of the key', () => {
  test.each([
    ['RSA_1024_BIT', 'RSA_1024_BIT', 'warn key-short'],
    ['RSA_1024_BIT', 'RSA_2048_BIT', 'pass'],
    ['RSA_2048_BIT', 'RSA_2048_BIT', 'pass'],
  ] as const)('now %s, next %s: %s', async (CurrentSigningKeyLength, NextSigningKeyLength, expected) => {
    const given = identity({ DkimAttributes: { CurrentSigningKeyLength, NextSigningKeyLength } });
    expect(outcome(await findingOf('ses-dkim', { identities: { [KEY]: given } }))).toBe(expected);
  });
});

describe('the parent of a replica', () => {
  const replica = identity({ DkimAttributes: { SigningAttributesOrigin: 'AWS_SES_US_EAST_1' } });
  const withParent = (parent: GetEmailIdentityResponse | string | undefined): Answers => ({
    identities: { [KEY]: replica, ...(parent !== undefined && { [`us-east-1 ${DOMAIN}`]: parent }) },
  });

  test.each<[string, GetEmailIdentityResponse | string | undefined, string]>([
    ['in order', identity(), 'pass'],
    ['gone', undefined, 'fail no-identity'],
    ['not verified', identity({ DkimAttributes: { Status: 'FAILED' } }), 'fail not-verified'],
    ['not to be seen', 'AccessDeniedException', 'unknown denied'],
  ])('%s', async (_, parent, expected) => {
    const one = await findingOf('ses-parent', withParent(parent));
    expect(outcome(one)).toBe(expected);
    expect(one.name).toBe('example.com in us-east-1');
  });

  test('is not looked for without a replica', async () => {
    expect(await findingOf('ses-parent', { identities: { [KEY]: identity() } })).toBeUndefined();
  });
});

describe('the identities of addresses', () => {
  const listed = (...names: string[]): ListEmailIdentitiesResponse => ({
    EmailIdentities: names.map((IdentityName) => ({
      IdentityName,
      IdentityType: IdentityName.includes('@') ? 'EMAIL_ADDRESS' : 'DOMAIN',
      VerificationStatus: 'SUCCESS',
    })),
  });
  const unsigned = identity({ DkimAttributes: { SigningEnabled: false } });

  test.each<[string, Answers, string, string]>([
    ['none', { identities: {}, lists: [listed(DOMAIN, 'a@example.net')] }, 'pass', 'none'],
    [
      'one that signs',
      { identities: { [`${REGION} a@example.com`]: identity() }, lists: [listed('a@example.com')] },
      'pass',
      'a@example.com',
    ],
    [
      'one without DKIM, on the second page',
      {
        identities: { [`${REGION} a@example.com`]: unsigned },
        lists: [{ ...listed('b@example.net'), NextToken: '1' }, listed('a@example.com')],
      },
      'warn overridden',
      'a@example.com, without DKIM',
    ],
    [
      'one that is not verified',
      {
        identities: {},
        lists: [{ EmailIdentities: [{ IdentityName: 'a@example.com', IdentityType: 'EMAIL_ADDRESS' }] }],
      },
      'pass',
      'none',
    ],
    [
      'a list that is denied, a hint',
      { identities: {}, lists: 'AccessDeniedException' },
      'pass denied',
      'not looked at: AccessDeniedException',
    ],
  ])('%s', async (_, { identities, lists }, expected, found) => {
    const one = await findingOf('ses-addresses', { identities: { [KEY]: identity(), ...identities }, lists });
    expect([outcome(one), one.found]).toEqual([expected, found]);
  });
});

test('a page of a proxy is told with its status', async () => {
  const page = '<!DOCTYPE html><html><head><title>Sign in</title></head><body>to the network</body></html>';
  const one = await findingOf('ses-identity', { identities: { [KEY]: page } });
  expect([outcome(one), one.found]).toEqual([
    'unknown no-answer',
    'HTTP 407 and no JSON: something else answers in the place of SES, such as a proxy',
  ]);
});

describe('the MAIL FROM domain without its MX record', () => {
  test.each([
    ['PENDING', 'USE_DEFAULT_VALUE', 'for up to 72 hours. Until then, mail goes out from amazonses.com'],
    ['FAILED', 'USE_DEFAULT_VALUE', 'set the MAIL FROM domain again'],
    ['FAILED', 'REJECT_MESSAGE', 'SES rejects all mail'],
  ] as const)('%s, %s', async (MailFromDomainStatus, BehaviorOnMxFailure, words) => {
    const MailFromAttributes = { MailFromDomain: MAIL_FROM, MailFromDomainStatus, BehaviorOnMxFailure };
    const one = await findingOf('ses-mail-from', { identities: { [KEY]: identity({ MailFromAttributes }) } });
    expect(outcome(one)).toBe('fail not-verified');
    expect(one.remedy).toContain(words);
  });
});

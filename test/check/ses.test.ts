import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GetEmailIdentityResponse } from '@aws-sdk/client-sesv2';
import { checkDomain, type CheckId, type CheckOptions, type CheckReport } from '../../check';
import { FakeAws } from '../fakes/fake-aws';
import { DnsServerOnLoopback } from './dns-server';
import { dkim, DOMAIN, MAIL_FROM, recordName, REGION, rightSetUp, TOKENS } from './set-up';

const saved = { ...process.env };
let dns: DnsServerOnLoopback;
let fake: FakeAws;

beforeAll(async () => {
  dns = await DnsServerOnLoopback.start();
});
afterAll(() => dns.stop());
beforeEach(async () => {
  dns.serve(rightSetUp());
  fake = await FakeAws.start({ region: REGION });
  process.env = { ...withoutAws(saved), ...fake.env };
});
afterEach(async () => {
  process.env = { ...saved };
  await fake.stop();
});

/** No test is to reach the AWS that its user works with. */
function withoutAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(others),
    AWS_CONFIG_FILE: '/nowhere/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

function check(options: CheckOptions = {}): Promise<CheckReport> {
  return checkDomain(DOMAIN, { resolvers: [dns.address], ...options });
}

function outcomes({ findings }: CheckReport, id: CheckId): string[] {
  return findings.filter(({ check }) => check === id).map(({ verdict, problems }) => [verdict, ...problems].join(' '));
}

describe('when SES knows the identity', () => {
  test('its tokens and its Region are checked, and nothing need be given', async () => {
    fake.addIdentity(REGION, DOMAIN, { tokens: [...TOKENS] });
    const report = await check();
    expect(report.region).toBe(REGION);
    expect(outcomes(report, 'ses-identity')).toEqual(['pass']);
    expect(outcomes(report, 'ses-dkim')).toEqual(['pass']);
    expect(outcomes(report, 'dkim')).toEqual(['pass', 'pass', 'pass']);
    // SES has no MAIL FROM domain, which is no failure.
    expect(outcomes(report, 'mail-from')).toEqual(['warn no-mail-from']);
    expect(report.verdict).toBe('warn');
  });

  test('where it publishes the keys comes before the table of Regions', async () => {
    const host = 'dkim.cell7.amazonses.com';
    fake.addIdentity(REGION, DOMAIN, { tokens: [...TOKENS], signingHostedZone: host });
    expect(outcomes(await check(), 'dkim')).toEqual(Array(3).fill('fail wrong-host'));
    dns.serve(rightSetUp(Object.fromEntries(TOKENS.flatMap((token) => dkim(token, { host })))));
    expect(outcomes(await check(), 'dkim')).toEqual(Array(3).fill('pass'));
  });

  test('a replica uses the records of its parent Region', async () => {
    const host = 'dkim.eu-south-1.amazonses.com';
    dns.serve(rightSetUp(Object.fromEntries(TOKENS.flatMap((token) => dkim(token, { host })))));
    fake.addIdentity(REGION, DOMAIN, {
      tokens: [...TOKENS],
      origin: 'AWS_SES_EU_SOUTH_1',
      signingHostedZone: undefined,
    });
    const report = await check();
    expect(outcomes(report, 'dkim')).toEqual(Array(3).fill('pass'));
    expect(report.findings.find(({ check }) => check === 'ses-dkim')?.found).toBe('replica of eu-south-1, SUCCESS');
  });

  test('a key of its own is looked for at its selector, with no CNAME', async () => {
    fake.addIdentity(REGION, DOMAIN, { origin: 'EXTERNAL', signingHostedZone: undefined });
    expect(outcomes(await check(), 'dkim-keys')).toEqual(['fail key-missing']);

    const { publicKey } = generateKeyPairSync('ed25519');
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
    dns.serve(rightSetUp({ [recordName('selector1')]: { TXT: [`v=DKIM1; k=ed25519; p=${raw}`] } }));
    const report = await check();
    expect(outcomes(report, 'dkim-keys')).toEqual(['pass']);
    expect(outcomes(report, 'dkim')).toEqual([]);
  });

  test('tokens that are given come first', async () => {
    fake.addIdentity(REGION, DOMAIN);
    expect(outcomes(await check(), 'dkim')).toEqual(Array(3).fill('fail missing'));
    expect(outcomes(await check({ dkimTokens: TOKENS }), 'dkim')).toEqual(Array(3).fill('pass'));
  });

  test.each([
    ['Pending', 'fail not-verified', 'fail not-verified'],
    ['Failed', 'fail not-verified', 'fail not-verified'],
    ['TemporaryFailure', 'pass', 'warn not-verified'],
  ] as const)('DKIM that is %s', async (dkimStatus, identity, ofDkim) => {
    const verificationStatus = dkimStatus === 'TemporaryFailure' ? 'Success' : dkimStatus;
    fake.addIdentity(REGION, DOMAIN, { tokens: [...TOKENS], dkimStatus, verificationStatus });
    const report = await check();
    expect(outcomes(report, 'ses-identity')).toEqual([identity]);
    expect(outcomes(report, 'ses-dkim')).toEqual([ofDkim]);
  });

  test('signing that is disabled fails, though all records are right', async () => {
    fake.addIdentity(REGION, DOMAIN, { tokens: [...TOKENS], signingEnabled: false });
    const report = await check();
    expect(outcomes(report, 'ses-dkim')).toEqual(['fail signing-disabled']);
    expect(report.findings.find((each) => each.check === 'ses-dkim')!.remedy).toBe(
      'DKIM signing is turned off. Turn it on with "aws ses set-identity-dkim-enabled ' +
        `--identity ${DOMAIN} --dkim-enabled --region ${REGION}".`,
    );
  });

  test('an identity without DKIM fails, and has no records to look for', async () => {
    fake.addIdentity(REGION, DOMAIN, { dkimStatus: 'NotStarted', verificationStatus: 'Success' });
    const report = await check();
    expect(outcomes(report, 'ses-dkim')).toEqual(['fail not-set-up']);
    expect(outcomes(report, 'dkim')).toEqual([]);
  });
});

test('an identity that SES does not know fails, with the Region that was asked', async () => {
  const report = await check({ region: 'us-east-1' });
  expect(outcomes(report, 'ses-identity')).toEqual(['fail no-identity']);
  expect(report.findings[1].name).toBe('example.com in us-east-1');
  expect(outcomes(report, 'dkim')).toEqual(['unknown not-given']);
});

describe('when SES says nothing, the rest is checked', () => {
  const given: CheckOptions = { dkimTokens: TOKENS, mailFromDomain: MAIL_FROM };

  test.each<[string, () => void, string]>([
    ['denied', () => void (fake.sesv2 = 'denied'), 'unknown denied'],
    ['down', () => void (fake.sesv2 = 'down'), 'unknown no-answer'],
    ['wrong credentials', () => void (process.env.AWS_ACCESS_KEY_ID = 'other'), 'unknown no-credentials'],
    ['no credentials', () => void delete process.env.AWS_ACCESS_KEY_ID, 'unknown no-credentials'],
    ['no Region', () => void delete process.env.AWS_REGION, 'unknown no-region'],
  ])('%s', async (_, prepare, expected) => {
    fake.addIdentity(REGION, DOMAIN);
    prepare();
    const report = await check(given);
    expect(outcomes(report, 'ses-identity')).toEqual([expected]);
    expect(report.findings[1].remedy).toContain('--no-ses');
    const others = report.findings.filter(({ check }) => check !== 'ses-identity');
    expect(others.map(({ verdict }) => verdict)).toEqual(Array(8).fill('pass'));
    expect(report.verdict).toBe('unknown');
  });

  test('and SES is not asked when it need not be', async () => {
    expect((await check({ ...given, ses: false })).verdict).toBe('pass');
    expect(fake.calls).toEqual([]);
  });
});

describe('the MAIL FROM domain that SES has', () => {
  let server: Server;
  let mailFrom: GetEmailIdentityResponse['MailFromAttributes'];

  beforeEach(async () => {
    mailFrom = { MailFromDomain: MAIL_FROM, MailFromDomainStatus: 'SUCCESS', BehaviorOnMxFailure: 'USE_DEFAULT_VALUE' };
    server = createServer((_, response) => {
      const answer: GetEmailIdentityResponse = {
        VerifiedForSendingStatus: true,
        VerificationStatus: 'SUCCESS',
        DkimAttributes: {
          SigningEnabled: true,
          Status: 'SUCCESS',
          Tokens: [...TOKENS],
          SigningAttributesOrigin: 'AWS_SES',
        },
        MailFromAttributes: mailFrom,
      };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env.AWS_ENDPOINT_URL_SESV2 = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  test('is checked, and need not be given', async () => {
    const report = await check();
    expect(report.mailFromDomain).toBe(MAIL_FROM);
    expect(report.findings.map(({ check }) => check)).toEqual([
      'domain',
      'ses-identity',
      'ses-dkim',
      'ses-mail-from',
      'ses-addresses',
      'dkim',
      'dkim',
      'dkim',
      'dkim-keys',
      'mail-from',
      'spf',
      'dmarc',
    ]);
    expect(report.verdict).toBe('pass');
  });

  test('fails while SES has not found its MX record', async () => {
    mailFrom = { ...mailFrom!, MailFromDomainStatus: 'PENDING' };
    expect(outcomes(await check(), 'ses-mail-from')).toEqual(['fail not-verified']);
  });

  test('fails when another one is given, or none', async () => {
    const others = await Promise.all([
      check({ mailFromDomain: 'other.example.com' }),
      check({ mailFromDomain: false }),
    ]);
    expect(others.map((report) => outcomes(report, 'ses-mail-from'))).toEqual([
      ['fail differs-from-ses'],
      ['fail differs-from-ses'],
    ]);
  });

  test('fails when one is given and SES has none', async () => {
    mailFrom = undefined;
    expect(outcomes(await check({ mailFromDomain: MAIL_FROM }), 'ses-mail-from')).toEqual(['fail differs-from-ses']);
  });
});

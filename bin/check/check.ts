import { normalizeDomainName } from '../../lib/private/domain-name';
import { expectedDkimHost, judgeDkim, judgeOwnKey, readDkim, readOwnKey } from './dkim';
import { judgeDmarc, readDmarc } from './dmarc';
import { Dns } from './dns';
import { judgeMx, noMailFrom, unknownMailFrom } from './mail-from';
import { finding, worst, type CheckReport, type Finding } from './report';
import { askSes, judgeSes, type SesView } from './ses';
import { judgeSpf, readSpf } from './spf';
import { findZone, judgeZone, type Zone } from './zone';

/** What to check, and whom to ask. */
export interface CheckOptions {
  /**
   * The Region of SES.
   *
   * @default - `AWS_REGION`, `AWS_DEFAULT_REGION`, or the Region of the AWS profile
   */
  readonly region?: string;

  /**
   * The custom MAIL FROM domain, a name below the domain; `false` if there is none.
   *
   * @default - what SES says; unknown if SES is not asked
   */
  readonly mailFromDomain?: string | false;

  /**
   * The Easy DKIM tokens, such as the outputs of an `EasyDkimDomain`.
   *
   * @default - what SES says; unknown if SES is not asked
   */
  readonly dkimTokens?: readonly string[];

  /**
   * The DNS resolvers to ask: IP addresses, with a port if it is not 53, such as `1.1.1.1`,
   * `127.0.0.1:5353` or `[::1]:5353`.
   *
   * @default - those of the system
   */
  readonly resolvers?: readonly string[];

  /**
   * Milliseconds to wait for an answer of a DNS resolver, which is asked twice.
   *
   * @default 3000
   */
  readonly timeout?: number;

  /**
   * Whether to ask SES for its view of the identity, with the AWS credentials that the SDK finds by
   * itself; needs `ses:GetEmailIdentity`. Without credentials the rest is checked all the same.
   *
   * @default true
   */
  readonly ses?: boolean;
}

/** An option, or the domain itself, that cannot be used; the message says why and what to give. */
export class InvalidOptionError extends Error {
  public override readonly name = 'InvalidOptionError';
}

const DEFAULT_TIMEOUT = 3_000;

/**
 * Checks that mail which SES sends from a domain passes DKIM, SPF and DMARC: the DKIM records and
 * their keys, MX and SPF of the MAIL FROM domain and the DMARC record in DNS, and the identity in SES.
 *
 * It only looks, and changes nothing. What cannot be looked up is a finding of its own (`unknown`).
 *
 * @param domain the domain that the identity in SES is for
 * @returns the findings, each with its verdict and what to do
 * @throws InvalidOptionError when the domain or an option cannot be used
 */
export async function checkDomain(domain: string, options: CheckOptions = {}): Promise<CheckReport> {
  const given = readOptions(domain, options);
  const { dns } = given;
  const [zone, ses] = await Promise.all([
    findZone(dns, given.domain),
    options.ses === false ? undefined : askSes(given.domain, given.region),
  ]);
  const region = ses?.region ?? given.region;
  const mailFrom = given.mailFrom ?? mailFromOf(ses);

  const [dkim, returnPath, dmarc] = await Promise.all([
    checkDkim(dns, given.domain, given.tokens, ses, region, zone),
    checkMailFrom(dns, given.domain, mailFrom, region),
    readDmarc(dns, given.domain),
  ]);
  const findings = [
    judgeZone(given.domain, zone),
    ...(ses === undefined ? [] : judgeSes(given.domain, ses, given.mailFrom)),
    ...dkim,
    ...returnPath,
    judgeDmarc(dmarc, mailFrom || undefined),
  ];
  return {
    domain: given.domain,
    ...(region !== undefined && { region }),
    ...(mailFrom && { mailFromDomain: mailFrom }),
    resolvers: dns.servers,
    verdict: worst(findings),
    findings,
  };
}

/** What SES says of the custom MAIL FROM domain: `false` if there is none, undefined if it says nothing. */
function mailFromOf(ses: SesView | undefined): string | false | undefined {
  return ses?.state === 'identity' ? (ses.mailFrom?.domain ?? false) : undefined;
}

async function checkDkim(
  dns: Dns,
  domain: string,
  given: readonly string[] | undefined,
  ses: SesView | undefined,
  region: string | undefined,
  zone: Zone,
): Promise<Finding[]> {
  const identity = ses?.state === 'identity' ? ses : undefined;
  const tokens = given ?? identity?.tokens;
  if (tokens === undefined) {
    return [unknownTokens(domain)];
  }
  if (given === undefined && identity?.ownKey) {
    return Promise.all(
      tokens.map(async (selector) => judgeOwnKey(domain, selector, await readOwnKey(dns, domain, selector))),
    );
  }
  const host = expectedDkimHost(ses, region);
  return Promise.all(tokens.map(async (token) => judgeDkim(await readDkim(dns, domain, token, zone), host, zone)));
}

function unknownTokens(domain: string): Finding {
  return finding(
    {
      check: 'dkim',
      name: `<token>._domainkey.${domain}`,
      found: 'the tokens are not known: only SES knows them',
      expected: 'three CNAME records with keys',
    },
    {
      verdict: 'unknown',
      problem: 'not-given',
      remedy: 'Let SES be asked (AWS credentials and --region), or give --tokens: the outputs of the stack show them.',
    },
  );
}

async function checkMailFrom(
  dns: Dns,
  domain: string,
  mailFrom: string | false | undefined,
  region: string | undefined,
): Promise<Finding[]> {
  if (!mailFrom) {
    return [mailFrom === false ? noMailFrom(domain) : unknownMailFrom(domain)];
  }
  const [mx, spf] = await Promise.all([dns.mx(mailFrom), readSpf(dns, mailFrom)]);
  return [judgeMx(mailFrom, mx, region), judgeSpf(spf)];
}

interface Given {
  readonly domain: string;
  readonly region: string | undefined;
  readonly mailFrom: string | false | undefined;
  readonly tokens: readonly string[] | undefined;
  readonly dns: Dns;
}

function readOptions(domain: string, options: CheckOptions): Given {
  const name = normalize('The domain', domain);
  return {
    domain: name,
    region: readRegion(options.region ?? (process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined)),
    mailFrom: readMailFrom(options.mailFromDomain, name),
    tokens: options.dkimTokens && readTokens(options.dkimTokens),
    dns: openDns(options.resolvers ?? [], options.timeout ?? DEFAULT_TIMEOUT),
  };
}

function normalize(what: string, name: string): string {
  try {
    return normalizeDomainName(name);
  } catch (error) {
    throw new InvalidOptionError(`${what} ${(error as Error).message}.`);
  }
}

function readRegion(region: string | undefined): string | undefined {
  if (region !== undefined && !/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region)) {
    throw new InvalidOptionError(`The Region ${JSON.stringify(region)} is none: give one such as "eu-west-1".`);
  }
  return region;
}

function readMailFrom(mailFrom: string | false | undefined, domain: string): string | false | undefined {
  if (typeof mailFrom !== 'string') {
    return mailFrom;
  }
  const name = normalize('The MAIL FROM domain', mailFrom);
  if (!name.endsWith(`.${domain}`)) {
    throw new InvalidOptionError(
      `The MAIL FROM domain "${name}" is not below "${domain}": SES wants one such as "bounce.${domain}".`,
    );
  }
  return name;
}

function readTokens(tokens: readonly string[]): readonly string[] {
  const wrong = tokens.find((token) => !/^[a-z0-9][a-z0-9_-]{0,62}$/i.test(token));
  if (tokens.length === 0 || wrong !== undefined) {
    throw new InvalidOptionError(
      `The DKIM tokens ${wrong === undefined ? 'are none' : `have ${JSON.stringify(wrong)}`}: give the labels before "._domainkey", without the domain.`,
    );
  }
  return tokens.map((token) => token.toLowerCase());
}

function openDns(resolvers: readonly string[], timeout: number): Dns {
  if (!Number.isInteger(timeout) || timeout < 1) {
    throw new InvalidOptionError(`The timeout ${timeout} is none: give whole milliseconds.`);
  }
  try {
    return new Dns(resolvers, timeout);
  } catch {
    throw new InvalidOptionError(
      `The resolvers ${resolvers.join(', ')} are not all IP addresses: give some such as "1.1.1.1" or "127.0.0.1:5353".`,
    );
  }
}

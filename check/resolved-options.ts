import { normalizeDomainName } from '../lib/shared/domain-name';
import { isDkimToken, mailFromProblem, regionProblem, type Problem } from '../lib/shared/rules';
import { InvalidOptionError, type CheckOptions } from './check-options';
import { Dns } from './dns';
import { MAX_TIMEOUT } from './max-timeout';

/** What to check and whom to ask, in the form that the checks work with. */
export interface Given {
  readonly domain: string;
  readonly region: string | undefined;
  readonly mailFrom: string | false | undefined;
  readonly tokens: readonly string[] | undefined;
  readonly dns: Dns;
}

const DEFAULT_TIMEOUT = 3_000;

/** @throws InvalidOptionError when the domain or an option cannot be used */
export function readOptions(domain: string, options: CheckOptions): Given {
  const name = normalize('The domain', domain);
  return {
    domain: name,
    region: readRegion(options.region ?? (process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined)),
    mailFrom: readMailFrom(options.mailFromDomain, name),
    tokens: options.dkimTokens && readTokens(options.dkimTokens),
    dns: openDns(options.resolvers ?? [], options.timeout ?? DEFAULT_TIMEOUT),
  };
}

function refuse(option: string, problem: Problem): void {
  if (problem !== undefined) {
    throw new InvalidOptionError(`${option} ${problem}.`);
  }
}

function normalize(what: string, name: string): string {
  try {
    return normalizeDomainName(name);
  } catch (error) {
    throw new InvalidOptionError(`${what} ${(error as Error).message}.`);
  }
}

function readRegion(region: string | undefined): string | undefined {
  refuse('region', region === undefined ? undefined : regionProblem(region));
  return region;
}

function readMailFrom(mailFrom: string | false | undefined, domain: string): string | false | undefined {
  if (typeof mailFrom !== 'string') {
    return mailFrom;
  }
  const name = normalize('mailFromDomain', mailFrom);
  refuse('mailFromDomain', mailFromProblem(name, domain));
  return name;
}

function readTokens(tokens: readonly string[]): readonly string[] {
  const wrong = tokens.find((token) => !isDkimToken(token));
  if (tokens.length === 0 || wrong !== undefined) {
    throw new InvalidOptionError(
      `dkimTokens must be the labels before "._domainkey", without the domain, got ${wrong === undefined ? 'none' : JSON.stringify(wrong)}.`,
    );
  }
  return tokens.map((token) => token.toLowerCase());
}

function openDns(resolvers: readonly string[], timeout: number): Dns {
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > MAX_TIMEOUT) {
    throw new InvalidOptionError(
      `timeout must be a whole number of milliseconds from 1 to ${MAX_TIMEOUT}, got ${timeout}.`,
    );
  }
  try {
    return new Dns(resolvers, timeout);
  } catch {
    throw new InvalidOptionError(
      `resolvers must be IP addresses such as "1.1.1.1" or "127.0.0.1:5353", got ${JSON.stringify(resolvers.join(', '))}.`,
    );
  }
}

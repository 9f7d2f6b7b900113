import { parseArgs } from 'node:util';
import { InvalidOptionError, type CheckOptions } from './index';
import { MAX_TIMEOUT } from './max-timeout';

export const HELP = `Usage: cdk-ses-easy-dkim check <domain> [options]

Checks that mail which Amazon SES sends from a domain passes DKIM, SPF and DMARC. It looks up the DKIM
records and their keys, MX and SPF of the MAIL FROM domain and the DMARC record in DNS, asks SES for
its own view, and shows what it found and what to do about it. It changes nothing.

Options
  --region <region>     the Region of SES; default: from the environment or the AWS profile
  --mail-from <domain>  the custom MAIL FROM domain; default: what SES says
  --no-mail-from        there is no custom MAIL FROM domain
  --tokens <a,b,c>      the Easy DKIM tokens; default: what SES says
  --resolver <ip:port>  the DNS resolver to ask, such as 127.0.0.1:5353; may be given several times
  --timeout <seconds>   how long to wait for the resolver, which is asked twice; default: 3
  --no-ses              look only at DNS, without AWS credentials: give --tokens and --mail-from
  --json                print the report as JSON
  --help                this text
  --version             the version

Exit code
  0  every check is pass or warn
  1  at least one is fail
  2  the command line cannot be used
  3  none is fail, but at least one is unknown because it could not be looked up
`;

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'check'; readonly domain: string; readonly options: CheckOptions; readonly json: boolean };

/** @throws InvalidOptionError when the command line cannot be used */
export function readCommand(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help) {
    return { kind: 'help' };
  }
  if (values.version) {
    return { kind: 'version' };
  }
  const [command, domain, ...others] = positionals;
  if (command !== 'check') {
    throw new InvalidOptionError(
      command === undefined ? 'No command given: use "check <domain>".' : `Unknown command "${command}".`,
    );
  }
  if (domain === undefined || others.length > 0) {
    throw new InvalidOptionError(`Give one domain to check, not ${domain === undefined ? 'none' : 'several'}.`);
  }
  if (values['no-mail-from'] && values['mail-from'] !== undefined) {
    throw new InvalidOptionError('Give either --mail-from or --no-mail-from.');
  }
  const mailFromDomain = values['no-mail-from'] ? false : values['mail-from'];
  const options: CheckOptions = {
    ...(values.region !== undefined && { region: values.region }),
    ...(mailFromDomain !== undefined && { mailFromDomain }),
    ...(values.tokens !== undefined && { dkimTokens: list(values.tokens) }),
    ...(values.resolver !== undefined && { resolvers: values.resolver.flatMap(list) }),
    ...(values.timeout !== undefined && { timeout: milliseconds(values.timeout) }),
    ses: !values['no-ses'],
  };
  return { kind: 'check', domain, options, json: values.json ?? false };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        region: { type: 'string' },
        'mail-from': { type: 'string' },
        'no-mail-from': { type: 'boolean' },
        tokens: { type: 'string' },
        resolver: { type: 'string', multiple: true },
        timeout: { type: 'string' },
        'no-ses': { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
  } catch (error) {
    // Node goes on with advice for values that begin with a hyphen, which none of these options has.
    const [problem] = (error as Error).message.split('. ');
    throw new InvalidOptionError(`${problem.replace(/\.$/, '')}.`);
  }
}

function list(text: string): string[] {
  return text.split(/[\s,]+/).filter((one) => one !== '');
}

function milliseconds(seconds: string): number {
  const value = Math.round(Number(seconds) * 1_000);
  if (!/^\d+(\.\d+)?$/.test(seconds) || value < 1 || value > MAX_TIMEOUT) {
    throw new InvalidOptionError(
      `--timeout must be a number of seconds from 0.001 to ${MAX_TIMEOUT / 1_000}, such as 3 or 0.5, got ${JSON.stringify(seconds)}.`,
    );
  }
  return value;
}

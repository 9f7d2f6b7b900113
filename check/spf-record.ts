import { isIPv4, isIPv6 } from 'node:net';

/** `+` pass, `-` fail, `~` softfail, `?` neutral. */
export type Qualifier = '+' | '-' | '~' | '?';

export interface Mechanism {
  readonly qualifier: Qualifier;
  /** In lower case, such as `include`. */
  readonly name: string;
  /** What follows the name and its colon; a host name in lower case. */
  readonly value: string;
}

export interface SpfRecord {
  /** In their order. */
  readonly mechanisms: readonly Mechanism[];
  readonly redirect?: string;
  /** The terms that make the record an error to receivers. */
  readonly errors: readonly string[];
}

/** What a mechanism may have behind its name. */
const ARGUMENTS: { readonly [name: string]: RegExp } = {
  all: /^$/,
  include: /^:[^/]+$/,
  exists: /^:[^/]+$/,
  a: /^(:[^/]+)?(\/\d{1,2})?(\/\/\d{1,3})?$/,
  mx: /^(:[^/]+)?(\/\d{1,2})?(\/\/\d{1,3})?$/,
  ptr: /^(:[^/]+)?$/,
  ip4: /^:/,
  ip6: /^:/,
};

/** Whether a text is an SPF record, right or wrong. */
export function isSpf(text: string): boolean {
  return /^v=spf1( |$)/i.test(text);
}

/**
 * Reads an SPF record.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7208#section-12
 */
export function parseSpf(text: string): SpfRecord {
  const mechanisms: Mechanism[] = [];
  const errors: string[] = [];
  let redirect: string | undefined;
  const terms = text.split(' ').slice(1);
  for (const term of terms.filter((one) => one !== '')) {
    const [, modifier, argument] = /^([a-z][a-z0-9_.-]*)=(.*)$/i.exec(term) ?? [];
    if (modifier?.toLowerCase() === 'redirect') {
      if (redirect !== undefined || argument === '') {
        errors.push(term);
      }
      redirect ??= hostName(argument);
    } else if (modifier === undefined) {
      const mechanism = parseMechanism(term);
      if (mechanism === undefined) {
        errors.push(term);
      } else {
        mechanisms.push(mechanism);
      }
    }
  }
  return { mechanisms, ...(redirect && { redirect }), errors };
}

function parseMechanism(term: string): Mechanism | undefined {
  const [, qualifier, name, rest] = /^([+?~-]?)([a-z0-9]+)(.*)$/is.exec(term) ?? [];
  const known = name?.toLowerCase() ?? '';
  if (!Object.hasOwn(ARGUMENTS, known) || !ARGUMENTS[known].test(rest) || !/^[!-~]*$/.test(rest)) {
    return undefined;
  }
  const value = hostName(rest.replace(/^:/, ''));
  if ((known === 'ip4' || known === 'ip6') && !isNetwork(known, value)) {
    return undefined;
  }
  return { qualifier: (qualifier || '+') as Qualifier, name: known, value };
}

function isNetwork(name: 'ip4' | 'ip6', value: string): boolean {
  const [, address, prefix = '0'] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(value) ?? [];
  return name === 'ip4'
    ? isIPv4(address ?? '') && Number(prefix) <= 32
    : isIPv6(address ?? '') && Number(prefix) <= 128;
}

function hostName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

import { isIPv4, isIPv6 } from 'node:net';
import { hostName } from './host-name';
import { isDomainSpec, isMacroString } from './spf-domain-spec';

/** `+` pass, `-` fail, `~` softfail, `?` neutral. */
export type Qualifier = '+' | '-' | '~' | '?';

export type MechanismName = 'all' | 'include' | 'a' | 'mx' | 'ptr' | 'ip4' | 'ip6' | 'exists';

/** One term that a sender may match. */
export interface Mechanism {
  readonly qualifier: Qualifier;
  readonly name: MechanismName;
  /** The domain-spec, in lower case and without a trailing dot; absent where the domain of the record is meant. */
  readonly domain?: string;
  /** The address of `ip4` and `ip6`. */
  readonly address?: string;
  /** How many bits of an IPv4 address have to match; absent for all 32. */
  readonly prefix4?: number;
  /** How many bits of an IPv6 address have to match; absent for all 128. */
  readonly prefix6?: number;
}

/** An SPF record, as far as it can be read. */
export interface SpfRecord {
  /** In their order. */
  readonly mechanisms: readonly Mechanism[];
  /** The domain-spec of `redirect=`. */
  readonly redirect?: string;
  /** The terms that make the record an error to receivers. */
  readonly errors: readonly string[];
}

/** Receivers give up beyond this number of lookups (RFC 7208, section 4.6.4). */
export const MAX_SPF_LOOKUPS = 10;

/** The mechanisms that cost receivers a lookup (RFC 7208, section 4.6.4). */
const LOOKED_UP: ReadonlySet<MechanismName> = new Set<MechanismName>(['include', 'a', 'mx', 'ptr', 'exists']);

/**
 * Whether a text is an SPF record, right or wrong. Any other text at the name is no concern of SPF.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7208#section-4.5
 */
export function isSpf(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text);
}

/**
 * Reads an SPF record.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7208#section-12
 */
export function parseSpf(text: string): SpfRecord {
  const mechanisms: Mechanism[] = [];
  const errors: string[] = [];
  const modifiers = new Map<string, string>();
  const terms = text.split(' ').slice(1);
  for (const term of terms.filter((one) => one !== '')) {
    const [, modifier, value] = /^([a-z][a-z0-9_.-]*)=(.*)$/is.exec(term) ?? [];
    if (modifier === undefined) {
      const mechanism = parseMechanism(term);
      if (mechanism === undefined) {
        errors.push(term);
      } else {
        mechanisms.push(mechanism);
      }
    } else if (isModifier(modifier.toLowerCase(), value, modifiers)) {
      modifiers.set(modifier.toLowerCase(), value);
    } else {
      errors.push(term);
    }
  }
  const redirect = modifiers.get('redirect');
  return { mechanisms, ...(redirect !== undefined && { redirect: hostName(redirect) }), errors };
}

/** Receivers ignore a modifier that they do not know, as long as it is written like one. */
function isModifier(name: string, value: string, others: ReadonlyMap<string, string>): boolean {
  return name === 'redirect' || name === 'exp' ? isDomainSpec(value) && !others.has(name) : isMacroString(value);
}

/** The mechanisms that receivers come to: `all` is the last. */
export function reachedMechanisms({ mechanisms }: SpfRecord): readonly Mechanism[] {
  const all = mechanisms.findIndex(({ name }) => name === 'all');
  return all < 0 ? mechanisms : mechanisms.slice(0, all + 1);
}

/** The domain-spec whose record follows when no mechanism matches: an `all` anywhere overrides it. */
export function effectiveRedirect({ mechanisms, redirect }: SpfRecord): string | undefined {
  return mechanisms.some(({ name }) => name === 'all') ? undefined : redirect;
}

/** The domain-specs whose records decide who passes. */
export function passedOn(record: SpfRecord): readonly string[] {
  const included = reachedMechanisms(record).filter(({ name, qualifier }) => name === 'include' && qualifier === '+');
  const redirect = effectiveRedirect(record);
  return [...included.map(({ domain }) => domain!), ...(redirect === undefined ? [] : [redirect])];
}

/** Whether a mechanism costs receivers a lookup. */
export function isLookedUp({ name }: Mechanism): boolean {
  return LOOKED_UP.has(name);
}

/** The lookups that receivers make for the record itself, without those that its includes lead to. */
export function ownLookups(record: SpfRecord): number {
  const redirects = effectiveRedirect(record) === undefined ? 0 : 1;
  return reachedMechanisms(record).filter(isLookedUp).length + redirects;
}

function parseMechanism(term: string): Mechanism | undefined {
  const [, sign, written, rest] = /^([+?~-]?)([a-z0-9]+)(.*)$/is.exec(term) ?? [];
  if (written === undefined) return undefined;
  const qualifier = (sign || '+') as Qualifier;
  const name = written.toLowerCase();
  switch (name) {
    case 'all':
      return rest === '' ? { qualifier, name } : undefined;
    case 'include':
    case 'exists':
      return withDomain({ qualifier, name }, rest);
    case 'ptr':
      return rest === '' ? { qualifier, name } : withDomain({ qualifier, name }, rest);
    case 'a':
    case 'mx':
      return withDomainAndPrefixes({ qualifier, name }, rest);
    case 'ip4':
    case 'ip6':
      return withNetwork({ qualifier, name }, rest);
    default:
      return undefined;
  }
}

function withDomain(mechanism: Mechanism, rest: string): Mechanism | undefined {
  return rest.startsWith(':') && isDomainSpec(rest.slice(1))
    ? { ...mechanism, domain: hostName(rest.slice(1)) }
    : undefined;
}

function withDomainAndPrefixes(mechanism: Mechanism, rest: string): Mechanism | undefined {
  const slash6 = rest.lastIndexOf('//');
  const [front, bits6] = slash6 < 0 ? [rest] : [rest.slice(0, slash6), rest.slice(slash6 + 2)];
  const slash4 = /\/\d*$/.test(front) ? front.lastIndexOf('/') : -1;
  const [domain, bits4] = slash4 < 0 ? [front] : [front.slice(0, slash4), front.slice(slash4 + 1)];
  const prefix4 = bits4 === undefined ? undefined : prefix(bits4, 32);
  const prefix6 = bits6 === undefined ? undefined : prefix(bits6, 128);
  if ((bits4 !== undefined && prefix4 === undefined) || (bits6 !== undefined && prefix6 === undefined)) {
    return undefined;
  }
  const whole = domain === '' ? mechanism : withDomain(mechanism, domain);
  return whole && { ...whole, ...(prefix4 !== undefined && { prefix4 }), ...(prefix6 !== undefined && { prefix6 }) };
}

function withNetwork(mechanism: Mechanism, rest: string): Mechanism | undefined {
  const [, address, , bits] = /^:([0-9a-f:.]+)(\/(.*))?$/is.exec(rest) ?? [];
  const isFour = mechanism.name === 'ip4';
  if (address === undefined || !(isFour ? isIPv4(address) : isIPv6(address))) return undefined;
  const length = bits === undefined ? undefined : prefix(bits, isFour ? 32 : 128);
  if (bits !== undefined && length === undefined) return undefined;
  return {
    ...mechanism,
    address: address.toLowerCase(),
    ...(length !== undefined && (isFour ? { prefix4: length } : { prefix6: length })),
  };
}

/** The length of a prefix: no leading zero, and no more than the bits of an address. */
function prefix(digits: string, most: number): number | undefined {
  return /^(?:0|[1-9]\d{0,2})$/.test(digits) && Number(digits) <= most ? Number(digits) : undefined;
}

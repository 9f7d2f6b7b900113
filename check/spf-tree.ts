import { dependsOnMessage, expandDomainSpec, type MacroDomains } from '../lib/shared/spf-domain-spec';
import {
  effectiveRedirect,
  isLookedUp,
  isSpf,
  MAX_SPF_LOOKUPS,
  parseSpf,
  reachedMechanisms,
  type Mechanism,
  type SpfRecord,
} from '../lib/shared/spf-record';
import type { Dns, Lookup, LookupProblem } from './dns';

/** The questions that reading SPF takes. */
export type SpfDns = Pick<Dns, 'txt' | 'mx' | 'addresses'>;

/** A record, and those that it includes or redirects to. */
export interface SpfView {
  readonly domain: string;
  readonly lookup: Lookup<string>;
  /** The SPF records among the texts: exactly one, if all is well. */
  readonly texts: readonly string[];
  readonly record?: SpfRecord;
  /** By the domain-spec that is included or redirected to; without those that depend on the message. */
  readonly others: ReadonlyMap<string, SpfView>;
}

/** A name that could not be looked up. */
export interface FailedLookup {
  readonly name: string;
  readonly problem: LookupProblem;
}

/** All that a receiver reads for a domain whose record has no match for the sender. */
export interface SpfTree {
  readonly root: SpfView;
  /** The lookups that a receiver makes, up to the first one beyond the limit. */
  readonly lookups: number;
  /** The names of `a`, `mx` and `exists` that have no record of the type. */
  readonly voids: readonly string[];
  /** The names of `mx` that have more MX records than a receiver looks at. */
  readonly crowded: readonly string[];
  /** The names of `a`, `mx` and `exists` that could not be looked up. */
  readonly failed: readonly FailedLookup[];
}

/** Receivers look at this many MX records of a name at most (RFC 7208, section 4.6.4). */
const MAX_MX_RECORDS = 10;

/** Reads the SPF record of a domain as a receiver does, in the order of its terms and up to its limit. */
export async function readSpf(dns: SpfDns, domain: string): Promise<SpfTree> {
  let lookups = 0;
  const voids: string[] = [];
  const crowded: string[] = [];
  const failed: FailedLookup[] = [];

  async function read(name: string): Promise<SpfView> {
    const lookup = await dns.txt(name);
    const texts = lookup.state === 'found' ? lookup.records.filter(isSpf) : [];
    const others = new Map<string, SpfView>();
    if (texts.length !== 1) {
      return { domain: name, lookup, texts, others };
    }
    const record = parseSpf(texts[0]);
    const domains = { sender: domain, current: name };
    for (const mechanism of reachedMechanisms(record).filter(isLookedUp)) {
      if (!mayGoOn()) break;
      if (mechanism.name === 'include') {
        await follow(mechanism.domain!, domains, others);
      } else {
        await lookUp(mechanism, domains);
      }
    }
    const redirect = effectiveRedirect(record);
    if (redirect !== undefined && mayGoOn()) {
      await follow(redirect, domains, others);
    }
    return { domain: name, lookup, texts, record, others };
  }

  /** Records that include each other end here. */
  function mayGoOn(): boolean {
    lookups += lookups > MAX_SPF_LOOKUPS ? 0 : 1;
    return lookups <= MAX_SPF_LOOKUPS;
  }

  async function follow(spec: string, domains: MacroDomains, others: Map<string, SpfView>): Promise<void> {
    if (dependsOnMessage(spec)) return;
    const name = expandDomainSpec(spec, domains);
    others.set(spec, name === undefined ? nameless(spec) : await read(name));
  }

  async function lookUp({ name: kind, domain: spec }: Mechanism, domains: MacroDomains): Promise<void> {
    const name = spec === undefined ? domains.current : expandDomainSpec(spec, domains);
    // What "ptr" finds depends on the sender.
    if (name === undefined || kind === 'ptr') return;
    const found: Lookup<unknown> = await (kind === 'mx' ? dns.mx(name) : dns.addresses(name));
    if (found.state === 'absent') {
      voids.push(name);
    } else if (found.state === 'failed') {
      failed.push({ name, problem: found.problem });
    } else if (kind === 'mx' && found.records.length > MAX_MX_RECORDS) {
      crowded.push(name);
    }
  }

  const root = await read(domain);
  return { root, lookups, voids, crowded, failed };
}

/** DNS cannot have the name, so there is nothing to ask for. */
function nameless(spec: string): SpfView {
  return { domain: spec, lookup: { state: 'absent', reason: 'nxdomain' }, texts: [], others: new Map() };
}

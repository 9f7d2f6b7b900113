import { describeFailure, Dns, failureRemark, type Lookup } from './dns';
import { finding, type Finding, type Remark } from './report';
import { isSpf, parseSpf, type Mechanism, type Qualifier, type SpfRecord } from './spf-record';

/** Receivers give up beyond this number of lookups (RFC 7208, section 4.6.4). */
const MOST_LOOKUPS = 10;

const SES_SPF_DOMAIN = 'amazonses.com';

/** A record, and those that it includes or redirects to. */
export interface SpfView {
  readonly domain: string;
  readonly lookup: Lookup<string>;
  /** The SPF records among the texts: exactly one, if all is well. */
  readonly texts: readonly string[];
  readonly record?: SpfRecord;
  /** By the domain that is included or redirected to; without those beyond the limit of lookups. */
  readonly others: ReadonlyMap<string, SpfView>;
}

export interface SpfTree {
  readonly root: SpfView;
  /** The lookups that a receiver makes, but for those of records beyond the limit. */
  readonly lookups: number;
}

/** Reads the SPF record of a domain as a receiver does, in the order of its terms and up to its limit. */
export async function readSpf(dns: Dns, domain: string): Promise<SpfTree> {
  let lookups = 0;

  async function read(name: string): Promise<SpfView> {
    const lookup = await dns.txt(name);
    const texts = lookup.state === 'found' ? lookup.records.filter(isSpf) : [];
    const others = new Map<string, SpfView>();
    if (texts.length !== 1) {
      return { domain: name, lookup, texts, others };
    }
    const record = parseSpf(texts[0]);
    for (const { name: kind, value } of reached(record)) {
      lookups += LOOKED_UP.has(kind) ? 1 : 0;
      if (kind === 'include') await follow(value, others);
    }
    const redirect = redirectOf(record);
    if (redirect !== undefined) {
      lookups += 1;
      await follow(redirect, others);
    }
    return { domain: name, lookup, texts, record, others };
  }

  /** A name with a macro depends on the message; records that include each other end at the limit. */
  async function follow(name: string, others: Map<string, SpfView>): Promise<void> {
    if (lookups <= MOST_LOOKUPS && !name.includes('%')) {
      others.set(name, await read(name));
    }
  }

  const root = await read(domain);
  return { root, lookups };
}

const LOOKED_UP = new Set(['include', 'a', 'mx', 'ptr', 'exists']);

/** The mechanisms that a receiver comes to: `all` is the last. */
function reached({ mechanisms }: SpfRecord): readonly Mechanism[] {
  const all = mechanisms.findIndex(({ name }) => name === 'all');
  return all < 0 ? mechanisms : mechanisms.slice(0, all + 1);
}

/** `all` overrides it. */
function redirectOf({ mechanisms, redirect }: SpfRecord): string | undefined {
  return mechanisms.some(({ name }) => name === 'all') ? undefined : redirect;
}

export function judgeSpf({ root, lookups }: SpfTree): Finding {
  const { domain, lookup, texts, record } = root;
  const subject = {
    check: 'spf',
    name: domain,
    expected: `one record with include:${SES_SPF_DOMAIN} and ~all or -all, of at most ${MOST_LOOKUPS} lookups`,
  } as const;
  if (lookup.state === 'failed') {
    return finding({ ...subject, found: describeFailure(lookup.problem) }, failureRemark(lookup.problem, domain));
  }
  if (texts.length === 0) {
    return finding(
      { ...subject, found: 'no SPF record' },
      {
        verdict: 'fail',
        problem: 'missing',
        remedy: `Create the TXT record ${domain} → "v=spf1 include:${SES_SPF_DOMAIN} ~all".`,
      },
    );
  }
  if (record === undefined) {
    return finding(
      { ...subject, found: `${texts.length} SPF records: ${texts.join(' | ')}` },
      {
        verdict: 'fail',
        problem: 'doubled',
        remedy: 'Merge them into one: with two, SPF is an error (permerror) to every receiver.',
      },
    );
  }
  return finding({ ...subject, found: texts[0] }, ...judgeRecord(root, record, lookups));
}

function judgeRecord(root: SpfView, record: SpfRecord, lookups: number): Remark[] {
  const remarks: Remark[] = [];
  const fail = (problem: Remark['problem'], remedy: string) => remarks.push({ verdict: 'fail', problem, remedy });

  if (record.errors.length > 0) {
    fail(
      'invalid',
      `Correct ${record.errors.map((term) => `"${term}"`).join(', ')}: it makes SPF an error (permerror).`,
    );
  }
  if (lookups > MOST_LOOKUPS) {
    fail(
      'too-many-lookups',
      `Remove includes: it takes ${lookups} or more lookups, and beyond ${MOST_LOOKUPS} SPF is an error.`,
    );
  }
  if (!includesSes(root)) {
    fail('ses-not-included', `Add include:${SES_SPF_DOMAIN} before the "all": mail from SES does not pass now.`);
  }
  remarks.push(...judgeIncluded(root));
  if (letsAnyonePass(root)) {
    fail(
      'too-permissive',
      'Replace what lets the whole Internet pass (+all) by ~all: anyone can send in your name now.',
    );
  } else if (defaultOf(root) === '?') {
    remarks.push({
      verdict: 'warn',
      problem: 'too-permissive',
      remedy: 'End it in ~all or -all: as it is, it says nothing about other senders (neutral).',
    });
  }
  return remarks;
}

/** A receiver treats a fault in an included record as one in the record itself. */
function judgeIncluded({ others }: SpfView): Remark[] {
  return [...others.values()].flatMap((view) => {
    const { domain, lookup, texts, record } = view;
    if (lookup.state === 'failed') {
      return [failureRemark(lookup.problem, domain)];
    }
    if (record === undefined || record.errors.length > 0) {
      const fault = texts.length === 0 ? 'has no SPF record' : texts.length > 1 ? 'has several' : 'has an invalid one';
      return [
        {
          verdict: 'fail',
          problem: 'include-broken',
          remedy: `Remove or correct the include of ${domain}, which ${fault}: it makes SPF an error (permerror).`,
        } as const,
      ];
    }
    return judgeIncluded(view);
  });
}

function includesSes({ record, others }: SpfView): boolean {
  const passes = (domain: string) => domain === SES_SPF_DOMAIN || mayInclude(others.get(domain));
  return record !== undefined && passedOn(record).some(passes);
}

function mayInclude(view: SpfView | undefined): boolean {
  return view !== undefined && includesSes(view);
}

function letsAnyonePass({ record, others }: SpfView): boolean {
  if (record === undefined) {
    return false;
  }
  const open = reached(record).some(
    ({ qualifier, name, value }) =>
      qualifier === '+' && (name === 'all' || (/^ip[46]$/.test(name) && /\/0+$/.test(value))),
  );
  return open || passedOn(record).some((domain) => others.has(domain) && letsAnyonePass(others.get(domain)!));
}

/** The domains whose records decide what passes. */
function passedOn(record: SpfRecord): string[] {
  const included = reached(record).filter(({ qualifier, name }) => name === 'include' && qualifier === '+');
  const redirect = redirectOf(record);
  return [...included.map(({ value }) => value), ...(redirect === undefined ? [] : [redirect])];
}

/** What it says of senders that nothing in it matches; undefined when that is not known. */
function defaultOf({ record, others }: SpfView): Qualifier | undefined {
  if (record === undefined) {
    return undefined;
  }
  const redirect = redirectOf(record);
  if (redirect !== undefined) {
    const view = others.get(redirect);
    return view && defaultOf(view);
  }
  return record.mechanisms.find(({ name }) => name === 'all')?.qualifier ?? '?';
}

import { effectiveRedirect, MAX_SPF_LOOKUPS, passedOn, type Qualifier, type SpfRecord } from '../lib/shared/spf-record';
import { isEveryone, reachOf, type SpfReach } from '../lib/shared/spf-reach';
import { MAIL_FROM_SPF, SES_SPF_DOMAIN } from '../lib/shared/mail-records';
import { createRecord } from '../lib/shared/remedies';
import { describeFailure, failureRemark } from './dns';
import { finding, type Finding, type Remark } from './report';
import type { SpfTree, SpfView } from './spf-tree';

/** Receivers give up beyond this number of lookups that find nothing (RFC 7208, section 4.6.4). */
const MAX_VOID_LOOKUPS = 2;

/**
 * Judges the SPF record of a domain for mail that SES sends.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7208
 */
export function judgeSpf(tree: SpfTree): Finding {
  const { domain, lookup, texts, record } = tree.root;
  const subject = {
    check: 'spf',
    name: domain,
    expected: `one record with include:${SES_SPF_DOMAIN} and ~all or -all, of at most ${MAX_SPF_LOOKUPS} lookups`,
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
        remedy: createRecord({ name: domain, type: 'TXT', value: MAIL_FROM_SPF }),
      },
    );
  }
  if (record === undefined) {
    return finding(
      { ...subject, found: `${texts.length} SPF records: ${texts.join(' | ')}` },
      {
        verdict: 'fail',
        problem: 'doubled',
        remedy: 'Merge them into one: with two, SPF is an error (permerror) for every receiver.',
      },
    );
  }
  return finding({ ...subject, found: texts[0] }, ...judgeRecord(tree, record));
}

function judgeRecord(tree: SpfTree, record: SpfRecord): Remark[] {
  const { root, failed } = tree;
  return [
    ...judgeErrors(record),
    ...judgeLimits(tree),
    ...judgeSes(root),
    ...judgeIncluded(root),
    ...failed.map(({ name, problem }) => failureRemark(problem, name)),
    ...judgeReach(root),
  ];
}

function judgeErrors({ errors }: SpfRecord): Remark[] {
  if (errors.length === 0) return [];
  const terms = errors.map((term) => `"${term}"`).join(', ');
  return [fail('invalid', `Correct ${terms}: it makes SPF an error (permerror) for every receiver.`)];
}

function judgeLimits({ lookups, voids, crowded }: SpfTree): Remark[] {
  const remarks: Remark[] = [];
  if (lookups > MAX_SPF_LOOKUPS) {
    remarks.push(
      fail(
        'too-many-lookups',
        `Remove includes: the record takes more than ${MAX_SPF_LOOKUPS} lookups, which makes SPF an error (permerror).`,
      ),
    );
  }
  if (voids.length > MAX_VOID_LOOKUPS) {
    remarks.push(
      fail(
        'too-many-void-lookups',
        `Remove ${voids.join(', ')}, which DNS does not have: more than ${MAX_VOID_LOOKUPS} such names make SPF an error (permerror).`,
      ),
    );
  }
  if (crowded.length > 0) {
    remarks.push(
      fail(
        'too-many-mx',
        `Remove mx for ${crowded.join(', ')}: more than 10 MX records make SPF an error (permerror). List the addresses instead.`,
      ),
    );
  }
  return remarks;
}

function judgeSes(root: SpfView): Remark[] {
  return includesSes(root)
    ? []
    : [fail('ses-not-included', `Add include:${SES_SPF_DOMAIN} before "all": mail from SES does not pass now.`)];
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
        fail(
          'include-broken',
          `Remove or correct the reference to ${domain}, which ${fault}: it makes SPF an error (permerror).`,
        ),
      ];
    }
    return judgeIncluded(view);
  });
}

function judgeReach(root: SpfView): Remark[] {
  if (isEveryone(reachOfAll(root))) {
    return [
      fail(
        'too-permissive',
        'Replace what lets the whole Internet pass (such as +all or a range like 0.0.0.0/0) with ~all: as it is, anyone can send in your name.',
      ),
    ];
  }
  return defaultOf(root) === '?'
    ? [
        {
          verdict: 'warn',
          problem: 'too-permissive',
          remedy: 'End it in ~all or -all: as it is, it says nothing about other senders (neutral).',
        },
      ]
    : [];
}

function fail(problem: Remark['problem'], remedy: string): Remark {
  return { verdict: 'fail', problem, remedy };
}

function includesSes({ record, others }: SpfView): boolean {
  return (
    record !== undefined &&
    passedOn(record).some((spec) => {
      const view = others.get(spec);
      return spec === SES_SPF_DOMAIN || view?.domain === SES_SPF_DOMAIN || (view !== undefined && includesSes(view));
    })
  );
}

/** The addresses that pass, by the record itself and those that it passes on to. */
function reachOfAll({ record, others }: SpfView): SpfReach {
  if (record === undefined) return { ip4: [], ip6: [] };
  const views = passedOn(record).flatMap((spec) => others.get(spec) ?? []);
  const all = [reachOf(record), ...views.map(reachOfAll)];
  return { ip4: all.flatMap(({ ip4 }) => ip4), ip6: all.flatMap(({ ip6 }) => ip6) };
}

/** What it says of senders that nothing in it matches; undefined when that is not known. */
function defaultOf({ record, others }: SpfView): Qualifier | undefined {
  if (record === undefined) {
    return undefined;
  }
  const redirect = effectiveRedirect(record);
  if (redirect !== undefined) {
    const view = others.get(redirect);
    return view && defaultOf(view);
  }
  return record.mechanisms.find(({ name }) => name === 'all')?.qualifier ?? '?';
}

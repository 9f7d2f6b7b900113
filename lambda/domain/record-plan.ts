import { Failure } from '../events/failure';
import {
  hasOurs,
  isOf,
  isRight,
  isShared,
  MailRecord,
  mailRecords,
  normalize,
  RecordSet,
  rivals,
  sameName,
  withoutRecord,
  withRecord,
} from './mail-record';
import type { DomainState } from './physical-id';

/** One change of a change batch. */
export interface Change {
  readonly action: 'CREATE' | 'UPSERT' | 'DELETE';
  readonly record: RecordSet;
}

/** A record that was sent to Route 53. */
export interface Submission {
  readonly record: MailRecord;
  /** Of the record set: seconds. */
  readonly ttl: number;
  /** The record set that had values in its place before. */
  readonly replaced?: RecordSet;
}

/** What has to be done for the records of a domain, and whose they are then. */
export interface RecordPlan {
  readonly changes: readonly Change[];
  readonly submissions: readonly Submission[];
  /** The ids of the records that are ours afterwards. */
  readonly owned: readonly string[];
}

export interface RecordWishes {
  readonly records: readonly MailRecord[];
  readonly zoneId: string;
  readonly ttl: number;
  readonly overwriteRecords: boolean;
  /** The ids of the records that we made before. */
  readonly owned: readonly string[];
  /** What the records may have been before: those of another Region. */
  readonly former: readonly MailRecord[];
  /** The ids of those that an interrupted try of ours has written: written again to be sure. */
  readonly unconfirmed: readonly string[];
}

/**
 * Decides what to change so that the records are there. What others made stays as it is: a record
 * that does the same is used, one in its place that does not is a conflict, unless the user has it
 * overwritten; and the other values of a TXT record set stay in it.
 *
 * @throws Failure for a conflict, naming the record, both values and the remedy.
 */
export function planRecords(wishes: RecordWishes, existing: readonly RecordSet[]): RecordPlan {
  const changes: Change[] = [];
  const submissions: Submission[] = [];
  const owned: string[] = [];

  for (const record of wishes.records) {
    const sets = existing.filter((set) => contends(set, record));
    const [first] = sets;
    const present = sets.length === 1 && first.type === record.type && first.simple ? first : undefined;
    const unconfirmed = wishes.unconfirmed.includes(record.id);
    const ours = unconfirmed || wishes.owned.includes(record.id);
    const submit = (replaced?: RecordSet) => {
      const next = withRecord(present, record, wishes.ttl);
      changes.push(...transition(present, next));
      submissions.push({ record, ttl: next.ttl, replaced });
      owned.push(record.id);
    };

    if (sets.length > 0 && present === undefined) {
      throw conflict(wishes, record, sets);
    }
    const moved =
      present !== undefined && wishes.former.some((each) => each.id === record.id && hasOurs(present, each));
    if (present === undefined || rivals(present, record).length === 0) {
      submit();
    } else if (isRight(present, record) && !(ours && (moved || hasOurs(present, record)))) {
      continue;
    } else if (hasOurs(present, record) && unconfirmed) {
      submit();
    } else if (hasOurs(present, record) && (present.ttl === wishes.ttl || isShared(present, record))) {
      owned.push(record.id);
    } else if (ours || wishes.overwriteRecords) {
      submit(present);
    } else {
      throw conflict(wishes, record, sets);
    }
  }
  return { changes, submissions, owned };
}

/** What takes records back that were sent, as far as nobody has changed them since. */
export function planUndo(
  submissions: readonly Submission[],
  existing: readonly RecordSet[],
  retain: boolean,
): readonly Change[] {
  return submissions.flatMap(({ record, replaced }) => {
    const present = existing.find((set) => isOf(set, record) && hasOurs(set, record));
    return present === undefined || (replaced === undefined && retain)
      ? []
      : transition(present, withoutRecord(present, record, replaced));
  });
}

/** Whether records are in the zone as they were sent. */
export function areWritten(submissions: readonly Submission[], existing: readonly RecordSet[]): boolean {
  return submissions.every(({ record, ttl }) =>
    existing.some((set) => isOf(set, record) && hasOurs(set, record) && set.ttl === ttl),
  );
}

/** Records sent after others that were written: what was there before the first ones is what to go back to. */
export function mergeSubmissions(
  written: readonly Submission[],
  further: readonly Submission[],
): readonly Submission[] {
  const merged = new Map(written.map((each) => [each.record.id, each]));
  for (const each of further) {
    const earlier = merged.get(each.record.id);
    merged.set(each.record.id, earlier === undefined ? each : { ...each, replaced: earlier.replaced });
  }
  return [...merged.values()];
}

/**
 * Decides which records go: those that we made, that nobody has changed since, and that are not in
 * use by the resource that took the place of this one.
 */
export function planRemoval(
  state: DomainState,
  current: DomainState | undefined,
  existing: readonly RecordSet[],
): readonly Change[] {
  return recordsToRemove(state, current).flatMap(({ record, successor }) => {
    const present = existing.find((set) => isOf(set, record) && isStillOurs(set, record));
    if (present === undefined) return [];
    // Route 53 deletes only what is named with the very TTL and value that it has.
    const next = successor ? withRecord(present, successor, present.ttl) : withoutRecord(present, record, undefined);
    return transition(present, next);
  });
}

/** A record that is ours to remove. */
export interface Removal {
  readonly record: MailRecord;
  /** What the resource has in its place now: an MX or a DMARC record, when an update was rolled back. */
  readonly successor?: MailRecord;
}

/** The records that are ours to remove. */
export function recordsToRemove(state: DomainState, current: DomainState | undefined): readonly Removal[] {
  const shared = current !== undefined && sameRecordNames(state, current) ? sharedIds(state, current) : [];
  const inUse = current === undefined ? [] : mailRecords(current).filter(({ id }) => shared.includes(id));
  return mailRecords(state).flatMap((record): Removal[] => {
    const successor = inUse.find(({ id }) => id === record.id);
    const goesBack =
      record.type !== 'CNAME' && current?.ownedRecords.includes(record.id) && successor?.value !== record.value;
    return state.ownedRecords.includes(record.id) && (successor === undefined || goesBack)
      ? [{ record, successor }]
      : [];
  });
}

/** Whether two resources, with the same token, share its record: the Region of SES is not part of it. */
export function sameRecordNames(
  one: Pick<DomainState, 'domainName' | 'zoneId'>,
  other: Pick<DomainState, 'domainName' | 'zoneId'>,
): boolean {
  return one.domainName === other.domainName && one.zoneId === other.zoneId;
}

/** Whether two resources share one SES identity. */
export function sameIdentity(
  one: Pick<DomainState, 'region' | 'domainName'>,
  other: Pick<DomainState, 'region' | 'domainName'>,
): boolean {
  return one.region === other.region && one.domainName === other.domainName;
}

export function sameTokens(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((token) => other.includes(token));
}

/** The ids of the records, of the same domain and zone, that have the same names for two resources. */
export function sharedIds(
  { tokens, mailFrom }: Pick<DomainState, 'tokens' | 'mailFrom'>,
  other: Pick<DomainState, 'mailFrom'>,
): readonly string[] {
  return [...tokens, 'dmarc', ...(mailFrom === other.mailFrom ? ['mx', 'spf'] : [])];
}

/** Whether a record set is in the way of a record, or the place for it. A CNAME record tolerates no other. */
function contends(set: RecordSet, record: MailRecord): boolean {
  return (
    sameName(set.name, record.name) &&
    [set.type, record.type].some((type) => type === 'CNAME' || set.type === record.type)
  );
}

/**
 * A DKIM record is ours as long as it leads to the key of its token, wherever SES publishes that: an
 * update that was rolled back may have led it to another place than the one in the physical id.
 */
function isStillOurs(set: RecordSet, record: MailRecord): boolean {
  return record.type === 'CNAME'
    ? set.values.length === 1 && normalize(set.values[0]).startsWith(`${normalize(record.id)}.`)
    : hasOurs(set, record);
}

/**
 * The changes from one record set to another. A TXT record set may get a value from others at any
 * time: deleting the very one that was read, in the same batch, fails when it has.
 */
function transition(from: RecordSet | undefined, to: RecordSet | undefined): readonly Change[] {
  if (from === undefined) return to === undefined ? [] : [{ action: 'CREATE', record: to }];
  if (to === undefined) return [{ action: 'DELETE', record: from }];
  return to.type === 'TXT'
    ? [
        { action: 'DELETE', record: from },
        { action: 'CREATE', record: to },
      ]
    : [{ action: 'UPSERT', record: to }];
}

function conflict(wishes: RecordWishes, wanted: MailRecord, sets: readonly RecordSet[]): Failure {
  const found = sets
    .map((set) => {
      const values = set.type === wanted.type ? rivals(set, wanted) : set.values;
      return `${set.type} ${values.join(', ')}${set.simple ? '' : ' (alias or routing policy)'}`;
    })
    .join('; ');
  const replaceable = sets.length === 1 && sets[0].type === wanted.type && sets[0].simple;
  const keep = wanted.id === 'dmarc' ? 'leave dmarc out to keep it' : 'remove it';
  return new Failure(
    `The record ${wanted.name} exists in hosted zone ${wishes.zoneId} with another value: it is ${found} and should be ` +
      `${wanted.type} ${wanted.value}. ` +
      (replaceable
        ? `Set overwriteRecords: true to replace it, or ${keep}, then deploy again.`
        : `overwriteRecords replaces simple ${wanted.type} records only: remove it by hand, then deploy again.`),
  );
}

import { hostName } from '../../lib/shared/host-name';
import {
  belongsToIdentity,
  FURTHER_KINDS,
  kindOf,
  MailRecord,
  mailRecords,
  RecordPlace,
  recordTexts,
} from '../../lib/shared/mail-records';
import { Failure } from '../events/failure';
import {
  conflictingValues,
  hasExactValue,
  isOf,
  isShared,
  RecordSet,
  sameName,
  satisfies,
  valueInRoute53,
  withoutRecord,
  withRecord,
} from './record-set';
import { Claim, isActive, madeRecord, usesRecord } from './claims';
import { DomainState, kindsOf } from './physical-id';

/** One change of a change batch. */
export interface Change {
  readonly action: 'CREATE' | 'UPSERT' | 'DELETE';
  readonly record: RecordSet;
}

/** A record that was sent to Route 53. */
export interface SentRecord {
  readonly record: MailRecord;
  /** Of the record set: seconds. */
  readonly ttl: number;
  /** The record set that had values in its place before. */
  readonly replaced?: RecordSet;
}

/** What has to be done for the records of a domain, and whose they are then. */
export interface RecordPlan {
  readonly changes: readonly Change[];
  readonly sent: readonly SentRecord[];
  /** The ids of the records that are ours afterwards. */
  readonly owned: readonly string[];
  /** The ids of those that are just as we write them, and others made. */
  readonly found: readonly string[];
}

export interface DesiredRecords {
  readonly records: readonly MailRecord[];
  readonly zoneId: string;
  readonly ttl: number;
  readonly overwriteRecords: boolean;
  /** The ids of the records that we made before. */
  readonly owned: readonly string[];
  /** The ids of those that we have taken over: as they are, and ours to change. */
  readonly taken?: readonly string[];
  /** The ids of the records that other constructs of ours have made: ours too, if they are as they should be. */
  readonly inherited: readonly string[];
  /** What the records may have been before: those of another Region. */
  readonly former: readonly MailRecord[];
  /** The ids of those that an interrupted try of ours has written: written again to be sure. */
  readonly unconfirmed: readonly string[];
}

/** What is wished by a deployment that has made nothing before, and overwrites nothing. */
export const NOTHING_MADE = {
  zoneId: '',
  ttl: 0,
  overwriteRecords: false,
  owned: [],
  inherited: [],
  former: [],
  unconfirmed: [],
};

/**
 * Decides what to change so that the records are there. What others made stays as it is: a record
 * that does the same is used, one in its place that does not is a conflict, unless the user has it
 * overwritten; and the other values of a TXT record set stay in it.
 *
 * @throws Failure for a conflict, naming the record, both values and the remedy.
 */
export function planRecords(desired: DesiredRecords, existing: readonly RecordSet[]): RecordPlan {
  const changes: Change[] = [];
  const sent: SentRecord[] = [];
  const owned: string[] = [];
  const found: string[] = [];

  for (const record of desired.records) {
    const sets = existing.filter((set) => contends(set, record));
    const [first] = sets;
    const present = sets.length === 1 && first.type === record.type && first.simple ? first : undefined;
    const unconfirmed = desired.unconfirmed.includes(record.id);
    const ours = unconfirmed || desired.owned.includes(record.id);
    const write = (replaced?: RecordSet) => {
      const next = withRecord(present, record, desired.ttl);
      changes.push(...transition(present, next));
      sent.push({ record, ttl: next.ttl, replaced });
      owned.push(record.id);
    };

    if (sets.length > 0 && present === undefined) {
      throw conflict(desired, record, sets);
    }
    const moved =
      present !== undefined && desired.former.some((each) => each.id === record.id && hasExactValue(present, each));
    if (present === undefined || conflictingValues(present, record).length === 0) {
      write();
    } else if (satisfies(present, record) && !(ours && (moved || hasExactValue(present, record)))) {
      // One MX record serves all Regions; the other records are ours only as we write them.
      if (record.type === 'MX' || hasExactValue(present, record)) {
        (desired.inherited.includes(record.id) ? owned : found).push(record.id);
      }
    } else if (hasExactValue(present, record) && unconfirmed) {
      write();
    } else if (hasExactValue(present, record) && (present.ttl === desired.ttl || isShared(present, record))) {
      owned.push(record.id);
    } else if (ours || desired.overwriteRecords || desired.taken?.includes(record.id)) {
      // What a run of the same event has written is nothing to go back to.
      write(unconfirmed ? undefined : present);
    } else {
      throw conflict(desired, record, sets);
    }
  }
  return { changes, sent, owned, found };
}

/** What takes records back that were sent, as far as nobody has changed them since. */
export function planUndo(
  sent: readonly SentRecord[],
  existing: readonly RecordSet[],
  retain: boolean,
): readonly Change[] {
  return sent.flatMap(({ record, replaced }) => {
    const present = findMade(record, existing);
    return present === undefined || (replaced === undefined && retain)
      ? []
      : transition(present, withoutRecord(present, record, replaced));
  });
}

/** Whether records are in the zone as they were sent. */
export function areWritten(sent: readonly SentRecord[], existing: readonly RecordSet[]): boolean {
  return sent.every(({ record, ttl }) =>
    existing.some((set) => isOf(set, record) && hasExactValue(set, record) && set.ttl === ttl),
  );
}

/** Whether a record is in the zone as we made it. */
export function isMade(record: MailRecord, existing: readonly RecordSet[]): boolean {
  return findMade(record, existing) !== undefined;
}

/** Records sent after others that were written: what was there before the first ones is what to go back to. */
export function mergeSent(written: readonly SentRecord[], further: readonly SentRecord[]): readonly SentRecord[] {
  const merged = new Map(written.map((each) => [each.record.id, each]));
  for (const each of further) {
    const earlier = merged.get(each.record.id);
    merged.set(each.record.id, earlier === undefined ? each : { ...each, replaced: earlier.replaced });
  }
  return [...merged.values()];
}

/** Who else there is when a physical resource goes. */
export interface Remaining {
  /** The claims on the same identity. */
  readonly claims: readonly Claim[];
  /** Those on identities of the same name in other Regions; `unknown` when they cannot be read. */
  readonly elsewhere: readonly RegionalClaim[] | 'unknown';
  /** What CloudFormation shows of the resource. */
  readonly shown: DomainState | undefined;
  /** Those that the identity has now; none when SES does not show them. */
  readonly tokens: readonly string[];
}

export interface RegionalClaim extends Claim {
  readonly region: string;
}

/** A record that is ours to remove. */
export interface Removal {
  readonly record: MailRecord;
  /** What is to be in its place: an MX or a DMARC record goes back to what it was when an update is rolled back. */
  readonly successor?: MailRecord;
}

/** The records that we made and that nobody else uses, and those that others want in another form. */
export function recordsToRemove(state: DomainState, remaining: Remaining): readonly Removal[] {
  return mailRecords(state).flatMap((record): Removal[] => {
    if (!state.ownedRecords.includes(record.id)) {
      return [];
    }
    if (!isUsed(record.id, state, remaining)) {
      return [{ record }];
    }
    const successor = mailRecords(formOfOthers(state, remaining)).find(({ id }) => id === record.id);
    return successor !== undefined && record.type !== 'CNAME' && successor.value !== record.value
      ? [{ record, successor }]
      : [];
  });
}

function isUsed(id: string, state: DomainState, { claims, elsewhere, shown, tokens }: Remaining): boolean {
  const [kind] = kindsOf([id], state.tokens);
  const uses = (claim: Claim) => usesRecord(claim, kind, state);
  if (belongsToIdentity(kind)) {
    // An identity that was made anew has other tokens; one of another Region may have the same.
    const isCurrent = tokens.length === 0 || tokens.includes(id);
    return (isCurrent && claims.some(uses)) || isOfReplacement(id, state, shown);
  }
  return elsewhere === 'unknown' || [...claims, ...elsewhere].some(uses);
}

function isOfReplacement(token: string, state: DomainState, shown: DomainState | undefined): boolean {
  return (
    shown !== undefined && shown.claim !== state.claim && sameRecordNames(shown, state) && shown.tokens.includes(token)
  );
}

/** The Region that others have the MX record for, and the texts that CloudFormation still has for others. */
function formOfOthers(state: DomainState, { claims, elsewhere, shown }: Remaining): DomainState {
  const users = elsewhere === 'unknown' ? [] : elsewhere.filter(isActive);
  const mx = claims.some((claim) => madeRecord(claim, 'mx', state))
    ? undefined
    : users.find((claim) => madeRecord(claim, 'mx', state));
  const live = shown && [...claims, ...users].find(({ id }) => id === shown.claim);
  const isOurs = (id: string) => shown?.ownedRecords.includes(id) || live?.taken?.includes(id) || false;
  const texts = live && shown.zoneId === state.zoneId ? recordTexts(shown, isOurs) : {};
  return { ...state, region: mx?.region ?? state.region, ...texts };
}

/** What a Create would have made that nobody has heard of: its claim says what it was about to make, not that it has. */
export interface Intended {
  /** Seconds. */
  readonly ttl: number;
  /** Where SES may have said then that the keys are. */
  readonly dkimDomains: readonly string[];
}

/** The changes that remove records, as far as they are still as we made them. */
export function planRemoval(removals: readonly Removal[], existing: readonly RecordSet[]): readonly Change[] {
  return removals.flatMap(({ record, successor }) => {
    const present = findMade(record, existing);
    if (present === undefined) return [];
    // Route 53 deletes only what is named with the very TTL and value that it has.
    const next = successor ? withRecord(present, successor, present.ttl) : withoutRecord(present, record, undefined);
    return transition(present, next);
  });
}

/** Whether a record is as we make them, but not as it was intended: others may have made it. */
export function isInDoubt(record: MailRecord, existing: readonly RecordSet[], intended: Intended): boolean {
  const present = findMade(record, existing);
  return present !== undefined && !isAsIntended(present, record, intended);
}

function findMade(record: MailRecord, existing: readonly RecordSet[]): RecordSet | undefined {
  return existing.find((set) => isOf(set, record) && isStillOurs(set, record));
}

function isAsIntended(set: RecordSet, record: MailRecord, { ttl, dkimDomains }: Intended): boolean {
  const targets = dkimDomains.map((dkimDomain) => hostName(`${record.id}.${dkimDomain}`));
  const hasTarget = record.type !== 'CNAME' || targets.includes(hostName(set.values[0]));
  return hasTarget && (set.ttl === ttl || isShared(set, record));
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
export function sharedIds(one: RecordPlace & Pick<DomainState, 'tokens'>, other: RecordPlace): readonly string[] {
  const further = FURTHER_KINDS.filter(({ name, id }) => name(one, id) === name(other, id));
  return [...one.tokens, ...further.map(({ id }) => id)];
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
    ? set.values.length === 1 && hostName(set.values[0]).startsWith(`${hostName(record.id)}.`)
    : hasExactValue(set, record);
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

function conflict(desired: DesiredRecords, wanted: MailRecord, sets: readonly RecordSet[]): Failure {
  const found = sets
    .map((set) => {
      const values = set.type === wanted.type ? conflictingValues(set, wanted) : set.values;
      return `${set.type} ${values.join(', ')}${set.simple ? '' : ' (alias or routing policy)'}`;
    })
    .join('; ');
  const replaceable = sets.length === 1 && sets[0].type === wanted.type && sets[0].simple;
  const { option = 'mailFrom' } = kindOf(wanted.id);
  const keep = option === 'mailFrom' ? 'remove it' : `leave ${option} out to keep it`;
  return new Failure(
    `The record ${wanted.name} exists in hosted zone ${desired.zoneId} with a different value: it is ${found} and should be ` +
      `${wanted.type} ${valueInRoute53(wanted)}. ` +
      (replaceable
        ? `Set overwriteRecords: true to replace it, or ${keep}, then deploy again.`
        : `overwriteRecords replaces simple ${wanted.type} records only: remove it by hand, then deploy again.`),
  );
}

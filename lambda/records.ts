import { Failure } from './failure';
import type { DomainState } from './physical-id';

/** A record set, with its name in lower case and without a trailing dot. */
export interface RecordSet {
  readonly name: string;
  readonly type: string;
  /** Seconds. */
  readonly ttl: number;
  readonly values: readonly string[];
  /** Neither an alias nor under a routing policy. */
  readonly simple: boolean;
}

/** A CNAME record. */
export type Cname = Pick<RecordSet, 'name' | 'ttl' | 'values'>;

/** One change of a change batch; all of ours are of CNAME records. */
export interface Change {
  readonly action: 'CREATE' | 'UPSERT' | 'DELETE';
  readonly record: Cname;
}

/** A change that was sent to Route 53, and the change that takes it back. */
export interface Submission {
  readonly change: Change;
  readonly undo: Change;
}

/** What has to be done for the records of a domain, and whose they are then. */
export interface RecordPlan {
  readonly changes: readonly Change[];
  /** What brings back the state before the changes. */
  readonly undo: readonly Change[];
  /** The tokens whose records are ours afterwards. */
  readonly ownedTokens: readonly string[];
}

export interface RecordWishes {
  readonly domainName: string;
  readonly zoneId: string;
  readonly tokens: readonly string[];
  readonly dkimDomain: string;
  readonly ttl: number;
  readonly overwriteRecords: boolean;
  /** The tokens whose records we made before. */
  readonly owned: readonly string[];
  /** The tokens whose records an interrupted try of ours has written: written again to be sure. */
  readonly unconfirmed: readonly string[];
}

/** The name of the CNAME record of a token. */
export function dkimRecordName(token: string, domainName: string): string {
  return `${token}._domainkey.${domainName}`;
}

/** The value of the CNAME record of a token. */
export function dkimRecordValue(token: string, dkimDomain: string): string {
  return `${token}.${dkimDomain}`;
}

/**
 * Decides what to change so that the three records are there. What others made stays as it is: a
 * record with the right value is used, one with another value is a conflict, unless the user has it
 * overwritten.
 *
 * @throws Failure for a conflict, naming the record, both values and the remedy.
 */
export function planRecords(wishes: RecordWishes, existing: readonly RecordSet[]): RecordPlan {
  const changes: Change[] = [];
  const undo: Change[] = [];
  const ownedTokens: string[] = [];

  for (const token of wishes.tokens) {
    const record: Cname = {
      name: dkimRecordName(token, wishes.domainName),
      ttl: wishes.ttl,
      values: [dkimRecordValue(token, wishes.dkimDomain)],
    };
    const sets = existing.filter((set) => sameName(set.name, record.name));
    const present = sets.length === 1 && sets[0].type === 'CNAME' && sets[0].simple ? sets[0] : undefined;
    const unconfirmed = wishes.unconfirmed.includes(token);
    const owned = unconfirmed || wishes.owned.includes(token);

    if (sets.length === 0) {
      changes.push({ action: 'CREATE', record });
      undo.push({ action: 'DELETE', record });
      ownedTokens.push(token);
    } else if (present === undefined) {
      throw conflict(wishes, record, sets);
    } else if (sameValues(present, record) && !owned) {
      continue;
    } else if (sameValues(present, record) && unconfirmed) {
      changes.push({ action: 'UPSERT', record });
      undo.push({ action: 'DELETE', record });
      ownedTokens.push(token);
    } else if (sameValues(present, record) && present.ttl === record.ttl) {
      ownedTokens.push(token);
    } else if (owned || wishes.overwriteRecords) {
      changes.push({ action: 'UPSERT', record });
      undo.push({ action: 'UPSERT', record: present });
      ownedTokens.push(token);
    } else {
      throw conflict(wishes, record, sets);
    }
  }
  return { changes, undo, ownedTokens };
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
  return tokensToRemove(state, current).flatMap((token) => {
    const name = dkimRecordName(token, state.domainName);
    const sets = existing.filter((set) => sameName(set.name, name));
    const ours = sets.find((set) => set.type === 'CNAME' && set.simple && leadsToKey(set, token));
    // Route 53 deletes only what is named with the very TTL and value that it has.
    return ours === undefined ? [] : [{ action: 'DELETE', record: ours }];
  });
}

/** The tokens whose records are ours to remove. */
export function tokensToRemove(state: DomainState, current: DomainState | undefined): readonly string[] {
  const inUse = current !== undefined && sameRecordNames(state, current);
  return inUse ? state.ownedTokens.filter((token) => !current.tokens.includes(token)) : state.ownedTokens;
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

export function sameName(one: string, other: string): boolean {
  return normalize(one) === normalize(other);
}

function sameValues(one: Pick<Cname, 'values'>, other: Pick<Cname, 'values'>): boolean {
  return one.values.length === other.values.length && one.values.every((value, i) => sameName(value, other.values[i]));
}

/**
 * Whether a record leads to the key of a token, wherever SES publishes that: an update that was rolled
 * back may have led it to another place than the one in the physical id.
 */
function leadsToKey({ values }: Pick<Cname, 'values'>, token: string): boolean {
  return values.length === 1 && normalize(values[0]).startsWith(`${normalize(token)}.`);
}

function normalize(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function conflict(wishes: RecordWishes, wanted: Cname, sets: readonly RecordSet[]): Failure {
  const found = sets
    .map((set) => `${set.type} ${set.values.join(', ')}${set.simple ? '' : ' (alias or routing policy)'}`)
    .join('; ');
  const replaceable = sets.length === 1 && sets[0].type === 'CNAME' && sets[0].simple;
  return new Failure(
    `The record ${wanted.name} exists in hosted zone ${wishes.zoneId} with another value: it is ${found} and should be ` +
      `CNAME ${wanted.values[0]}. ` +
      (replaceable
        ? 'Set overwriteRecords: true to replace it, or remove it, then deploy again.'
        : 'overwriteRecords replaces simple CNAME records only: remove it by hand, then deploy again.'),
  );
}

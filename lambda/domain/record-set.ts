import { hostName } from '../../lib/shared/host-name';
import { kindOf, MailRecord } from '../../lib/shared/mail-records';
import { quoteTxt, readTxt } from '../../lib/shared/txt-value';

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

/** The value of a record as Route 53 has it. */
export function valueInRoute53({ type, value }: MailRecord): string {
  return type === 'TXT' ? quoteTxt(value) : value;
}

/** A value of Route 53 as it is published. */
function published(value: string, type: string): string {
  return type === 'TXT' ? readTxt(value) : hostName(value);
}

/** Whether a record set is the one that a record goes into. */
export function isOf(set: RecordSet, record: MailRecord): boolean {
  return sameName(set.name, record.name) && set.type === record.type && set.simple;
}

/** The values of a record set that cannot stay beside the record: with TXT, others' values can. */
export function conflictingValues(set: RecordSet, record: MailRecord): readonly string[] {
  const { conflicts } = kindOf(record.id);
  return set.values.filter((value) => conflicts(published(value, record.type)));
}

/** The published value in the place of a record; undefined unless there is exactly one. */
function valueInPlace(set: RecordSet, record: MailRecord): string | undefined {
  const [value, ...others] = conflictingValues(set, record);
  return value === undefined || others.length > 0 ? undefined : published(value, record.type);
}

/** Whether a record set does what the record is for. */
export function satisfies(set: RecordSet, record: MailRecord): boolean {
  const value = valueInPlace(set, record);
  return value !== undefined && kindOf(record.id).satisfies(value, record.value);
}

/** Whether a record set has the record just as we write it. */
export function hasExactValue(set: RecordSet, record: MailRecord): boolean {
  return valueInPlace(set, record) === published(valueInRoute53(record), record.type);
}

/** Whether a record set has values of others beside the record. */
export function isShared(set: RecordSet, record: MailRecord): boolean {
  return conflictingValues(set, record).length < set.values.length;
}

/** A record set with the record in it. */
export function withRecord(set: RecordSet | undefined, record: MailRecord, ttl: number): RecordSet {
  const { name, type } = record;
  const others = set === undefined ? [] : valuesBeside(set, record);
  return {
    name,
    type,
    ttl: set !== undefined && others.length > 0 ? set.ttl : ttl,
    values: [...others, valueInRoute53(record)],
    simple: true,
  };
}

/** A record set without the record, with what the record had replaced; undefined when nothing is left of it. */
export function withoutRecord(
  set: RecordSet,
  record: MailRecord,
  replaced: RecordSet | undefined,
): RecordSet | undefined {
  const restored = replaced === undefined ? [] : conflictingValues(replaced, record);
  const values = [...valuesBeside(set, record), ...restored];
  return values.length === 0 ? undefined : { ...set, ttl: replaced?.ttl ?? set.ttl, values };
}

function valuesBeside(set: RecordSet, record: MailRecord): readonly string[] {
  const conflicting = conflictingValues(set, record);
  return set.values.filter((each) => !conflicting.includes(each));
}

export function sameName(one: string, other: string): boolean {
  return hostName(one) === hostName(other);
}

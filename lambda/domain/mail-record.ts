import { dmarcRecordName, MAIL_FROM_SPF, mailFromMx } from '../../lib/shared/mail-records';
import { excludeEachOther, quoteTxt, readTxt, serves } from '../../lib/shared/txt-value';

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

/** A record that a domain needs. */
export interface MailRecord {
  /** By which the physical resource id names it: the token of a DKIM record, or one of the others. */
  readonly id: string;
  readonly name: string;
  readonly type: 'CNAME' | 'MX' | 'TXT';
  /** As Route 53 has it. */
  readonly value: string;
}

/** The ids of the records that are not those of DKIM. */
export const FURTHER_RECORDS = ['mx', 'spf', 'dmarc'] as const;

/** Whether records of a kind belong to one identity; MX, SPF and DMARC records serve those of all Regions. */
export function isPrivateKind(kind: string): boolean {
  return !(FURTHER_RECORDS as readonly string[]).includes(kind);
}

/**
 * One MX record serves a MAIL FROM domain in all Regions: SES brings bounces to where the mail came from.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/regions.html
 */
const FEEDBACK_MX = /^\d+\s+feedback-smtp\.[a-z0-9-]+\.amazonses\.com$/;

/** What decides which records a domain needs. */
export interface RecordSource {
  readonly domainName: string;
  readonly region: string;
  readonly tokens: readonly string[];
  readonly dkimDomain: string;
  /** The custom MAIL FROM domain. */
  readonly mailFrom?: string;
  /** The text of the DMARC record. */
  readonly dmarc?: string;
}

/** The records of a domain. */
export function mailRecords({ domainName, region, tokens, dkimDomain, mailFrom, dmarc }: RecordSource): MailRecord[] {
  return [
    ...tokens.map((token): MailRecord => {
      const name = dkimRecordName(token, domainName);
      return { id: token, name, type: 'CNAME', value: dkimRecordValue(token, dkimDomain) };
    }),
    ...(mailFrom === undefined
      ? []
      : [
          { id: 'mx', name: mailFrom, type: 'MX', value: mailFromMx(region) } as const,
          { id: 'spf', name: mailFrom, type: 'TXT', value: quoteTxt(MAIL_FROM_SPF) } as const,
        ]),
    ...(dmarc === undefined
      ? []
      : [{ id: 'dmarc', name: dmarcRecordName(domainName), type: 'TXT', value: quoteTxt(dmarc) } as const]),
  ];
}

/** The name of the CNAME record of a token. */
export function dkimRecordName(token: string, domainName: string): string {
  return `${token}._domainkey.${domainName}`;
}

/** The value of the CNAME record of a token. */
export function dkimRecordValue(token: string, dkimDomain: string): string {
  return `${token}.${dkimDomain}`;
}

/** Whether a record set is the one that a record goes into. */
export function isOf(set: RecordSet, record: MailRecord): boolean {
  return sameName(set.name, record.name) && set.type === record.type && set.simple;
}

/** The values of a record set that cannot stay beside the record: with TXT, others' values can. */
export function rivals(set: RecordSet, record: MailRecord): readonly string[] {
  return record.type === 'TXT'
    ? set.values.filter((value) => excludeEachOther(readTxt(value), readTxt(record.value)))
    : set.values;
}

/** Whether a record set does what the record is for. */
export function isRight(set: RecordSet, record: MailRecord): boolean {
  const [value, ...further] = rivals(set, record);
  if (value === undefined || further.length > 0) return false;
  switch (record.type) {
    case 'CNAME':
      return sameName(value, record.value);
    case 'MX':
      return FEEDBACK_MX.test(normalize(value));
    case 'TXT':
      return serves(readTxt(value), readTxt(record.value));
  }
}

/** Whether a record set has the record just as we write it. */
export function hasOurs(set: RecordSet, record: MailRecord): boolean {
  const [value, ...further] = rivals(set, record);
  if (value === undefined || further.length > 0) return false;
  return record.type === 'TXT' ? readTxt(value) === readTxt(record.value) : sameName(value, record.value);
}

/** Whether a record set has values of others beside the record. */
export function isShared(set: RecordSet, record: MailRecord): boolean {
  return rivals(set, record).length < set.values.length;
}

/** A record set with the record in it. */
export function withRecord(set: RecordSet | undefined, record: MailRecord, ttl: number): RecordSet {
  const { name, type, value } = record;
  const others = set === undefined ? [] : set.values.filter((each) => !rivals(set, record).includes(each));
  return {
    name,
    type,
    ttl: set !== undefined && others.length > 0 ? set.ttl : ttl,
    values: [...others, value],
    simple: true,
  };
}

/** A record set without the record, with what the record had replaced; undefined when nothing is left of it. */
export function withoutRecord(
  set: RecordSet,
  record: MailRecord,
  replaced: RecordSet | undefined,
): RecordSet | undefined {
  const others = set.values.filter((each) => !rivals(set, record).includes(each));
  const values = [...others, ...(replaced === undefined ? [] : rivals(replaced, record))];
  return values.length === 0 ? undefined : { ...set, ttl: replaced?.ttl ?? set.ttl, values };
}

export function sameName(one: string, other: string): boolean {
  return normalize(one) === normalize(other);
}

export function normalize(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

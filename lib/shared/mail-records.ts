import { SES_DOMAIN } from './dkim-hosts';
import { dmarcSatisfies, isDmarc } from './dmarc-record';
import { hostName } from './host-name';
import { dkimRecordName, dmarcRecordName } from './record-names';
import { spfSatisfies } from './spf-reach';
import { isSpf } from './spf-record';

export type RecordType = 'CNAME' | 'MX' | 'TXT';

/** What users give for the records besides those of DKIM, by the property that has it. */
export const RECORD_PROPERTIES = {
  /** The custom MAIL FROM domain. */
  mailFrom: 'MailFromDomain',
  /** The text of the DMARC record. */
  dmarc: 'DmarcRecord',
} as const;

export type RecordOption = keyof typeof RECORD_PROPERTIES;

const RECORD_OPTIONS = Object.keys(RECORD_PROPERTIES) as RecordOption[];

export type RecordOptions = { readonly [Option in RecordOption]?: string };

/** What the names of the records follow from. */
export interface RecordPlace extends RecordOptions {
  readonly domainName: string;
}

/** What the records of a domain follow from. */
export interface RecordSource extends RecordPlace {
  /** That of SES. */
  readonly region: string;
  readonly tokens: readonly string[];
  /** Where SES publishes the keys. */
  readonly dkimDomain: string;
}

/** A record that a domain needs. */
export interface MailRecord {
  /** By which the physical resource id names it: the token of a DKIM record, or one of {@link FURTHER_KINDS}. */
  readonly id: string;
  readonly name: string;
  readonly type: RecordType;
  /** As it is published: text without quotes. */
  readonly value: string;
}

/** What is to be known of a kind of records. */
export interface RecordKind {
  /** As claims and physical ids have it. */
  readonly id: string;
  readonly type: RecordType;
  /** What has to be given for the record; every domain has those of DKIM. */
  readonly option?: RecordOption;
  /** Its name, or with the token `*` the pattern for IAM. */
  readonly name: (place: RecordPlace, token: string) => string;
  readonly value: (source: RecordSource, token: string) => string;
  /** Whether a value that others made does what the wanted one is for. */
  readonly satisfies: (found: string, wanted: string) => boolean;
  /** Whether a value cannot stay beside the record. */
  readonly conflicts: (found: string) => boolean;
}

const always = (): boolean => true;

/** The domain whose SPF record has the addresses that SES sends from. */
export const SES_SPF_DOMAIN = 'amazonses.com';

/** What the SPF record of a custom MAIL FROM domain says. */
export const MAIL_FROM_SPF = `v=spf1 include:${SES_SPF_DOMAIN} ~all`;

/** The host of a Region that takes the bounces. */
export function feedbackHost(region: string): string {
  return `feedback-smtp.${region}.amazonses.com`;
}

const FEEDBACK_HOST = new RegExp(`^feedback-smtp\\.([a-z0-9-]+)\\.${SES_DOMAIN}$`);

/** The Region whose host for bounces this is; undefined when it is another host. */
export function feedbackRegion(host: string): string | undefined {
  return FEEDBACK_HOST.exec(hostName(host))?.[1];
}

const DKIM: RecordKind = {
  id: 'dkim',
  type: 'CNAME',
  name: ({ domainName }, token) => dkimRecordName(token, domainName),
  value: ({ dkimDomain }, token) => `${token}.${dkimDomain}`,
  satisfies: (found, wanted) => hostName(found) === hostName(wanted),
  conflicts: always,
};

/** SES takes the bounces itself: https://docs.aws.amazon.com/ses/latest/dg/mail-from.html */
const MX: RecordKind = {
  id: 'mx',
  type: 'MX',
  option: 'mailFrom',
  name: ({ mailFrom }) => mailFrom!,
  value: ({ region }) => `10 ${feedbackHost(region)}`,
  // One record serves a MAIL FROM domain in all Regions: SES brings bounces to where the mail came from.
  satisfies: (found) => feedbackRegion(/^\d+\s+(.*)$/.exec(found)?.[1] ?? '') !== undefined,
  conflicts: always,
};

const SPF: RecordKind = {
  id: 'spf',
  type: 'TXT',
  option: 'mailFrom',
  name: ({ mailFrom }) => mailFrom!,
  value: () => MAIL_FROM_SPF,
  satisfies: spfSatisfies,
  conflicts: isSpf,
};

const DMARC: RecordKind = {
  id: 'dmarc',
  type: 'TXT',
  option: 'dmarc',
  name: ({ domainName }) => dmarcRecordName(domainName),
  value: ({ dmarc }) => dmarc!,
  satisfies: dmarcSatisfies,
  conflicts: isDmarc,
};

/** All kinds of records besides those of DKIM. Identities of one domain share them, in whatever Region. */
export const FURTHER_KINDS: readonly RecordKind[] = [MX, SPF, DMARC];

/** The kind of a record by its id. The records of DKIM have their tokens for ids, or numbers. */
export function kindOf(id: string): RecordKind {
  return FURTHER_KINDS.find((kind) => kind.id === id) ?? DKIM;
}

/** Whether a record belongs to one identity, and is not shared by those of the same domain in other Regions. */
export function belongsToIdentity(id: string): boolean {
  return kindOf(id) === DKIM;
}

/** Whether a record is at the MAIL FROM domain. */
export function isAtMailFrom(id: string): boolean {
  return kindOf(id).option === 'mailFrom';
}

/** The kinds of records that a domain has. */
export function kindsFor(options: RecordOptions): readonly RecordKind[] {
  return [DKIM, ...FURTHER_KINDS].filter(({ option }) => option === undefined || options[option] !== undefined);
}

/** The records of a domain. */
export function mailRecords(source: RecordSource): MailRecord[] {
  return kindsFor(source).flatMap(({ id, type, name, value }) =>
    (id === DKIM.id ? source.tokens : [id]).map((each) => ({
      id: each,
      type,
      name: name(source, each),
      value: value(source, each),
    })),
  );
}

/** What users give for the records, each read in some way. */
export function recordOptions(read: (option: RecordOption) => string | undefined): RecordOptions {
  return Object.fromEntries(RECORD_OPTIONS.map((option) => [option, read(option)]));
}

/** What records say, and not where they are, of those that have an id that is wanted. */
export function recordTexts(options: RecordOptions, isWanted: (id: string) => boolean = always): RecordOptions {
  const kinds = FURTHER_KINDS.filter(({ id }) => !isAtMailFrom(id) && isWanted(id));
  const texts = kinds.map(({ option }) => [option!, options[option!]] as const);
  return Object.fromEntries(texts.filter(([, text]) => text !== undefined));
}

/** What the properties of the custom resource give for the records. */
export function optionsFrom(properties: {
  readonly [P in (typeof RECORD_PROPERTIES)[RecordOption]]?: string;
}): RecordOptions {
  return recordOptions((option) => properties[RECORD_PROPERTIES[option]]);
}

/** The longest DMARC record: the physical resource id has it, which CloudFormation limits to 1 KB. */
export const MAX_DMARC_LENGTH = 480;

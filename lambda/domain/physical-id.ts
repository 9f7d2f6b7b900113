import { REGION } from '../events/event';
import { FURTHER_RECORDS } from './mail-record';

/**
 * What is in place for a domain, and which part of it we made. It is all that we know when the time
 * comes to delete, so it travels in the physical resource id.
 */
export interface DomainState {
  readonly region: string;
  readonly domainName: string;
  /** Undefined when the records are for another DNS provider. */
  readonly zoneId?: string;
  /** Where the records point to: `<token>.<dkimDomain>`; empty when a failed Create did not get so far. */
  readonly dkimDomain: string;
  /** Three; none when a failed Create did not get so far. */
  readonly tokens: readonly string[];
  readonly ownsIdentity: boolean;
  /** The custom MAIL FROM domain, which has an MX and an SPF record; undefined without one. */
  readonly mailFrom?: string;
  /** The text of the DMARC record; undefined without one. */
  readonly dmarc?: string;
  /** The ids of the records that we made; the others were there before. */
  readonly ownedRecords: readonly string[];
}

const SEPARATOR = ':';
const NOTHING = 'nothing';
const UNKNOWN = '-';
const IDENTITY = 'identity';

/**
 * The physical resource id, such as
 * `eu-west-1:example.com:Z0123456789:dkim.amazonses.com:tok1,tok2,tok3:identity+1+2+3`: the last part
 * lists what we made. A domain with more than DKIM has up to two further parts, such as
 * `bounce:v=DMARC1; p=none`: what the MAIL FROM domain has in front of the domain, and the DMARC record.
 * Another Region, domain, zone, record or list is another id, which makes CloudFormation send a Delete for
 * the former one when the update is complete.
 *
 * At most 960 characters; CloudFormation allows 1 KB.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
export function formatPhysicalId(state: DomainState): string {
  const { domainName, mailFrom, dmarc, tokens, ownedRecords } = state;
  const made = [
    ...(state.ownsIdentity ? [IDENTITY] : []),
    ...tokens.flatMap((token, index) => (ownedRecords.includes(token) ? [String(index + 1)] : [])),
    ...FURTHER_RECORDS.filter((id) => ownedRecords.includes(id)),
  ];
  const prefix = mailFrom === undefined ? UNKNOWN : mailFrom.slice(0, -domainName.length - 1);
  const further = [prefix, ...(dmarc === undefined ? [] : [dmarc])];
  return [
    state.region,
    domainName,
    state.zoneId ?? UNKNOWN,
    state.dkimDomain || UNKNOWN,
    tokens.join(',') || UNKNOWN,
    made.join('+') || NOTHING,
    ...(mailFrom === undefined && dmarc === undefined ? [] : further),
  ].join(SEPARATOR);
}

/** What can be in each place of an id that we gave. */
const PLACES = [
  REGION,
  /^[\w.-]{1,253}$/,
  /^(-|[A-Z0-9]{1,32})$/,
  /^[\w.-]{1,253}$/,
  /^(-|[\w-]{1,63}(,[\w-]{1,63}){2})$/,
  /^(nothing|(identity|[123]|mx|spf|dmarc)(\+([123]|mx|spf|dmarc))*)$/,
  /^[\w.-]{1,240}$/,
  /^v=DMARC1; [ -~]{1,480}$/,
];

/** Those that every id has. */
const LEAST_PLACES = 6;

/** Reads a physical resource id back; undefined for one that we did not give. */
export function parsePhysicalId(id: string): DomainState | undefined {
  const parts = id.split(SEPARATOR);
  // A DMARC record may have separators of its own.
  const text = parts.slice(PLACES.length - 1).join(SEPARATOR);
  const given = [...parts.slice(0, PLACES.length - 1), ...(text === '' ? [] : [text])];
  if (given.length < LEAST_PLACES || !given.every((part, index) => PLACES[index].test(part))) {
    return undefined;
  }
  const [region, domainName, zoneId, dkimDomain, tokenList, madeList, prefix = UNKNOWN, dmarc] = given;
  const tokens = tokenList === UNKNOWN ? [] : tokenList.split(',');
  const made = madeList === NOTHING ? [] : madeList.split('+').map((item) => recordId(item, tokens));
  if (made.includes(undefined)) {
    return undefined;
  }
  return {
    region,
    domainName,
    zoneId: zoneId === UNKNOWN ? undefined : zoneId,
    dkimDomain: dkimDomain === UNKNOWN ? '' : dkimDomain,
    tokens,
    ownsIdentity: made.includes(IDENTITY),
    mailFrom: prefix === UNKNOWN ? undefined : `${prefix}.${domainName}`,
    dmarc,
    ownedRecords: made.flatMap((item) => (item === undefined || item === IDENTITY ? [] : [item])),
  };
}

/** DKIM records are numbered, since their tokens are in the id already. */
function recordId(item: string, tokens: readonly string[]): string | undefined {
  return /^\d$/.test(item) ? tokens[Number(item) - 1] : item;
}

const EMPTY = 'nothing-created-';

/** The id of a resource whose Create failed and left nothing behind: its Delete has nothing to do. */
export function emptyPhysicalId(requestId: string): string {
  return `${EMPTY}${requestId}`;
}

export function isEmptyPhysicalId(id: string): boolean {
  return id.startsWith(EMPTY);
}

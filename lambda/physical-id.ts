import { REGION } from './event';

/**
 * What is in place for a domain, and which part of it we made. It is all that we know when the time
 * comes to delete, so it travels in the physical resource id.
 */
export interface DomainState {
  readonly region: string;
  readonly domainName: string;
  readonly zoneId: string;
  /** Where the records point to: `<token>.<dkimDomain>`; empty when a failed Create did not get so far. */
  readonly dkimDomain: string;
  /** Three; none when a failed Create did not get so far. */
  readonly tokens: readonly string[];
  readonly ownsIdentity: boolean;
  /** The tokens whose records we made; those of the others were there before. */
  readonly ownedTokens: readonly string[];
}

const SEPARATOR = ':';
const NOTHING = 'nothing';
const UNKNOWN = '-';
const IDENTITY = 'identity';

/**
 * The physical resource id, such as
 * `eu-west-1:example.com:Z0123456789:dkim.amazonses.com:tok1,tok2,tok3:identity+1+2+3`: the last part
 * lists what we made. Another Region, domain, zone or list is another id, which makes CloudFormation
 * send a Delete for the former one when the update is complete.
 *
 * At most 470 characters; CloudFormation allows 1 KB.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
export function formatPhysicalId(state: DomainState): string {
  const made = [
    ...(state.ownsIdentity ? [IDENTITY] : []),
    ...state.tokens.flatMap((token, index) => (state.ownedTokens.includes(token) ? [String(index + 1)] : [])),
  ];
  return [
    state.region,
    state.domainName,
    state.zoneId,
    state.dkimDomain || UNKNOWN,
    state.tokens.join(',') || UNKNOWN,
    made.join('+') || NOTHING,
  ].join(SEPARATOR);
}

/** What can be in each place of an id that we gave. */
const PLACES = [
  REGION,
  /^[\w.-]{1,253}$/,
  /^[A-Z0-9]{1,32}$/,
  /^[\w.-]{1,253}$/,
  /^(-|[\w-]{1,63}(,[\w-]{1,63}){2})$/,
  /^(nothing|(identity|[123])(\+[123])*)$/,
];

/** Reads a physical resource id back; undefined for one that we did not give. */
export function parsePhysicalId(id: string): DomainState | undefined {
  const parts = id.split(SEPARATOR);
  if (parts.length !== PLACES.length || !parts.every((part, index) => PLACES[index].test(part))) {
    return undefined;
  }
  const [region, domainName, zoneId, dkimDomain, tokenList, madeList] = parts;
  const tokens = tokenList === UNKNOWN ? [] : tokenList.split(',');
  const made = madeList === NOTHING ? [] : madeList.split('+');
  if (!made.every((item) => item === IDENTITY || tokens[Number(item) - 1] !== undefined)) {
    return undefined;
  }
  return {
    region,
    domainName,
    zoneId,
    dkimDomain: dkimDomain === UNKNOWN ? '' : dkimDomain,
    tokens,
    ownsIdentity: made.includes(IDENTITY),
    ownedTokens: tokens.filter((_, index) => made.includes(String(index + 1))),
  };
}

/** The id of a resource whose Create failed and left nothing behind: its Delete has nothing to do. */
export function emptyPhysicalId(requestId: string): string {
  return `nothing-created-${requestId}`;
}

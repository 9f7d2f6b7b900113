import { FURTHER_KINDS, RecordOptions } from '../../lib/shared/mail-records';
import { DKIM_TOKEN, REGION } from '../../lib/shared/rules';
import { CLAIM_ID } from './claims';

/**
 * What is in place for a domain, and which of its records we made. It travels in the physical resource id, which
 * CloudFormation keeps: records have no tags, and the claims on an identity go with it when somebody deletes it.
 */
export interface DomainState extends RecordOptions {
  readonly region: string;
  readonly domainName: string;
  /** Undefined when the records are for another DNS provider. */
  readonly zoneId?: string;
  /** Where the records point to: `<token>.<dkimDomain>`; empty when a failed Create did not get so far. */
  readonly dkimDomain: string;
  /** Three; none when a failed Create did not get so far. */
  readonly tokens: readonly string[];
  /** The claim of this physical resource on the identity. Whether the identity is ours, only its own tags say. */
  readonly claim: string;
  /** The ids of the records that we made; the others were there before. */
  readonly ownedRecords: readonly string[];
}

const SEPARATOR = ':';
const NOTHING = 'nothing';
const UNKNOWN = '-';

/**
 * The physical resource id, such as
 * `eu-west-1:example.com:Z0123456789:dkim.amazonses.com:tok1,tok2,tok3:1+2+3:0a1b2c3d4e-0a1b2c3d4e5f`: the last
 * two parts are the records that we made, and the claim. A domain with more than DKIM has up to two further
 * parts, such as `bounce:v=DMARC1; p=none`: what the MAIL FROM domain has in front of the domain, and the DMARC
 * record. Another Region, domain, zone, record or list is another id, which makes CloudFormation send a Delete
 * for the former one when the update is complete.
 *
 * At most 980 characters; CloudFormation allows 1 KB.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
export function formatPhysicalId(state: DomainState): string {
  const { domainName, mailFrom, dmarc, tokens, ownedRecords } = state;
  const prefix = mailFrom === undefined ? UNKNOWN : mailFrom.slice(0, -domainName.length - 1);
  const further = [prefix, ...(dmarc === undefined ? [] : [dmarc])];
  return [
    state.region,
    domainName,
    state.zoneId ?? UNKNOWN,
    state.dkimDomain || UNKNOWN,
    tokens.join(',') || UNKNOWN,
    kindsOf(ownedRecords, tokens).join('+') || NOTHING,
    state.claim,
    ...(mailFrom === undefined && dmarc === undefined ? [] : further),
  ].join(SEPARATOR);
}

const FURTHER_IDS = FURTHER_KINDS.map(({ id }) => id);
const MADE = `([123]|${FURTHER_IDS.join('|')})`;

/** What can be in each place of an id that we gave. */
const PLACES = [
  REGION,
  /^[\w.-]{1,253}$/,
  /^(-|[A-Z0-9]{1,32})$/,
  /^[\w.-]{1,253}$/,
  new RegExp(`^(-|${DKIM_TOKEN}(,${DKIM_TOKEN}){2})$`),
  new RegExp(`^(nothing|${MADE}(\\+${MADE})*)$`),
  CLAIM_ID,
  /^[\w.-]{1,240}$/,
  /^v=DMARC1; [ -~]{1,480}$/,
];

/** Those that every id has. */
const LEAST_PLACES = 7;

/** Reads a physical resource id back; undefined for one that we did not give. */
export function parsePhysicalId(id: string): DomainState | undefined {
  const parts = id.split(SEPARATOR);
  // A DMARC record may have separators of its own.
  const text = parts.slice(PLACES.length - 1).join(SEPARATOR);
  const given = [...parts.slice(0, PLACES.length - 1), ...(text === '' ? [] : [text])];
  if (given.length < LEAST_PLACES || !given.every((part, index) => PLACES[index].test(part))) {
    return undefined;
  }
  const [region, domainName, zoneId, dkimDomain, tokenList, madeList, claim, prefix = UNKNOWN, dmarc] = given;
  const tokens = tokenList === UNKNOWN ? [] : tokenList.split(',');
  const ownedRecords = idsOf(madeList === NOTHING ? [] : madeList.split('+'), tokens);
  if (ownedRecords.includes(undefined)) {
    return undefined;
  }
  return {
    region,
    domainName,
    zoneId: zoneId === UNKNOWN ? undefined : zoneId,
    dkimDomain: dkimDomain === UNKNOWN ? '' : dkimDomain,
    tokens,
    claim,
    mailFrom: prefix === UNKNOWN ? undefined : `${prefix}.${domainName}`,
    dmarc,
    ownedRecords: ownedRecords as readonly string[],
  };
}

/**
 * Records as ids and claims name them: `1`, `2` and `3` for those of DKIM, in the order of their tokens' letters, which
 * all constructs of an identity share.
 */
export function kindsOf(recordIds: readonly string[], tokens: readonly string[]): readonly string[] {
  return [
    ...[...tokens].sort().flatMap((token, index) => (recordIds.includes(token) ? [String(index + 1)] : [])),
    ...FURTHER_IDS.filter((id) => recordIds.includes(id)),
  ];
}

/** The other way round; undefined in the place of a kind that there is no token for. */
export function idsOf(kinds: readonly string[], tokens: readonly string[]): readonly (string | undefined)[] {
  const sorted = [...tokens].sort();
  return kinds.map((kind) => (/^\d$/.test(kind) ? sorted[Number(kind) - 1] : kind));
}

/** What the settings resource has in place: all else is in its claim, as its values change in place. */
export interface SettingsState {
  readonly region: string;
  readonly domainName: string;
  readonly claim: string;
}

const SETTINGS = 'settings';

/** The physical resource id of settings, such as `settings:eu-west-1:example.com:0a1b2c3d4e-0a1b2c3d4e5f`. */
export function formatSettingsId({ region, domainName, claim }: SettingsState): string {
  return [SETTINGS, region, domainName, claim].join(SEPARATOR);
}

/** Reads it back; undefined for one that we did not give. */
export function parseSettingsId(id: string): SettingsState | undefined {
  const [kind, region = '', domainName = '', claim = '', ...rest] = id.split(SEPARATOR);
  const isOurs = kind === SETTINGS && REGION.test(region) && PLACES[1].test(domainName) && CLAIM_ID.test(claim);
  return isOurs && rest.length === 0 ? { region, domainName, claim } : undefined;
}

/** What a replica has in place. */
export interface ReplicaState {
  readonly region: string;
  readonly parentRegion: string;
  readonly domainName: string;
  readonly claim: string;
}

const REPLICA = 'replica';

/** The physical resource id of a replica, such as `replica:us-east-1:eu-west-1:example.com:0a1b2c3d4e-0a1b2c3d4e5f`. */
export function formatReplicaId({ region, parentRegion, domainName, claim }: ReplicaState): string {
  return [REPLICA, region, parentRegion, domainName, claim].join(SEPARATOR);
}

/** Reads it back; undefined for one that we did not give. */
export function parseReplicaId(id: string): ReplicaState | undefined {
  const [kind, region = '', parentRegion = '', domainName = '', claim = '', ...rest] = id.split(SEPARATOR);
  const hasRegions = REGION.test(region) && REGION.test(parentRegion);
  const isOurs = kind === REPLICA && hasRegions && PLACES[1].test(domainName) && CLAIM_ID.test(claim);
  return isOurs && rest.length === 0 ? { region, parentRegion, domainName, claim } : undefined;
}

const EMPTY = 'nothing-created-';

/** The id of a resource whose Create failed and left nothing behind: its Delete has nothing to do. */
export function emptyPhysicalId(requestId: string): string {
  return `${EMPTY}${requestId}`;
}

export function isEmptyPhysicalId(id: string): boolean {
  return id.startsWith(EMPTY);
}

/** The claim that goes with an id, whatever it is of. */
export function claimOf(id: string): string | undefined {
  return parsePhysicalId(id)?.claim ?? parseSettingsId(id)?.claim ?? parseReplicaId(id)?.claim;
}

/** Whether an id is one that this handler has given. */
export function isOurPhysicalId(id: string): boolean {
  return isEmptyPhysicalId(id) || claimOf(id) !== undefined;
}

import { createHash } from 'crypto';
import { CLAIM_PREFIX, MADE, MARK, MAX_TAG_VALUE_LENGTH } from '../../lib/shared/claim-tags';
import { isAtMailFrom } from '../../lib/shared/mail-records';

/** The tags of an identity, by key. */
export interface Tags {
  readonly [key: string]: string;
}

/** What one physical resource says on an identity: that it uses it, and what else it uses and has made. */
export interface Claim {
  /** `<owner>-<event>`: which resource of which stack, and the event that made the physical resource. */
  readonly id: string;
  /** The hosted zone that has the records; undefined without one, and for settings. */
  readonly zoneId?: string;
  /** Which MAIL FROM domain has records there, as {@link digest}. */
  readonly mailFrom?: string;
  /** What it uses and any of us has made: `identity`, kinds of records, or settings. */
  readonly made: readonly string[];
  /** What it uses and others have made. */
  readonly found: readonly string[];
  /** What others have made and the resource has taken over, as `takeOwnership` asks for. */
  readonly taken?: readonly string[];
  /** What values settings had that others had given and the resource has changed since, as its module writes them. */
  readonly was?: readonly string[];
  /** When it began to leave: seconds since the epoch. It uses nothing any more. */
  readonly leavingSince?: number;
  /** The stack and the logical id, for people who read the tag. */
  readonly by: string;
  /** Somebody has edited it, so that it may use anything. */
  readonly unreadable?: boolean;
}

/** Says that the event which put the claim has also made the identity. */
export const IDENTITY = 'identity';

/**
 * Says that the DKIM records in the claim are those of the keys that the identity has now, and that the physical id has
 * the tokens of the keys before: an update has changed them, and may have been taken back.
 */
export const KEYS = 'keys';

/** A claim that has been leaving for longer than this belongs to a run that died, in seconds: no run takes so long. */
const LONGEST_LEAVE = 20 * 60;

/** The form of a claim's id. */
export const CLAIM_ID = /^[0-9a-f]{10}-[0-9a-f]{12}$/;

/** What names a resource of a stack. */
export interface ResourceIds {
  readonly StackId: string;
  readonly LogicalResourceId: string;
}

interface EventIds extends ResourceIds {
  readonly RequestId: string;
}

/**
 * The id of the claim of a physical resource that an event makes. A repetition of the event, on whatever machine, gets
 * the same one.
 */
export function claimId(event: EventIds): string {
  return `${ownerId(event)}-${hash(`${event.StackId} ${event.RequestId}`, 12)}`;
}

/** What all claims of one resource of a stack begin with. */
function ownerId({ StackId, LogicalResourceId }: ResourceIds): string {
  return hash(`${StackId} ${LogicalResourceId}`, 10);
}

/** Whether a claim is of the very resource that an event is for, whichever physical resource put it. */
export function isOfResource({ id }: Claim, event: ResourceIds): boolean {
  return id.startsWith(`${ownerId(event)}-`);
}

/** The name of the policy that a resource gives to an identity. SES takes letters, digits, - and _, up to 64. */
export function sendingPolicyName(event: ResourceIds): string {
  return `${MARK}-${ownerId(event)}`;
}

/** Who claims, in the words of CloudFormation: `<stack name>/<logical id>`. */
export function claimant({ StackId, LogicalResourceId }: ResourceIds): string {
  const [, stackName = StackId] = StackId.split('/');
  return `${stackName}/${LogicalResourceId}`.replace(/[^\w.:/+@-]/g, '_');
}

/** A name in the few characters that a claim has for it. */
export function digest(name: string): string {
  return hash(name, 8);
}

export function tagKey(id: string): string {
  return `${CLAIM_PREFIX}${id}`;
}

/** The key by which a watch says that it repairs what a claim is for; the value is when, in seconds since the epoch. */
export function leaseKey(id: string): string {
  return `${tagKey(id)}${LEASE}`;
}

const LEASE = ':repair';

/** How long a watch may repair something, in seconds. */
const LONGEST_LEASE = 60;

/** Whether a watch repairs what some claims are for. */
export function isLeased(tags: Tags, ids: readonly string[]): boolean {
  return ids.some((id) => Date.now() / 1000 - Number(tags[leaseKey(id)] ?? 0) < LONGEST_LEASE);
}

/** A claim as a tag: `zone=Z0123456789 made=1+2+3+mx+spf found=dmarc mail-from=1a2b3c4d by=Stack/Mail`. */
export function toTag(claim: Claim): Tags {
  const { id, zoneId, mailFrom, made, found, taken, was, leavingSince, by } = claim;
  const fields = {
    leaving: leavingSince === undefined ? undefined : String(leavingSince),
    zone: zoneId,
    made: made.join('+'),
    found: found.join('+'),
    taken: taken?.join('+'),
    was: was?.join('+'),
    'mail-from': mailFrom,
    by,
  };
  const text = Object.entries(fields)
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
  return { [tagKey(id)]: text.slice(0, MAX_TAG_VALUE_LENGTH) };
}

/** The claims among the tags of an identity. */
export function readClaims(tags: Tags): readonly Claim[] {
  return Object.entries(tags)
    .filter(([key]) => key.startsWith(CLAIM_PREFIX) && !key.endsWith(LEASE))
    .map(([key, value]) => readClaim(key.slice(CLAIM_PREFIX.length), value));
}

function readClaim(id: string, value: string): Claim {
  const fields: { readonly [name: string]: string | undefined } = Object.fromEntries(
    value.split(' ').map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]),
  );
  const list = (text: string | undefined) => (text ? text.split('+') : []);
  const { zone: zoneId, made, found, taken, was, leaving, by } = fields;
  const claim = {
    id,
    zoneId,
    mailFrom: fields['mail-from'],
    made: list(made),
    found: list(found),
    taken: list(taken),
    was: list(was),
    leavingSince: leaving === undefined ? undefined : Number(leaving),
    by: by ?? `whoever edited the tag ${tagKey(id)}`,
  };
  return { ...claim, unreadable: !CLAIM_ID.test(id) || toTag(claim)[tagKey(id)] !== value };
}

/** Who has claims, each once, in words for the user. */
export function claimantsOf(claims: readonly Claim[]): string {
  return [...new Set(claims.map(({ by }) => by))].join(', ');
}

export function idsOfClaims(claims: readonly Claim[]): readonly string[] {
  return claims.map(({ id }) => id);
}

/** Whether an identity has the mark of one that this library made. */
export function isMade(tags: Tags): boolean {
  return tags[MARK] === MADE;
}

/** Whether a claim holds the identity: it is neither on its way out, nor left over from a run that died on the way. */
export function isActive({ leavingSince, unreadable }: Claim): boolean {
  return unreadable === true || leavingSince === undefined;
}

/** Whether a claim says that everything is about to go: whoever comes now has to wait until it has gone. */
export function isLeaving({ leavingSince, unreadable }: Claim): boolean {
  const seconds = Date.now() / 1000;
  return !unreadable && leavingSince !== undefined && seconds - leavingSince < LONGEST_LEAVE;
}

/** Where a record is: two constructs use the same one if they agree in all of it. */
export interface Place {
  readonly zoneId?: string;
  readonly mailFrom?: string;
}

/** Whether a claim is for a record, which the construct of the claim uses. */
export function usesRecord(claim: Claim, kind: string, place: Place): boolean {
  const { made, found, taken = [] } = claim;
  return isActive(claim) && (claim.unreadable === true || isFor(claim, [...made, ...found, ...taken], kind, place));
}

/** Whether a claim says that a record was made by one of us: also one of a run that died when it was about to leave. */
export function madeRecord(claim: Claim, kind: string, place: Place): boolean {
  return isFor(claim, claim.made, kind, place);
}

/** Whether those who stay use a record that none of them would remove: to them, others have made it. */
export function isOrphan(claims: readonly Claim[], kind: string, place: Place): boolean {
  const removes = (claim: Claim) => madeRecord(claim, kind, place) || tookRecord(claim, kind, place);
  return claims.some((claim) => usesRecord(claim, kind, place)) && !claims.some(removes);
}

/** Whether a claim says that a record of others was taken over. */
export function tookRecord(claim: Claim, kind: string, place: Place): boolean {
  return isFor(claim, claim.taken ?? [], kind, place);
}

/** Whether a claim says that the identity was taken over. */
export function tookIdentity({ taken = [] }: Claim): boolean {
  return taken.includes(IDENTITY);
}

function isFor(claim: Claim, kinds: readonly string[], kind: string, { zoneId, mailFrom }: Place): boolean {
  const samePlace = zoneId !== undefined && claim.zoneId === zoneId;
  const sameMailFrom = mailFrom !== undefined && claim.mailFrom === digest(mailFrom);
  return samePlace && kinds.includes(kind) && (sameMailFrom || !isAtMailFrom(kind));
}

/** Whether a claim is for a setting, which the construct of the claim uses. */
export function usesSetting(claim: Claim, setting: string): boolean {
  return isActive(claim) && (claim.unreadable === true || [...claim.made, ...claim.found].includes(setting));
}

export function sameClaim(one: Claim | undefined, other: Claim): boolean {
  return one !== undefined && JSON.stringify(toTag(one)) === JSON.stringify(toTag(other));
}

function hash(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

import { documentedDkimDomain } from '../../lib/shared/dkim-hosts';
import { RecordOptions, recordOptions, recordTexts } from '../../lib/shared/mail-records';
import { REGION } from '../../lib/shared/rules';
import { cloudFormationClient, connect } from '../aws/clients';
import { describeStack } from '../aws/cloudformation';
import type { Answer } from '../events/answer';
import type { Deadline } from '../events/deadline';
import type { CustomResourceEvent } from '../events/event';
import { describeError } from '../events/failure';
import { Freshness, LateEvent } from '../events/freshness';
import type { Journal } from '../events/journal';
import type { Log } from '../events/log';
import { outlastCancelledCreate, staysForSuccessor } from '../events/unanswered';
import { applyDomain, doneElsewhere, toAttributes } from './apply';
import { Claim, claimId, digest, idsOfClaims, isOfResource } from './claims';
import { DomainConfig, parseConfig, parseRemoval } from './config';
import { DomainRun } from './domain-run';
import { IdentityClaims } from './identity-claims';
import {
  DomainState,
  emptyPhysicalId,
  formatPhysicalId,
  idsOf,
  isEmptyPhysicalId,
  parsePhysicalId,
} from './physical-id';
import { Intended, sameIdentity } from './record-plan';
import { remove } from './remove';
import { staleness } from './staleness';
import { undoDomain } from './undo';

interface Deadlines {
  readonly work: Deadline;
  readonly undo: Deadline;
}

/** Creates, updates or removes a domain: its identity and its records. */
export async function handleDomain(
  event: CustomResourceEvent,
  deadlines: Deadlines,
  journal: Journal,
  log: Log,
): Promise<Answer> {
  return event.RequestType === 'Delete'
    ? removeDomain(event, deadlines.work, log)
    : setUpDomain(event, deadlines, journal, log);
}

async function setUpDomain(
  event: CustomResourceEvent,
  deadlines: Deadlines,
  journal: Journal,
  log: Log,
): Promise<Answer> {
  const config = parseConfig(event.ResourceProperties);
  const former = event.PhysicalResourceId;
  const previous = former === undefined ? undefined : parsePhysicalId(former);
  const run = new DomainRun(event, config, previous, formerRegions(event, previous), journal, log);
  try {
    const freshness = new Freshness(event, deadlines.work, log);
    const applied = await applyDomain(run, connect(event.StackId, config, deadlines.work, log), freshness);
    if (previous !== undefined) {
      await discardDead(
        event,
        config,
        previous,
        applied.state.claim,
        run.claims?.all() ?? [],
        freshness,
        deadlines.work,
        log,
      );
    }
    return {
      status: 'SUCCESS',
      physicalId: formatPhysicalId(applied.state),
      reason: applied.remark,
      data: toAttributes(applied),
    };
  } catch (error) {
    if (error instanceof LateEvent && !error.isOfFailed(claimId(event))) {
      return {
        status: 'FAILED',
        physicalId: former ?? emptyPhysicalId(event.RequestId),
        reason: explain(error, config),
      };
    }
    const elsewhere = doneElsewhere(run);
    if (elsewhere !== undefined) {
      // If CloudFormation hears of this failure first, it asks to delete by the id: nothing else need be undone.
      return { status: 'FAILED', physicalId: formatPhysicalId(elsewhere), reason: explain(error, config) };
    }
    const left = await undoDomain(run, connect(event.StackId, config, deadlines.undo, log));
    return {
      status: 'FAILED',
      // A failed Update leaves the resource as it was; the Delete after a failed Create finishes the job.
      physicalId: former ?? (left.state ? formatPhysicalId(left.state) : emptyPhysicalId(event.RequestId)),
      reason:
        explain(error, config) +
        left.problems.map((problem) => ` What this deployment made could not be removed: ${problem}`).join('') +
        (left.remark === undefined ? '' : ` ${left.remark}`),
    };
  }
}

function formerRegions(event: CustomResourceEvent, previous: DomainState | undefined): readonly string[] {
  const old = (event.OldResourceProperties as { readonly SesRegion?: unknown } | null | undefined)?.SesRegion;
  return [
    ...(previous === undefined ? [] : [previous.region]),
    ...(typeof old === 'string' && REGION.test(old) ? [old] : []),
  ];
}

async function removeDomain(event: CustomResourceEvent, deadline: Deadline, log: Log): Promise<Answer> {
  const physicalId = event.PhysicalResourceId ?? emptyPhysicalId(event.RequestId);
  const given = parsePhysicalId(physicalId);
  let state = given;
  try {
    const unanswered = given === undefined ? await findUnanswered(event, physicalId, deadline, log) : undefined;
    state = given ?? unanswered?.state;
    if (state === undefined) {
      log('left', { reason: 'the physical id is not one that we gave, and nothing has a claim of the resource' });
      return { status: 'SUCCESS', physicalId };
    }
    const { retain, takeOwnership, delegationRoleArn } = parseRemoval(event.ResourceProperties);
    const freshness = new Freshness(event, deadline, log);
    await freshness.require();
    const shown = parsePhysicalId(freshness.shownId ?? '');
    if (unanswered !== undefined && shown !== undefined) {
      log('left', { reason: 'the stack has the resource by another id', shown: freshness.shownId });
      return { status: 'SUCCESS', physicalId };
    }
    const stays = unanswered && (await staysForSuccessor(freshness, state, log));
    if (stays !== undefined) {
      return { status: 'SUCCESS', physicalId, reason: stays };
    }
    const departure = {
      state,
      claims: unanswered?.claims ?? [state.claim],
      retain,
      takeOwnership,
      isStale: staleness(event, unanswered?.claims ?? [state.claim], deadline, log),
      shown,
      intended: unanswered?.intended,
    };
    const aws = connect(event.StackId, { ...state, delegationRoleArn }, deadline, log);
    return { status: 'SUCCESS', physicalId, reason: await remove(departure, aws, log) };
  } catch (error) {
    const place = state ?? parseConfigOrNothing(event.ResourceProperties);
    return { status: 'FAILED', physicalId, reason: explain(error, place) };
  }
}

/**
 * What a Create has made that CloudFormation got no answer to. It sends the Delete by an id of its own; the claims tell
 * which resource they are of, and nothing else has claims of a resource that was never there.
 */
async function findUnanswered(
  event: CustomResourceEvent,
  physicalId: string,
  deadline: Deadline,
  log: Log,
): Promise<Unanswered | undefined> {
  const config = parseConfigOrNothing(event.ResourceProperties);
  if (isEmptyPhysicalId(physicalId) || config === undefined) {
    return undefined;
  }
  await outlastCancelledCreate(deadline, log);
  const found = await findOwnClaims(event, config, [], deadline, log);
  const { ttl, region } = config;
  const dkimDomains = [documentedDkimDomain(region), ...(found.hostedZone === undefined ? [] : [found.hostedZone])];
  return found.claims.length === 0 ? undefined : { ...found, intended: { ttl, dkimDomains } };
}

/**
 * Takes away what earlier updates of this resource have left that CloudFormation got no answer to, or none of success:
 * it goes on with the id that was in place, and nobody will ever ask for what is under other claims.
 *
 * @param previous what was in place
 * @param claim that of what is in place
 * @param present the claims on the identity
 */
async function discardDead(
  event: CustomResourceEvent,
  config: DomainConfig,
  previous: DomainState,
  claim: string,
  present: readonly Claim[],
  freshness: Freshness,
  deadline: Deadline,
  log: Log,
): Promise<void> {
  const former = parseConfigOrNothing(event.OldResourceProperties);
  const living = [previous.claim, claim];
  const isDead = (each: Claim) => isOfResource(each, event) && !living.includes(each.id);
  const places = [
    // The text of a record that went with an update is in its properties only.
    ...(present.some(isDead) ? [{ ...config, ...recordTexts(former ?? {}) }] : []),
    ...(former !== undefined && !samePlace(former, config) ? [former] : []),
  ];
  if (places.length === 0) {
    return;
  }
  try {
    await freshness.require();
    if (freshness.shownId !== event.PhysicalResourceId || (await mayGoBack(event, former, previous, deadline, log))) {
      return;
    }
    const retain = config.retain || former?.retain === true;
    for (const place of places) {
      const { state, claims } = await findOwnClaims(event, place, living, deadline, log);
      if (claims.length > 0) {
        log('discard', { claims, reason: 'no update has ended with them' });
        const isStale = () => Promise.resolve(false);
        const departure = { state, claims, retain, takeOwnership: false, isStale, shown: undefined };
        await remove(departure, connect(event.StackId, place, deadline, log), log);
      }
    }
  } catch (error) {
    log('discard-failed', { error: describeError(error) });
  }
}

/**
 * Whether CloudFormation may return to an id that it does not name: when it tells of the rollback of a replacement, which
 * has not been observed, it would name the one that is about to go.
 */
async function mayGoBack(
  event: CustomResourceEvent,
  former: DomainConfig | undefined,
  previous: DomainState,
  deadline: Deadline,
  log: Log,
): Promise<boolean> {
  const isOfPrevious = former !== undefined && isFor(former, previous);
  return isOfPrevious && /ROLLBACK/.test(await describeStack(cloudFormationClient(deadline), event, deadline, log));
}

/** Whether a physical id is what properties give. Without a zone, it has nothing of the records. */
function isFor(config: DomainConfig, state: DomainState): boolean {
  const { region, domainName, zoneId } = config;
  const options = zoneId === undefined ? {} : recordOptions((option) => config[option]);
  return samePlace({ region, domainName, zoneId, ...options }, state) && sameTexts(options, state);
}

function sameTexts(one: RecordOptions, other: RecordOptions): boolean {
  return JSON.stringify(recordTexts(one)) === JSON.stringify(recordTexts(other));
}

type RecordsPlace = Pick<DomainConfig, 'domainName' | 'region' | 'zoneId' | 'mailFrom'>;

/** Whether two configurations have their records in one place. */
function samePlace(one: RecordsPlace, other: RecordsPlace): boolean {
  return sameIdentity(one, other) && one.zoneId === other.zoneId && one.mailFrom === other.mailFrom;
}

interface OwnClaims {
  readonly state: DomainState;
  readonly claims: readonly string[];
  /** Where SES says that the keys are. */
  readonly hostedZone: string | undefined;
}

interface Unanswered extends OwnClaims {
  readonly intended: Intended;
}

/** The claims of this very resource on an identity, and what they have made in the hosted zone. */
async function findOwnClaims(
  event: CustomResourceEvent,
  config: DomainConfig,
  living: readonly string[],
  deadline: Deadline,
  log: Log,
): Promise<OwnClaims> {
  const claims = new IdentityClaims(connect(event.StackId, config, deadline, log), config, log);
  await claims.read();
  const mailFrom = config.mailFrom && digest(config.mailFrom);
  const own = claims.all().filter((claim) => {
    const isHere = claim.zoneId === config.zoneId && claim.mailFrom === mailFrom;
    return isHere && isOfResource(claim, event) && !living.includes(claim.id);
  });
  const tokens = claims.found?.signing.tokens ?? [];
  const ownedRecords = idsOf(
    own.flatMap((claim) => claim.made),
    tokens,
  ).filter((id): id is string => id !== undefined);
  const { region, domainName, zoneId } = config;
  const options = zoneId === undefined ? {} : recordOptions((option) => config[option]);
  const state = { region, domainName, zoneId, dkimDomain: '', tokens, ...options, ownedRecords, claim: claimId(event) };
  return { state, claims: idsOfClaims(own), hostedZone: claims.found?.signing.hostedZone };
}

/** Properties that cannot work have made the Create fail before it did anything. */
function parseConfigOrNothing(properties: unknown): DomainConfig | undefined {
  try {
    return parseConfig(properties as CustomResourceEvent['ResourceProperties']);
  } catch {
    return undefined;
  }
}

function explain(error: unknown, domain?: { domainName: string; region: string; zoneId?: string }): string {
  const zone = domain?.zoneId === undefined ? '' : `, hosted zone ${domain.zoneId}`;
  const place =
    domain === undefined ? 'Easy DKIM' : `Easy DKIM for ${domain.domainName} (SES in ${domain.region}${zone})`;
  return `${place}: ${describeError(error)}`;
}

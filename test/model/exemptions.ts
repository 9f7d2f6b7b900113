import { claimId } from '../../lambda/domain/claims';
import { type DomainState, parsePhysicalId } from '../../lambda/domain/physical-id';
import type { Call } from '../fakes/fake-aws';
import type { Counters } from './counters';
import type { Ending, Evidence } from './evidence';
import { configOf } from './excuses';
import { claims, type Incident } from './incident';
import type { Keys } from './keys';
import { type Difference, identityKey, type Item, type Ledger, type Origin, plain } from './ledger';
import type { SettingsLedger } from './settings-ledger';
import { hasKey, type Holding, isAt, isReplicaOf, replicaOf, stateOf } from './uses';
import {
  isRetained,
  KEPT_FOR_THE_DEAD,
  MADE_WHERE_FOUND,
  NEVER_ASKED,
  reasonToLeave,
  reasonToLeaveReplica,
  reasonToLeaveUnanswered,
} from './write-offs';

export const CLAIM_UNANSWERED =
  'somebody has deleted the identity, or edited its tags, with the claim of an event without an answer';

export const NOT_TAKEN_BACK = 'of a take-over that was not taken back';

/** What nobody can know to be ours any more, so that it may stay or go: each time with its reason, which is counted. */
export class Exemptions {
  /** The ids of resources that an update has left half way, since the way back failed as well. */
  readonly stuck = new Set<string>();

  constructor(
    private readonly ledger: Ledger,
    private readonly settings: SettingsLedger,
    private readonly counters: Counters,
    private readonly keys: Keys,
    private readonly evidence: Evidence,
  ) {}

  /** The records for keys that the ids of resources do not have: only claims say whose they are. */
  ofLaterKeys(): readonly Item[] {
    const holdings = this.evidence.holdings();
    return this.ledger.ours().filter((item) => {
      const isInId = holdings.some((held) => claims(stateOf(held), item));
      return !isInId && item.key.startsWith('record') && holdings.some((held) => hasKey(held, item));
    });
  }

  /** A resource has made a record where others may have found one, or it has itself. */
  remember({ event }: Incident, { key, before, after }: Difference): void {
    if (before?.origin === 'ours' || after?.origin !== 'ours' || key.startsWith('identity')) return;
    for (const held of this.evidence.holdings()) {
      const state = stateOf(held);
      if (!state || !isAt(state, after) || claims(state, after)) continue;
      const isOwn = held.stack === event.StackId && held.logicalId === event.LogicalResourceId;
      this.evidence.noteFinder(key, held.id, isOwn);
    }
  }

  /** What an id that CloudFormation has done with was about, and what nobody will ever be asked to delete. */
  writeOff(gone: Holding, ending: Ending): void {
    const held = this.keys.with(gone, true);
    for (const item of this.ledger.ours()) {
      const state = stateOf(held);
      if (
        state &&
        (isRetained(held) || ending === 'given up') &&
        isInFormOf(state, item) &&
        this.evidence.isUsed(item)
      ) {
        this.exempt(item, 'used in the form that a resource wants which was retained or given up');
      } else if (held.unanswered !== undefined && item.madeBy?.requestId === held.unanswered) {
        this.writeOffUnanswered(held, item, ending);
      } else if (isReplicaOf(held, item)) {
        this.writeOffReplica(held, item, ending);
      } else if (state) {
        this.writeOffOfDomain(held, state, item, ending);
      }
    }
  }

  private writeOffUnanswered(held: Holding, item: Item, ending: Ending): void {
    const { SesRegion: region, DomainName: domainName } = held.properties;
    if (!this.isNobodys(held, { region, domainName }, item) && this.evidence.isUsed(item)) return;
    const leftover = { item, held, state: undefined, ending };
    this.leave(leftover, reasonToLeaveUnanswered(leftover, this.evidence));
  }

  private writeOffReplica(held: Holding, item: Item, ending: Ending): void {
    const state = replicaOf(held)!;
    if (this.isNobodys(held, state, item)) return this.ledger.mark(item, 'others');
    if (this.evidence.isUsed(item)) return;
    const leftover = { item, held, state, ending };
    this.leave(leftover, reasonToLeaveReplica(leftover, this.evidence));
  }

  private writeOffOfDomain(held: Holding, state: DomainState, item: Item, ending: Ending): void {
    const { evidence } = this;
    if (ending === 'given up' && item.takers?.includes(state.claim)) return this.exempt(item, NOT_TAKEN_BACK);
    if (this.isNobodys(held, state, item)) return this.ledger.mark(item, 'others');
    if (claims(state, item) && !evidence.isClaimed(item)) {
      // To whoever else uses it, it is one that was there before.
      if (isRetained(held) && this.evidence.isUsed(item)) return this.ledger.mark(item, 'others');
      if (ending !== 'given up' && evidence.isFound(item)) {
        return this.exemptWhereFound(item, evidence.deadClaimsFor(item, state).length > 0);
      }
    }
    if (!(isAt(state, item) || hasKey(held, item)) || this.evidence.isUsed(item)) return;
    const leftover = { item, held, state, ending };
    this.leave(leftover, reasonToLeave(leftover, evidence));
  }

  /** Whether an identity was retained and has no claim any more, so that nobody deletes it. */
  private isNobodys(held: Holding, place: Pick<DomainState, 'region' | 'domainName'>, item: Item): boolean {
    return isRetained(held) && this.evidence.hasLostAllClaims(place, item);
  }

  /** Without a reason, something retained is like what others have made, and anything else is not to be there. */
  private leave({ item, held }: { readonly item: Item; readonly held: Holding }, reason: string | undefined): void {
    if (reason !== undefined) this.exempt(item, reason);
    else if (isRetained(held)) this.ledger.mark(item, 'others');
  }

  /**
   * To the resource that had found a record of others, this is still one. If it has taken that over meanwhile, it is its own,
   * also when others have removed theirs since.
   */
  private exemptWhereFound(item: Item, isKept: boolean): void {
    this.exempt(item, MADE_WHERE_FOUND, isKept || this.evidence.mayBeTaken(item) ? 'limbo' : 'others');
  }

  /** @param origin whose it is from now on */
  exempt(item: Item, reason: string, origin: Origin = 'limbo'): void {
    this.ledger.mark(item, origin);
    this.counters.add(`exempt: ${reason}`);
  }

  /** What an update that failed has made goes with its way back, which is not denied or in doubt. */
  settleFailedUpdate(requestId: string, retains: boolean): void {
    for (const item of this.ledger.ours()) {
      if (item.madeBy?.requestId !== requestId || this.evidence.isUsed(item)) continue;
      if (retains) this.ledger.mark(item, 'others');
      else if (this.evidence.lastIncident?.denied || this.evidence.lastIncident?.outage) {
        this.exempt(item, 'of an update without an answer, whose way back was denied or throttled');
      } else if (this.evidence.hasUnreadableClaims(item)) {
        this.exempt(item, KEPT_FOR_THE_DEAD);
      }
    }
  }

  /** An event has had no answer, and CloudFormation asks for nothing that it may have made. */
  neverAsked(requestId: string): void {
    for (const item of this.ledger.ours()) {
      if (item.madeBy?.requestId === requestId && !this.evidence.isUsed(item)) this.exempt(item, NEVER_ASKED);
    }
  }

  exemptUnused(reason: string): void {
    this.ledger.ours().forEach((item) => this.evidence.isUsed(item) || this.exempt(item, reason));
  }

  /** What a failed event leaves for claims that no resource has: its own is to be in the id that it answers with. */
  settleFailure(incident: Incident): void {
    const config = configOf(incident);
    const own = claimId(incident.event);
    for (const item of config ? this.ledger.ours() : []) {
      const isKept = this.evidence.deadClaimsFor(item, config!).some(({ id }) => id !== own);
      if (!incident.made(item)) continue;
      if (this.evidence.isUsed(item)) {
        const isLeft =
          this.evidence.hasSaid('which this deployment made, stay') &&
          !this.evidence.isClaimed(item) &&
          this.evidence.isFound(item);
        if (isLeft) this.exemptWhereFound(item, isKept);
      } else if (isKept) {
        this.exempt(item, KEPT_FOR_THE_DEAD);
      }
    }
  }

  /** What a resource uses that another one has made, whose claim somebody has edited. */
  settleAdoption(id: string): void {
    const state = parsePhysicalId(id);
    for (const item of state ? this.ledger.ours() : []) {
      if (isAt(state!, item) && !claims(state, item) && this.evidence.hasUnreadableClaims(item)) {
        this.exempt(item, 'made by a resource whose claim somebody has edited');
      }
    }
  }

  /** Where one of us has made a DMARC record, others have put the very text that another one wants: claims tell no text. */
  settleRewritten(id: string): void {
    const state = parsePhysicalId(id);
    for (const item of state ? this.ledger.all() : []) {
      if (item.origin !== 'others' || !item.key.includes(' _dmarc.') || !claims(state, item)) continue;
      const isMade = this.evidence.holdings().some((held) => {
        const other = held.id === id ? undefined : stateOf(held);
        return other?.ownedRecords.includes('dmarc') && isAt(other, item);
      });
      if (isMade) this.exempt(item, 'a DMARC record that others have given the text that another resource wants');
    }
  }

  /** Somebody had deleted the identity, and with it the claims of all but the one that makes it anew. */
  forgetClaims({ event, previous }: Incident, { region, params }: Call): void {
    for (const held of this.evidence.holdings()) {
      const state = stateOf(held);
      const isOf = state?.region === region && state.domainName === params.EmailIdentity;
      if (!isOf || (held.stack === event.StackId && held.id === event.PhysicalResourceId && previous)) continue;
      for (const item of this.ledger.ours()) {
        if (isAt(state, item) && !item.key.startsWith('identity')) {
          this.exempt(item, 'somebody has deleted the identity with all claims, and another resource made it anew');
        }
      }
    }
  }

  /** Somebody is about to delete an identity: what an event without an answer has made, only its claim there says. */
  loseUnanswered(region: string, domain: string): void {
    if (this.evidence.deadClaims(region, domain).length === 0) return;
    const states = this.evidence.holdings().flatMap((held) => stateOf(held) ?? []);
    for (const item of this.ledger.ours()) {
      const isInId = states.some((state) => isAt(state, item));
      if (isOf(item, region, domain) && !isInId) this.exempt(item, CLAIM_UNANSWERED);
    }
  }

  /** Somebody is about to edit a claim, which may be all that says who has made the identity or taken it over, or what. */
  loseMaker(region: string, domain: string): void {
    this.settings.loseSight(region, domain);
    const item = this.ledger.get(identityKey(region, domain));
    if (item?.origin !== 'ours') return;
    const reason = item.takers ? 'taken over by' : 'made by';
    this.exempt(item, `${reason} a resource whose claim somebody has edited`);
  }

  /** What is ours at a domain can be told no longer. */
  loseSight(region: string, domain: string): void {
    for (const item of this.ledger.ours()) {
      if (isOf(item, region, domain)) this.exempt(item, 'somebody has removed or edited the claims');
    }
    this.settings.loseSight(region, domain);
  }
}

function isOf({ key }: Item, region: string, domain: string): boolean {
  return key === identityKey(region, domain) || key.includes(`.${domain} `) || key.includes(` ${domain} `);
}

/** Whether it is an MX record with the Region of a domain, or a DMARC record with its text. */
function isInFormOf(state: DomainState, item: Item): boolean {
  if (!isAt(state, item)) return false;
  const { key, content } = item;
  return key.includes(' MX ')
    ? content.includes(`.${state.region}.`)
    : key.includes(' _dmarc.') && content === plain(`"${state.dmarc}"`);
}

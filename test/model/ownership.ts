import { type DomainState, parsePhysicalId } from '../../lambda/domain/physical-id';
import { sameIdentity } from '../../lambda/domain/record-plan';
import type { ResourceProperties } from '../../lib/shared/contract';
import type { ResponseBody } from '../fakes/fake-aws';
import type { Counters } from './counters';
import type { Evidence } from './evidence';
import { type Exemptions, NOT_TAKEN_BACK } from './exemptions';
import { FURTHER_RECORDS } from './further-records';
import { claims, type Incident } from './incident';
import { identityKey, type Item, type Ledger } from './ledger';
import { claimOf, type Holding, isAt, isUsed, stateOf } from './uses';

/** What resources have taken over from others: it is ours as long as one of them says so, and theirs again after that. */
export class Ownership {
  constructor(
    private readonly ledger: Ledger,
    private readonly exemptions: Exemptions,
    private readonly counters: Counters,
    private readonly evidence: Evidence,
  ) {}

  /** What an event has changed in that, by its answer. */
  settle(incident: Incident, { Status, PhysicalResourceId }: ResponseBody): void {
    const { previous, properties, type, event } = incident;
    const state = parsePhysicalId(PhysicalResourceId);
    if (incident.isOfSettings || Status === 'FAILED' || state === undefined) return;
    if (type === 'Delete') {
      const others = this.evidence.holdings().filter(({ id }) => id !== event.PhysicalResourceId);
      return this.leave(state, (item) => incident.retains || isUsed(others, item));
    }
    if (properties.TakeOwnership === undefined) return this.leave(state, () => true);
    for (const item of this.ledger.all().filter((each) => isAt(state, each))) {
      const { origin, takers = [] } = item;
      // What an identity's claims say is taken, only those who use that identity see.
      const isTakenHere = takers.some((claim) => !this.isOfAnotherIdentity(claim, state));
      const isOfNobody = origin === 'others' || this.hasLostItsClaims(item);
      const isFree = takers.length === 0 ? isOfNobody : !isTakenHere;
      if (isTakenHere && !takers.includes(state.claim)) this.ledger.take(item, state.claim);
      else if (isFree && previous?.claim === state.claim && isExact(state, item)) {
        if (incident.meanwhile) this.exemptions.exempt(item, 'taken over while others changed something');
        else {
          this.counters.add('taken over');
          this.ledger.take(item, state.claim);
        }
      }
    }
  }

  /** An update that nobody could take back. */
  doubt({ id, properties }: Holding): void {
    const state = parsePhysicalId(id);
    if (state === undefined || (properties as ResourceProperties).TakeOwnership === undefined) return;
    for (const item of this.ledger.all().filter((each) => each.origin === 'others' && isAt(state, each))) {
      this.exemptions.exempt(item, NOT_TAKEN_BACK);
    }
  }

  /** Somebody has deleted the identity, whose tags say what was taken over. */
  forget(region: string, domain: string): void {
    for (const item of this.ledger.all()) {
      const isOf = item.key === identityKey(region, domain) || item.key.includes(`${domain} `);
      if (isOf && item.takers !== undefined) {
        this.exemptions.exempt(item, 'taken over, and somebody has deleted the identity that says so');
      }
    }
  }

  /** Whether those who have made something are known by their ids only, since somebody has removed their claims. */
  private hasLostItsClaims(item: Item): boolean {
    const makers = this.evidence.holdings().filter((held) => claims(stateOf(held), item));
    return makers.length > 0 && makers.every((held) => this.evidence.hasLostClaim(held));
  }

  /** Whether a claim of a resource that is in place is on another identity than that of a domain. */
  private isOfAnotherIdentity(claim: string, state: DomainState): boolean {
    return this.evidence.holdings().some((held) => {
      const other = claimOf(held) === claim ? stateOf(held) : undefined;
      return other !== undefined && !sameIdentity(other, state);
    });
  }

  /** @param stays whether something goes back to others; what does not has to be gone */
  private leave({ claim }: DomainState, stays: (item: Item) => boolean): void {
    for (const item of this.ledger.all().filter(({ takers = [] }) => takers.includes(claim))) {
      if (stays(item)) this.counters.add('given back');
      this.ledger.giveBack(item, claim, stays(item) ? 'others' : 'ours');
    }
  }
}

/** Whether an identity or a record is as a resource would have made it. */
function isExact(state: DomainState, item: Item): boolean {
  return (
    item.key === identityKey(state.region, state.domainName) ||
    claims({ ...state, ownedRecords: [...state.tokens, ...FURTHER_RECORDS] }, item)
  );
}

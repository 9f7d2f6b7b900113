import { readClaims } from '../../lambda/domain/claims';
import type { DomainState } from '../../lambda/domain/physical-id';
import type { FakeAws, Identity } from '../fakes/fake-aws';
import type { Incident } from './incident';
import { choosesKeys } from './judge-keys';
import { claimOf, type Holding, stateOf } from './uses';

/**
 * Knows which resources the present keys of an identity belong to, although their ids have the tokens of former ones: those
 * that an update with a length of keys was about. Nobody can take keys back, so whatever becomes of the update, the records
 * of these keys are theirs.
 */
export class Keys {
  /** By the claims of the resources. An identity that was made anew is another one. */
  private readonly identities = new Map<string, Identity>();

  /** The tokens of keys that others have changed: nothing relies on their records any more. */
  private readonly outdated = new Set<string>();

  constructor(private readonly fake: FakeAws) {}

  note(incident: Incident): void {
    const { previous, subject, properties, type } = incident;
    if (type !== 'Update' || previous?.zoneId === undefined || !choosesKeys(incident)) return;
    // To the next run of the event, the identity that a killed one has made is the one that it had all along.
    const isMadeBefore = subject === undefined && incident.killed > 0;
    const identity = isMadeBefore ? this.fake.identity(previous.region, previous.domainName) : subject?.identity;
    const isSame = previous.region === properties.SesRegion && previous.domainName === properties.DomainName;
    const isClaimed = readClaims(identity?.tags ?? {}).some(({ id }) => id === previous.claim);
    if (identity && isSame && isClaimed) this.identities.set(previous.claim, identity);
  }

  /** Others are about to change the keys of an identity. */
  outdate(region: string, domain: string): void {
    this.outdated.add(tokensOf(this.fake.identity(region, domain)));
  }

  isOutdated(state: DomainState): boolean {
    const present = tokensOf(this.fake.identity(state.region, state.domainName));
    return present !== tokensOf(state) && this.outdated.has(tokensOf(state));
  }

  /**
   * A holding with the tokens of the keys that its id does not have.
   *
   * @param mayBeGone whether it may have deleted its identity just now
   */
  with(held: Holding, mayBeGone = false): Holding {
    const state = stateOf(held);
    const identity = state && this.identities.get(claimOf(held)!);
    const present = identity && this.fake.identity(state.region, state.domainName);
    if (!identity || (present !== identity && !(mayBeGone && present === undefined))) return held;
    const isOther = tokensOf(identity) !== tokensOf(state);
    return isOther ? { ...held, keys: [...identity.tokens] } : held;
  }
}

function tokensOf(of: { readonly tokens: readonly string[] } | undefined): string {
  return of?.tokens.join() ?? '';
}

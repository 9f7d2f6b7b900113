import { belongsToIdentity, mailRecords, recordOptions } from '../../lib/shared/mail-records';
import { Claim, claimant, digest, IDENTITY, isActive, KEYS, madeRecord, tookIdentity, tookRecord } from './claims';
import type { DomainConfig } from './config';
import type { DomainRun } from './domain-run';
import { DomainState, kindsOf } from './physical-id';
import { sameTokens } from './record-plan';
import { choosesKeys } from './signing-keys';

/** The claim for the records of a domain, of which some were made by one of us. */
export function plannedClaim(run: DomainRun, id: string, ownedRecords: readonly string[]): Claim {
  const { zoneId, mailFrom } = run.config;
  const made = kindsOf(ownedRecords, run.tokens);
  const isMaker = (run.madeIdentity && id === run.eventClaim) || run.claims?.own(id)?.made.includes(IDENTITY);
  const all = zoneId === undefined ? [] : allKinds(run.config);
  const others = all.filter((kind) => !made.includes(kind));
  const taken = takenKinds(run, [IDENTITY, ...others]);
  return {
    id,
    zoneId,
    mailFrom: mailFrom && digest(mailFrom),
    made: [...(isMaker ? [IDENTITY] : []), ...made],
    found: others.filter((kind) => !taken.includes(kind)),
    taken,
    by: claimant(run.event),
  };
}

/** The claim of what was in place, for an identity that was made anew: its DKIM records may have other names. */
export function restoredClaim(run: DomainRun, state: DomainState): Claim {
  const { claim: id, zoneId, mailFrom, tokens, ownedRecords } = state;
  const isKept = (kind: string) => !belongsToIdentity(kind) || sameTokens(tokens, run.tokens);
  const all = zoneId === undefined ? [] : allKinds({ ...run.config, ...recordOptions((option) => state[option]) });
  const made = kindsOf(ownedRecords, tokens).filter(isKept);
  const found = all.filter((kind) => isKept(kind) && !made.includes(kind));
  const taken = run.isAnew ? undefined : run.claims?.own(id)?.taken;
  return { id, zoneId, mailFrom: mailFrom && digest(mailFrom), made, found, taken, by: claimant(run.event) };
}

/**
 * The claim of what was in place, for an identity that has other tokens. Where it is the same identity, nobody can take
 * its new keys back: so what was in place has their records, too, and may be in place again after a rollback.
 */
export function replacedClaim(run: DomainRun, state: DomainState, ownedRecords: readonly string[]): Claim {
  const { tokens } = run;
  const claim = restoredClaim(run, state);
  if (run.isAnew || state.zoneId === undefined || !choosesKeys(run.event)) {
    return claim;
  }
  const made = kindsOf(ownedRecords.filter(belongsToIdentity), tokens);
  const found = kindsOf(tokens, tokens).filter((kind) => !made.includes(kind));
  return { ...claim, made: [...claim.made, KEYS, ...made], found: [...claim.found, ...found] };
}

/** What of the identity and its records has been taken over, by whoever of us, and is to stay so. */
function takenKinds({ config, claims }: DomainRun, kinds: readonly string[]): readonly string[] {
  const all = config.takeOwnership ? (claims?.all().filter(isActive) ?? []) : [];
  return kinds.filter((kind) =>
    all.some((claim) => (kind === IDENTITY ? tookIdentity(claim) : tookRecord(claim, kind, config))),
  );
}

/** The ids of the records that have been taken over. */
export function idsOfTaken(run: DomainRun): readonly string[] {
  return run
    .records()
    .map(({ id }) => id)
    .filter((id) => takenKinds(run, kindsOf([id], run.tokens)).length > 0);
}

/** The ids of the records that a claim says were made. */
export function idsMadeBy(run: DomainRun, claim: Claim | undefined): readonly string[] {
  const { zoneId, mailFrom } = run.config;
  if (claim === undefined) {
    return [];
  }
  return run
    .records()
    .map(({ id }) => id)
    .filter((id) => madeRecord(claim, kindsOf([id], run.tokens)[0], { zoneId, mailFrom }));
}

/** The kinds of records of a domain, whether its tokens are known already or not. */
function allKinds(config: DomainConfig): readonly string[] {
  return mailRecords({ ...config, tokens: ['1', '2', '3'], dkimDomain: '' }).map(({ id }) => id);
}

import { belongsToIdentity, MailRecord } from '../../lib/shared/mail-records';
import type { Aws } from '../aws/clients';
import { idsMadeBy, replacedClaim } from './claim-plan';
import { Claim, claimantsOf, IDENTITY, isOrphan, usesRecord } from './claims';
import { DomainRun, idsOf } from './domain-run';
import { IdentityClaims } from './identity-claims';
import { leaveIdentity } from './leaving';
import { chooseDkimDomain } from './identity-setup';
import { DomainState, kindsOf } from './physical-id';
import { isMade, planUndo, sameTokens, SentRecord } from './record-plan';
import { choosesKeys, publishKeys } from './signing-keys';

/** What a failed run could not take back. */
export interface Leftover {
  /** Undefined when nothing was begun. */
  readonly state: DomainState | undefined;
  readonly problems: readonly string[];
  /** What stays because others use it, in words for the user. */
  readonly remark?: string;
}

/**
 * Takes back what a run did. With RETAIN it deletes nothing, as on Delete.
 *
 * @returns what of it could not be taken back, and why.
 */
export async function undoDomain(run: DomainRun, aws: Aws): Promise<Leftover> {
  const { config, eventClaim, known, log } = run;
  const claims = new IdentityClaims(aws, config, log);
  let recordsLeft = idsOf(run.sent);
  let leaving: readonly Claim[] = [];
  let remark: string | undefined;
  try {
    await claims.read();
    const own = claims.own(eventClaim);
    run.madeIdentity ||= own?.made.includes(IDENTITY) ?? false;
    run.tokens = run.tokens.length > 0 ? run.tokens : (claims.found?.signing.tokens ?? []);
    // An identity that this run has made anew for an update has the claim of the resource, too.
    const ids = run.madeIdentity && known !== undefined ? [eventClaim, known.claim] : [eventClaim];
    const isToGo = run.madeIdentity && !config.retain;
    const earlier = run.earlier === 'unread' ? own : run.earlier;
    const claimed = idsMadeBy(run, earlier);
    recordsLeft = [...new Set([...recordsLeft, ...claimed])];
    const kept = await keepKeys(run, claims, recordsLeft);
    leaving = claims.all().filter(({ id }) => ids.includes(id));
    if (run.beforeTaking !== undefined) {
      await claims.change(run.beforeTaking);
    }
    await leaveIdentity(
      claims,
      leaving,
      () => false,
      { alone: !isToGo, always: config.retain, taken: !config.takeOwnership },
      async (others) => {
        remark = await undoRecords(run, aws, claims, others, claimed);
        recordsLeft = [];
      },
    );
    await publishKeys(aws, kept, config, log);
    const hasBegun = leaving.length > 0 || run.madeIdentity || run.sent.length > 0;
    return { state: hasBegun ? run.state([]) : undefined, problems: [], remark };
  } catch (error) {
    // The claim stays with what is left: the Delete that follows a failed Create finds it. Nobody need wait for that.
    await claims.stay(leaving);
    if (!run.madeIdentity && run.sent.length === 0 && run.claims?.hasChanged !== true) {
      return { state: undefined, problems: [] };
    }
    return { state: run.state(recordsLeft), problems: [(error as Error).message] };
  }
}

/**
 * Nobody can take back the keys that the identity has got since the last deployment. So the resource that was in place
 * keeps their records, until its next update has them in its id.
 *
 * @param ids of the records that this event has made
 * @returns their records that have to be there
 */
async function keepKeys(
  run: DomainRun,
  claims: IdentityClaims,
  ids: readonly string[],
): Promise<readonly MailRecord[]> {
  const { known, tokens, config } = run;
  // Where no length is chosen, other tokens mean that the identity has been made anew.
  const isOfSameIdentity =
    choosesKeys(run.event) && known !== undefined && !run.isAnew && claims.own(known.claim) !== undefined;
  if (!isOfSameIdentity || run.madeIdentity || known.zoneId !== config.zoneId || sameTokens(known.tokens, tokens)) {
    return [];
  }
  run.dkimDomain = chooseDkimDomain(run, claims.found?.signing.hostedZone, run.dkimDomain || known.dkimDomain);
  const kept = run.records().filter(({ id }) => tokens.includes(id) && (run.hasChangedKeys || ids.includes(id)));
  if (kept.length > 0) {
    const made = kept.map(({ id }) => id);
    await claims.change(replacedClaim(run, known, made));
  }
  return kept;
}

/**
 * Takes back the records that were sent, and those that an earlier run has made whose journal is lost. What others have
 * come to use in the meantime stays.
 *
 * @returns what stays that nobody would remove, and why
 */
async function undoRecords(
  run: DomainRun,
  { openZone }: Aws,
  claims: IdentityClaims,
  others: readonly Claim[],
  claimed: readonly string[],
): Promise<string | undefined> {
  const { config, sent } = run;
  const unknown = run.records().filter(({ id }) => claimed.includes(id) && !idsOf(sent).includes(id));
  const all: readonly SentRecord[] = [...sent, ...unknown.map((record) => ({ record, ttl: config.ttl }))];
  const zone = all.length === 0 ? undefined : await openZone();
  if (zone === undefined) {
    return undefined;
  }
  const elsewhere = all.some(({ record }) => !belongsToIdentity(record.id)) ? await claims.readElsewhere() : [];
  const kind = (id: string) => kindsOf([id], run.tokens)[0];
  const candidates = (id: string) =>
    (belongsToIdentity(id) ? others : [...others, ...elsewhere]).map((claim) => withoutLost(run, claim));
  const users = (id: string) => candidates(id).filter((claim) => usesRecord(claim, kind(id), config));
  const isFree = ({ record, replaced }: SentRecord) => replaced !== undefined || users(record.id).length === 0;
  const free = all.filter(isFree);
  const orphans = all
    .filter((each) => !isFree(each))
    .map(({ record }) => record)
    .filter(({ id }) => !config.retain && isOrphan(candidates(id), kind(id), config));
  const names = [...free.map(({ record }) => record), ...orphans].map(({ name }) => name);
  const existing = await zone.listRecordSets(config.domainName, names);
  const changes = planUndo(free, existing, config.retain);
  if (changes.length > 0) {
    await zone.change(changes);
  }
  const left = orphans.filter((record) => isMade(record, existing));
  return left.length === 0
    ? undefined
    : staysAsOrphan(
        left,
        left.flatMap(({ id }) => users(id)),
      );
}

/**
 * What an update had to make, though the resource had found it before, has gone meanwhile. So it goes again with an
 * update that fails: the resource would never remove it.
 */
function withoutLost({ previous }: DomainRun, claim: Claim): Claim {
  return claim.id === previous?.claim ? { ...claim, found: [] } : claim;
}

function staysAsOrphan(records: readonly MailRecord[], users: readonly Claim[]): string {
  const names = records.map(({ name }) => name).join(', ');
  return (
    `The records ${names}, which this deployment made, stay: others had made them before, and ${claimantsOf(users)} uses them. ` +
    'Delete them by hand if nobody needs them.'
  );
}

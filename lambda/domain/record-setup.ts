import { belongsToIdentity, MailRecord, mailRecords } from '../../lib/shared/mail-records';
import { type HostedZone, isInvalidChangeBatch } from '../aws/route53';
import type { Freshness } from '../events/freshness';
import { idsMadeBy, idsOfTaken, plannedClaim, replacedClaim } from './claim-plan';
import type { Claim } from './claims';
import { DomainRun, idsOf } from './domain-run';
import {
  areWritten,
  isMade,
  mergeSent,
  planRecords,
  RecordPlan,
  sameRecordNames,
  sameTokens,
  sharedIds,
  SentRecord,
} from './record-plan';
import type { RecordSet } from './record-set';
import { replan } from './replan';

/**
 * Writes the records of the domain, in one change batch, and waits until Route 53 has published them.
 *
 * @returns the ids of the records that are ours
 * @throws Failure for a record of others that is in the way
 */
export async function applyRecords(
  run: DomainRun,
  zone: HostedZone | undefined,
  freshness: Freshness,
): Promise<readonly string[]> {
  if (zone === undefined) {
    await stake(run, [], freshness);
    return [];
  }
  const planNow = await planOf(run, zone);
  return replan(async () => {
    const { plan, existing, written } = await planNow();
    run.takeable = plan.found.filter((id) => run.records().some((each) => each.id === id && isMade(each, existing)));
    run.log('records-planned', {
      changes: plan.changes.map(({ action, record }) => `${action} ${record.type} ${record.name}`),
      owned: plan.owned.length,
    });
    await stake(run, plan.owned, freshness);
    if (plan.changes.length > 0) {
      await freshness.require();
      run.noteSent(mergeSent(written, plan.sent));
      await write(run, zone, plan, written, freshness);
    }
    return plan.owned;
  });
}

/** @param written what was sent before, as far as it is there */
async function write(
  run: DomainRun,
  zone: HostedZone,
  { changes }: RecordPlan,
  written: readonly SentRecord[],
  freshness: Freshness,
): Promise<void> {
  try {
    await zone.waitUntilInSync(await zone.change(changes), () => freshness.checkNowAndThen());
  } catch (error) {
    if (isInvalidChangeBatch(error)) {
      // The zone changed under us; after a lost answer, by our own first try.
      const lost = error.attempts > 1 && areWritten(run.sent, await listRecords(run, zone));
      if (!lost) {
        run.noteSent(written);
      }
    }
    throw error;
  }
}

/** @throws Failure for a record of others that is in the way, before anything is done that cannot be taken back */
export async function refuseConflicts(run: DomainRun, zone: HostedZone): Promise<void> {
  const planNow = await planOf(run, zone);
  await planNow();
}

/** What is planned, and what it is planned from. */
interface Planned {
  readonly plan: RecordPlan;
  readonly existing: readonly RecordSet[];
  /** What was sent before, as far as it is there. */
  readonly written: readonly SentRecord[];
}

/** @returns what looks at the zone and plans: again, whenever the zone has changed in between */
async function planOf(run: DomainRun, zone: HostedZone): Promise<() => Promise<Planned>> {
  const { config, previous } = run;
  const claims = run.claims!;
  const records = run.records();
  const known = previous !== undefined && sameRecordNames(previous, config) ? previous : undefined;
  const shared = known === undefined ? [] : sharedIds(known, config);
  // What an earlier run of the event has written, it may not have seen published.
  const claimed = idsMadeBy(run, claims.own(run.eventClaim));
  const owned = shared.filter((id) => known?.ownedRecords.includes(id));
  const elsewhere = await claimsElsewhere(run, records);
  const former = run.formerRegions.flatMap((region) => mailRecords({ ...config, region, tokens: [], dkimDomain: '' }));

  const planFor = (existing: readonly RecordSet[], written: readonly SentRecord[]): RecordPlan => {
    const others = claims.all().filter(({ id }) => id !== run.eventClaim);
    const inherited = [
      ...others.flatMap((claim) => idsMadeBy(run, claim)),
      ...elsewhere.flatMap((claim) => idsMadeBy(run, claim)).filter((id) => !belongsToIdentity(id)),
    ];
    const unheard = records
      .filter((each) => claimed.includes(each.id) && !inherited.includes(each.id) && isMade(each, existing))
      .map(({ id }) => id);
    return planRecords(
      {
        ...config,
        zoneId: zone.id,
        records,
        owned: [...owned, ...unheard],
        taken: idsOfTaken(run),
        inherited,
        former,
        unconfirmed: [...idsOf(written), ...unheard],
      },
      existing,
    );
  };

  return async () => {
    const existing = await listRecords(run, zone);
    // Of a batch whose answer was lost, or whose run was killed, all is there or nothing.
    const written = areWritten(run.sent, existing) ? run.sent : [];
    const plan = planFor(existing, written);
    if (plan.found.length === 0) {
      return { plan, existing, written };
    }
    // Another construct may have made them since: it has said so before.
    await claims.reread();
    return { plan: planFor(existing, written), existing, written };
  };
}

function listRecords(run: DomainRun, zone: HostedZone): Promise<readonly RecordSet[]> {
  const names = run.records().map(({ name }) => name);
  return zone.listRecordSets(run.config.domainName, names);
}

/** What is claimed on the identities of other Regions, which may have the same MX, SPF and DMARC records. */
async function claimsElsewhere({ claims }: DomainRun, records: readonly MailRecord[]): Promise<readonly Claim[]> {
  const mayShare = records.some(({ id }) => !belongsToIdentity(id));
  return mayShare ? claims!.readElsewhere().catch(() => []) : [];
}

/** Says on the identity what is used and made from now on, before it is made: a run that is killed is then known. */
async function stake(run: DomainRun, ownedRecords: readonly string[], freshness: Freshness): Promise<void> {
  const { known } = run;
  const claims = run.claims!;
  const { claim } = run.state(ownedRecords);
  await claims.put(plannedClaim(run, claim, ownedRecords), freshness);
  if (known !== undefined && claim !== known.claim && (run.isAnew || !sameTokens(known.tokens, run.tokens))) {
    await claims.put(replacedClaim(run, known, ownedRecords), freshness);
  }
}

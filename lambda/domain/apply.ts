import type { ResourceAttributes } from '../../lib/shared/contract';
import { mailRecords } from '../../lib/shared/mail-records';
import type { Aws } from '../aws/clients';
import { DkimStatus, requireThreeTokens } from '../aws/ses';
import type { Freshness } from '../events/freshness';
import { idsMadeBy, plannedClaim } from './claim-plan';
import { IDENTITY } from './claims';
import { parseTags } from './config';
import { DomainRun, idsOf } from './domain-run';
import { applyIdentity, applySigningKeys } from './identity-setup';
import { DomainState, kindsOf } from './physical-id';
import { applyRecords } from './record-setup';
import { changeUserTags } from './user-tags';
import { waitForVerification } from './verification';

/** What is in place after Create or Update. */
export interface Applied {
  readonly state: DomainState;
  readonly status: DkimStatus;
  /** As {@link ResourceAttributes} have it. */
  readonly sendingResource: string;
  /** What is not as the user may expect. */
  readonly remark?: string;
}

const NOT_TAKEN =
  'What was there before still counts as made by others, and stays when this construct goes: takeOwnership takes effect ' +
  'in an update that leaves the domain and its records as they are. Deploy again with another revision.';

/**
 * Creates or updates one domain: the identity, its records, and the waits for them. What was there before is used and
 * not taken over; what this run made can be undone when a later step fails.
 *
 * @throws Failure
 */
export async function applyDomain(run: DomainRun, aws: Aws, freshness: Freshness): Promise<Applied> {
  const { config } = run;
  const found = await applyIdentity(run, aws, freshness);
  const zone = await aws.openZone();
  const { status = found, remark: kept } = await applySigningKeys(run, aws, zone, freshness);
  const ownedRecords = await applyRecords(run, zone, freshness);
  const verified =
    config.waitForVerification > 0 && status !== 'Success'
      ? await waitForVerification(
          aws.ses,
          zone,
          config,
          run.records().filter(({ type }) => type === 'CNAME'),
          aws.deadline,
          freshness,
        )
      : status;
  await applyTags(run, freshness);
  if (run.madeIdentity || run.sent.length > 0) {
    await freshness.check();
  }
  const state = run.state(ownedRecords);
  const remarks = [kept, await takeOver(run, state, freshness)].filter((each) => each !== undefined);
  const sendingResource = aws.ses.sendingResource(
    config.domainName,
    run.claims?.found?.settings.ConfigurationSet ?? undefined,
  );
  return { state, status: verified, sendingResource, remark: remarks.length > 0 ? remarks.join(' ') : undefined };
}

/**
 * What there is of a Create that has run elsewhere before, or still does: CloudFormation may have heard of its success.
 * Undefined when this is the first run, or the second one after a crash.
 */
export function doneElsewhere(run: DomainRun): DomainState | undefined {
  const { claimedElsewhere, sent } = run;
  return claimedElsewhere && run.state([...new Set([...idsMadeBy(run, claimedElsewhere), ...idsOf(sent)])]);
}

/** The user's tags, as they changed since the last deployment. */
async function applyTags({ known, event, claims, config }: DomainRun, freshness: Freshness): Promise<void> {
  const former = known === undefined ? {} : parseTags(event.OldResourceProperties);
  await changeUserTags(claims!, config.tags, former, freshness);
}

/**
 * Takes over what others have made, once all else has succeeded: in an update that the same physical resource stays in
 * place of, since CloudFormation takes back no other one by an Update.
 *
 * @returns what the user has to know when it is not the time for it
 */
async function takeOver(
  run: DomainRun,
  { claim: id, ownedRecords }: DomainState,
  freshness: Freshness,
): Promise<string | undefined> {
  const { config, known, takeable, tokens } = run;
  const claims = run.claims!;
  if (!config.takeOwnership) {
    return undefined;
  }
  const claim = plannedClaim(run, id, ownedRecords);
  const kinds = [...(claims.isOurs ? [] : [IDENTITY]), ...kindsOf(takeable, tokens)];
  const further = kinds.filter((kind) => !claim.taken!.includes(kind));
  if (further.length === 0) {
    return undefined;
  }
  if (id !== known?.claim) {
    return NOT_TAKEN;
  }
  await freshness.check();
  run.log('take-over', { kinds: further });
  run.beforeTaking = claims.own(id);
  const found = claim.found.filter((kind) => !further.includes(kind));
  await claims.put({ ...claim, found, taken: [...claim.taken!, ...further] }, freshness);
  return undefined;
}

/** The attributes that the construct reads with `Fn::GetAtt`. */
export function toAttributes({ state, status, sendingResource }: Applied): ResourceAttributes {
  const [token1, token2, token3] = requireThreeTokens(state.tokens, state.domainName, state.region);
  const [record1, record2, record3] = mailRecords(state);
  return {
    DomainName: state.domainName,
    SesRegion: state.region,
    HostedZoneId: state.zoneId,
    DkimToken1: token1,
    DkimToken2: token2,
    DkimToken3: token3,
    DkimRecordName1: record1.name,
    DkimRecordName2: record2.name,
    DkimRecordName3: record3.name,
    DkimRecordValue1: record1.value,
    DkimRecordValue2: record2.value,
    DkimRecordValue3: record3.value,
    VerificationStatus: status,
    SendingResource: sendingResource,
  };
}

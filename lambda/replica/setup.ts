import type { ReplicaAttributes } from '../../lib/shared/contract';
import { Aws, connect } from '../aws/clients';
import { Claim, claimant, claimId, IDENTITY } from '../domain/claims';
import { parseTags } from '../domain/config';
import { Entered, enterIdentity } from '../domain/entering';
import { IdentityClaims } from '../domain/identity-claims';
import { leaveIdentity } from '../domain/leaving';
import { changeUserTags } from '../domain/user-tags';
import { emptyPhysicalId, formatReplicaId, parseReplicaId } from '../domain/physical-id';
import type { Answer } from '../events/answer';
import type { Deadline } from '../events/deadline';
import type { CustomResourceEvent } from '../events/event';
import { Freshness, LateEvent } from '../events/freshness';
import type { Log } from '../events/log';
import { ReplicaConfig, samePlace } from './config';
import { explainReplica } from './explain';
import { discardDeadReplicas } from './remove';
import { requireReplica, waitForReplica } from './signing';

/**
 * One Create or Update of a replica. A replica of the same parent that is there already is used as it is; one that this
 * run makes goes again when a later step fails.
 */
export class ReplicaSetup {
  private readonly claim: string;
  /** Whether the resource has had this very replica before. */
  private readonly isKnown: boolean;
  private claims: IdentityClaims | undefined;
  private entered: Entered | undefined;

  public constructor(
    private readonly event: CustomResourceEvent,
    private readonly config: ReplicaConfig,
    private readonly log: Log,
  ) {
    const state = parseReplicaId(event.PhysicalResourceId ?? '');
    this.isKnown = state !== undefined && samePlace(state, config);
    this.claim = this.isKnown ? state!.claim : claimId(event);
  }

  public async run(deadlines: { readonly work: Deadline; readonly undo: Deadline }): Promise<Answer> {
    const { event, config, log } = this;
    const physicalId = formatReplicaId({ ...config, claim: this.claim });
    const freshness = new Freshness(event, deadlines.work, log);
    try {
      const data = await this.apply(connect(event.StackId, config, deadlines.work, log), freshness);
      if (this.isKnown) {
        await discardDeadReplicas(event, config, this.claim, freshness, deadlines.work, log);
      }
      return { status: 'SUCCESS', physicalId, data };
    } catch (error) {
      const reason = explainReplica(error, config);
      const former = event.PhysicalResourceId;
      if (error instanceof LateEvent && !error.isOfFailed(claimId(event))) {
        return { status: 'FAILED', physicalId: former ?? emptyPhysicalId(event.RequestId), reason };
      }
      const problem = await this.undo(connect(event.StackId, config, deadlines.undo, log));
      // A failed Update leaves the resource as it was; the Delete after a failed Create finishes the job.
      const isLeft = problem !== undefined || this.entered?.isOfEarlierRun === true;
      return {
        status: 'FAILED',
        physicalId: former ?? (isLeft ? physicalId : emptyPhysicalId(event.RequestId)),
        reason: problem === undefined ? reason : `${reason} What this deployment made could not be removed: ${problem}`,
      };
    }
  }

  private async apply(aws: Aws, freshness: Freshness): Promise<ReplicaAttributes> {
    const { config, event, log } = this;
    const claims = (this.claims = new IdentityClaims(aws, config, log));
    const claim: Claim = { id: this.claim, made: [IDENTITY], found: [], by: claimant(event) };
    const entered = await enterIdentity(claims, claim, config.tags, freshness, this.isKnown, (signing) =>
      requireReplica(signing, config),
    );
    this.entered = entered;
    const isTold = entered.signing.origin !== undefined;
    const signing = isTold ? entered.signing : (await aws.ses.findIdentity(config.domainName))?.signing;
    // Something that stands in for SES may have made an identity with keys of its own.
    requireReplica(signing ?? entered.signing, config);
    log('replica', { region: config.region, parentRegion: config.parentRegion, status: signing?.status });
    if (config.waitForVerification > 0 && signing?.status !== 'Success') {
      await waitForReplica(aws.ses, config, aws.deadline, freshness);
    }
    await changeUserTags(claims, config.tags, this.isKnown ? parseTags(event.OldResourceProperties) : {}, freshness);
    if (claims.hasChanged) {
      await freshness.check();
    }
    const configurationSet = claims.found?.settings.ConfigurationSet ?? undefined;
    return { SendingResource: aws.ses.sendingResource(config.domainName, configurationSet) };
  }

  /**
   * Takes back what this run did for a new replica.
   *
   * @returns why that was not possible
   */
  private async undo(aws: Aws): Promise<string | undefined> {
    const { config, entered } = this;
    // CloudFormation may have heard of the success of an earlier run.
    if (this.isKnown || this.claims?.hasChanged !== true || entered?.isOfEarlierRun === true) {
      return undefined;
    }
    const claims = new IdentityClaims(aws, config, this.log);
    let own: readonly Claim[] = [];
    try {
      await claims.read();
      own = claims.all().filter(({ id }) => id === this.claim);
      const isToGo = own.some(({ made }) => made.includes(IDENTITY)) && !config.retain;
      const keep = { alone: !isToGo, always: config.retain, taken: true };
      await leaveIdentity(
        claims,
        own,
        () => false,
        keep,
        () => Promise.resolve(),
      );
      return undefined;
    } catch (error) {
      await claims.stay(own);
      return (error as Error).message;
    }
  }
}

import { isOwn, sameValue, Setting, Settings, showSetting } from '../../lib/shared/settings';
import { connectSettings, SettingsAws } from '../aws/clients';
import { toStatus } from '../aws/ses';
import { Claim, claimant, claimId, idsOfClaims, isActive, isOfResource, usesSetting } from '../domain/claims';
import { IdentityClaims } from '../domain/identity-claims';
import { outlastLease } from '../domain/leases';
import { emptyPhysicalId, formatSettingsId, parseSettingsId } from '../domain/physical-id';
import type { Answer } from '../events/answer';
import { Deadline } from '../events/deadline';
import type { CustomResourceEvent } from '../events/event';
import { AwsCallFailure, Failure } from '../events/failure';
import { Freshness, LateEvent } from '../events/freshness';
import { Journal } from '../events/journal';
import { Log } from '../events/log';
import { parseFormer, parseSettings, SettingsConfig } from './config';
import { explainSettings } from './explain';
import { formerValues, isBroughtBack, valuesOf } from './former-values';
import { waitForMailFrom } from './mail-from';
import { discardDeadSettings, removeSettings } from './remove';
import { pickSettings, planSettings, settingsOf, Step } from './plan';

/** Codes of calls that SES has refused, so that they have changed nothing, unless an earlier try has. */
const REFUSED = /Invalid|Validation|BadRequest|NotFound|AccessDenied|NotAuthorized/;

/**
 * Gives an identity its settings, or takes them away. What is set already is not set again, and what this run has
 * changed goes back to what it was when a later step fails. A setting that had our value before we came stays.
 */
export async function handleSettings(
  event: CustomResourceEvent,
  deadlines: { readonly work: Deadline; readonly undo: Deadline },
  journal: Journal,
  log: Log,
): Promise<Answer> {
  return event.RequestType === 'Delete'
    ? removeSettings(event, deadlines.work, log)
    : new SettingsSetup(event, parseSettings(event.ResourceProperties), journal, log).run(deadlines);
}

/** One Create or Update of settings. */
class SettingsSetup {
  private readonly claim: string;
  /** What the properties asked for before, when they were about the same identity. */
  private readonly former: Settings | undefined;
  private readonly taken: Step[] = [];
  /** Whether a Create has found its own claim, of a run elsewhere: that may have been cut short, or have succeeded. */
  private isRepetition = false;
  /** Further claims of this very resource on the identity: of what it replaces, or of updates that came to nothing. */
  private siblingIds: readonly string[] = [];

  public constructor(
    private readonly event: CustomResourceEvent,
    private readonly config: SettingsConfig,
    private readonly journal: Journal,
    private readonly log: Log,
  ) {
    const state = parseSettingsId(event.PhysicalResourceId ?? '');
    const isKnown = state?.domainName === config.domainName && state.region === config.region;
    this.claim = isKnown ? state.claim : claimId(event);
    this.former = isKnown ? (parseFormer(event.OldResourceProperties)?.wanted ?? {}) : undefined;
  }

  public async run(deadlines: { readonly work: Deadline; readonly undo: Deadline }): Promise<Answer> {
    const { event, config, log } = this;
    const freshness = new Freshness(event, deadlines.work, log);
    const before = { claim: undefined as Claim | undefined };
    try {
      const mailFromStatus = await this.apply(connectSettings(event, config, deadlines.work, log), freshness, before);
      if (this.taken.length > 0) {
        await freshness.check();
      }
      await this.discardDead(deadlines.work);
      return {
        status: 'SUCCESS',
        physicalId: formatSettingsId({ ...config, claim: this.claim }),
        data: { MailFromStatus: mailFromStatus },
      };
    } catch (error) {
      if (error instanceof LateEvent && !error.isOfFailed(claimId(event))) {
        const physicalId = event.PhysicalResourceId ?? emptyPhysicalId(event.RequestId);
        return { status: 'FAILED', physicalId, reason: explainSettings(error, config) };
      }
      const problems = this.isRepetition ? [] : await this.takeBack(before.claim, deadlines.undo);
      // A failed Update leaves the resource as it was; the Delete after a failed Create finishes the job.
      const created =
        problems.length > 0 || this.isRepetition
          ? formatSettingsId({ ...config, claim: this.claim })
          : emptyPhysicalId(event.RequestId);
      return {
        status: 'FAILED',
        physicalId: event.PhysicalResourceId ?? created,
        reason: explainSettings(error, config, problems),
      };
    }
  }

  /** @returns the status of the MAIL FROM domain, if one is asked for */
  private async apply(
    aws: SettingsAws,
    freshness: Freshness,
    before: { claim: Claim | undefined },
  ): Promise<string | undefined> {
    const { config, journal, log, former = {} } = this;
    const { wanted, domainName, region } = config;
    const claims = new IdentityClaims(aws, config, log);
    await claims.read();
    await outlastLease(claims, [this.claim]);
    if (claims.found === undefined) {
      throw new Failure(
        `There is no identity ${domainName} in ${region}, so it cannot have settings: it may have been deleted by hand. ` +
          'Deploy its EasyDkimDomain again, with another revision.',
      );
    }
    const own = claims.own(this.claim);
    before.claim = this.former === undefined ? undefined : own;
    this.isRepetition = this.former === undefined && own !== undefined && journal.read().before === undefined;
    const others = claims.all().filter(({ id }) => id !== this.claim);
    this.siblingIds = idsOfClaims(others.filter((claim) => isOfResource(claim, this.event)));
    const present = await aws.settings.read(claims.found, settingsOf(wanted, former));
    if (own === undefined && this.former === undefined) {
      this.refuseConflicts(
        present,
        others.filter(({ id }) => !this.siblingIds.includes(id)),
      );
    }
    // What a run of the same event that was killed has set looks like what was there before. Where the
    // journal is lost, that stays set when this run fails.
    const { before: earlier = present } = journal.read();
    journal.note({ before: earlier });
    const isUsed = (setting: Setting) =>
      others.some((claim) => usesSetting(claim, setting) && (!isOwn(setting) || isOfResource(claim, this.event)));
    const isOurs = (setting: Setting) => isOwn(setting) || own?.made.includes(setting) === true;
    const droppable = pickSettings(former, (setting) => isOurs(setting) && !isUsed(setting));
    const steps = planSettings({ wanted, former: droppable, present: earlier });
    log('settings-planned', { steps });

    const changed = new Set(steps.map(({ setting }) => setting));
    const were = formerValues(own, steps);
    const isOfOthers = (setting: Setting) => others.filter(isActive).some(({ made }) => made.includes(setting));
    const isChanged = (setting: Setting) => changed.has(setting) || own?.made.includes(setting) === true;
    const isMade = (setting: Setting) =>
      isOwn(setting) || isOfOthers(setting) || (isChanged(setting) && !isBroughtBack(setting, wanted, were));
    const names = settingsOf(wanted);
    const made = names.filter(isMade);
    const found = names.filter((name) => !made.includes(name));
    const claim = { id: this.claim, made, found, was: valuesOf(made, were), by: claimant(this.event) };
    // What goes is claimed until it is gone.
    await claims.put({ ...claim, made: [...new Set([...made, ...(own?.made ?? [])])], was: were }, freshness);
    for (const step of steps) {
      if (!sameValue(present[step.setting], step.to)) {
        await freshness.require();
      }
      this.taken.push(step);
      if (!sameValue(present[step.setting], step.to)) {
        await aws.settings.write(step.setting, step.to).catch((error: AwsCallFailure) => {
          if (REFUSED.test(error.code) && error.attempts === 1) this.taken.pop();
          throw error;
        });
      }
    }
    await claims.put(claim, freshness);
    const isSetNow = changed.has('MailFrom');
    return wanted.MailFrom === undefined
      ? undefined
      : this.verifyMailFrom(aws, isSetNow ? 'Pending' : toStatus(claims.found.mailFromStatus), freshness);
  }

  private async verifyMailFrom(aws: SettingsAws, found: string, freshness: Freshness): Promise<string> {
    const { wanted, waitForVerification } = this.config;
    const isGivenUp = found === 'Failed';
    if (isGivenUp) {
      // SES looks for the MX record for 72 hours, and never again until the MAIL FROM domain is set anew.
      await freshness.require();
      await aws.settings.write('MailFrom', wanted.MailFrom!);
    }
    const status = isGivenUp ? 'Pending' : found;
    return status === 'Success' || waitForVerification === 0 ? status : waitForMailFrom(aws, this.config, freshness);
  }

  private async discardDead(deadline: Deadline): Promise<void> {
    const { event, config, log, siblingIds } = this;
    const former = parseFormer(event.OldResourceProperties);
    const isElsewhere =
      former !== undefined && (former.domainName !== config.domainName || former.region !== config.region);
    // Only what is in place before and after has outlived all others.
    if (this.former !== undefined && (isElsewhere || siblingIds.length > 0)) {
      await discardDeadSettings(event, config, [this.claim], deadline, log);
    }
  }

  /** CloudFormation takes an Update back by an Update. What a new resource has overwritten nobody would bring back. */
  private refuseConflicts(present: Settings, others: readonly Claim[]): void {
    const { wanted, domainName, region } = this.config;
    for (const setting of settingsOf(wanted).filter((each) => !isOwn(each))) {
      const user = others.find((claim) => usesSetting(claim, setting));
      if (user !== undefined && !sameValue(present[setting], wanted[setting])) {
        throw new Failure(
          `${setting} of ${domainName} in ${region} is ${JSON.stringify(showSetting(present[setting]))} for ${user.by}, and should be ` +
            `${JSON.stringify(showSetting(wanted[setting]))} here. Give both the same value, or change it once ${user.by} is gone.`,
        );
      }
    }
  }

  /** @returns why steps could not be taken back */
  private async takeBack(before: Claim | undefined, deadline: Deadline): Promise<readonly string[]> {
    const { config, log, taken } = this;
    const problems: string[] = [];
    const connect = (share: Deadline) => connectSettings(this.event, config, share, log);
    for (let left = taken.length; left > 0; left -= 1) {
      const { setting, from } = taken[left - 1];
      // A call that hangs leaves their share of the time to the others.
      const share = deadline.atMost(deadline.remaining() / left);
      await connect(share)
        .settings.write(setting, from)
        .catch((error: Error) => problems.push(error.message));
      share.clear();
    }
    if (problems.length === 0) {
      await this.takeBackClaim(before, connect(deadline)).catch((error: Error) => problems.push(error.message));
    }
    return problems;
  }

  private async takeBackClaim(before: Claim | undefined, aws: SettingsAws): Promise<void> {
    const claims = new IdentityClaims(aws, this.config, this.log);
    await claims.read();
    if (before !== undefined && claims.own(this.claim) !== undefined) {
      await claims.stay([before]);
    } else if (this.former === undefined) {
      await claims.giveUp([this.claim]);
    }
  }
}

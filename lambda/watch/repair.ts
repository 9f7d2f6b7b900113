import { isDefault, sameValue, Setting, Settings } from '../../lib/shared/settings';
import { belongsToIdentity, MailRecord, mailRecords } from '../../lib/shared/mail-records';
import type { Access } from '../aws/client-settings';
import { connect, connectSettings } from '../aws/clients';
import type { ResourceStatus } from '../aws/cloudformation';
import type { HostedZone } from '../aws/route53';
import type { Identity } from '../aws/ses';
import { Claim, isActive, isMade, isOfResource, madeRecord, readClaims, usesSetting } from '../domain/claims';
import { IdentityClaims } from '../domain/identity-claims';
import { endLease, takeLease } from '../domain/leases';
import { DomainState, kindsOf, SettingsState } from '../domain/physical-id';
import { NOTHING_MADE, planRecords, sameTokens } from '../domain/record-plan';
import type { Deadline } from '../events/deadline';
import { AwsCallFailure, describeError } from '../events/failure';
import type { Log } from '../events/log';
import { pickSettings, planSettings, settingsOf } from '../settings/plan';
import { stateOf } from './compare';
import { declaredDomain, declaredSettings } from './declared';
import { Deployed, StackIsBusy, Subject, WatchedStack } from './stack';

const REPAIRING: Access = { mayWrite: true, crowd: 1 };

/** How long one resource may be repaired, in milliseconds: half of what the handler waits for a watch. */
const LONGEST_REPAIR = 30_000;

/**
 * Puts back what the stack has made on one identity and in its hosted zone, and is missing. What is there stays, whoever
 * put it there, and so does everything that the stack only uses: the tag of the resource on the identity has to say that
 * it was made by one of us, and the physical id as well.
 *
 * A deployment does not come in between. The watch says on the identity what it is about to repair, and looks at the stack
 * afterwards; CloudFormation shows the stack in progress before it sends an event, and the handler looks at the identity
 * afterwards. So at least one of them sees the other: the watch then steps aside, and the handler waits.
 */
export class Repair {
  /** How many things were put right. */
  private count = 0;

  public constructor(
    private readonly stack: WatchedStack,
    private readonly subject: Subject,
    private readonly deadline: Deadline,
    private readonly log: Log,
  ) {}

  /**
   * @returns how many things were put right
   * @throws StackIsBusy when a deployment has begun
   */
  public async run(): Promise<number> {
    const { domains, settings } = this.subject;
    for (const each of domains) {
      await this.attempt(each.logicalId, () => this.repairDomain(each));
    }
    for (const each of settings) {
      await this.attempt(each.logicalId, () => this.repairSettings(each));
    }
    return this.count;
  }

  private async repairDomain(domain: Deployed<DomainState>): Promise<void> {
    const { state, logicalId } = domain;
    const view = await this.stack.describe(logicalId);
    const config = declaredDomain(view, state);
    await this.underLease(state.claim, async (limit, identity, claim) => {
      const { ses, openZone } = connect(this.stack.id, config, limit, this.log, REPAIRING);
      const { tokens, status, origin = 'AWS_SES' } = identity.signing;
      const isCurrent = origin === 'AWS_SES' && sameTokens(tokens, state.tokens);
      const zone = await openZone();
      const ours = mailRecords(state).filter(
        ({ id }) => isOurs(id, state, claim) && (isCurrent || !belongsToIdentity(id)),
      );
      const inPlace = zone === undefined || (await this.repairRecords(zone, ours, config.ttl, domain, view));
      if (status === 'Failed' && isCurrent && inPlace && isMade(identity.tags)) {
        await this.requireUnchanged(domain, view);
        await ses.verifyDomainDkim(state.domainName);
        this.note(`verification of ${state.domainName} in ${state.region}`);
      }
    });
  }

  /** @returns whether all DKIM records are in place then */
  private async repairRecords(
    zone: HostedZone,
    ours: readonly MailRecord[],
    ttl: number,
    domain: Deployed<DomainState>,
    view: ResourceStatus,
  ): Promise<boolean> {
    const all = mailRecords(domain.state);
    const existing = await zone.listRecordSets(
      domain.state.domainName,
      all.map(({ name }) => name),
    );
    const missing = ours.filter((record) => stateOf(record, existing) === 'missing');
    if (missing.length > 0) {
      const { changes } = planRecords({ ...NOTHING_MADE, records: missing, ttl }, existing);
      await this.requireUnchanged(domain, view);
      // Whatever has come to be there in the meantime makes the whole batch fail.
      await zone.change(changes);
      missing.forEach(({ type, name }) => this.note(`${type} record ${name}`));
    }
    const isThere = (record: MailRecord) =>
      missing.some(({ id }) => id === record.id) || stateOf(record, existing) === 'in place';
    return all.filter(({ id }) => belongsToIdentity(id)).every(isThere);
  }

  private async repairSettings(resource: Deployed<SettingsState>): Promise<void> {
    const { state, logicalId } = resource;
    const view = await this.stack.describe(logicalId);
    const { wanted } = declaredSettings(view, state);
    await this.underLease(state.claim, async (limit, identity, claim) => {
      const ids = { StackId: this.stack.id, LogicalResourceId: logicalId };
      const { settings } = connectSettings(ids, state, limit, this.log, REPAIRING);
      const present = await settings.read(identity, settingsOf(wanted));
      // Whoever else uses a setting may have changed it: claims do not tell their values.
      const others = readClaims(identity.tags).filter((each) => each.id !== claim.id && !isOfResource(each, ids));
      const isShared = (setting: Setting) => others.some((each) => usesSetting(each, setting));
      const missing = missingSettings(wanted, present, (setting) => claim.made.includes(setting) && !isShared(setting));
      const steps = planSettings({ wanted: missing, former: {}, present });
      const hasGivenUp = sameValue(present.MailFrom, wanted.MailFrom) && identity.mailFromStatus === 'FAILED';
      const again =
        wanted.MailFrom && hasGivenUp && claim.made.includes('MailFrom')
          ? [['MailFrom', wanted.MailFrom] as const]
          : [];
      for (const [setting, value] of [...steps.map(({ setting, to }) => [setting, to] as const), ...again]) {
        await this.requireUnchanged(resource, view);
        await settings.write(setting, value);
        this.note(`${setting} of ${state.domainName} in ${state.region}`);
      }
    });
  }

  /** Has the handler wait while a resource is repaired, if it is still the one that uses the identity. */
  private async underLease(
    claim: string,
    work: (limit: Deadline, identity: Identity, claim: Claim) => Promise<void>,
  ): Promise<void> {
    const aws = connect(this.stack.id, this.subject, this.deadline, this.log, REPAIRING);
    const claims = new IdentityClaims(aws, this.subject, this.log);
    if ((await look(claims, claim)).own === undefined) {
      return;
    }
    const limit = this.deadline.atMost(LONGEST_REPAIR);
    try {
      await takeLease(claims, claim);
      const { found, own } = await look(claims, claim);
      if (found !== undefined && own !== undefined) {
        await work(limit, found, own);
      }
    } finally {
      limit.clear();
      // It ends by itself, too.
      await endLease(claims, claim).catch((error: Error) => this.log('lease-left', { problem: error.message }));
    }
  }

  /** @throws StackIsBusy unless the stack is at rest, and the resource as it was when it was looked at */
  private async requireUnchanged({ logicalId, physicalId }: Deployed<unknown>, view: ResourceStatus): Promise<void> {
    await this.stack.requireRest();
    const now = await this.stack.describe(logicalId);
    if (now.physicalId !== physicalId || now.metadata !== view.metadata || !/^[A-Z]+_COMPLETE$/.test(now.status)) {
      throw new StackIsBusy(`the resource ${logicalId} is ${now.status}`);
    }
  }

  private note(what: string): void {
    this.count += 1;
    this.log('repaired', { what });
  }

  /** What cannot be repaired is looked at again the next time. */
  private async attempt(logicalId: string, repair: () => Promise<void>): Promise<void> {
    try {
      await repair();
    } catch (error) {
      if (error instanceof StackIsBusy) throw error;
      const code = error instanceof AwsCallFailure ? error.code : undefined;
      this.log('repair-failed', { logicalId, code, error: describeError(error) });
    }
  }
}

/** The identity as it is now, and the claim of a resource on it; undefined when it says that the resource is about to go. */
async function look(claims: IdentityClaims, id: string): Promise<{ found?: Identity; own?: Claim }> {
  await claims.read();
  const own = claims.own(id);
  return { found: claims.found, own: own !== undefined && isActive(own) && !own.unreadable ? own : undefined };
}

/** Whether a record was made by one of us, by all that is known of it. */
function isOurs(id: string, state: DomainState, claim: Claim): boolean {
  const [kind] = kindsOf([id], state.tokens);
  return state.ownedRecords.includes(id) && madeRecord(claim, kind, state);
}

/** The settings that we made, and that are at SES's default: any other value is one that somebody has given. */
function missingSettings(wanted: Settings, present: Settings, isOurs: (setting: Setting) => boolean): Settings {
  const isMissing = (setting: Setting) =>
    isOurs(setting) && isDefault(setting, present[setting]) && !sameValue(wanted[setting], present[setting]);
  return pickSettings(wanted, (setting) => {
    const topic = setting.replace('Headers', 'Topic') as Setting;
    return isMissing(setting) && (sameValue(present[topic], wanted[topic]) || isMissing(topic));
  });
}

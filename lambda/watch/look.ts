import { connect, connectSettings } from '../aws/clients';
import { HostedZone, isNoSuchHostedZone } from '../aws/route53';
import type { Identity } from '../aws/ses';
import { mailRecords } from '../../lib/shared/mail-records';
import type { DomainMetric } from '../../lib/shared/metrics';
import type { DomainState, SettingsState } from '../domain/physical-id';
import type { DomainConfig } from '../domain/config';
import { describeError, Failure } from '../events/failure';
import type { Deadline } from '../events/deadline';
import type { Log } from '../events/log';
import { settingsOf } from '../settings/plan';
import { compareClaim, compareIdentity, compareMailFrom, compareRecords, compareSettings } from './compare';
import { declaredDomain, declaredSettings } from './declared';
import type { CheckId, Finding } from './finding';
import { Deployed, LOOKING, Subject, WatchedStack } from './stack';

/** Looks at one identity, its records and its settings, and compares them with what the stack has deployed. */
export class Look {
  private readonly findings: Finding[] = [];
  private readonly name: string;

  public constructor(
    private readonly stack: WatchedStack,
    private readonly subject: Subject,
    private readonly deadline: Deadline,
    private readonly log: Log,
  ) {
    this.name = `${subject.domainName} in ${subject.region}`;
  }

  public async run(): Promise<readonly Finding[]> {
    const { subject, name, findings } = this;
    const { ses } = connect(this.stack.id, subject, this.deadline, this.log, LOOKING);
    const identity = await this.attempt('ses-dkim', name, 'DkimReady', async () => {
      const found = await ses.findIdentity(subject.domainName);
      findings.push(...compareIdentity(name, subject, found));
      return found;
    });
    for (const domain of subject.domains) {
      await this.lookAtDomain(domain, identity);
    }
    for (const { state, logicalId } of subject.replicas) {
      if (identity !== undefined) {
        findings.push(...compareClaim(logicalId, state.claim, identity));
      }
    }
    for (const settings of subject.settings) {
      if (identity !== undefined) {
        await this.lookAtSettings(settings, identity);
      }
    }
    return findings;
  }

  private async lookAtDomain(domain: Deployed<DomainState>, identity: Identity | undefined): Promise<void> {
    const { state, logicalId } = domain;
    if (identity !== undefined) {
      this.findings.push(...compareClaim(logicalId, state.claim, identity));
    }
    if (state.zoneId === undefined) {
      return;
    }
    await this.attempt('stack', logicalId, 'RecordsInPlace', async () => {
      const config = declaredDomain(await this.stack.describe(logicalId), state);
      const existing = await this.listRecords(state, config);
      this.findings.push(...compareRecords(state, identity, existing));
    });
  }

  private async lookAtSettings({ state, logicalId }: Deployed<SettingsState>, identity: Identity): Promise<void> {
    this.findings.push(...compareClaim(logicalId, state.claim, identity));
    await this.attempt('stack', logicalId, undefined, async () => {
      const { wanted } = declaredSettings(await this.stack.describe(logicalId), state);
      const resource = { StackId: this.stack.id, LogicalResourceId: logicalId };
      const aws = connectSettings(resource, this.subject, this.deadline, this.log, LOOKING);
      const present = await aws.settings.read(identity, settingsOf(wanted));
      this.findings.push(...compareSettings(this.name, wanted, present));
      if (wanted.MailFrom) {
        this.findings.push(compareMailFrom(this.name, wanted.MailFrom.domainName, identity));
      }
    });
  }

  /** What there is where the records of a domain are; nothing in a zone that is gone. */
  private async listRecords(state: DomainState, config: DomainConfig): ReturnType<HostedZone['listRecordSets']> {
    const { openZone } = connect(this.stack.id, config, this.deadline, this.log, LOOKING);
    const zone = (await openZone())!;
    const names = mailRecords(state).map((record) => record.name);
    return zone.listRecordSets(state.domainName, names).catch((error: unknown) => {
      if (isNoSuchHostedZone(error)) return [];
      throw error;
    });
  }

  /** What cannot be looked at is no reason not to look at the rest. */
  private async attempt<T>(
    check: CheckId,
    name: string,
    metric: DomainMetric | undefined,
    look: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await look();
    } catch (error) {
      const found = describeError(error);
      const remedy = error instanceof Failure ? 'Not checked this time.' : '';
      this.findings.push({
        check,
        name,
        found,
        expected: 'that it can be checked',
        verdict: 'unknown',
        remedy,
        metric,
      });
      return undefined;
    }
  }
}

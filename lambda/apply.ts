import type { ResourceAttributes } from '../lib/private/contract';
import { documentedDkimDomain } from '../lib/private/dkim-domains';
import type { Aws } from './aws';
import type { DomainConfig } from './event';
import { AwsCallFailure } from './failure';
import { refuseForeignSigning, waitForVerification } from './identity';
import { Journal } from './journal';
import { Log } from './log';
import type { DomainState } from './physical-id';
import {
  Change,
  dkimRecordName,
  dkimRecordValue,
  planRecords,
  RecordPlan,
  RecordSet,
  sameIdentity,
  sameName,
  sameRecordNames,
  sameTokens,
  Submission,
} from './records';
import { HostedZone } from './route53';
import { DkimStatus, Identity, requireThreeTokens, Ses } from './ses';

/** What is in place after Create or Update. */
export interface Applied {
  readonly state: DomainState;
  readonly status: DkimStatus;
}

/** What a failed run could not take back. */
export interface Leftover {
  readonly state: DomainState;
  readonly problems: readonly string[];
}

/** How often a batch is planned anew when the zone changes between the look at it and the write. */
const MOST_PLANS = 3;

/**
 * Creates or updates one domain: the identity, its three records, and the waits for them. What was
 * there before is used and not taken over; what this run made is undone when a later step fails.
 */
export class Application {
  private madeIdentity: boolean;
  private tokens: readonly string[];
  private dkimDomain: string;
  private submitted: readonly Submission[];

  public constructor(
    private readonly config: DomainConfig,
    /** What the resource had in place before an update. */
    private readonly previous: DomainState | undefined,
    private readonly journal: Journal,
    private readonly log: Log,
  ) {
    // A run of the same event that was killed: what it made is ours, to go on with or to undo.
    const { madeIdentity = false, tokens = [], dkimDomain = '', submitted = [] } = journal.read();
    this.madeIdentity = madeIdentity;
    this.tokens = tokens;
    this.dkimDomain = dkimDomain;
    this.submitted = submitted;
  }

  /** @throws Failure */
  public async run({ ses, openZone, deadline }: Aws): Promise<Applied> {
    const { config } = this;
    const { status, ownsIdentity } = await this.settleIdentity(ses);
    const zone = await openZone();
    const ownedTokens = await this.settleRecords(zone);
    const verified =
      config.waitForVerification > 0 && status !== 'Success'
        ? await waitForVerification(ses, zone, config, { tokens: this.tokens, dkimDomain: this.dkimDomain }, deadline)
        : status;
    return { state: this.state(ownsIdentity, ownedTokens), status: verified };
  }

  /**
   * Takes back what this run did. With RETAIN it deletes nothing, as on Delete.
   *
   * @returns what of it could not be taken back, and why.
   */
  public async undo({ ses, openZone }: Aws): Promise<Leftover> {
    const problems: string[] = [];
    let identityLeft = false;
    let recordsLeft = false;
    if (this.submitted.length > 0) {
      await openZone()
        .then((zone) => this.undoRecords(zone))
        .catch((error: Error) => {
          recordsLeft = true;
          problems.push(error.message);
        });
    }
    if (this.madeIdentity && !this.config.retain) {
      await ses.deleteIdentity(this.config.domainName).catch((error: Error) => {
        identityLeft = true;
        problems.push(error.message);
      });
    }
    return { state: this.state(identityLeft, recordsLeft ? this.tokensOf(this.submitted) : []), problems };
  }

  private state(ownsIdentity: boolean, ownedTokens: readonly string[]): DomainState {
    const { region, domainName, zoneId } = this.config;
    const { tokens, dkimDomain } = this;
    return { region, domainName, zoneId, dkimDomain, tokens, ownsIdentity, ownedTokens };
  }

  private async settleIdentity(ses: Ses) {
    const { config, previous } = this;
    const { domainName, region } = config;
    const before = await ses.findIdentity(domainName);
    if (before !== undefined) {
      refuseForeignSigning(before, domainName, region);
    }
    this.madeIdentity ||= before === undefined;
    this.journal.note({ madeIdentity: this.madeIdentity });

    const ready = before !== undefined && before.tokens.length > 0 && !/^(NotStarted|Failed)$/.test(before.status);
    this.tokens = ready ? before.tokens : await ses.verifyDomainDkim(domainName);
    const identity = ready && before.signingHostedZone !== undefined ? before : await this.readAfter(ses, before);

    const known = previous !== undefined && sameIdentity(previous, config) ? previous : undefined;
    const unchanged = known !== undefined && sameTokens(known.tokens, this.tokens);
    this.dkimDomain = this.chooseDkimDomain(identity.signingHostedZone, unchanged ? known.dkimDomain : undefined);
    return {
      status: identity.status,
      // An identity that somebody else made anew in the meantime is no longer ours.
      ownsIdentity: this.madeIdentity || (unchanged && known.ownsIdentity),
    };
  }

  /** Where the keys are is known for certain only once DKIM is set up. */
  private async readAfter(
    ses: Ses,
    before: Identity | undefined,
  ): Promise<Pick<Identity, 'signingHostedZone' | 'status'>> {
    const after = await ses.readV2(this.config.domainName);
    return typeof after === 'object' ? after : { status: before?.status ?? 'Pending' };
  }

  /** SES's own word first, then what it said before, then the table. */
  private chooseDkimDomain(signingHostedZone: string | undefined, before: string | undefined): string {
    const [dkimDomain, source] =
      signingHostedZone !== undefined && /^[a-z0-9.-]+$/i.test(signingHostedZone)
        ? [signingHostedZone.toLowerCase().replace(/\.$/, ''), 'SES']
        : before !== undefined
          ? [before, 'earlier deployment']
          : [documentedDkimDomain(this.config.region), 'table of Regions'];
    this.log('dkim-domain', { dkimDomain, source });
    return dkimDomain;
  }

  private async settleRecords(zone: HostedZone): Promise<readonly string[]> {
    const { config, previous, tokens, dkimDomain } = this;
    const owned = previous !== undefined && sameRecordNames(previous, config) ? previous.ownedTokens : [];

    for (let plans = 1; ; plans++) {
      const existing = await zone.listDkimRecordSets(config.domainName);
      // Of a batch whose answer was lost, or whose run was killed, all is there or nothing.
      const written = isWritten(this.submitted, existing) ? this.submitted : [];
      const unconfirmed = this.tokensOf(written);
      const plan = planRecords({ ...config, tokens, dkimDomain, owned, unconfirmed }, existing);
      this.log('records-planned', {
        changes: plan.changes.map(({ action, record }) => `${action} ${record.name}`),
        owned: plan.ownedTokens.length,
      });
      if (plan.changes.length === 0) {
        return plan.ownedTokens;
      }
      this.noteSubmitted(merge(written, plan));
      try {
        await zone.waitUntilInSync(await zone.change(plan.changes));
        return plan.ownedTokens;
      } catch (error) {
        if (!(error instanceof AwsCallFailure && error.code === 'InvalidChangeBatch')) {
          throw error;
        }
        // The zone changed under us; after a lost answer, by our own first try.
        const lost = error.attempts > 1 && isWritten(this.submitted, await zone.listDkimRecordSets(config.domainName));
        if (!lost) {
          this.noteSubmitted(written);
        }
        if (plans === MOST_PLANS) {
          throw error;
        }
      }
    }
  }

  private noteSubmitted(submitted: readonly Submission[]): void {
    this.submitted = submitted;
    this.journal.note({ submitted, tokens: this.tokens, dkimDomain: this.dkimDomain });
  }

  private tokensOf(submitted: readonly Submission[]): readonly string[] {
    return this.tokens.filter((token) =>
      submitted.some(({ change }) => sameName(change.record.name, dkimRecordName(token, this.config.domainName))),
    );
  }

  private async undoRecords(zone: HostedZone): Promise<void> {
    const existing = await zone.listDkimRecordSets(this.config.domainName);
    const changes = this.submitted.flatMap(({ change, undo }): Change[] => {
      const present = existing.find(
        (set) =>
          set.type === 'CNAME' &&
          sameName(set.name, change.record.name) &&
          sameName(set.values[0] ?? '', change.record.values[0]),
      );
      if (present === undefined || (undo.action === 'DELETE' && this.config.retain)) {
        return [];
      }
      return [undo.action === 'DELETE' ? { action: 'DELETE', record: present } : undo];
    });
    if (changes.length > 0) {
      await zone.change(changes);
    }
  }
}

/** Whether a batch is in the zone as it was sent. */
function isWritten(submitted: readonly Submission[], existing: readonly RecordSet[]): boolean {
  return submitted.every(({ change: { record } }) =>
    existing.some(
      (set) =>
        sameName(set.name, record.name) && set.ttl === record.ttl && sameName(set.values[0] ?? '', record.values[0]),
    ),
  );
}

/** A further batch after one that was written: what was there before the first one is what to go back to. */
function merge(written: readonly Submission[], { changes, undo }: RecordPlan): readonly Submission[] {
  const earlier = new Map(written.map((submission) => [submission.change.record.name, submission]));
  changes.forEach((change, index) => {
    const { name } = change.record;
    earlier.set(name, { change, undo: earlier.get(name)?.undo ?? undo[index] });
  });
  return [...earlier.values()];
}

/** The attributes that the construct reads with `Fn::GetAtt`. */
export function toAttributes({ state, status }: Applied): ResourceAttributes {
  const [token1, token2, token3] = requireThreeTokens(state.tokens, state.domainName, state.region);
  const name = (token: string) => dkimRecordName(token, state.domainName);
  const value = (token: string) => dkimRecordValue(token, state.dkimDomain);
  return {
    DomainName: state.domainName,
    SesRegion: state.region,
    HostedZoneId: state.zoneId,
    DkimToken1: token1,
    DkimToken2: token2,
    DkimToken3: token3,
    DkimRecordName1: name(token1),
    DkimRecordName2: name(token2),
    DkimRecordName3: name(token3),
    DkimRecordValue1: value(token1),
    DkimRecordValue2: value(token2),
    DkimRecordValue3: value(token3),
    VerificationStatus: status,
  };
}

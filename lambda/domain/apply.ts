import type { ResourceAttributes } from '../../lib/shared/contract';
import { documentedDkimDomain } from '../../lib/shared/dkim-hosts';
import type { Aws } from '../aws/clients';
import type { Cancellation } from '../events/cancellation';
import type { DomainConfig } from '../events/event';
import { AwsCallFailure } from '../events/failure';
import { refuseForeignSigning, refuseSwitchedOff, waitForVerification } from './identity';
import { Journal } from '../events/journal';
import { Log } from '../events/log';
import type { DomainState } from './physical-id';
import { dkimRecordName, dkimRecordValue, MailRecord, mailRecords } from './mail-record';
import {
  areWritten,
  mergeSubmissions,
  planRecords,
  planUndo,
  sameIdentity,
  sameRecordNames,
  sameTokens,
  sharedIds,
  Submission,
} from './record-plan';
import { HostedZone } from '../aws/route53';
import { DkimStatus, Identity, requireThreeTokens, Ses } from '../aws/ses';

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
    /** Whose MX record there may be: of the state before, and of an update that is rolled back. */
    private readonly formerRegions: readonly string[],
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
  public async run({ ses, openZone, deadline }: Aws, cancellation: Cancellation): Promise<Applied> {
    const { config } = this;
    const { status, ownsIdentity } = await this.settleIdentity(ses);
    const zone = await openZone();
    const ownedRecords = zone === undefined ? [] : await this.settleRecords(zone, cancellation);
    const verified =
      config.waitForVerification > 0 && status !== 'Success'
        ? await waitForVerification(
            ses,
            zone,
            config,
            this.records().filter(({ type }) => type === 'CNAME'),
            deadline,
            cancellation,
          )
        : status;
    if (this.madeIdentity || this.submitted.length > 0) {
      await cancellation.check();
    }
    return { state: this.state(ownsIdentity, ownedRecords), status: verified };
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
        .then((zone) => zone && this.undoRecords(zone))
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
    return { state: this.state(identityLeft, recordsLeft ? idsOf(this.submitted) : []), problems };
  }

  private state(ownsIdentity: boolean, ownedRecords: readonly string[]): DomainState {
    const { region, domainName, zoneId, mailFrom, dmarc } = this.config;
    const { tokens, dkimDomain } = this;
    const further = zoneId === undefined ? {} : { mailFrom, dmarc };
    return { region, domainName, zoneId, dkimDomain, tokens, ownsIdentity, ...further, ownedRecords };
  }

  private records(): readonly MailRecord[] {
    const { config, tokens, dkimDomain } = this;
    return mailRecords({ ...config, tokens, dkimDomain });
  }

  private async settleIdentity(ses: Ses) {
    const { config, previous } = this;
    const { domainName, region } = config;
    const known = previous !== undefined && sameIdentity(previous, config) ? previous : undefined;
    const before = await ses.findIdentity(domainName);
    if (before !== undefined) {
      refuseForeignSigning(before, domainName, region);
    }
    if (before !== undefined && known === undefined) {
      refuseSwitchedOff(before, domainName, region);
    }
    this.madeIdentity ||= before === undefined;
    this.journal.note({ madeIdentity: this.madeIdentity });

    const ready = before !== undefined && before.tokens.length > 0 && !/^(NotStarted|Failed)$/.test(before.status);
    this.tokens = ready ? before.tokens : await ses.verifyDomainDkim(domainName);
    const identity = ready && before.signingHostedZone !== undefined ? before : await this.readAfter(ses, before);

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

  private async settleRecords(zone: HostedZone, cancellation: Cancellation): Promise<readonly string[]> {
    const { config, previous } = this;
    const records = this.records();
    const list = () =>
      zone.listRecordSets(
        config.domainName,
        records.map(({ name }) => name),
      );
    const known = previous !== undefined && sameRecordNames(previous, config) ? previous : undefined;
    const shared = known === undefined ? [] : sharedIds(known, config);
    const owned = shared.filter((id) => known?.ownedRecords.includes(id));
    const former = this.formerRegions.flatMap((region) =>
      mailRecords({ ...config, region, tokens: [], dkimDomain: '' }),
    );

    for (let plans = 1; ; plans++) {
      const existing = await list();
      // Of a batch whose answer was lost, or whose run was killed, all is there or nothing.
      const written = areWritten(this.submitted, existing) ? this.submitted : [];
      const plan = planRecords(
        { ...config, zoneId: zone.id, records, owned, former, unconfirmed: idsOf(written) },
        existing,
      );
      this.log('records-planned', {
        changes: plan.changes.map(({ action, record }) => `${action} ${record.type} ${record.name}`),
        owned: plan.owned.length,
      });
      if (plan.changes.length === 0) {
        return plan.owned;
      }
      this.noteSubmitted(mergeSubmissions(written, plan.submissions));
      try {
        await zone.waitUntilInSync(await zone.change(plan.changes), cancellation);
        return plan.owned;
      } catch (error) {
        if (!(error instanceof AwsCallFailure && error.code === 'InvalidChangeBatch')) {
          throw error;
        }
        // The zone changed under us; after a lost answer, by our own first try.
        const lost = error.attempts > 1 && areWritten(this.submitted, await list());
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

  private async undoRecords(zone: HostedZone): Promise<void> {
    const names = this.submitted.map(({ record }) => record.name);
    const existing = await zone.listRecordSets(this.config.domainName, names);
    const changes = planUndo(this.submitted, existing, this.config.retain);
    if (changes.length > 0) {
      await zone.change(changes);
    }
  }
}

function idsOf(submitted: readonly Submission[]): readonly string[] {
  return submitted.map(({ record }) => record.id);
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

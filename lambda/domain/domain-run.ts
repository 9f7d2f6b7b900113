import { mailRecords, MailRecord, recordOptions } from '../../lib/shared/mail-records';
import type { CustomResourceEvent } from '../events/event';
import type { Journal } from '../events/journal';
import type { Log } from '../events/log';
import { Claim, claimId } from './claims';
import type { DomainConfig } from './config';
import type { IdentityClaims } from './identity-claims';
import { DomainState, formatPhysicalId } from './physical-id';
import { sameIdentity, SentRecord } from './record-plan';

/** What the run of a Create or an Update knows of its domain by now, and what it has done. */
export class DomainRun {
  public readonly eventClaim: string;
  /** The state before an update, when it was about the same identity. */
  public readonly known: DomainState | undefined;
  /** Whether this execution environment has had no run of the event before. */
  public readonly isFirstHere: boolean;
  /** Undefined before the identity was looked at. */
  public claims: IdentityClaims | undefined;
  /** What an earlier run of the same event has claimed; `unread` before the identity was looked at. */
  public earlier: Claim | undefined | 'unread' = 'unread';
  /** What a Create has claimed that has run elsewhere before, or still does. */
  public claimedElsewhere: Claim | undefined;
  /** Whether the identity is not the one of the former deployment, or has lost its claim. */
  public isAnew = false;
  /** Whether this run has given the identity other keys, or has tried to. */
  public hasChangedKeys = false;
  public tokens: readonly string[];
  public dkimDomain: string;
  /** The ids of the records of others that are just as we would have made them. */
  public takeable: readonly string[] = [];
  /** The claim as it was before this run took something over. */
  public beforeTaking: Claim | undefined;
  /** Whether this event has made the identity. */
  public madeIdentity: boolean;
  /** The records that were sent to Route 53. */
  public sent: readonly SentRecord[];

  public constructor(
    public readonly event: CustomResourceEvent,
    public readonly config: DomainConfig,
    /** What the resource had in place before an update. */
    public readonly previous: DomainState | undefined,
    /** Whose MX record there may be: of the state before, and of an update that is rolled back. */
    public readonly formerRegions: readonly string[],
    private readonly journal: Journal,
    public readonly log: Log,
  ) {
    this.eventClaim = claimId(event);
    this.known = previous !== undefined && sameIdentity(previous, config) ? previous : undefined;
    // A run of the same event that was killed: what it made is ours, to go on with or to undo.
    const { madeIdentity, tokens = [], dkimDomain = '', sent = [] } = journal.read();
    this.isFirstHere = madeIdentity === undefined;
    this.madeIdentity = madeIdentity ?? false;
    this.tokens = tokens;
    this.dkimDomain = dkimDomain;
    this.sent = sent;
  }

  public noteIdentity(): void {
    this.journal.note({ madeIdentity: this.madeIdentity });
  }

  public noteSent(sent: readonly SentRecord[]): void {
    this.sent = sent;
    this.journal.note({ sent, tokens: this.tokens, dkimDomain: this.dkimDomain });
  }

  /** The records that the domain is to have. */
  public records(): readonly MailRecord[] {
    const { config, tokens, dkimDomain } = this;
    return mailRecords({ ...config, tokens, dkimDomain });
  }

  /** What is in place with some records of ours: under the claim from before, if that is no other id. */
  public state(ownedRecords: readonly string[]): DomainState {
    const { region, domainName, zoneId } = this.config;
    const { tokens, dkimDomain, known } = this;
    const options = zoneId === undefined ? {} : recordOptions((option) => this.config[option]);
    const state = { region, domainName, zoneId, dkimDomain, tokens, ...options, ownedRecords };
    const inPlace = known && { ...state, claim: known.claim };
    return inPlace && formatPhysicalId(inPlace) === formatPhysicalId(known)
      ? inPlace
      : { ...state, claim: this.eventClaim };
  }
}

export function idsOf(sent: readonly SentRecord[]): readonly string[] {
  return sent.map(({ record }) => record.id);
}

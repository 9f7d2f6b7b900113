import type { ResourceAttributes } from '../../lib/shared/contract';
import { documentedDkimDomain } from '../../lib/shared/dkim-hosts';
import { belongsToIdentity, MailRecord, mailRecords, recordOptions } from '../../lib/shared/mail-records';
import type { Aws } from '../aws/clients';
import { HostedZone } from '../aws/route53';
import { DkimStatus, requireThreeTokens, Ses } from '../aws/ses';
import type { CustomResourceEvent } from '../events/event';
import { AwsCallFailure } from '../events/failure';
import type { Freshness } from '../events/freshness';
import type { Journal } from '../events/journal';
import type { Log } from '../events/log';
import {
  claimant,
  Claim,
  claimId,
  digest,
  IDENTITY,
  isActive,
  isOrphan,
  KEYS,
  madeRecord,
  tookIdentity,
  tookRecord,
  usesRecord,
} from './claims';
import { DomainConfig, parseTags } from './config';
import { IdentityClaims } from './identity-claims';
import { refuseForeignSigning, refuseSwitchedOff } from './identity';
import { DomainState, formatPhysicalId, kindsOf } from './physical-id';
import {
  changeKeys,
  choosesKeys,
  otherLength,
  publishKeys,
  refuseOtherKeys,
  refuseToChange,
  whyKept,
} from './signing-keys';
import {
  areWritten,
  isMade,
  mergeSubmissions,
  planRecords,
  planUndo,
  sameIdentity,
  sameRecordNames,
  sameTokens,
  sharedIds,
  Submission,
} from './record-plan';
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

/** What a failed run could not take back. */
export interface Leftover {
  /** Undefined when nothing was begun. */
  readonly state: DomainState | undefined;
  readonly problems: readonly string[];
  /** What stays because others use it, in words for the user. */
  readonly remark?: string;
}

const NOT_TAKEN =
  'What was there before still counts as made by others, and stays when this construct goes: takeOwnership takes effect ' +
  'in an update that leaves the domain and its records as they are. Deploy again with another revision.';

/** How often a batch is planned anew when the zone changes between the look at it and the write. */
const MOST_PLANS = 3;

/**
 * Creates or updates one domain: the identity, its records, and the waits for them. What was there before is used and
 * not taken over; what this run made is undone when a later step fails.
 */
export class DomainSetup {
  private readonly eventClaim: string;
  /** The state before an update, when it was about the same identity. */
  private readonly known: DomainState | undefined;
  private claims: IdentityClaims | undefined;
  /** What an earlier run of the same event has claimed; `unread` before the identity was looked at. */
  private earlier: Claim | undefined | 'unread' = 'unread';
  /** Whether this execution environment has had no run of the event before. */
  private readonly isFirstHere: boolean;
  /** What a Create has claimed that has run elsewhere before, or still does. */
  private claimedElsewhere: Claim | undefined;
  private madeIdentity: boolean;
  /** Whether the identity is not the one of the former deployment, or has lost its claim. */
  private isAnew = false;
  /** Whether this run has given the identity other keys, or has tried to. */
  private hasChangedKeys = false;
  private tokens: readonly string[];
  private dkimDomain: string;
  private submitted: readonly Submission[];
  /** The ids of the records of others that are just as we would have made them. */
  private takeable: readonly string[] = [];
  /** The claim as it was before this run took something over. */
  private beforeTaking: Claim | undefined;

  public constructor(
    private readonly event: CustomResourceEvent,
    private readonly config: DomainConfig,
    /** What the resource had in place before an update. */
    private readonly previous: DomainState | undefined,
    /** Whose MX record there may be: of the state before, and of an update that is rolled back. */
    private readonly formerRegions: readonly string[],
    private readonly journal: Journal,
    private readonly log: Log,
  ) {
    this.eventClaim = claimId(event);
    this.known = previous !== undefined && sameIdentity(previous, config) ? previous : undefined;
    // A run of the same event that was killed: what it made is ours, to go on with or to undo.
    const { madeIdentity, tokens = [], dkimDomain = '', submitted = [] } = journal.read();
    this.isFirstHere = madeIdentity === undefined;
    this.madeIdentity = madeIdentity ?? false;
    this.tokens = tokens;
    this.dkimDomain = dkimDomain;
    this.submitted = submitted;
  }

  /** The claims on the identity, as they were at the last look. */
  public get claimsFound(): readonly Claim[] {
    return this.claims?.all() ?? [];
  }

  /**
   * What there is of a Create that has run elsewhere before, or still does: CloudFormation may have heard of its success.
   * Undefined when this is the first run, or the second one after a crash.
   */
  public get doneElsewhere(): DomainState | undefined {
    const { claimedElsewhere, submitted } = this;
    return claimedElsewhere && this.state([...new Set([...this.idsMadeBy(claimedElsewhere), ...idsOf(submitted)])]);
  }

  /** @throws Failure */
  public async run(aws: Aws, freshness: Freshness): Promise<Applied> {
    const { config } = this;
    const found = await this.settleIdentity(aws, freshness);
    const zone = await aws.openZone();
    const { status = found, remark: kept } = await this.settleKeys(aws, zone, freshness);
    const ownedRecords = await this.settleRecords(zone, freshness);
    const verified =
      config.waitForVerification > 0 && status !== 'Success'
        ? await waitForVerification(
            aws.ses,
            zone,
            config,
            this.records().filter(({ type }) => type === 'CNAME'),
            aws.deadline,
            freshness,
          )
        : status;
    await this.settleTags(freshness);
    if (this.madeIdentity || this.submitted.length > 0) {
      await freshness.check();
    }
    const state = this.state(ownedRecords);
    const remarks = [kept, await this.takeOver(state, freshness)].filter((each) => each !== undefined);
    const sendingResource = aws.ses.sendingResource(
      config.domainName,
      this.claims?.found?.settings.ConfigurationSet ?? undefined,
    );
    return { state, status: verified, sendingResource, remark: remarks.length > 0 ? remarks.join(' ') : undefined };
  }

  /**
   * Takes back what this run did. With RETAIN it deletes nothing, as on Delete.
   *
   * @returns what of it could not be taken back, and why.
   */
  public async undo(aws: Aws): Promise<Leftover> {
    const { config, eventClaim, known } = this;
    const claims = new IdentityClaims(aws, config, this.log);
    let recordsLeft = idsOf(this.submitted);
    let leaving: readonly Claim[] = [];
    let remark: string | undefined;
    try {
      await claims.read();
      const own = claims.own(eventClaim);
      this.madeIdentity ||= own?.made.includes(IDENTITY) ?? false;
      this.tokens = this.tokens.length > 0 ? this.tokens : (claims.found?.signing.tokens ?? []);
      // An identity that this run has made anew for an update has the claim of the resource, too.
      const ids = this.madeIdentity && known !== undefined ? [eventClaim, known.claim] : [eventClaim];
      const isToGo = this.madeIdentity && !config.retain;
      const earlier = this.earlier === 'unread' ? own : this.earlier;
      const claimed = this.idsMadeBy(earlier);
      recordsLeft = [...new Set([...recordsLeft, ...claimed])];
      const kept = await this.keepKeys(claims, recordsLeft);
      leaving = claims.all().filter(({ id }) => ids.includes(id));
      if (this.beforeTaking !== undefined) {
        await claims.change(this.beforeTaking);
      }
      await claims.part(
        leaving,
        () => false,
        { alone: !isToGo, always: config.retain, taken: !config.takeOwnership },
        async (others) => {
          remark = await this.undoRecords(aws, claims, others, claimed);
          recordsLeft = [];
        },
      );
      await publishKeys(aws, kept, config, this.log);
      const hasBegun = leaving.length > 0 || this.madeIdentity || this.submitted.length > 0;
      return { state: hasBegun ? this.state([]) : undefined, problems: [], remark };
    } catch (error) {
      // The claim stays with what is left: the Delete that follows a failed Create finds it. Nobody need wait for that.
      await claims.stay(leaving).catch((problem: Error) => this.log('still-leaving', { problem: problem.message }));
      if (!this.madeIdentity && this.submitted.length === 0 && this.claims?.hasChanged !== true) {
        return { state: undefined, problems: [] };
      }
      return { state: this.state(recordsLeft), problems: [(error as Error).message] };
    }
  }

  private state(ownedRecords: readonly string[]): DomainState {
    const { region, domainName, zoneId } = this.config;
    const { tokens, dkimDomain, known } = this;
    const options = zoneId === undefined ? {} : recordOptions((option) => this.config[option]);
    const state = { region, domainName, zoneId, dkimDomain, tokens, ...options, ownedRecords };
    const inPlace = known && { ...state, claim: known.claim };
    return inPlace && formatPhysicalId(inPlace) === formatPhysicalId(known)
      ? inPlace
      : { ...state, claim: this.eventClaim };
  }

  private records(): readonly MailRecord[] {
    const { config, tokens, dkimDomain } = this;
    return mailRecords({ ...config, tokens, dkimDomain });
  }

  /**
   * Gives the identity keys of the wanted length. That cannot be taken back, so it waits until nothing else is in the way.
   *
   * @returns the DKIM status of new keys; what the user has to know when they stay as they are
   */
  private async settleKeys(
    aws: Aws,
    zone: HostedZone | undefined,
    freshness: Freshness,
  ): Promise<{ readonly status?: DkimStatus; readonly remark?: string }> {
    const { config, event, known, log } = this;
    const claims = this.claims!;
    const length = otherLength(claims.found!.signing, config, event);
    if (known === undefined || this.madeIdentity || length === undefined) {
      return {};
    }
    const remark = await whyKept(length, config, event, !sameTokens(known.tokens, this.tokens), aws.deadline, log);
    if (remark !== undefined) {
      return { remark };
    }
    if (zone !== undefined) {
      await this.settleRecords(zone, freshness, true);
    }
    const replicaRegions = await claims.replicaRegions();
    await freshness.require();
    await claims.reread();
    refuseToChange(length, config, known, claims, replicaRegions, event);
    log('change-keys', { ...length });
    // Whatever comes of it, only SES knows the tokens now.
    this.hasChangedKeys = true;
    this.tokens = [];
    const { tokens, status, hostedZone } = await changeKeys(aws.ses, config.domainName, length.wanted);
    this.tokens = requireThreeTokens(tokens, config.domainName, config.region);
    this.dkimDomain = this.chooseDkimDomain(hostedZone, this.dkimDomain);
    return { status };
  }

  /**
   * Nobody can take back the keys that the identity has got since the last deployment. So the resource that was in place
   * keeps their records, until its next update has them in its id.
   *
   * @param ids of the records that this event has made
   * @returns their records that have to be there
   */
  private async keepKeys(claims: IdentityClaims, ids: readonly string[]): Promise<readonly MailRecord[]> {
    const { known, tokens, config } = this;
    // Where no length is chosen, other tokens mean that the identity has been made anew.
    const isOfSameIdentity =
      choosesKeys(this.event) && known !== undefined && !this.isAnew && claims.own(known.claim) !== undefined;
    if (!isOfSameIdentity || this.madeIdentity || known.zoneId !== config.zoneId || sameTokens(known.tokens, tokens)) {
      return [];
    }
    this.dkimDomain = this.chooseDkimDomain(claims.found?.signing.hostedZone, this.dkimDomain || known.dkimDomain);
    const kept = this.records().filter(({ id }) => tokens.includes(id) && (this.hasChangedKeys || ids.includes(id)));
    if (kept.length > 0) {
      const made = kept.map(({ id }) => id);
      await claims.change(this.replaced(known, made));
    }
    return kept;
  }

  /** The claim for records of which some were made by one of us. */
  private claim(id: string, ownedRecords: readonly string[]): Claim {
    const { zoneId, mailFrom } = this.config;
    const made = kindsOf(ownedRecords, this.tokens);
    const isMaker = (this.madeIdentity && id === this.eventClaim) || this.claims?.own(id)?.made.includes(IDENTITY);
    const all = zoneId === undefined ? [] : allKinds(this.config);
    const others = all.filter((kind) => !made.includes(kind));
    const taken = this.taken([IDENTITY, ...others]);
    return {
      id,
      zoneId,
      mailFrom: mailFrom && digest(mailFrom),
      made: [...(isMaker ? [IDENTITY] : []), ...made],
      found: others.filter((kind) => !taken.includes(kind)),
      taken,
      by: claimant(this.event),
    };
  }

  /** What of all this has been taken over, by whoever of us, and is to stay so. */
  private taken(kinds: readonly string[]): readonly string[] {
    const claims = this.config.takeOwnership ? (this.claims?.all().filter(isActive) ?? []) : [];
    return kinds.filter((kind) =>
      claims.some((claim) => (kind === IDENTITY ? tookIdentity(claim) : tookRecord(claim, kind, this.config))),
    );
  }

  /**
   * Takes over what others have made, once all else has succeeded: in an update that the same physical resource stays in
   * place of, since CloudFormation takes back no other one by an Update.
   *
   * @returns what the user has to know when it is not the time for it
   */
  private async takeOver({ claim: id, ownedRecords }: DomainState, freshness: Freshness): Promise<string | undefined> {
    const { config, known, takeable, tokens } = this;
    const claims = this.claims!;
    if (!config.takeOwnership) {
      return undefined;
    }
    const claim = this.claim(id, ownedRecords);
    const kinds = [...(claims.isOurs ? [] : [IDENTITY]), ...kindsOf(takeable, tokens)];
    const further = kinds.filter((kind) => !claim.taken!.includes(kind));
    if (further.length === 0) {
      return undefined;
    }
    if (id !== known?.claim) {
      return NOT_TAKEN;
    }
    await freshness.check();
    this.log('take-over', { kinds: further });
    this.beforeTaking = claims.own(id);
    const found = claim.found.filter((kind) => !further.includes(kind));
    await claims.put({ ...claim, found, taken: [...claim.taken!, ...further] }, freshness);
    return undefined;
  }

  /** @returns the DKIM status */
  private async settleIdentity(aws: Aws, freshness: Freshness): Promise<DkimStatus> {
    const { config, known, log } = this;
    const { domainName, region } = config;
    const { ses } = aws;
    const claims = (this.claims = new IdentityClaims(aws, config, log));
    const birth = known === undefined ? { ...this.claim(this.eventClaim, []), made: [IDENTITY] } : this.restored(known);
    const entered = await claims.enter(birth, config.tags, freshness, known !== undefined, (signing) => {
      refuseForeignSigning(signing, domainName, region);
      if (known === undefined) {
        refuseSwitchedOff(signing, domainName, region);
        if (claims.own(this.eventClaim) === undefined) {
          refuseOtherKeys(otherLength(signing, config, this.event), config);
        }
      }
    });
    this.isAnew = known !== undefined && entered.earlier === undefined;
    if (this.event.RequestType === 'Create' && this.isFirstHere && entered.isOfEarlierRun) {
      this.claimedElsewhere = entered.earlier;
    }
    this.earlier = entered.isNew ? undefined : claims.own(this.eventClaim);
    this.madeIdentity ||= entered.isNew || this.earlier?.made.includes(IDENTITY) === true;
    this.journal.note({ madeIdentity: this.madeIdentity });

    const { signing } = entered;
    if (signing.keyLength === 'RSA_1024_BIT') {
      log('short-key', { domainName, region, keyLength: signing.keyLength });
    }
    const ready = !entered.isNew && signing.tokens.length > 0 && !/^(NotStarted|Failed)$/.test(signing.status);
    this.tokens = ready ? signing.tokens : await this.verify(ses, freshness);
    const unchanged = known !== undefined && sameTokens(known.tokens, this.tokens);
    this.dkimDomain = this.chooseDkimDomain(
      signing.hostedZone ?? (await this.hostedZoneAfter(ses, ready)),
      unchanged ? known.dkimDomain : undefined,
    );
    return ready ? signing.status : 'Pending';
  }

  private async verify(ses: Ses, freshness: Freshness): Promise<readonly string[]> {
    await freshness.require();
    return ses.verifyDomainDkim(this.config.domainName);
  }

  /** Where the keys are may be known only once DKIM is set up. */
  private async hostedZoneAfter(ses: Ses, wasSetUp: boolean): Promise<string | undefined> {
    return wasSetUp ? undefined : (await ses.findIdentity(this.config.domainName))?.signing.hostedZone;
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

  /**
   * @param isTrial whether only to see what would be in the way
   * @returns the ids of the records that are ours
   */
  private async settleRecords(
    zone: HostedZone | undefined,
    freshness: Freshness,
    isTrial = false,
  ): Promise<readonly string[]> {
    const { config, previous } = this;
    const claims = this.claims!;
    if (zone === undefined) {
      await this.stake([], freshness);
      return [];
    }
    const records = this.records();
    const list = () =>
      zone.listRecordSets(
        config.domainName,
        records.map(({ name }) => name),
      );
    const known = previous !== undefined && sameRecordNames(previous, config) ? previous : undefined;
    const shared = known === undefined ? [] : sharedIds(known, config);
    // What an earlier run of the event has written, it may not have seen published.
    const claimed = this.idsMadeBy(claims.own(this.eventClaim));
    const former = shared.filter((id) => known?.ownedRecords.includes(id));
    const elsewhere = await this.claimsElsewhere(claims, records);
    const formerRecords = this.formerRegions.flatMap((region) =>
      mailRecords({ ...config, region, tokens: [], dkimDomain: '' }),
    );

    for (let plans = 1; ; plans++) {
      const existing = await list();
      // Of a batch whose answer was lost, or whose run was killed, all is there or nothing.
      const written = areWritten(this.submitted, existing) ? this.submitted : [];
      const planNow = () => {
        const others = claims.all().filter(({ id }) => id !== this.eventClaim);
        const inherited = [
          ...others.flatMap((claim) => this.idsMadeBy(claim)),
          ...elsewhere.flatMap((claim) => this.idsMadeBy(claim)).filter((id) => !belongsToIdentity(id)),
        ];
        const unheard = records
          .filter((each) => claimed.includes(each.id) && !inherited.includes(each.id) && isMade(each, existing))
          .map(({ id }) => id);
        return planRecords(
          {
            ...config,
            zoneId: zone.id,
            records,
            owned: [...former, ...unheard],
            taken: this.idsOfTaken(),
            inherited,
            former: formerRecords,
            unconfirmed: [...idsOf(written), ...unheard],
          },
          existing,
        );
      };
      let plan = planNow();
      if (plan.found.length > 0) {
        // Another construct may have made them since: it has said so before.
        await claims.reread();
        plan = planNow();
      }
      if (isTrial) {
        return plan.owned;
      }
      this.takeable = plan.found.filter((id) => records.some((each) => each.id === id && isMade(each, existing)));
      this.log('records-planned', {
        changes: plan.changes.map(({ action, record }) => `${action} ${record.type} ${record.name}`),
        owned: plan.owned.length,
      });
      await this.stake(plan.owned, freshness);
      if (plan.changes.length === 0) {
        return plan.owned;
      }
      await freshness.require();
      this.noteSubmitted(mergeSubmissions(written, plan.submissions));
      try {
        await zone.waitUntilInSync(await zone.change(plan.changes), () => freshness.checkNowAndThen());
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

  /** Says on the identity what is used and made from now on, before it is made: a run that is killed is then known. */
  private async stake(ownedRecords: readonly string[], freshness: Freshness): Promise<void> {
    const { known } = this;
    const { claim } = this.state(ownedRecords);
    await this.claims!.put(this.claim(claim, ownedRecords), freshness);
    if (known !== undefined && claim !== known.claim && (this.isAnew || !sameTokens(known.tokens, this.tokens))) {
      await this.claims!.put(this.replaced(known, ownedRecords), freshness);
    }
  }

  /**
   * The claim of what was in place, for an identity that has other tokens. Where it is the same identity, nobody can take
   * its new keys back: so what was in place has their records, too, and may be in place again after a rollback.
   */
  private replaced(state: DomainState, ownedRecords: readonly string[]): Claim {
    const { tokens } = this;
    const claim = this.restored(state);
    if (this.isAnew || state.zoneId === undefined || !choosesKeys(this.event)) {
      return claim;
    }
    const made = kindsOf(ownedRecords.filter(belongsToIdentity), tokens);
    const found = kindsOf(tokens, tokens).filter((kind) => !made.includes(kind));
    return { ...claim, made: [...claim.made, KEYS, ...made], found: [...claim.found, ...found] };
  }

  /** The claim of what was in place, for an identity that was made anew: its DKIM records may have other names. */
  private restored(state: DomainState): Claim {
    const { claim: id, zoneId, mailFrom, tokens, ownedRecords } = state;
    const isKept = (kind: string) => !belongsToIdentity(kind) || sameTokens(tokens, this.tokens);
    const all = zoneId === undefined ? [] : allKinds({ ...this.config, ...recordOptions((option) => state[option]) });
    const made = kindsOf(ownedRecords, tokens).filter(isKept);
    const found = all.filter((kind) => isKept(kind) && !made.includes(kind));
    const taken = this.isAnew ? undefined : this.claims?.own(id)?.taken;
    return { id, zoneId, mailFrom: mailFrom && digest(mailFrom), made, found, taken, by: claimant(this.event) };
  }

  private idsOfTaken(): readonly string[] {
    return this.records()
      .map(({ id }) => id)
      .filter((id) => this.taken(kindsOf([id], this.tokens)).length > 0);
  }

  private idsMadeBy(claim: Claim | undefined): readonly string[] {
    const { zoneId, mailFrom } = this.config;
    if (claim === undefined) {
      return [];
    }
    return this.records()
      .map(({ id }) => id)
      .filter((id) => madeRecord(claim, kindsOf([id], this.tokens)[0], { zoneId, mailFrom }));
  }

  /** What is claimed on the identities of other Regions, which may have the same MX, SPF and DMARC records. */
  private async claimsElsewhere(claims: IdentityClaims, records: readonly MailRecord[]): Promise<readonly Claim[]> {
    const mayShare = records.some(({ id }) => !belongsToIdentity(id));
    return mayShare ? claims.readElsewhere().catch(() => []) : [];
  }

  private noteSubmitted(submitted: readonly Submission[]): void {
    this.submitted = submitted;
    this.journal.note({ submitted, tokens: this.tokens, dkimDomain: this.dkimDomain });
  }

  /**
   * Takes back the records that were sent, and those that an earlier run has made whose journal is lost. What others have
   * come to use in the meantime stays.
   *
   * @returns what stays that nobody would remove, and why
   */
  private async undoRecords(
    { openZone }: Aws,
    claims: IdentityClaims,
    others: readonly Claim[],
    claimed: readonly string[],
  ): Promise<string | undefined> {
    const { config, submitted } = this;
    const unknown = this.records().filter(({ id }) => claimed.includes(id) && !idsOf(submitted).includes(id));
    const all: readonly Submission[] = [...submitted, ...unknown.map((record) => ({ record, ttl: config.ttl }))];
    const zone = all.length === 0 ? undefined : await openZone();
    if (zone === undefined) {
      return undefined;
    }
    const elsewhere = all.some(({ record }) => !belongsToIdentity(record.id)) ? await claims.readElsewhere() : [];
    const kind = (id: string) => kindsOf([id], this.tokens)[0];
    const candidates = (id: string) =>
      (belongsToIdentity(id) ? others : [...others, ...elsewhere]).map((claim) => this.withoutLost(claim));
    const users = (id: string) => candidates(id).filter((claim) => usesRecord(claim, kind(id), config));
    const free = all.filter(({ record, replaced }) => replaced !== undefined || users(record.id).length === 0);
    const orphans = all
      .map(({ record }) => record)
      .filter((record) => !free.some((each) => each.record === record))
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
  private withoutLost(claim: Claim): Claim {
    return claim.id === this.previous?.claim ? { ...claim, found: [] } : claim;
  }

  /** The user's tags, as they changed since the last deployment. */
  private async settleTags(freshness: Freshness): Promise<void> {
    const former = this.known === undefined ? {} : parseTags(this.event.OldResourceProperties);
    await this.claims!.changeUserTags(this.config.tags, former, freshness);
  }
}

/** The kinds of records of a domain, whether its tokens are known already or not. */
function allKinds(config: DomainConfig): readonly string[] {
  return mailRecords({ ...config, tokens: ['1', '2', '3'], dkimDomain: '' }).map(({ id }) => id);
}

function idsOf(submitted: readonly Submission[]): readonly string[] {
  return submitted.map(({ record }) => record.id);
}

function staysAsOrphan(records: readonly MailRecord[], users: readonly Claim[]): string {
  const names = records.map(({ name }) => name).join(', ');
  const by = [...new Set(users.map((claim) => claim.by))].join(', ');
  return (
    `The records ${names}, which this deployment made, stay: others had made them before, and ${by} uses them. ` +
    'Delete them by hand if nobody needs them.'
  );
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

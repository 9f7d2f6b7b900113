import { isOwn, Setting, Settings } from '../../lib/shared/settings';
import { connectSettings, SettingsAws } from '../aws/clients';
import type { Identity } from '../aws/ses';
import { idsOfClaims, isOfResource, usesSetting } from '../domain/claims';
import { IdentityClaims } from '../domain/identity-claims';
import { outlastLease } from '../domain/leases';
import { emptyPhysicalId, isEmptyPhysicalId, parseSettingsId } from '../domain/physical-id';
import { IsStale, staleAmong, staleness } from '../domain/staleness';
import type { Answer } from '../events/answer';
import { Deadline } from '../events/deadline';
import type { CustomResourceEvent } from '../events/event';
import { describeError } from '../events/failure';
import { Freshness } from '../events/freshness';
import { Log } from '../events/log';
import { outlastCancelledCreate, staysForSuccessor } from '../events/unanswered';
import { parseFormer, SettingsConfig } from './config';
import { explainSettings } from './explain';
import { pickSettings, planSettings, settingsOf } from './plan';

/** Where the settings are. */
interface Subject {
  readonly domainName: string;
  readonly region: string;
}

/** Takes settings away with the claim of the resource, as far as we made them and nobody else uses them. */
export async function removeSettings(event: CustomResourceEvent, deadline: Deadline, log: Log): Promise<Answer> {
  const physicalId = event.PhysicalResourceId ?? emptyPhysicalId(event.RequestId);
  const config = parseFormer(event.ResourceProperties);
  const state = parseSettingsId(physicalId);
  const subject = state ?? config;
  if (subject === undefined || isEmptyPhysicalId(physicalId)) {
    log('left', { reason: 'the Create has set nothing' });
    return { status: 'SUCCESS', physicalId };
  }
  try {
    if (state === undefined) {
      await outlastCancelledCreate(deadline, log);
    }
    const aws = connectSettings(event, subject, deadline, log);
    const claims = new IdentityClaims(aws, subject, log);
    await claims.read();
    // Where CloudFormation has made the id up, whatever the Create has left is under claims of its resource.
    const ids = state === undefined ? idsOfClaims(claims.ofResource(event)) : [state.claim];
    const isSame = config?.domainName === subject.domainName && config.region === subject.region;
    await outlastLease(claims, ids);
    const isUnanswered = state === undefined && ids.length > 0;
    const stays = isUnanswered ? await staysForSuccessor(new Freshness(event, deadline, log), subject, log) : undefined;
    if (stays !== undefined) {
      return { status: 'SUCCESS', physicalId, reason: stays };
    }
    const reason = await resetSettings(event, subject, isSame ? config : undefined, ids, claims, aws, log);
    return { status: 'SUCCESS', physicalId, reason };
  } catch (error) {
    return { status: 'FAILED', physicalId, reason: explainSettings(error, subject) };
  }
}

/**
 * Takes away what earlier updates of this resource have left that CloudFormation got no answer to: it goes on with the
 * id from before, and nobody will ever ask for what is under other claims.
 *
 * @param living the claims of what was and is in place
 */
export async function discardDeadSettings(
  event: CustomResourceEvent,
  config: SettingsConfig,
  living: readonly string[],
  deadline: Deadline,
  log: Log,
): Promise<void> {
  const former = parseFormer(event.OldResourceProperties);
  for (const place of former === undefined ? [config] : [{ ...config, wanted: former.wanted }, former]) {
    try {
      const aws = connectSettings(event, place, deadline, log);
      const claims = new IdentityClaims(aws, place, log);
      await claims.read();
      const dead = idsOfClaims(claims.ofResource(event)).filter((id) => !living.includes(id));
      if (dead.length > 0) {
        log('discard', { claims: dead, reason: 'no update has ended with them' });
        await resetSettings(event, place, place, dead, claims, aws, log);
      }
    } catch (error) {
      log('discard-failed', { error: describeError(error) });
    }
  }
}

/**
 * @param config what was asked for; undefined when it is not known any more
 * @param ids the claims to give up
 * @returns what stays, and why
 */
async function resetSettings(
  event: CustomResourceEvent,
  subject: Subject,
  config: SettingsConfig | undefined,
  ids: readonly string[],
  claims: IdentityClaims,
  aws: SettingsAws,
  log: Log,
): Promise<string | undefined> {
  if (claims.found === undefined) {
    log('left', { reason: 'the identity is gone' });
    return undefined;
  }
  const wanted = config === undefined || config.retain ? {} : config.wanted;
  const own = claims.all().filter(({ id }) => ids.includes(id));
  if (own.length === 0) {
    log('left', { reason: 'the identity does not have our claim' });
    return ids.length === 0 ? undefined : whatStays(subject, wanted, claims.found, aws);
  }
  await new Freshness(event, aws.deadline, log).require();
  const isStale = staleness(event, ids, aws.deadline, log);
  const made = pickSettings(wanted, (setting) => own.some((claim) => claim.made.includes(setting)));
  const shared = await usedByOthers(event, claims, made, ids, isStale);
  try {
    await resetUnused(made, shared, claims.found, aws, log);
    await claims.giveUp(ids);
  } catch (error) {
    if (await claims.isStillThere()) {
      throw error;
    }
    log('left', { reason: 'the identity went meanwhile' });
    return undefined;
  }
  if (shared.length > 0) {
    // They may have left at the same time, and have seen us stay.
    await claims.read();
    const used = await usedByOthers(event, claims, made, ids, isStale);
    if (claims.found !== undefined && shared.some((setting) => !used.includes(setting))) {
      await resetUnused(made, used, claims.found, aws, log);
    }
  }
  const isReadable = own.some(({ unreadable }) => !unreadable);
  return isReadable || claims.found === undefined ? undefined : whatStays(subject, wanted, claims.found, aws);
}

/** What to say of settings that are as this resource wanted them, when no tag says that it made them. */
async function whatStays(
  { domainName, region }: Subject,
  wanted: Settings,
  identity: Identity,
  aws: SettingsAws,
): Promise<string | undefined> {
  const present = await aws.settings.read(identity, settingsOf(wanted));
  return planSettings({ wanted: {}, former: wanted, present }).length === 0
    ? undefined
    : `The settings of ${domainName} in ${region} stay: the identity no longer carries the tag of this resource, ` +
        'or somebody has edited it.';
}

async function usedByOthers(
  event: CustomResourceEvent,
  claims: IdentityClaims,
  settings: Settings,
  ids: readonly string[],
  isStale: IsStale,
): Promise<readonly Setting[]> {
  const stale = await staleAmong(claims.all(), isStale);
  const others = claims.all().filter(({ id }) => !ids.includes(id) && !stale.includes(id));
  return settingsOf(settings).filter((setting) => {
    const users = isOwn(setting) ? others.filter((claim) => isOfResource(claim, event)) : others;
    return users.some((claim) => usesSetting(claim, setting));
  });
}

async function resetUnused(
  made: Settings,
  shared: readonly Setting[],
  identity: Identity,
  { settings }: SettingsAws,
  log: Log,
): Promise<void> {
  const former = pickSettings(made, (setting) => !shared.includes(setting));
  const present = await settings.read(identity, settingsOf(former));
  const steps = planSettings({ wanted: {}, former, present });
  log('settings-planned', { steps, present });
  for (const { setting, to } of steps) {
    await settings.write(setting, to);
  }
}

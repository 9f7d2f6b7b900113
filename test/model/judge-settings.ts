import type { SettingsProperties } from '../../lib/shared/contract';
import { type Claim, isOfResource, readClaims, sendingPolicyName, usesSetting } from '../../lambda/domain/claims';
import type { Setting } from '../../lib/shared/settings';
import type { FakeAws, Identity, ResponseBody } from '../fakes/fake-aws';
import type { Incident } from './incident';
import { DEFAULTS, settingsOf, type Values, wantedSettings } from './settings';
import type { SettingsLedger } from './settings-ledger';
import type { Holding } from './uses';
import { Violation } from './violation';

/**
 * The good reasons that an event for settings has to fail, as the world is now.
 *
 * @param dead the claims on the identity that no resource has
 */
export function settingsExcuses(
  fake: FakeAws,
  incident: Incident,
  holdings: readonly Holding[],
  dead: readonly Claim[],
): string[] {
  const { DomainName, SesRegion } = propertiesOf(incident);
  const identity = fake.identity(SesRegion, DomainName);
  const wanted = wantedSettings(propertiesOf(incident));
  const contested = usedByOthers(incident, holdings);
  const isContested = (setting: Setting) =>
    contested.has(setting) || dead.some((claim) => usesSetting(claim, setting) && !isOfResource(claim, incident.event));
  const present = identity && settingsOf(identity);
  const conflict = (Object.keys(wanted) as (keyof Values)[]).some(
    (setting) => isContested(setting) && present?.[setting] !== wanted[setting],
  );
  return [
    ...(incident.denied ? ['a call was denied'] : []),
    ...(incident.cancelled ? ['CloudFormation cancelled it'] : []),
    ...(incident.outage ? ['AWS throttled until the time was up'] : []),
    ...(incident.late ? ['CloudFormation does not wait for it any more'] : []),
    ...(identity ? [] : ['there is no identity']),
    ...(fake.sesv2 !== 'on' ? ['the v2 API of SES is not there'] : []),
    ...(conflict || Object.keys(identity?.tags ?? {}).length > 0 ? claimsInTheWay(identity, conflict) : []),
    // Properties that cannot work: the domain resource is refused as well.
    ...(DomainName.endsWith('/') ? ['the domain name cannot work'] : []),
  ];
}

function claimsInTheWay(identity: ReturnType<FakeAws['identity']>, conflict: boolean): string[] {
  const edited = Object.values(identity?.tags ?? {}).includes('mine');
  return conflict || edited ? ['another construct uses a setting with another value'] : [];
}

/** The settings that other resources have for the same identity. */
function usedByOthers(incident: Incident, holdings: readonly Holding[]): Set<string> {
  const { event } = incident;
  const { DomainName, SesRegion } = propertiesOf(incident);
  const others = holdings.filter(({ id, stack, logicalId, properties }) => {
    const same = properties.DomainName === DomainName && properties.SesRegion === SesRegion;
    const isThis = stack === event.StackId && logicalId === event.LogicalResourceId;
    return (
      same &&
      id.startsWith('settings:') &&
      !(isThis && (event.RequestType !== 'Delete' || id === event.PhysicalResourceId))
    );
  });
  return new Set(others.flatMap(({ properties }) => Object.keys(wantedSettings(properties))));
}

/** Judges the answer to an event against what the identity has now. */
export function judgeSettings(
  fake: FakeAws,
  ledger: SettingsLedger,
  incident: Incident,
  answer: ResponseBody,
  excuses: readonly string[],
  before: Values | undefined,
  originsBefore: ReadonlyMap<Setting, string>,
  holdings: readonly Holding[],
): void {
  const { event, type } = incident;
  const { DomainName, SesRegion } = propertiesOf(incident);
  const { Reason: reason = '' } = answer;
  const what = `${type} ${event.RequestId} with ${JSON.stringify(event.ResourceProperties)}`;
  if (answer.Status === 'FAILED') {
    const named = DomainName.endsWith('/') ? ['Easy DKIM'] : [DomainName, SesRegion];
    if (named.some((name) => !reason.includes(name)) || reason.includes('unexpected error')) {
      throw new Violation('reason helps', `to ${what}: ${reason}`);
    }
    if (excuses.length === 0 && !incident.meanwhile)
      throw new Violation('no failure without a cause', `${what}: ${reason}`);
  }
  if (type !== 'Create' && answer.PhysicalResourceId !== event.PhysicalResourceId) {
    const moved = answer.PhysicalResourceId.startsWith(`settings:${SesRegion}:${DomainName}:`);
    if (type === 'Delete' || !moved || answer.Status !== 'SUCCESS')
      throw new Violation('stable', `${what} answers with ${answer.PhysicalResourceId}`);
  }
  const identity = fake.identity(SesRegion, DomainName);
  // What a killed run had changed, or others change meanwhile, is not known any more; nor does a run
  // elsewhere of an event that had failed know that it had.
  const elsewhere = incident.answers.some(({ environment }) => environment !== incident.answers[0].environment);
  if (!before || !identity || incident.meanwhile || incident.killed > 0 || elsewhere) return;
  judgePolicy(incident, answer, identity, holdings);
  judgeFormerClaims(fake, incident, answer);
  const asksForMailFrom = type !== 'Delete' && propertiesOf(incident).MailFromDomain !== undefined;
  if (asksForMailFrom && answer.Status === 'SUCCESS' && identity.mailFrom?.status === 'Failed') {
    throw new Violation('set up as answered', `${what}: SES does not look for the MX record any more`);
  }
  const expected = expectedAfter(incident, answer, before, originsBefore, usedByOthers(incident, holdings));
  const present = settingsOf(identity);
  for (const setting of Object.keys(expected) as (keyof Values)[]) {
    // Forwarding follows the topics.
    const deciding: Setting[] =
      setting === 'FeedbackForwarding' ? [setting, 'BounceTopic', 'ComplaintTopic'] : [setting];
    const unsure = deciding.some(
      (each) => ledger.origin(SesRegion, DomainName, each) === 'limbo' || originsBefore.get(each) === 'limbo',
    );
    if (present[setting] === expected[setting] || (unsure && !isByMadeUpId(incident))) continue;
    const invariant = answer.Status === 'FAILED' ? 'failed means undone' : 'set up as answered';
    throw new Violation(invariant, `${what}: ${setting} is "${present[setting]}", not "${expected[setting]}"`);
  }
}

/** The policy of the resource, which has a name of its own. */
function judgePolicy(
  { event, type, retains }: Incident,
  answer: ResponseBody,
  { policies, tags }: Pick<Identity, 'policies' | 'tags'>,
  holdings: readonly Holding[],
): void {
  const { DomainName, SesRegion, SendingPolicy } = event.ResourceProperties as unknown as SettingsProperties;
  const isSame = ({ id, stack, logicalId, properties }: Holding) =>
    id !== event.PhysicalResourceId &&
    id.startsWith('settings:') &&
    stack === event.StackId &&
    logicalId === event.LogicalResourceId &&
    properties.DomainName === DomainName &&
    properties.SesRegion === SesRegion;
  // A removal whose claim is gone leaves what it finds, and says so.
  const isRemoval = type === 'Delete' && !retains && event.PhysicalResourceId?.startsWith('settings:');
  if (answer.Status === 'FAILED' || (type === 'Delete' && (!isRemoval || answer.Reason || holdings.some(isSame))))
    return;
  // It stays for a claim of the same resource whose clean-up CloudFormation has given up.
  const isKept = readClaims(tags).some((claim) => isOfResource(claim, event) && usesSetting(claim, 'SendingPolicy'));
  if (type === 'Delete' && isKept) return;
  // A policy that stays from a former resource of this name, with RETAIN, is nothing that it has made.
  const former = (event.OldResourceProperties ?? {}) as Partial<SettingsProperties>;
  const hadPolicy =
    former.SendingPolicy !== undefined && former.DomainName === DomainName && former.SesRegion === SesRegion;
  if (SendingPolicy === undefined && !hadPolicy) return;
  const expected = type === 'Delete' || SendingPolicy === undefined ? undefined : JSON.stringify(SendingPolicy);
  const present = policies[sendingPolicyName(event)];
  if (present !== expected) {
    throw new Violation('set up as answered', `${type} ${event.RequestId}: the policy is ${present}, not ${expected}`);
  }
}

/** An update that keeps its id takes away what earlier ones have left under other claims, where it is and where it was. */
function judgeFormerClaims(fake: FakeAws, { event, type, calls }: Incident, answer: ResponseBody): void {
  const { PhysicalResourceId: id } = event;
  const isSmooth = calls.every(({ outcome }) => outcome === 'ok');
  if (type !== 'Update' || answer.Status === 'FAILED' || answer.PhysicalResourceId !== id || !isSmooth) return;
  for (const { SesRegion, DomainName } of [event.ResourceProperties, event.OldResourceProperties!]) {
    const claims = readClaims(fake.identity(SesRegion, DomainName)?.tags ?? {});
    const dead = claims.find((claim) => isOfResource(claim, event) && !id.endsWith(claim.id));
    if (dead) throw new Violation('claims tell the truth', `Update ${event.RequestId} leaves the claim ${dead.id}`);
  }
}

/** Whether CloudFormation deletes what it got no answer from. */
function isByMadeUpId({ event, type }: Incident): boolean {
  return type === 'Delete' && event.PhysicalResourceId?.startsWith('settings:') === false;
}

function expectedAfter(
  incident: Incident,
  answer: ResponseBody,
  before: Values,
  origins: ReadonlyMap<Setting, string>,
  used: ReadonlySet<string>,
): Partial<Values> {
  const { type, event, retains } = incident;
  const properties = propertiesOf(incident);
  const wanted = wantedSettings(properties);
  if (answer.Status === 'FAILED')
    return type === 'Delete' || answer.Reason?.includes('could not be undone') ? {} : before;
  if (type === 'Delete') {
    // What a Create has set that CloudFormation got no answer to, its claim tells; what another resource uses stays.
    if (isByMadeUpId(incident)) {
      return Object.fromEntries([...used].map((setting) => [setting, before[setting as keyof Values]]));
    }
    return retains ? before : withoutDropped(before, {}, wanted, origins, used);
  }
  const old = (event.OldResourceProperties ?? {}) as Partial<SettingsProperties>;
  const same = old.DomainName === properties.DomainName && old.SesRegion === properties.SesRegion;
  return withoutDropped(before, wanted, same ? wantedSettings(old) : {}, origins, used);
}

/**
 * What is no longer asked for goes back to SES's default, if it is as it was asked for, we had set it, and nobody else
 * uses it.
 */
function withoutDropped(
  before: Values,
  wanted: Partial<Values>,
  former: Partial<Values>,
  origins: ReadonlyMap<Setting, string>,
  used: ReadonlySet<string>,
): Values {
  const after = { ...before, ...wanted };
  for (const setting of Object.keys(former) as (keyof Values)[]) {
    const isOurs = origins.get(setting) === 'ours' && !used.has(setting);
    if (wanted[setting] === undefined && before[setting] === former[setting] && isOurs)
      after[setting] = DEFAULTS[setting];
  }
  const lostTopic = (['BounceTopic', 'ComplaintTopic'] as const).some(
    (topic) => after[topic] === '' && before[topic] !== '',
  );
  // SES has it on without topics.
  if (wanted.FeedbackForwarding === undefined && lostTopic) after.FeedbackForwarding = 'true';
  return after;
}

export function propertiesOf({ event }: Incident): SettingsProperties {
  return event.ResourceProperties;
}

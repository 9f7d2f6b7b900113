import { MADE, MARK } from '../../lib/shared/claim-tags';
import type { ResourceProperties } from '../../lib/shared/contract';
import { isActive, readClaims } from '../../lambda/domain/claims';
import type { DomainConfig } from '../../lambda/domain/config';
import type { Call, FakeAws } from '../fakes/fake-aws';

import type { Answered, Incident } from './incident';
import { type Difference, identityKey } from './ledger';
import type { Counters } from './counters';
import { ACCOUNT } from './places';
import type { Holding } from './uses';
import { Violation } from './violation';

export const CHANGE_KEYS = 'PutEmailIdentityDkimSigningAttributes';

/** Whether the properties of an event choose the length of the keys, or those before did. */
export function choosesKeys({ event, properties }: Incident): boolean {
  const former = event.OldResourceProperties as ResourceProperties | undefined;
  return properties.SigningKeyLength !== undefined || former?.SigningKeyLength !== undefined;
}

/**
 * The good reasons that an event has to leave the keys of the identity as they are, and to fail for that, as the world is
 * now.
 */
export function keyExcuses(
  fake: FakeAws,
  { previous, subject, event, blind }: Incident,
  { region, domainName, zoneId, signingKeyLength }: DomainConfig,
): string[] {
  const identity = fake.identity(region, domainName);
  if (!identity || signingKeyLength === undefined || identity.keyLength === signingKeyLength) return [];
  const isKept = /ROLLBACK/.test(fake.stacks.get(event.StackId)!) || subject?.tokens.join() !== previous?.tokens.join();
  const isKnown = previous?.region === region && previous.domainName === domainName;
  // The keys are not to change then.
  if (isKnown && isKept && !blind) return [];
  const others = readClaims(identity.tags).filter((claim) => isActive(claim) && claim.id !== previous?.claim);
  return [
    ...(isKnown ? [] : ['the identity has keys of another length']),
    ...(identity.keyLength === undefined ? ['SES does not say how long the keys are'] : []),
    ...(fake.identities.hasNewKeys(identity) ? ['SES has changed the keys less than 24 hours ago'] : []),
    ...(identity.tags[MARK] === MADE ? [] : ['others have made the keys']),
    ...(others.length > 0 ? ['others use the keys'] : []),
    ...(fake.identities.hasReplicas(ACCOUNT, region, domainName) ? ['a replica has the keys'] : []),
    ...(zoneId === undefined || zoneId !== previous?.zoneId ? ['the records cannot be written in time'] : []),
  ];
}

/**
 * Judges a change of keys that has just taken effect.
 *
 * @param rivals other resources that have the identity in use
 * @param status that of the stack
 * @param excuses the good reasons that the event has to fail by now
 */
export function judgeKeyChange(
  fake: FakeAws,
  incident: Incident,
  { params, region }: Call,
  differences: readonly Difference[],
  rivals: readonly Holding[],
  status: string,
  excuses: readonly string[],
): void {
  const { previous, properties, type, late, blind, meanwhile } = incident;
  const { NextSigningKeyLength: length } = params.SigningAttributes as { readonly NextSigningKeyLength: string };
  const domain = String(params.EmailIdentity);
  const before = differences.find(({ key }) => key === identityKey(region, domain))?.before;
  const wrong = (why: string): never => {
    throw new Violation('keys only when asked', `${domain} in ${region} by ${incident.event.RequestId}: ${why}`);
  };
  if (type !== 'Update' || properties.SigningKeyLength !== length) wrong('it has not asked for that');
  if (previous?.domainName !== domain || previous.region !== region) return wrong('it is new to the resource');
  // Where it cannot ask CloudFormation, the properties before have to tell.
  if (/ROLLBACK/.test(status) && !blind) wrong('the update is taken back');
  if (late && !blind) wrong('nobody waits for it');
  if (before?.origin === 'others') wrong('others have made it');
  if (before?.content !== `AWS_SES ${previous.tokens.join()}`) wrong('the id does not have the tokens so far');
  if (previous.zoneId === undefined || previous.zoneId !== properties.HostedZoneId) wrong('its zone changes');
  if (fake.identities.hasReplicas(ACCOUNT, region, domain)) wrong('there is a replica');
  if (excuses.includes('a record is in the way') && !meanwhile) wrong('a record is in the way of others');
  if (rivals.length > 0) wrong(`${rivals[0].id} uses it, too`);
}

/** Judges what an event has left of the keys. */
export function judgeKeys(
  fake: FakeAws,
  counters: Counters,
  incident: Incident,
  { body, run }: Answered,
  status: string,
): void {
  const { properties, previous, subject, type, event } = incident;
  const { SigningKeyLength: asked, SesRegion, DomainName } = properties;
  const identity = fake.identity(SesRegion, DomainName);
  if (type === 'Delete' || incident.meanwhile || identity === undefined) return;
  const what = `${type} ${event.RequestId}`;
  if (body.Status === 'SUCCESS' && asked !== undefined && (identity.keyLength ?? asked) !== asked) {
    const isBehind = subject !== undefined && subject.tokens.join() !== previous?.tokens.join();
    // Where it cannot ask CloudFormation, it takes an update for one that is taken back.
    const isKept =
      (isBehind || /ROLLBACK/.test(status) || incident.blind) && body.Reason?.includes(`stay ${identity.keyLength}`);
    counters.add('keys kept');
    if (!isKept) throw new Violation('set up as answered', `${what}: the keys are ${identity.keyLength}, not ${asked}`);
  }
  if (body.Status === 'SUCCESS' || !incident.hasChangedKeys || subject?.identity !== identity) return;
  const since = incident.calls.findIndex(({ operation, outcome }) => operation === CHANGE_KEYS && outcome === 'ok');
  const isSmooth = since >= 0 && incident.calls.slice(since).every(({ outcome }) => outcome === 'ok') && run === 1;
  const records = fake.zones.get(previous?.zoneId ?? '')?.records;
  const missing = identity.tokens.find(
    (token) => !records?.some(({ name }) => name === `${token}._domainkey.${DomainName}`),
  );
  if (isSmooth && records && missing !== undefined) {
    throw new Violation('new keys have their records', `${what}: the zone has no record for the token ${missing}`);
  }
}

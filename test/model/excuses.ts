import { parseConfig, type DomainConfig } from '../../lambda/domain/config';
import { documentedDkimDomain } from '../../lib/shared/dkim-hosts';
import { readClaims } from '../../lambda/domain/claims';
import type { FakeAws } from '../fakes/fake-aws';
import { doesTheSame, furtherRecords, kindOfTxt } from './further-records';
import type { Incident } from './incident';
import { keyExcuses } from './judge-keys';
import type { Others } from './others';
import { plain } from './ledger';
import { ACCOUNT } from './places';
import type { Setup } from './plan';

/** The properties as real types; undefined for those that cannot work. */
export function configOf(incident: Incident): DomainConfig | undefined {
  try {
    return parseConfig({ ...incident.properties });
  } catch {
    return undefined;
  }
}

/**
 * The good reasons that an event has to fail, as the world is now. A failure that has none, neither
 * when it began nor when it ended, is one that the handler should have survived.
 */
export function excuses(fake: FakeAws, others: Others, setup: Setup, incident: Incident): string[] {
  const found: string[] = [];
  if (incident.denied) found.push('a call was denied');
  if (incident.cancelled) found.push('CloudFormation cancelled it');
  if (incident.outage) found.push('AWS throttled until the time was up');
  if (fake.sesv2 !== 'on') found.push('the v2 API of SES is not there');
  if (incident.late) found.push('CloudFormation does not wait for it any more');
  if (incident.type === 'Delete') {
    if (hasReplicas(fake, incident)) found.push('SES keeps the parent of a replica');
    return [...found, ...(incident.previous ? zoneExcuses(fake, incident.previous, incident, true) : [])];
  }
  const config = configOf(incident);
  if (config === undefined) return [...found, 'the properties cannot work'];
  found.push(...zoneExcuses(fake, config, incident, false));
  const identity = fake.identity(config.region, config.domainName);
  if (identity && readClaims(identity.tags).some(({ leavingSince }) => leavingSince !== undefined)) {
    found.push('a run that was about to remove the identity has died');
  }
  if (identity && identity.origin !== 'AWS_SES') found.push('the identity does not sign with Easy DKIM');
  found.push(...keyExcuses(fake, incident, config));
  if (hasConflict(fake, others, config, incident)) found.push('a record is in the way');
  if (setup.insyncAfter >= 600_000) found.push('Route 53 takes too long');
  if (config.waitForVerification > 0 && identity?.dkimStatus !== 'Success') found.push('SES did not verify in time');
  if (config.waitForVerification > 0 && incident.calls.some(({ outcome }) => outcome !== 'ok')) {
    found.push('faults took the time to wait for the verification');
  }
  return found;
}

/** Whether there are replicas of the identity, also where CloudFormation has made the id up. */
export function hasReplicas(fake: FakeAws, { previous, properties }: Incident): boolean {
  const { region, domainName } = previous ?? { region: properties.SesRegion, domainName: properties.DomainName };
  return fake.identities.hasReplicas(ACCOUNT, region, domainName);
}

function zoneExcuses(
  fake: FakeAws,
  { zoneId, domainName }: Pick<DomainConfig, 'zoneId' | 'domainName'>,
  incident: Incident,
  mayBeGone: boolean,
): string[] {
  if (zoneId === undefined) return [];
  const zone = fake.zones.get(zoneId);
  if (!zone) return mayBeGone ? [] : ['there is no such zone'];
  if (!zone.holds(`${domainName}.`)) return ['the zone cannot hold the records'];
  const ownAccount = incident.properties.DelegationRoleArn === undefined;
  return ownAccount === (zone.account === ACCOUNT) ? [] : ['the zone is in another account'];
}

function hasConflict(fake: FakeAws, others: Others, config: DomainConfig, { previous }: Incident): boolean {
  const { domainName, region, zoneId, overwriteRecords } = config;
  if (zoneId === undefined) return false;
  if (furtherConflict(fake, config, zoneId, previous)) return true;
  const host = fake.signingHostedZoneFor(region);
  const hosts = new Set([host, documentedDkimDomain(region), previous?.dkimDomain]);
  const known = previous?.region === region && previous.domainName === domainName && previous.zoneId === zoneId;
  return others.tokens(region, domainName).some((token) => {
    const sets = fake.records(zoneId).filter(({ name }) => name === `${token}._domainkey.${domainName}`);
    if (sets.length === 0) return false;
    const [{ type, setIdentifier, values }] = sets;
    if (sets.length > 1 || type !== 'CNAME' || setIdentifier !== undefined) return true;
    // Which of the hosts the handler takes for right depends on what SES tells it.
    const right = [...hosts].every((each) => each === undefined || plain(values[0]) === `${token}.${each}`);
    return !right && !overwriteRecords && !(known && previous.ownedRecords.includes(token));
  });
}

/** What is at the name of a further record and neither does the same nor may be replaced. */
function furtherConflict(fake: FakeAws, config: DomainConfig, zoneId: string, previous: Incident['previous']): boolean {
  const known = previous?.domainName === config.domainName && previous.zoneId === zoneId;
  return furtherRecords(config).some(({ id, name }) => {
    const type = id === 'mx' ? 'MX' : 'TXT';
    const sets = fake.records(zoneId).filter((set) => set.name === name && (set.type === type || set.type === 'CNAME'));
    if (sets.length === 0) return false;
    const [{ values, setIdentifier }] = sets;
    if (sets.length > 1 || sets[0].type === 'CNAME' || setIdentifier !== undefined) return true;
    const rivals = values.filter((value) => type === 'MX' || kindOfTxt(value) === id);
    const right = rivals.length === 1 && doesTheSame(id, plain(rivals[0]), config.dmarc);
    const sameName = id === 'dmarc' || previous?.mailFrom === config.mailFrom;
    const owned = known && sameName && previous.ownedRecords.includes(id);
    return rivals.length > 0 && !right && !config.overwriteRecords && !owned;
  });
}

import type { ReplicaProperties } from '../../lib/shared/contract';
import { replicaOrigin } from '../../lib/shared/replica-origin';
import { readClaims } from '../../lambda/domain/claims';
import { parseReplicaId } from '../../lambda/domain/physical-id';
import type { Call, FakeAws } from '../fakes/fake-aws';
import type { Answered, Incident } from './incident';
import { show } from './judge-effect';
import { type Difference, identityKey, type Item, type Ledger } from './ledger';
import { REGIONS } from './places';
import { type Holding, isReplicaOf } from './uses';
import { Violation } from './violation';

/** The good reasons that an event for a replica has to fail, as the world is now. */
export function replicaExcuses(fake: FakeAws, incident: Incident): string[] {
  const { SesRegion, DomainName, ParentRegion, WaitForVerification } = replicaProperties(incident);
  const identity = fake.identity(SesRegion, DomainName);
  const isGoing = readClaims(identity?.tags ?? {}).some(({ leavingSince }) => leavingSince !== undefined);
  const waits = WaitForVerification !== undefined;
  const isUnverified = identity?.dkimStatus !== 'Success' || incident.calls.some(({ outcome }) => outcome !== 'ok');
  const found = [
    ...(incident.denied ? ['a call was denied'] : []),
    ...(incident.cancelled ? ['CloudFormation cancelled it'] : []),
    ...(incident.outage ? ['AWS throttled until the time was up'] : []),
    ...(incident.late ? ['CloudFormation does not wait for it any more'] : []),
    ...(fake.sesv2 !== 'on' ? ['the v2 API of SES is not there'] : []),
  ];
  if (incident.type === 'Delete') return found;
  return [
    ...found,
    ...(isGoing ? ['a run that was about to remove the replica has died'] : []),
    ...(identity && identity.origin !== replicaOrigin(ParentRegion)
      ? ['the identity is no replica of the parent']
      : []),
    ...(waits && isUnverified ? ['SES did not verify it in time'] : []),
  ];
}

/** No call may take a replica from whoever uses it, or the records from a parent of ours that has replicas. */
export function judgeReplicaLoss(
  fake: FakeAws,
  ledger: Ledger,
  incident: Incident,
  { operation }: Call,
  differences: readonly Difference[],
  inUse: readonly Holding[],
): void {
  for (const { key, before, after } of differences) {
    if (before === undefined || after !== undefined || incident.made(before)) continue;
    const what = `${operation} on ${incident.type} ${incident.event.RequestId}: ${show({ key, before })}`;
    const user = inUse.find((held) => isReplicaOf(held, before));
    if (user && before.origin !== 'limbo') throw new Violation('records while in use', `${user.id}: ${what}`);
    if (isOfParent(fake, ledger, incident, key)) throw new Violation('records while in use', `of a replica: ${what}`);
  }
}

/** Whether a Delete takes a record of an identity of ours whose replicas it can see. */
function isOfParent(fake: FakeAws, ledger: Ledger, { previous, type, heardSes }: Incident, key: string): boolean {
  if (type !== 'Delete' || previous === undefined || !heardSes || !key.includes('._domainkey.')) return false;
  const { region, domainName } = previous;
  const identity = fake.identity(region, domainName);
  const isCurrent = identity?.tokens.some((token) => key.includes(` ${token}._domainkey.${domainName} `));
  const hasReplica = REGIONS.some((each) => fake.identity(each, domainName)?.origin === replicaOrigin(region));
  const isOurs = ledger.get(identityKey(region, domainName))?.origin === 'ours';
  return isCurrent === true && hasReplica && isOurs;
}

/** Judges the answer to an event for a replica against what is there now. */
export function judgeReplica(
  fake: FakeAws,
  ledger: Ledger,
  incident: Incident,
  { body, run }: Answered,
  excuses: readonly string[],
  isUsed: (item: Item) => boolean,
): void {
  const { type, event, meanwhile } = incident;
  const { SesRegion, DomainName, ParentRegion, WaitForVerification } = replicaProperties(incident);
  const { Reason: reason = '', Status, PhysicalResourceId: id } = body;
  const what = `${type} ${event.RequestId} with ${JSON.stringify(event.ResourceProperties)}`;
  if (type !== 'Create' && (type === 'Delete' || Status === 'FAILED') && id !== event.PhysicalResourceId) {
    throw new Violation('id tells the truth', `${what} answers with ${id}`);
  }
  if (Status === 'FAILED') {
    const isHelpful = [DomainName, SesRegion, ParentRegion].every((name) => reason.includes(name));
    if (!isHelpful || reason.includes('unexpected error')) throw new Violation('reason helps', `${what}: ${reason}`);
    if (excuses.length === 0 && !meanwhile) throw new Violation('no failure without a cause', `${what}: ${reason}`);
    if (type !== 'Delete' && parseReplicaId(id)?.region !== SesRegion)
      judgeUndone(ledger, incident, run, reason, isUsed);
    return;
  }
  if (type === 'Delete' || meanwhile) return;
  const state = parseReplicaId(id);
  const identity = fake.identity(SesRegion, DomainName);
  const wrong = (why: string): never => {
    throw new Violation('set up as answered', `${what}: ${why}`);
  };
  if (state?.region !== SesRegion || state.domainName !== DomainName) return wrong(`the id is ${id}`);
  if (identity?.origin !== replicaOrigin(ParentRegion)) wrong(`the identity signs with ${identity?.origin}`);
  if (!readClaims(identity!.tags).some(({ id: claim }) => claim === state.claim)) wrong('there is no claim');
  if (WaitForVerification !== undefined && identity!.dkimStatus !== 'Success') wrong('it is not verified');
  const item = ledger.get(identityKey(SesRegion, DomainName));
  if (item?.origin === 'others' && incident.made(item)) wrong('it is of others');
}

/** What a run that was killed has made, the way back takes away. */
function judgeUndone(
  ledger: Ledger,
  incident: Incident,
  run: number,
  reason: string,
  isUsed: (item: Item) => boolean,
): void {
  const left = ledger.ours().find((item) => incident.made(item) && (item.madeBy?.run ?? 0) <= run && !isUsed(item));
  const isTold = reason.includes('could not be removed') && (incident.denied || incident.outage);
  if (left && !isTold && incident.killed === 0) throw new Violation('failed means undone', `${left.key} is left`);
}

function replicaProperties({ event }: Incident): ReplicaProperties {
  return event.ResourceProperties as ReplicaProperties;
}

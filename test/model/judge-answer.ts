import { formatPhysicalId, parsePhysicalId } from '../../lambda/domain/physical-id';
import { documentedDkimDomain } from '../../lib/shared/dkim-hosts';
import type { ResourceAttributes } from '../../lib/shared/contract';
import type { RecordChange } from '../fakes/route53';
import type { FakeAws, ResponseBody } from '../fakes/fake-aws';
import { configOf, hasReplicas } from './excuses';
import { doesTheSame, FURTHER_RECORDS, furtherRecords, isExactly } from './further-records';
import { claims, type Incident } from './incident';
import { type Item, type Ledger, recordKey } from './ledger';
import { isAt } from './uses';
import { Violation } from './violation';

/** Judges the answer to an event against what is there now. */
export function judgeAnswer(
  fake: FakeAws,
  ledger: Ledger,
  incident: Incident,
  answer: ResponseBody,
  excuses: readonly string[],
  isUsed: (item: Item) => boolean,
  othersUse: (item: Item) => boolean,
): void {
  const { event } = incident;
  if (answer.StackId === undefined || answer.LogicalResourceId !== event.LogicalResourceId) {
    throw new Violation('answered once', `to another event: ${JSON.stringify(answer)}`);
  }
  if (answer.Status === 'FAILED') {
    judgeFailure(incident, answer, excuses);
  } else if (incident.type === 'Delete') {
    if (answer.PhysicalResourceId !== event.PhysicalResourceId) {
      throw new Violation('id tells the truth', `Delete answers with another id: ${answer.PhysicalResourceId}`);
    }
  } else if (!incident.meanwhile && !incident.isTakenBack) {
    judgeSetUp(fake, ledger, incident, answer, othersUse);
  }
  if (incident.type !== 'Delete') judgeClaims(fake, ledger, incident, answer, isUsed);
}

function judgeFailure(incident: Incident, answer: ResponseBody, excuses: readonly string[]): void {
  const { event } = incident;
  const { Reason: reason = '' } = answer;
  const config = configOf(incident) ?? (incident.type === 'Delete' ? incident.previous : undefined);
  const named = config ? [config.domainName, config.region, config.zoneId ?? ''] : ['Easy DKIM'];
  if (named.some((name) => !reason.includes(name)) || reason.includes('unexpected error')) {
    throw new Violation(
      'reason helps',
      `to ${incident.type} with ${JSON.stringify(event.ResourceProperties)}: ${reason}`,
    );
  }
  if (excuses.length === 0 && !incident.meanwhile) {
    throw new Violation('no failure without a cause', `${incident.type} ${event.RequestId}: ${reason}`);
  }
  if (incident.type !== 'Create' && answer.PhysicalResourceId !== event.PhysicalResourceId) {
    throw new Violation('failed means undone', `a failed ${incident.type} answers with ${answer.PhysicalResourceId}`);
  }
}

/** After a success everything is in place as announced. */
function judgeSetUp(
  fake: FakeAws,
  ledger: Ledger,
  incident: Incident,
  answer: ResponseBody,
  othersUse: (item: Item) => boolean,
): void {
  const config = configOf(incident);
  const state = parsePhysicalId(answer.PhysicalResourceId);
  const data = answer.Data as unknown as ResourceAttributes;
  const wrong = (detail: string): never => {
    throw new Violation('set up as answered', `${incident.type} ${incident.event.RequestId}: ${detail}`);
  };
  if (!config || !state) return wrong(`success with the id ${answer.PhysicalResourceId}`);
  const { domainName, region, zoneId } = config;
  const wanted = zoneId === undefined ? {} : { mailFrom: config.mailFrom, dmarc: config.dmarc };
  const id = formatPhysicalId({
    ...state,
    region,
    domainName,
    zoneId,
    mailFrom: undefined,
    dmarc: undefined,
    ...wanted,
  });
  if (id !== answer.PhysicalResourceId) wrong('the id is of another place');
  const identity = fake.identity(region, domainName);
  const tokens = [data.DkimToken1, data.DkimToken2, data.DkimToken3];
  if (identity?.tokens.join() !== tokens.join())
    wrong(`the tokens are ${tokens.join()}, not ${identity?.tokens.join()}`);
  if (state.tokens.join() !== tokens.join()) wrong('the id has other tokens');
  const names = [data.DkimRecordName1, data.DkimRecordName2, data.DkimRecordName3];
  const values = [data.DkimRecordValue1, data.DkimRecordValue2, data.DkimRecordValue3];
  // A record that others use, or have made anew, has the TTL that they gave it, and so has one that is taken over.
  const hasWrongTtl = (record: Item) =>
    record.ttl !== config.ttl &&
    record.origin !== 'limbo' &&
    (incident.made(record) || claims(incident.previous, record)) &&
    !othersUse(record);
  tokens.forEach((token, index) => {
    const name = `${token}._domainkey.${domainName}`;
    if (names[index] !== name || values[index] !== `${token}.${state.dkimDomain}`) wrong(`attributes of ${token}`);
    if (zoneId === undefined) return;
    const record = ledger.get(recordKey(zoneId, name));
    if (record === undefined) return wrong(`no record ${name} in ${zoneId}`);
    if (record.content !== values[index]) wrong(`${name} is ${record.content}, not ${values[index]}`);
    if (state.ownedRecords.includes(token) && hasWrongTtl(record)) wrong(`${name} has the TTL ${record.ttl}`);
  });
  for (const { id, key } of furtherRecords(config)) {
    const record = ledger.get(key);
    if (record === undefined) return wrong(`no ${key}`);
    if (!doesTheSame(id, record.content, config.dmarc)) wrong(`${key} is ${record.content}`);
    const ours = id === 'mx' && isExactly(id, record.content, region, config.dmarc) && state.ownedRecords.includes(id);
    if (ours && hasWrongTtl(record)) wrong(`${key} has the TTL ${record.ttl}`);
    if (ledger.all().some((other) => other.key.startsWith(`${key} again`))) wrong(`${key} is there twice`);
  }
  judgeBatch(fake, incident, wrong);
  const host = identity?.signingHostedZone;
  const asked = fake.sesv2 === 'on' && incident.heardSes;
  const hosts = asked && host ? [host] : [host, documentedDkimDomain(region), incident.previous?.dkimDomain];
  if (!hosts.includes(state.dkimDomain)) wrong(`the records lead to ${state.dkimDomain}, the keys are at ${host}`);
  if (config.waitForVerification > 0 && identity?.dkimStatus !== 'Success') wrong('DKIM is not verified');
  if (config.waitForVerification > 0 && data.VerificationStatus !== 'Success') wrong('the status is not Success');
}

/** Whether it is what the removal of a value leaves to others. */
function isRemainder({ name, type, values }: RecordChange, changes: readonly RecordChange[]): boolean {
  const before = changes.find((each) => each.action === 'DELETE' && each.name === name && each.type === type);
  return before !== undefined && before.values.length > values.length;
}

/** The records go in one batch, and Route 53 has published it before the answer. */
function judgeBatch(fake: FakeAws, incident: Incident, wrong: (detail: string) => never): void {
  const { calls, answers, runs } = incident;
  const batches = calls.filter(
    ({ operation, params }) =>
      operation === 'ChangeResourceRecordSets' &&
      params.changes?.some((change) => change.action !== 'DELETE' && !isRemainder(change, params.changes!)),
  );
  const smooth = runs === 1 && calls.every(({ outcome }) => outcome === 'ok');
  if (smooth && batches.length > 1) wrong(`${batches.length} change batches`);
  const [answered] = answers;
  const until = calls.indexOf(answered.call);
  const written = batches.filter((call) => call.outcome === 'ok' && calls.indexOf(call) < until).at(-1);
  if (written && answered.call.at < written.at + fake.insyncAfterMs)
    wrong('Route 53 has not published the records yet');
}

/** The id that CloudFormation is given has to claim the records that we made, and nothing that others made. */
function judgeClaims(
  fake: FakeAws,
  ledger: Ledger,
  incident: Incident,
  answer: ResponseBody,
  isUsed: (item: Item) => boolean,
): void {
  const state = parsePhysicalId(answer.PhysicalResourceId);
  const detail = (item: Item) => `${answer.PhysicalResourceId} after ${incident.type}: ${item.key} (${item.origin})`;

  if (answer.Status === 'FAILED') {
    // What a repetition elsewhere has made under another claim, the way back takes away.
    const { run } = incident.answers[0];
    for (const item of ledger.ours().filter((each) => incident.made(each) && (each.madeBy?.run ?? 0) <= run)) {
      // An Update that made anew what the resource already owned: with RETAIN it stays, and is claimed.
      if (isUsed(item)) continue;
      // What a run that was killed may have announced, CloudFormation asks to delete by the id in the answer.
      if (incident.type === 'Create' && incident.killed > 0 && state && isAt(state, item)) continue;
      const told = (answer.Reason ?? '').includes('could not be removed');
      if (!told || !(incident.denied || incident.outage || hasReplicas(fake, incident)))
        throw new Violation('failed means undone', `${detail(item)} is left`);
    }
    return;
  }
  if (state === undefined) return;
  for (const item of ledger.all()) {
    if (item.key.startsWith('identity') || incident.meanwhile) continue;
    const isUnknown = incident.isUndecided && !incident.made(item);
    const isExact = claims({ ...state, ownedRecords: [...state.tokens, ...FURTHER_RECORDS] }, item);
    if (item.origin === 'ours' && item.takers === undefined && isExact && !claims(state, item) && !isUnknown) {
      throw new Violation('id tells the truth', `${detail(item)} is not claimed`);
    }
    if (item.origin === 'others' && claims(state, item)) {
      throw new Violation('id tells the truth', `${detail(item)} is claimed`);
    }
  }
}

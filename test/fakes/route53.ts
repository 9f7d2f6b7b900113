import { AwsError, required, type Call, type CallParams } from './call';
import type { FakeAws } from './fake-aws';
import { accessDenied } from './faults';
import { element, readAll, readText, unescapeXml } from './xml';
import { normalizeName, sortKey, type RecordSet, type StoredRecordSet, type Zone } from './zones';

export interface RecordChange extends RecordSet {
  action: 'CREATE' | 'DELETE' | 'UPSERT';
}

export const ROUTE53_NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/';

const PAGE_LIMIT = 300;
const RECORD_LIMIT = 1000;
const CHARACTER_LIMIT = 32000;

/** What a Route 53 request asks for, or undefined when the fake does not have it. */
export function parseRoute53(
  method: string,
  path: string,
  query: URLSearchParams,
  body: string,
): { operation: string; params: CallParams } | undefined {
  const [, version, resource, id, sub] = path.split('/');
  if (version !== '2013-04-01' || !id) return undefined;
  const given = (name: string) => query.get(name) ?? undefined;
  if (resource === 'change' && method === 'GET') {
    return { operation: 'GetChange', params: { changeId: id } };
  }
  if (resource !== 'hostedzone') return undefined;
  if (!sub && method === 'GET') {
    return { operation: 'GetHostedZone', params: { hostedZoneId: id } };
  }
  if (sub !== 'rrset') return undefined;
  if (method === 'POST') {
    return {
      operation: 'ChangeResourceRecordSets',
      params: {
        hostedZoneId: id,
        changes: readAll(body, 'Change').map(parseChange),
      },
    };
  }
  return {
    operation: 'ListResourceRecordSets',
    params: {
      hostedZoneId: id,
      name: given('name'),
      type: given('type'),
      identifier: given('identifier'),
      maxItems: given('maxitems'),
    },
  };
}

function parseChange(xml: string): RecordChange {
  const setIdentifier = readText(xml, 'SetIdentifier');
  const weight = readText(xml, 'Weight');
  return {
    action: readText(xml, 'Action') as RecordChange['action'],
    name: readText(xml, 'Name') ?? '',
    type: readText(xml, 'Type') ?? '',
    ttl: Number(readText(xml, 'TTL') ?? NaN),
    values: readAll(xml, 'Value').map(unescapeXml),
    ...(setIdentifier === undefined ? {} : { setIdentifier }),
    ...(weight === undefined ? {} : { weight: Number(weight) }),
  };
}

/** Route 53, by operation: the XML inside its `<...Response>`. */
export const route53Operations: Record<string, (fake: FakeAws, call: Call) => string> = {
  ChangeResourceRecordSets(fake, call) {
    const zone = zoneOf(fake, call);
    const changes = call.params.changes ?? [];
    checkSize(changes);
    const errors = apply(zone, changes, fake.clock.now());
    if (errors.length > 0) throw invalidChangeBatch(...errors);
    return changeInfo(fake.changes.submit(call.account, fake.clock.now()), 'PENDING');
  },

  ListResourceRecordSets(fake, call) {
    const zone = zoneOf(fake, call);
    const { name, type, identifier, maxItems } = call.params;
    if (type !== undefined && name === undefined) throw invalidInput('Type requires Name');
    if (identifier !== undefined && type === undefined) {
      throw invalidInput('Identifier requires Type');
    }
    const limit = Math.min(Number(maxItems ?? PAGE_LIMIT), PAGE_LIMIT, fake.listPageSize);
    if (!(limit >= 1)) throw invalidInput(`Invalid MaxItems ${String(maxItems)}`);
    // Name and type are where the list begins, not a filter.
    const from = name === undefined ? 0 : zone.position(sortKey(name, type ?? '', identifier));
    const page = zone.records.slice(from, from + limit);
    const next = zone.records.at(from + limit);
    return (
      `<ResourceRecordSets>${page.map(recordXml).join('')}</ResourceRecordSets>` +
      element('IsTruncated', next !== undefined) +
      (next
        ? element('NextRecordName', `${next.name}.`) +
          element('NextRecordType', next.type) +
          element('NextRecordIdentifier', next.setIdentifier)
        : '') +
      element('MaxItems', limit)
    );
  },

  GetChange(fake, call) {
    const id = required(call, 'changeId');
    const submittedAt = fake.changes.submittedAt(id, call.account);
    if (submittedAt === undefined) {
      throw new AwsError(404, 'NoSuchChange', `Could not find resource with ID: ${id}`);
    }
    const insync = fake.clock.now() >= submittedAt + fake.insyncAfterMs;
    return changeInfo({ id, submittedAt }, insync ? 'INSYNC' : 'PENDING');
  },

  GetHostedZone(fake, call) {
    const zone = zoneOf(fake, call);
    return (
      '<HostedZone>' +
      element('Id', `/hostedzone/${zone.id}`) +
      element('Name', zone.name) +
      element('CallerReference', zone.id) +
      `<Config>${element('PrivateZone', zone.private)}</Config>` +
      element('ResourceRecordSetCount', zone.records.length) +
      '</HostedZone>' +
      (zone.private
        ? ''
        : '<DelegationSet><NameServers><NameServer>ns-1.awsdns-01.org</NameServer></NameServers></DelegationSet>')
    );
  },
};

interface Change {
  id: string;
  submittedAt: number;
}

/** The batches accepted so far. */
export class Changes {
  private readonly submitted = new Map<string, { account: string; at: number }>();

  submit(account: string, at: number): Change {
    const id = `C${String(this.submitted.size + 1).padStart(20, '0')}`;
    this.submitted.set(id, { account, at });
    return { id, submittedAt: at };
  }

  submittedAt(id: string, account: string): number | undefined {
    const change = this.submitted.get(id);
    return change?.account === account ? change.at : undefined;
  }
}

function zoneOf(fake: FakeAws, call: Call): Zone {
  const id = required(call, 'hostedZoneId');
  const zone = fake.zones.get(id);
  if (!zone) {
    throw new AwsError(404, 'NoSuchHostedZone', `No hosted zone found with ID: ${id}`);
  }
  if (zone.account !== call.account) throw accessDenied(call, fake.denial(call));
  return zone;
}

function checkSize(changes: readonly RecordChange[]): void {
  if (changes.length === 0) throw invalidInput('ChangeBatch has no changes');
  let records = 0;
  let characters = 0;
  for (const { action, values } of changes) {
    const weight = action === 'UPSERT' ? 2 : 1;
    records += weight * values.length;
    characters += weight * values.reduce((sum, value) => sum + value.length, 0);
  }
  if (records > RECORD_LIMIT) {
    throw invalidChangeBatch(`Number of records limit of ${String(RECORD_LIMIT)} exceeded.`);
  }
  if (characters > CHARACTER_LIMIT) {
    throw invalidChangeBatch(`Number of characters limit of ${String(CHARACTER_LIMIT)} exceeded.`);
  }
}

/** Applies the whole batch, or nothing of it and returns what is wrong. */
function apply(zone: Zone, changes: readonly RecordChange[], now: number): string[] {
  const errors: string[] = [];
  const after = new Map<string, RecordChange | undefined>();
  const actions = new Map<string, string>();

  for (const change of changes) {
    const name = normalizeName(change.name);
    const { action, type, setIdentifier } = change;
    const key = sortKey(name, type, setIdentifier);
    const known = after.has(key) ? after.get(key) : zone.get(key);
    const label =
      `[name='${name}', type='${type}'` +
      `${setIdentifier === undefined ? '' : `, set identifier='${setIdentifier}'`}]`;
    const earlier = actions.get(key);
    actions.set(key, earlier === undefined ? action : `${earlier} ${action}`);

    if (action !== 'DELETE' && (change.values.length === 0 || !Number.isInteger(change.ttl))) {
      throw invalidInput('Invalid request: a record set needs a TTL and at least one value');
    }
    if (!zone.holds(name)) {
      errors.push(`RRSet with DNS name ${name} is not permitted in zone ${zone.name}`);
    } else if (earlier !== undefined && `${earlier} ${action}` !== 'DELETE CREATE') {
      errors.push(`The request contains an invalid set of changes for a resource record set '${type} ${name}'`);
    } else if (action === 'DELETE') {
      if (!known) errors.push(`Tried to delete resource record set ${label} but it was not found`);
      else if (!sameRecord(known, change)) {
        errors.push(
          `Tried to delete resource record set ${label} but the values provided do not match the current values`,
        );
      }
      after.set(key, undefined);
    } else {
      if (action === 'CREATE' && known) {
        errors.push(`Tried to create resource record set ${label} but it already exists`);
      }
      after.set(key, change);
    }
  }

  if (errors.length === 0) {
    for (const change of after.values()) {
      const error = change && conflict(zone, change, after);
      if (error) errors.push(error);
    }
  }
  if (errors.length > 0) return errors;

  for (const [key, change] of after) {
    if (change) zone.put(change, now);
    else zone.remove(key);
  }
  return [];
}

function sameRecord(stored: RecordSet, asked: RecordSet): boolean {
  return (
    stored.ttl === asked.ttl &&
    stored.weight === asked.weight &&
    stored.values.length === asked.values.length &&
    stored.values.every((value) => asked.values.includes(value))
  );
}

/** What the zone after the batch may not hold beside this record. */
function conflict(
  zone: Zone,
  change: RecordChange,
  after: ReadonlyMap<string, RecordChange | undefined>,
): string | undefined {
  const name = normalizeName(change.name);
  const { type, setIdentifier } = change;
  if (type === 'CNAME' && name === zone.name) {
    return `RRSet of type CNAME with DNS name ${name} is not permitted at apex in zone ${zone.name}`;
  }
  const siblings: RecordSet[] = zone.named(name).filter((record) => !after.has(record.sortKey));
  for (const other of after.values()) {
    if (other && other !== change && normalizeName(other.name) === name) siblings.push(other);
  }
  if (siblings.some((other) => (other.type === 'CNAME') !== (type === 'CNAME'))) {
    return `RRSet of type ${type} with DNS name ${name} is not permitted as it conflicts with other records with the same DNS name in zone ${zone.name}`;
  }
  const sameType = siblings.filter((other) => other.type === type);
  if (setIdentifier === undefined && sameType.length > 0) {
    return `RRSet with DNS name ${name}, type ${type} cannot be created as other RRSets exist with the same name and type.`;
  }
  if (sameType.some((other) => other.setIdentifier === undefined)) {
    return `RRSet with DNS name ${name}, type ${type}, SetIdentifier ${String(setIdentifier)} cannot be created as a non-weighted set exists with the same name and type.`;
  }
  return undefined;
}

function recordXml(record: StoredRecordSet): string {
  const values = record.values.map((value) => `<ResourceRecord>${element('Value', value)}</ResourceRecord>`);
  return (
    '<ResourceRecordSet>' +
    element('Name', `${record.name}.`) +
    element('Type', record.type) +
    element('SetIdentifier', record.setIdentifier) +
    element('Weight', record.weight) +
    element('TTL', record.ttl) +
    `<ResourceRecords>${values.join('')}</ResourceRecords>` +
    '</ResourceRecordSet>'
  );
}

function changeInfo({ id, submittedAt }: Change, status: 'PENDING' | 'INSYNC'): string {
  return (
    '<ChangeInfo>' +
    element('Id', `/change/${id}`) +
    element('Status', status) +
    element('SubmittedAt', new Date(submittedAt).toISOString()) +
    '</ChangeInfo>'
  );
}

/** Route 53 answers the messages of a batch as one bracketed list. */
function invalidChangeBatch(...messages: string[]): AwsError {
  return new AwsError(400, 'InvalidChangeBatch', `[${messages.join(', ')}]`);
}

function invalidInput(message: string): AwsError {
  return new AwsError(400, 'InvalidInput', message);
}

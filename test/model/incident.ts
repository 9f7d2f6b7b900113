import {
  REPLICA_RESOURCE_TYPE,
  type ReplicaProperties,
  type ResourceProperties,
  SETTINGS_RESOURCE_TYPE,
  type SettingsProperties,
} from '../../lib/shared/contract';
import type { DomainState } from '../../lambda/domain/physical-id';
import { parsePhysicalId } from '../../lambda/domain/physical-id';
import type { Call, Identity, ResponseBody } from '../fakes/fake-aws';
import { furtherRecords, isExactly } from './further-records';
import { type Difference, type Item, recordKey } from './ledger';

export interface CloudFormationEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly StackId: string;
  readonly ResourceType: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: ResourceProperties | SettingsProperties | ReplicaProperties;
  readonly OldResourceProperties?: ResourceProperties | SettingsProperties | ReplicaProperties;
}

/** An answer that reached CloudFormation, and what is known of the run that gave it. */
export interface Answered {
  readonly body: ResponseBody;
  readonly environment: number;
  readonly run: number;
  readonly call: Call;
}

/** One event with all that happens to it: its runs, their calls and answers. */
export class Incident {
  /** The execution environment that it runs in at present. */
  environment = 0;
  /** Runs that began so far. */
  runs = 0;
  /** How many runs were cut short. */
  killed = 0;
  /** Whether a service throttled until the end. */
  outage = false;
  /** Whether a policy refused a call. */
  refused = false;
  /** Whether it deletes a resource at whose identity nobody has a claim any more. */
  unclaimed = false;
  /** Whether it is about a resource whose claim somebody has edited. */
  edited = false;
  /** Whether it comes when CloudFormation has long given up on it. */
  late = false;
  /** Whether others did something in the middle of it. */
  meanwhile = false;
  /** Whether that changed an identity or a record. */
  meddled = false;
  /** Others have taken claims from the identity in the middle of it, perhaps its own. */
  unclaimedMeanwhile = false;
  /** How many calls there were before CloudFormation cancelled it, if it did. */
  callsBeforeCancelled: number | undefined;
  /** The identity that its id is about, when it began, and the tokens and the length of keys that this had then. */
  subject: { readonly identity: Identity; readonly tokens: readonly string[]; readonly length?: string } | undefined;
  /** Whether it has given the identity other keys. */
  hasChangedKeys = false;
  readonly answers: Answered[] = [];
  /** What the id that came with the event says. */
  readonly previous: DomainState | undefined;

  /** What it changed, and in which of its runs. */
  readonly differences: (Difference & { readonly run: number })[] = [];

  constructor(
    readonly event: CloudFormationEvent,
    /** The calls of its runs, as they come. */
    public calls: readonly Call[],
  ) {
    const id = event.PhysicalResourceId;
    this.previous = id === undefined ? undefined : parsePhysicalId(id);
  }

  /** Keeps what happened, which the next event would wipe out. */
  close(): void {
    this.calls = [...this.calls];
  }

  get type(): CloudFormationEvent['RequestType'] {
    return this.event.RequestType;
  }

  /** Of an event for a domain. */
  get properties(): ResourceProperties {
    return this.event.ResourceProperties as ResourceProperties;
  }

  /** Whether it is about the settings of an identity, which have a resource of their own. */
  get isOfSettings(): boolean {
    return this.event.ResourceType === SETTINGS_RESOURCE_TYPE;
  }

  get isOfReplica(): boolean {
    return this.event.ResourceType === REPLICA_RESOURCE_TYPE;
  }

  get retains(): boolean {
    return this.properties.RemovalPolicy === 'retain';
  }

  /** Whether a call was refused for want of a permission. */
  get denied(): boolean {
    return this.refused || this.calls.some(({ outcome }) => outcome === 'deny');
  }

  /** Whether it could not look whether CloudFormation still waits for it. */
  get blind(): boolean {
    return this.calls.some(({ operation, outcome }) => /^DescribeStack/.test(operation) && outcome !== 'ok');
  }

  /** Whether SES answered where it publishes the keys, whenever it was asked. */
  get heardSes(): boolean {
    return this.calls.every(({ operation, outcome }) => operation !== 'GetEmailIdentity' || outcome === 'ok');
  }

  /** Whether another Region did not say whether it uses the records. */
  get isUndecided(): boolean {
    const looks = this.calls.filter(({ operation }) => operation === 'GetEmailIdentity');
    const outcomes = new Map(looks.map(({ region, outcome }) => [region, outcome]));
    outcomes.delete(this.properties.SesRegion);
    return [...outcomes.values()].some((last) => last !== 'ok' && last !== 'NotFoundException');
  }

  get cancelled(): boolean {
    return this.callsBeforeCancelled !== undefined;
  }

  /** Whether it was told that it is cancelled. */
  get heardOfCancellation(): boolean {
    const later = this.cancelled ? this.calls.slice(this.callsBeforeCancelled) : [];
    return later.some(({ operation, outcome }) => operation === 'DescribeStackResource' && outcome === 'ok');
  }

  /** Whether a difference takes something back that an event which CloudFormation has cancelled had made. */
  takesBack({ before, after }: Difference): boolean {
    return this.cancelled && after === undefined && this.made(before);
  }

  /** Whether a repetition elsewhere has taken back what the first run had announced: it has heard that it is cancelled. */
  get isTakenBack(): boolean {
    const [first] = this.answers;
    return this.differences.some((each) => each.run > first.run && this.takesBack(each));
  }

  /** Whether something of ours was made by this very event. */
  made(item: { readonly madeBy?: { readonly requestId: string } } | undefined): boolean {
    return item?.madeBy?.requestId === `${this.event.StackId} ${this.event.RequestId}`;
  }
}

/** Whether a physical id says that a record is ours, as it is now. */
export function claims(state: DomainState | undefined, { key, content }: Pick<Item, 'key' | 'content'>): boolean {
  if (state === undefined) return false;
  const { region, domainName, zoneId, ownedRecords } = state;
  if (zoneId === undefined) return false;
  const token = ownedRecords.find((each) => key === recordKey(zoneId, `${each}._domainkey.${domainName}`));
  if (token !== undefined) return content.startsWith(`${token}.`);
  const further = furtherRecords(state).find((record) => record.key === key);
  return (
    further !== undefined && ownedRecords.includes(further.id) && isExactly(further.id, content, region, state.dmarc)
  );
}

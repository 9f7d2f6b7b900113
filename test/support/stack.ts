import { RESOURCE_TYPE, type ResourceAttributes, type ResourceProperties } from '../../lib/shared/contract';
import { DECLARED } from '../../lib/shared/metrics';
import { CLAIM_PREFIX } from '../../lib/shared/claim-tags';
import { FakeAws, type RecordedResponse } from '../fakes/fake-aws';
import { ExecutionEnvironment, TIMEOUT_MS } from './sandbox/execution-environment';
import { VirtualClock } from './sandbox/virtual-clock';

export const DOMAIN = 'example.com';
export const ZONE = 'Z0EXAMPLE';
export const REGION = 'eu-west-1';

/** What a physical id has of the claim on the identity. */
const CLAIM_ID = /[0-9a-f]{10}-[0-9a-f]{12}/;

/** What CloudFormation was answered. */
export interface Answer {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly reason: string;
  readonly physicalId: string;
  readonly data: ResourceAttributes;
}

/** What CloudFormation sends. */
export interface Event {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: ResourceProperties;
  readonly OldResourceProperties?: ResourceProperties;
  readonly [further: string]: unknown;
}

/** The properties that the construct gives by default, but for those given. */
export function properties(given: Partial<ResourceProperties> = {}): ResourceProperties {
  return {
    DomainName: DOMAIN,
    SesRegion: REGION,
    HostedZoneId: ZONE,
    HostedZoneName: DOMAIN,
    Ttl: '1800',
    OverwriteRecords: 'false',
    RemovalPolicy: 'destroy',
    ...given,
  };
}

/** The three records that an answer announces, in the form of {@link World.holdings}. */
export function recordsOf({ data }: Answer, ttl = 1800): string[] {
  return ([1, 2, 3] as const).map(
    (n) => `${data.HostedZoneId} ${data[`DkimRecordName${n}`]} ${ttl} CNAME ${data[`DkimRecordValue${n}`]}`,
  );
}

/** The identity that an answer announces, in the form of {@link World.holdings}. */
export function identityOf({ data }: Answer): string {
  const tokens = ([1, 2, 3] as const).map((n) => data[`DkimToken${n}`]);
  return `${data.SesRegion} ${data.DomainName} ${tokens.join(',')}`;
}

/** The records that an answer says were made, such as `1+2+3`: those of DKIM in the order of their tokens' letters. */
export function madeOf({ physicalId }: Answer): string {
  return physicalId.split(':')[5];
}

/** All that an answer announces, in the form of {@link World.holdings}. */
export function setUpOf(answer: Answer, ttl?: number): string[] {
  return [identityOf(answer), ...recordsOf(answer, ttl)].sort();
}

/** AWS, an execution environment with the bundled handler, and a clock for both. */
export class World {
  static start(): Promise<World> {
    return Promise.resolve(new World());
  }

  readonly clock = new VirtualClock();
  readonly fake = FakeAws.inMemory({ clock: this.clock, region: REGION });
  lambda = new ExecutionEnvironment(this.fake, this.clock);
  /** The time-out of the Lambda. */
  timeoutMs = TIMEOUT_MS;
  private requests = 0;

  private constructor() {
    this.fake.addZone({ id: ZONE, name: DOMAIN });
  }

  /** The end of a story: a function that has returned does nothing more. */
  stop(): void {
    expect(this.lambda.strayCalls).toBe(0);
    this.lambda.stop();
  }

  /** Starts the function anew: in the same execution environment, or in another one. */
  restartLambda(environment: 'same' | 'another'): void {
    const tmp = environment === 'same' ? this.lambda.tmp : undefined;
    this.lambda.stop();
    this.lambda = new ExecutionEnvironment(this.fake, this.clock, { tmp });
  }

  nextRequestId(): string {
    this.requests += 1;
    return `request-${this.requests}`;
  }

  /** All identities and records that there are, one line each, sorted. */
  holdings(): string[] {
    const identities = this.fake.identities
      .all()
      .map(({ region, identity }) => `${region} ${identity.domain} ${identity.tokens.join(',')}`);
    const records = this.fake.zones
      .all()
      .flatMap(({ id, records }) =>
        records.map(({ name, ttl, type, values }) => `${id} ${name} ${ttl} ${type} ${values.join(' ')}`),
      );
    return [...identities, ...records].sort();
  }

  /** The Regions of SES that the stack has domains in, from now on. */
  setRegions(...regions: string[]): void {
    this.fake.variables = { SES_REGIONS: regions.join(',') };
    this.restartLambda('same');
  }

  /** The tags of an identity. */
  tags(domainName = DOMAIN, region = REGION): Record<string, string> {
    return this.fake.identity(region, domainName)?.tags ?? {};
  }

  /** Who uses an identity, in what the tags of this library say there, sorted. */
  claims(domainName = DOMAIN, region = REGION): string[] {
    return Object.entries(this.tags(domainName, region))
      .filter(([key]) => key.startsWith(CLAIM_PREFIX))
      .map(([, value]) => value)
      .sort();
  }

  /** The tokens that SES gives to an identity that is not there yet. */
  tokensToCome(domainName = DOMAIN, region = REGION): string[] {
    return this.fake.identities.easyDkimTokens(this.fake.account, region, domainName);
  }

  /** Puts a CNAME record, which somebody else has made, into a zone; returns it as in {@link holdings}. */
  addForeignCname(name: string, value: string, { ttl = 300, zoneId = ZONE } = {}): string {
    this.fake.putRecord(zoneId, { name, type: 'CNAME', ttl, values: [value] });
    return `${zoneId} ${name} ${ttl} CNAME ${value}`;
  }

  /** The operations that a step calls, without the answer to CloudFormation. */
  async operationsDuring(step: () => Promise<unknown>): Promise<string[]> {
    const before = this.fake.calls.length;
    await step();
    return this.fake
      .operations()
      .slice(before)
      .filter((operation) => operation !== 'Respond');
  }

  /** The virtual milliseconds that a step takes. */
  async timeOf(step: () => Promise<unknown>): Promise<number> {
    const start = this.clock.now();
    await step();
    return this.clock.now() - start;
  }
}

/** A state of a resource that CloudFormation may come back to. */
interface Version {
  readonly id: string;
  readonly properties: ResourceProperties;
}

/** CloudFormation's side of one custom resource: it sends the events and keeps what it was answered. */
export class StackResource {
  physicalId: string | undefined;
  /** That of the custom resource. */
  protected readonly type: string = RESOURCE_TYPE;
  /** What the stack shows while a replaced resource is deleted, which has not been observed on AWS. */
  cleanUpShows: 'what goes' | 'what stays' = 'what goes';
  /** The properties of the last state that CloudFormation holds for good. */
  current: ResourceProperties | undefined;
  private replaced: Version | undefined;
  private former: Version | undefined;

  constructor(
    private readonly world: World,
    readonly logicalId = 'Mail',
    readonly stackId = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Test/0001',
  ) {}

  // --- What happens to the stack ---

  create(given = properties()): Promise<Answer> {
    return this.deliver(this.creation(given));
  }

  /** The update itself; {@link cleanUp} or {@link rollBack} follows, as the rest of the stack goes. */
  update(given: ResourceProperties): Promise<Answer> {
    return this.deliver(this.change(given));
  }

  /** The end of an update that succeeded: a replaced resource is deleted. */
  async cleanUp(): Promise<Answer | undefined> {
    const { replaced } = this;
    this.replaced = this.former = undefined;
    return replaced && this.deliverCleanUp(replaced);
  }

  /** The end of an update that failed, here or elsewhere in the stack. */
  async rollBack(): Promise<Answer> {
    const former = this.former!;
    const given = this.current!;
    const replacement = this.replaced && { id: this.requireId(), properties: given };
    this.replaced = this.former = undefined;
    this.current = former.properties;
    this.keep(former.id);
    if (replacement) {
      return this.deliverCleanUp(replacement);
    }
    const answer = await this.deliver(this.change(former.properties, given));
    await this.cleanUp();
    return answer;
  }

  async delete(physicalId = this.requireId()): Promise<Answer> {
    this.world.fake.stacks.set(this.stackId, 'DELETE_IN_PROGRESS');
    const answer = await this.deliver(this.removal({ id: physicalId, properties: this.current! }));
    if (answer.status === 'SUCCESS') {
      this.show(physicalId, 'DELETE_COMPLETE');
    }
    return answer;
  }

  /** What the stack says of the resource from now on. */
  show(physicalId: string, status: string, since = this.world.clock.now()): void {
    const metadata = JSON.stringify({ [DECLARED]: this.current });
    const { type } = this;
    this.world.fake.stackResources.set(`${this.stackId}|${this.logicalId}`, {
      physicalId,
      status,
      since,
      type,
      metadata,
    });
  }

  // --- The events ---

  creation(given = properties()): Event {
    return this.event({ RequestType: 'Create', ResourceProperties: given });
  }

  change(given: ResourceProperties, former = this.current!): Event {
    return this.event({
      RequestType: 'Update',
      PhysicalResourceId: this.requireId(),
      ResourceProperties: given,
      OldResourceProperties: former,
    });
  }

  removal(version: Version = { id: this.requireId(), properties: this.current! }): Event {
    return this.event({
      RequestType: 'Delete',
      PhysicalResourceId: version.id,
      ResourceProperties: version.properties,
    });
  }

  /** Runs the function with an event and takes its answer. */
  async deliver(event: Event, begin = () => this.begin(event)): Promise<Answer> {
    begin();
    const operations = await this.world.operationsDuring(() => this.world.lambda.invoke(event, this.world.timeoutMs));
    if (event.RequestType === 'Delete') {
      // Whatever a Delete finds: this would bring the identity back.
      expect(operations).not.toContain('VerifyDomainDkim');
    }
    const answers = this.answersTo(event);
    this.expectClaim(event, answers.at(-1));
    expect(this.world.fake.rejectedResponses).toEqual([]);
    expect(answers).toHaveLength(1);
    this.accept(event, answers[0]);
    return answers[0];
  }

  /** Whoever uses an identity has a claim on it, and takes it along. */
  private expectClaim({ RequestType, PhysicalResourceId }: Event, answer: Answer | undefined): void {
    const id = (RequestType === 'Delete' ? PhysicalResourceId : answer?.physicalId) ?? '';
    const [claim] = CLAIM_ID.exec(id) ?? [];
    if (claim === undefined || answer?.status !== 'SUCCESS') return;
    const keys = this.world.fake.identities.all().flatMap(({ identity }) => Object.keys(identity.tags));
    expect(keys.includes(`${CLAIM_PREFIX}${claim}`)).toBe(RequestType !== 'Delete');
  }

  /** What the stack shows of the resource while CloudFormation waits for the answer to an event. */
  begin({ RequestType, PhysicalResourceId = '' }: Event): void {
    const status = { Create: 'CREATE_IN_PROGRESS', Update: 'UPDATE_IN_PROGRESS', Delete: 'DELETE_IN_PROGRESS' };
    this.show(PhysicalResourceId, status[RequestType]);
    const { stacks } = this.world.fake;
    if (!/_IN_PROGRESS$/.test(stacks.get(this.stackId) ?? '')) stacks.set(this.stackId, 'UPDATE_IN_PROGRESS');
  }

  answersTo({ RequestId }: Event): Answer[] {
    return this.world.fake.responses.filter(({ requestId }) => requestId === RequestId).map(toAnswer);
  }

  /** What CloudFormation does with an answer. */
  accept(event: Event, { status, physicalId }: Answer): void {
    if (event.RequestType === 'Delete') return;
    if (event.RequestType === 'Update') {
      this.former = { id: event.PhysicalResourceId!, properties: event.OldResourceProperties! };
      this.replaced = status === 'SUCCESS' && physicalId !== this.former.id ? this.former : undefined;
    }
    this.current = event.ResourceProperties;
    if (event.RequestType === 'Create' || status === 'SUCCESS') this.keep(physicalId);
  }

  private deliverCleanUp(version: Version): Promise<Answer> {
    const event = this.removal(version);
    return this.deliver(event, () => {
      if (this.cleanUpShows === 'what goes') this.begin(event);
      else this.show(this.requireId(), 'UPDATE_COMPLETE');
    });
  }

  private event(given: Pick<Event, 'RequestType' | 'ResourceProperties'> & Partial<Event>): Event {
    const requestId = this.world.nextRequestId();
    const event = {
      RequestId: requestId,
      ResponseURL: this.world.fake.responseUrl(requestId),
      ResourceType: this.type,
      StackId: this.stackId,
      LogicalResourceId: this.logicalId,
      ...given,
    };
    if (event.RequestType === 'Create') this.begin(event);
    return event;
  }

  private keep(physicalId: string): void {
    this.physicalId = physicalId;
    this.show(physicalId, 'UPDATE_COMPLETE');
  }

  private requireId(): string {
    if (this.physicalId === undefined) throw new Error('The resource was not created');
    return this.physicalId;
  }
}

function toAnswer({ body: { Status, Reason, PhysicalResourceId, Data } }: RecordedResponse): Answer {
  return {
    status: Status,
    reason: Reason ?? '',
    physicalId: PhysicalResourceId,
    data: Data as unknown as ResourceAttributes,
  };
}

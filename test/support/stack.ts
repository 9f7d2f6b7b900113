import type { ResourceAttributes, ResourceProperties } from '../../lib/private/contract';
import { FakeAws, type RecordedResponse } from '../fakes/fake-aws';
import { LambdaSandbox } from './lambda-sandbox';
import { VirtualClock } from './virtual-clock';

export const DOMAIN = 'example.com';
export const ZONE = 'Z0EXAMPLE';
export const REGION = 'eu-west-1';

/** What CloudFormation was answered. */
export interface Answer {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly reason: string;
  readonly physicalId: string;
  readonly data: ResourceAttributes;
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

/** AWS, an execution environment with the bundled handler, and a clock for both. */
export class World {
  static async start(): Promise<World> {
    const clock = new VirtualClock();
    const fake = await FakeAws.start({ clock, region: REGION });
    fake.addZone({ id: ZONE, name: DOMAIN });
    return new World(fake, clock);
  }

  lambda: LambdaSandbox;
  private requests = 0;

  private constructor(
    readonly fake: FakeAws,
    readonly clock: VirtualClock,
  ) {
    clock.waiting = () => fake.hanging + clock.sleeping;
    this.lambda = new LambdaSandbox(fake, clock);
  }

  async stop(): Promise<void> {
    await this.fake.stop();
  }

  /** Starts the function anew: in the same execution environment, or in another one. */
  restartLambda(environment: 'same' | 'another'): void {
    this.lambda = new LambdaSandbox(this.fake, this.clock, environment === 'same' ? this.lambda.tmp : undefined);
  }

  nextRequestId(): string {
    this.requests += 1;
    return `request-${this.requests}`;
  }

  /** The DKIM records in a zone. */
  cnames(zoneId = ZONE): string[] {
    return this.fake.records(zoneId, 'CNAME').map(({ name, ttl, values }) => `${name} ${ttl} ${values.join(' ')}`);
  }
}

/** CloudFormation's side of one custom resource: it sends the events and keeps what it was answered. */
export class StackResource {
  physicalId: string | undefined;
  /** The properties of the last state that CloudFormation holds for good. */
  current: ResourceProperties | undefined;
  private replaced: { readonly id: string; readonly properties: ResourceProperties } | undefined;
  private former: { readonly id: string; readonly properties: ResourceProperties } | undefined;

  constructor(
    private readonly world: World,
    readonly logicalId = 'Mail',
    readonly stackId = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Test/0001',
  ) {}

  async create(given: ResourceProperties): Promise<Answer> {
    const answer = await this.send({ RequestType: 'Create', ResourceProperties: given });
    this.keep(answer.physicalId);
    this.current = given;
    return answer;
  }

  /** The update itself; {@link cleanUp} or {@link rollBack} follows, as the rest of the stack goes. */
  async update(given: ResourceProperties): Promise<Answer> {
    const former = { id: this.requireId(), properties: this.current! };
    const answer = await this.send({
      RequestType: 'Update',
      PhysicalResourceId: former.id,
      ResourceProperties: given,
      OldResourceProperties: former.properties,
    });
    this.former = former;
    this.current = given;
    if (answer.status === 'SUCCESS') {
      this.replaced = answer.physicalId === former.id ? undefined : former;
      this.keep(answer.physicalId);
    }
    return answer;
  }

  /** The end of an update that succeeded: a replaced resource is deleted. */
  async cleanUp(): Promise<Answer | undefined> {
    const { replaced } = this;
    this.replaced = this.former = undefined;
    return replaced && this.sendDelete(replaced.id, replaced.properties);
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
      return this.sendDelete(replacement.id, replacement.properties);
    }
    const answer = await this.send({
      RequestType: 'Update',
      PhysicalResourceId: former.id,
      ResourceProperties: former.properties,
      OldResourceProperties: given,
    });
    if (answer.status === 'SUCCESS' && answer.physicalId !== former.id) {
      this.keep(answer.physicalId);
      await this.sendDelete(former.id, former.properties);
    }
    return answer;
  }

  async delete(physicalId = this.requireId()): Promise<Answer> {
    const answer = await this.sendDelete(physicalId, this.current!);
    if (answer.status === 'SUCCESS') {
      this.world.fake.stackResources.delete(`${this.stackId}|${this.logicalId}`);
    }
    return answer;
  }

  /** Sends an event with what all events have in common, and waits for the answer. */
  async send(given: object, timeoutMs?: number): Promise<Answer> {
    const event = this.event(given);
    await this.world.lambda.invoke(event, timeoutMs);
    return this.answerTo(event.RequestId);
  }

  event(given: object) {
    const requestId = this.world.nextRequestId();
    return {
      RequestId: requestId,
      ResponseURL: this.world.fake.responseUrl(requestId),
      ResourceType: 'Custom::EasyDkimDomain',
      StackId: this.stackId,
      LogicalResourceId: this.logicalId,
      ...given,
    };
  }

  answerTo(requestId: string): Answer {
    const { fake } = this.world;
    const answers: RecordedResponse[] = fake.responses.filter((response) => response.requestId === requestId);
    expect(fake.rejectedResponses).toEqual([]);
    expect(answers).toHaveLength(1);
    const { Status, Reason, PhysicalResourceId, Data } = answers[0].body;
    return {
      status: Status,
      reason: Reason ?? '',
      physicalId: PhysicalResourceId,
      data: Data as unknown as ResourceAttributes,
    };
  }

  private sendDelete(physicalId: string, given: ResourceProperties): Promise<Answer> {
    return this.send({ RequestType: 'Delete', PhysicalResourceId: physicalId, ResourceProperties: given });
  }

  private keep(physicalId: string): void {
    this.physicalId = physicalId;
    this.world.fake.stackResources.set(`${this.stackId}|${this.logicalId}`, { physicalId, status: 'UPDATE_COMPLETE' });
  }

  private requireId(): string {
    if (this.physicalId === undefined) throw new Error('The resource was not created');
    return this.physicalId;
  }
}

import { properties } from '../support/stack';
import { FakeAws, type Call, type RateLimits } from '../fakes/fake-aws';
import { throttled } from '../fakes/faults';
import { ExecutionEnvironment, TIMEOUT_MS } from '../support/sandbox/execution-environment';
import { withoutStackTraces } from '../support/sandbox/stack-traces';
import { VirtualClock } from '../support/sandbox/virtual-clock';

const STACK_ID = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/Test/0001';
const ZONE = 'Z0EXAMPLE';

const ONE_A_SECOND = { perSecond: 1, burst: 1 };
const TEN_A_SECOND = { perSecond: 10, burst: 50 };

/** What SES and Route 53 allow an account, as they document it. */
const LIMITS: RateLimits = {
  CreateEmailIdentity: ONE_A_SECOND,
  VerifyDomainDkim: ONE_A_SECOND,
  GetEmailIdentity: ONE_A_SECOND,
  DeleteEmailIdentity: ONE_A_SECOND,
  TagResource: ONE_A_SECOND,
  UntagResource: ONE_A_SECOND,
  ListTagsForResource: ONE_A_SECOND,
  // AWS documents none for CloudFormation: taken to be no better than Route 53's.
  cloudformation: TEN_A_SECOND,
  route53: TEN_A_SECOND,
  ChangeResourceRecordSets: TEN_A_SECOND,
  ListResourceRecordSets: TEN_A_SECOND,
  GetChange: TEN_A_SECOND,
};

/** Change throughput: an UPSERT costs two, the other changes one. */
const CHANGES = { perSecond: 100, burst: 1500 };

const THROTTLED = /^(Throttling|TooManyRequestsException)$/;

export interface Crowd {
  readonly domains: number;
  /** Seconds to wait for the verification. */
  readonly wait?: number;
}

export interface Figures {
  readonly succeeded: number;
  /** Seconds from the first event to the last answer. */
  readonly seconds: number;
  readonly calls: number;
  readonly throttled: number;
  /** For each call that SES or another service has taken. */
  readonly throttledForEachTaken: number;
  readonly reasons: readonly string[];
}

/** An account with its limits, in which all the domains of a stack are created, and then deleted, at once. */
export class BusyAccount {
  private readonly clock = new VirtualClock();
  private readonly fake = FakeAws.inMemory({ clock: this.clock, region: 'eu-west-1' });
  private readonly environment = new ExecutionEnvironment(this.fake, this.clock);
  private readonly ids = new Map<string, string>();

  constructor(private readonly crowd: Crowd) {
    const { fake } = this;
    fake.addZone({ id: ZONE, name: 'example.com' });
    fake.limits = LIMITS;
    fake.variables = { DOMAINS: String(crowd.domains), SES_REGIONS: 'eu-west-1' };
    fake.insyncAfterMs = 30_000;
    fake.verifyAfterMs = 60_000;
    limitChanges(fake);
  }

  createAll(): Promise<Figures> {
    return this.sendAll('Create');
  }

  deleteAll(): Promise<Figures> {
    return this.sendAll('Delete');
  }

  private async sendAll(type: 'Create' | 'Delete'): Promise<Figures> {
    const { clock, fake, environment } = this;
    fake.calls.length = fake.responses.length = 0;
    const began = clock.now();
    fake.stacks.set(STACK_ID, `${type.toUpperCase()}_IN_PROGRESS`);
    this.showAll(`${type.toUpperCase()}_IN_PROGRESS`);
    await withoutStackTraces(() => clock.run(Promise.all(this.events(type).map((event) => environment.start(event)))));
    const answers = fake.responses.filter(({ at }) => at < began + TIMEOUT_MS);
    for (const { body } of answers) {
      this.ids.set(body.LogicalResourceId, body.PhysicalResourceId);
    }
    const throttled = fake.calls.filter(({ outcome }) => THROTTLED.test(outcome)).length;
    return {
      succeeded: answers.filter(({ body }) => body.Status === 'SUCCESS').length,
      seconds: Math.round((Math.max(...answers.map(({ at }) => at)) - began) / 1000),
      calls: fake.calls.length,
      throttled,
      throttledForEachTaken: throttled / (fake.calls.length - throttled),
      reasons: answers.flatMap(({ body }) => body.Reason ?? []),
    };
  }

  /** What the stack shows of its resources. */
  private showAll(status: string): void {
    const { fake, ids, crowd } = this;
    for (let index = 0; index < crowd.domains; index++) {
      const logicalId = `Mail${index}`;
      const view = { physicalId: ids.get(logicalId) ?? '', status, since: fake.clock.now() };
      fake.stackResources.set(`${STACK_ID}|${logicalId}`, view);
    }
  }

  private events(type: 'Create' | 'Delete'): object[] {
    const { domains, wait } = this.crowd;
    return Array.from({ length: domains }, (_, index) => {
      const logicalId = `Mail${index}`;
      const requestId = `${type}-${index}`;
      return {
        RequestType: type,
        RequestId: requestId,
        ResponseURL: this.fake.responseUrl(requestId),
        ResourceType: 'Custom::EasyDkimDomain',
        StackId: STACK_ID,
        LogicalResourceId: logicalId,
        ...(type === 'Delete' && { PhysicalResourceId: this.ids.get(logicalId) }),
        ResourceProperties: properties({
          DomainName: `customer-${index}.example.com`,
          HostedZoneId: ZONE,
          ...(wait !== undefined && { WaitForVerification: String(wait) }),
        }),
      };
    });
  }
}

function limitChanges(fake: FakeAws): void {
  let tokens = CHANGES.burst;
  let at = fake.clock.now();
  fake.before('ChangeResourceRecordSets', (call: Call) => {
    const now = fake.clock.now();
    tokens = Math.min(CHANGES.burst, tokens + ((now - at) / 1000) * CHANGES.perSecond);
    at = now;
    const cost = (call.params.changes ?? []).reduce((sum, { action }) => sum + (action === 'UPSERT' ? 2 : 1), 0);
    if (tokens < cost) throw throttled(call);
    tokens -= cost;
  });
}

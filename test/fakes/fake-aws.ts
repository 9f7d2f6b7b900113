import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerError, answerResult, type Answer } from './answers';
import { AwsError, type Call, type Service } from './call';
import { cloudFormationOperations, type StackResource } from './cloudformation';
import { accessDenied, faultError, Faults, strangersAnswer, throttled, type Fault, type FaultHandle } from './faults';
import { RateLimiter, type RateLimits } from './limits';
import { parseRequest, type ParsedRequest, type WireRequest } from './requests';
import { RESPONSE_PATH, ResponseUrl, type RecordedResponse, type RejectedResponse } from './response-url';
import { Changes, route53Operations } from './route53';
import { Identities, sesOperations, type DkimStatus, type Identity, type SesV2Mode } from './ses';
import { sesv2Operations } from './sesv2';
import { sessionArn, stsOperations, type Caller, type Role } from './sts';
import { copyRecord, sortKey, Zone, Zones, type RecordSet, type ZoneOptions } from './zones';

export type { Call, CallParams, Service } from './call';
export type { StackResource } from './cloudformation';
export type { Fault, FaultHandle, FaultKind } from './faults';
export type { Answer } from './answers';
export type { RateLimit, RateLimits } from './limits';
export type { WireRequest } from './requests';
export type { RecordedResponse, RejectedResponse, ResponseBody } from './response-url';
export type { RecordChange } from './route53';
export type { DkimOrigin, DkimStatus, Identity, SesV2Mode } from './ses';
export type { Caller, Role } from './sts';
export type { RecordSet, Zone, ZoneOptions } from './zones';

export interface Clock {
  now(): number;
  /** How `slow` and `late` faults wait; default: real time. */
  sleep?(ms: number): Promise<void>;
}

export interface FakeAwsOptions {
  /** Account of the default key `test`. */
  account?: string;
  /** Value of AWS_REGION, and the Region where a helper is given none. */
  region?: string;
  clock?: Clock;
  /** Makes the DKIM tokens. */
  seed?: string;
}

/** Where CloudFormation takes answers. */
const RESPONSE_HOST = 'https://cloudformation-custom-resource-response-euwest1.s3.eu-west-1.amazonaws.com';

export type Hook = (call: Call) => void | Promise<void>;

const OPERATIONS: Record<
  Exclude<Service, 'response'>,
  Partial<Record<string, (fake: FakeAws, call: Call) => string>>
> = {
  ses: sesOperations,
  sesv2: sesv2Operations,
  route53: route53Operations,
  sts: stsOperations,
  cloudformation: cloudFormationOperations,
};

const ACTION_PREFIX: Partial<Record<Service, string>> = {
  sesv2: 'ses',
  response: 's3',
};

/**
 * The part of AWS that the handler calls, on 127.0.0.1: the real SDK signs, serializes, retries and
 * parses against it. Whatever is public may be changed at any time between two calls.
 */
export class FakeAws {
  /** Starts a fake on a free port. */
  static async start(options: FakeAwsOptions = {}): Promise<FakeAws> {
    const fake = new FakeAws(options);
    await new Promise<void>((resolve, reject) => {
      fake.server.once('error', reject);
      // Several hundred clients may connect in the same moment.
      fake.server.listen({ port: 0, host: '127.0.0.1', backlog: 2048 }, resolve);
    });
    return fake;
  }

  /** A fake without a port: {@link serve} is the only way to it. */
  static inMemory(options: FakeAwsOptions = {}): FakeAws {
    return new FakeAws(options);
  }

  readonly account: string;
  readonly region: string;
  clock: Clock;

  /** Every request in the order of arrival, but those of functions with a name; may be emptied at any time. */
  readonly calls: Call[] = [];
  /** Turn off in long runs, to keep memory level. */
  recordCalls = true;

  readonly identities: Identities;
  readonly zones = new Zones();
  readonly changes = new Changes();
  readonly roles = new Map<string, Role>();
  /** Who signs, by access key id. */
  readonly callers = new Map<string, Caller>();
  /** `<account> <region> <name>`. */
  readonly configurationSets = new Set<string>();
  /** By `<stack id>|<logical id>`. */
  readonly stackResources = new Map<string, StackResource>();
  /** The status of stacks, by id. */
  readonly stacks = new Map<string, string>();

  /** A change is INSYNC this long after its submission. */
  insyncAfterMs = 0;
  /** Makes ListResourceRecordSets page earlier than Route 53 does. */
  listPageSize = 300;
  /** A pending identity is verified this long after its records are right; undefined: never. */
  verifyAfterMs: number | undefined;
  /** An identity that is deleted and made again gets its former tokens. */
  reviveTokens = false;
  signingHostedZoneFor: (region: string) => string | undefined = () => 'dkim.amazonses.com';
  sesv2: SesV2Mode = 'on';
  limits: RateLimits = {};
  /** IAM: the text of a denial, or undefined to allow. */
  authorize: ((call: Call) => string | undefined) | undefined;
  /** Told of every call that has taken effect, before it is answered. */
  effect: ((call: Call) => void) | undefined;

  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly faults = new Faults();
  private readonly limiter = new RateLimiter();
  private readonly hooks = new Map<string, Set<Hook>>();
  private readonly responseEndpoint = new ResponseUrl();
  private requests = 0;

  private constructor(options: FakeAwsOptions) {
    this.account = options.account ?? '111111111111';
    this.region = options.region ?? 'us-east-1';
    this.clock = options.clock ?? { now: () => Date.now() };
    this.identities = new Identities(this, options.seed ?? 'seed');
    this.callers.set('test', { account: this.account });

    this.server = createServer((request, response) => {
      this.receive(request, response);
    });
    // A socket closed by an idle timer would be a fault that nobody asked for.
    this.server.keepAliveTimeout = 0;
    this.server.requestTimeout = 0;
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  get url(): string {
    const address = this.server.address() as AddressInfo | null;
    return address ? `http://127.0.0.1:${String(address.port)}` : 'http://in-memory';
  }

  /** More environment variables of the Lambda. */
  variables: Record<string, string> = {};

  /**
   * The environment of a Lambda that is to call this fake: an endpoint for each service, as one for all of them is
   * the sign of an emulator.
   */
  get env(): Record<string, string> {
    const services = ['SES', 'SESV2', 'ROUTE_53', 'STS', 'CLOUDFORMATION'];
    return {
      ...Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, this.url])),
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: this.region,
      ...this.variables,
    };
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  // --- What the calls did ---

  operations(): string[] {
    return this.calls.map((call) => call.operation);
  }

  responseUrl(requestId: string): string {
    const host = this.server.listening ? this.url : RESPONSE_HOST;
    return `${host}${RESPONSE_PATH}${encodeURIComponent(requestId)}?X-Amz-Signature=fake`;
  }

  get responses(): RecordedResponse[] {
    return this.responseEndpoint.responses;
  }

  get rejectedResponses(): RejectedResponse[] {
    return this.responseEndpoint.rejected;
  }

  // --- What happens to the calls ---

  addFault(fault: Fault): FaultHandle {
    return this.faults.add(fault);
  }

  clearFaults(): void {
    this.faults.clear();
  }

  /** Runs before each call of the operation takes effect; returns how to undo that. */
  before(operation: string, hook: Hook): () => void {
    const hooks = this.hooks.get(operation) ?? new Set<Hook>();
    this.hooks.set(operation, hooks.add(hook));
    return () => {
      hooks.delete(hook);
    };
  }

  // --- What is there ---

  addZone(options: ZoneOptions): Zone {
    return this.zones.add(new Zone({ ...options, account: options.account ?? this.account }));
  }

  removeZone(zoneId: string): boolean {
    return this.zones.remove(zoneId);
  }

  /** Creates or replaces a record as another actor would, unchecked. */
  putRecord(zoneId: string, record: RecordSet): void {
    this.zone(zoneId).put(record, this.clock.now());
  }

  removeRecord(zoneId: string, name: string, type: string, setIdentifier?: string): boolean {
    return this.zone(zoneId).remove(sortKey(name, type, setIdentifier));
  }

  /** Copies, in Route 53's order; empty for a zone that is gone. */
  records(zoneId: string, type?: string): RecordSet[] {
    const records = this.zones.get(zoneId)?.records ?? [];
    return records.filter((record) => type === undefined || record.type === type).map(copyRecord);
  }

  /** An identity of someone else; verified Easy DKIM unless the partial says otherwise. */
  addIdentity(region: string, domain: string, partial: Partial<Identity> = {}, account = this.account): Identity {
    const others = { dkimStatus: 'Success', madeBy: 'other' } as const;
    return this.identities.add(account, region, domain, {
      ...others,
      ...partial,
    });
  }

  /** The live identity: changes to it take effect. */
  identity(region: string, domain: string, account = this.account): Identity | undefined {
    return this.identities.get(account, region, domain);
  }

  /** Names of all identities. */
  identityNames(region: string, account = this.account): string[] {
    return [...this.identities.in(account, region).keys()];
  }

  removeIdentity(region: string, domain: string, account = this.account): boolean {
    return this.identities.delete(account, region, domain);
  }

  setDkimStatus(region: string, domain: string, status: DkimStatus, account = this.account): void {
    const identity = this.identities.get(account, region, domain);
    if (!identity) throw new Error(`The fake has no identity ${domain} in ${region}`);
    identity.dkimStatus = status;
    if (status === 'Success') identity.verificationStatus = 'Success';
  }

  addConfigurationSet(region: string, name: string, account = this.account): void {
    this.configurationSets.add(`${account} ${region} ${name}`);
  }

  addRole(role: Role): void {
    this.roles.set(role.arn, role);
  }

  addAccessKey(accessKeyId: string, caller: Caller): void {
    this.callers.set(accessKeyId, caller);
  }

  /** AWS's words for a call that the caller may not make. */
  denial(call: Call): string {
    const action = `${ACTION_PREFIX[call.service] ?? call.service}:${call.operation}`;
    const user = call.roleArn
      ? sessionArn(call.roleArn, 'session')
      : `arn:aws:sts::${call.account}:assumed-role/handler`;
    return `User: ${user} is not authorized to perform: ${action} on resource: ${resourceArn(call)}`;
  }

  private zone(zoneId: string): Zone {
    const zone = this.zones.get(zoneId);
    if (!zone) throw new Error(`The fake has no zone ${zoneId}`);
    return zone;
  }

  // --- One request ---

  private receive(request: IncomingMessage, response: ServerResponse): void {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      this.serve(request, body).then(
        (answer) => {
          if (answer === 'hang') return;
          if (answer === 'drop') request.socket.destroy();
          else this.send(response, answer);
        },
        (error: unknown) => {
          // A bug in the fake or in a test's hook: loud, and not mistaken for an AWS error.
          console.error('fake AWS failed', error);
          request.socket.destroy();
        },
      );
    });
  }

  /** One request, as it is on the wire, and what is answered. */
  async serve(request: WireRequest, body: string, by?: string): Promise<Answer | 'hang' | 'drop'> {
    const requestId = this.nextRequestId();
    let parsed: ParsedRequest;
    try {
      parsed = parseRequest(request, body);
    } catch (error) {
      if (error instanceof AwsError) return answerError('ses', error, requestId);
      throw error;
    }
    const caller = this.callers.get(parsed.accessKeyId);
    const call = this.log(parsed, caller, by);

    const fault = this.faults.take(call);
    if (fault) {
      call.outcome = fault.kind;
      const error = faultError(fault.kind, call, this.denial(call));
      if (error) return answerError(call.service, error, requestId);
      if (fault.kind === 'hang') return 'hang';
      if (fault.kind === 'dropBefore') return 'drop';
      if (fault.kind === 'stranger') return strangersAnswer(fault);
      if (fault.kind === 'late') await this.sleep(fault.ms);
    }

    let answer: Answer;
    let outcome = 'ok';
    try {
      this.admit(call, caller, request);
      for (const hook of this.hooks.get(call.operation) ?? []) await hook(call);
      if (call.service === 'sesv2' && this.sesv2 === 'down') {
        call.outcome = 'down';
        return 'drop';
      }
      if (call.service === 'sesv2' && this.sesv2 === 'denied') throw accessDenied(call, this.denial(call));
      const result = this.run(call, request, body);
      this.effect?.(call);
      answer = answerResult(call.service, call.operation, result, requestId);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      outcome = error.code;
      answer = answerError(call.service, error, requestId);
    }
    if (!fault) call.outcome = outcome;
    else if (fault.kind === 'dropAfter') return 'drop';
    else if (fault.kind === 'slow') await this.sleep(fault.ms);
    return answer;
  }

  private sleep(ms = 1000): Promise<void> {
    return (this.clock.sleep ?? sleep)(ms);
  }

  private log(parsed: ParsedRequest, caller: Caller | undefined, by: string | undefined): Call {
    const { service, operation, params, region } = parsed;
    const call: Call = {
      service,
      operation,
      account: service === 'response' ? this.account : (caller?.account ?? ''),
      ...(caller?.roleArn === undefined ? {} : { roleArn: caller.roleArn }),
      ...(by === undefined ? {} : { by }),
      region,
      params,
      at: this.clock.now(),
      outcome: 'pending',
    };
    if (this.recordCalls && by === undefined) this.calls.push(call);
    return call;
  }

  /** Who calls, how often, and whether they may. */
  private admit(call: Call, caller: Caller | undefined, request: WireRequest): void {
    if (call.service !== 'response') {
      const token = request.headers['x-amz-security-token'];
      if (!caller || (caller.sessionToken !== undefined && caller.sessionToken !== token)) {
        throw new AwsError(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.');
      }
    }
    if (!this.limiter.admits(this.limits, call, this.clock.now())) throw throttled(call);
    const denied = this.authorize?.(call);
    if (denied !== undefined) throw accessDenied(call, denied);
  }

  private run(call: Call, request: WireRequest, body: string): string {
    if (call.service === 'response') {
      this.responseEndpoint.receive(call, request.method ?? '', request.headers, body);
      return '';
    }
    const operation = OPERATIONS[call.service][call.operation];
    if (!operation) {
      throw new AwsError(400, 'InvalidAction', `Could not find operation ${call.operation}`);
    }
    return operation(this, call);
  }

  private send(response: ServerResponse, { status, contentType, body, errorType }: Answer): void {
    // The SDK corrects its clock by this header, which knows nothing of a virtual clock.
    response.sendDate = false;
    response.writeHead(status, {
      'content-length': Buffer.byteLength(body),
      ...(contentType && { 'content-type': contentType }),
      ...(errorType && { 'x-amzn-errortype': errorType }),
    });
    response.end(body);
  }

  private nextRequestId(): string {
    this.requests += 1;
    return `00000000-0000-4000-8000-${String(this.requests).padStart(12, '0')}`;
  }
}

function resourceArn({ service, account, region, params }: Call): string {
  switch (service) {
    case 'route53':
      return params.changeId === undefined
        ? `arn:aws:route53:::hostedzone/${params.hostedZoneId ?? ''}`
        : `arn:aws:route53:::change/${params.changeId}`;
    case 'ses':
    case 'sesv2': {
      if (params.ResourceArn !== undefined) return params.ResourceArn;
      const name = params.EmailIdentity ?? params.Domain ?? params.Identity ?? params.Identities?.[0];
      return `arn:aws:ses:${region}:${account}:identity/${name ?? ''}`;
    }
    case 'sts':
      return params.RoleArn ?? '*';
    case 'cloudformation':
      return params.StackName ?? '*';
    case 'response':
      return `arn:aws:s3:::cloudformation-custom-resource-response/${params.requestId ?? ''}`;
  }
}

import type { FaultKind } from './faults';
import type { RecordChange } from './route53';

export type Service = 'ses' | 'sesv2' | 'route53' | 'sts' | 'cloudformation' | 'response';

/** Parsed input of a call; those of AWS Query and SES v2 keep AWS's names, the others are in camel case. */
export interface CallParams {
  Domain?: string;
  Identity?: string;
  Identities?: string[];
  RoleArn?: string;
  RoleSessionName?: string;
  ExternalId?: string;
  StackName?: string;
  LogicalResourceId?: string;
  /** SES v2. */
  EmailIdentity?: string;
  ResourceArn?: string;
  /** Route 53. */
  hostedZoneId?: string;
  changes?: RecordChange[];
  name?: string;
  type?: string;
  identifier?: string;
  maxItems?: string;
  changeId?: string;
  /** CloudFormation's response URL. */
  requestId?: string;
  body?: unknown;
  [further: string]: unknown;
}

/** One request, as received and as answered. */
export interface Call {
  readonly service: Service;
  readonly operation: string;
  /** Account of the caller; `''` when its key is unknown. */
  readonly account: string;
  /** IAM role of the caller when its key came from AssumeRole. */
  readonly roleArn?: string;
  /** Which of the test's functions calls, where it has more than one. */
  readonly by?: string;
  /** Region of the credential scope. */
  readonly region: string;
  readonly params: CallParams;
  readonly at: number;
  /** `pending` until answered, then `ok`, the kind of the fault, or the error code. */
  outcome: 'pending' | 'ok' | FaultKind | (string & {});
}

/** An error that is answered to the caller in the words of its service. */
export class AwsError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = code;
  }
}

/** A required parameter. The SDK checks few of them before it sends. */
export function required(call: Call, parameter: string): string {
  const value = call.params[parameter];
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError(
    400,
    'ValidationError',
    `1 validation error detected: Value null at '${parameter}' failed to satisfy constraint: Member must not be null`,
  );
}

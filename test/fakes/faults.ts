import { AwsError, type Call } from './call';

export type FaultKind =
  | 'throttle'
  | 'PriorRequestNotComplete'
  | 'error500'
  | 'error503'
  /** The connection breaks before the call takes effect. */
  | 'dropBefore'
  /** The call takes effect and the connection breaks before the answer. */
  | 'dropAfter'
  | 'deny'
  /** No effect and no answer, until the fake stops. */
  | 'hang'
  /** The call takes effect at once and is answered after `ms`. */
  | 'slow'
  /** The call takes `ms` to arrive. */
  | 'late'
  /** No effect, and something else answers in AWS's place: see {@link Fault.stranger}. */
  | 'stranger';

/** What something that is not AWS answers. */
export interface Stranger {
  readonly status: number;
  readonly body: string;
  /** Default: `text/html`. */
  readonly contentType?: string;
}

export interface Fault {
  kind: FaultKind;
  /** Default: every operation. The PUT to the response URL is `Respond`. */
  operation?: string | RegExp;
  when?: (call: Call) => boolean;
  /** How many calls it hits; default 1. */
  times?: number;
  /** For `slow` and `late`; default 1000. */
  ms?: number;
  /** For `stranger`; default: a page of a proxy. */
  stranger?: Stranger;
}

export interface FaultHandle {
  /** How many calls it has hit. */
  readonly hits: number;
  remove(): void;
}

interface ArmedFault extends Fault {
  hits: number;
}

/** The faults that wait for their call; the first that matches wins. */
export class Faults {
  private armed: ArmedFault[] = [];

  add(fault: Fault): FaultHandle {
    const armed = { ...fault, hits: 0 };
    this.armed.push(armed);
    return {
      get hits() {
        return armed.hits;
      },
      remove: () => {
        this.remove(armed);
      },
    };
  }

  clear(): void {
    this.armed = [];
  }

  take(call: Call): Fault | undefined {
    const fault = this.armed.find((candidate) => matches(candidate, call));
    if (!fault) return undefined;
    fault.hits += 1;
    if (fault.hits >= (fault.times ?? 1)) this.remove(fault);
    return fault;
  }

  private remove(fault: ArmedFault): void {
    this.armed = this.armed.filter((other) => other !== fault);
  }
}

function matches(fault: Fault, call: Call): boolean {
  const { operation, when } = fault;
  if (typeof operation === 'string' && operation !== call.operation) return false;
  if (operation instanceof RegExp && call.operation.search(operation) < 0) return false;
  return when?.(call) ?? true;
}

const PROXY_PAGE: Stranger = { status: 407, body: '<html><body>Sign in to the proxy.</body></html>' };

export function strangersAnswer({ stranger = PROXY_PAGE }: Fault): Required<Stranger> {
  return { contentType: 'text/html', ...stranger };
}

export function throttled(call: Call): AwsError {
  switch (call.service) {
    case 'sesv2':
      return new AwsError(429, 'TooManyRequestsException', 'Rate exceeded');
    case 'response':
      return new AwsError(503, 'SlowDown', 'Please reduce your request rate.');
    default:
      return new AwsError(400, 'Throttling', 'Rate exceeded');
  }
}

export function accessDenied(call: Call, message: string): AwsError {
  return new AwsError(403, call.service === 'sesv2' ? 'AccessDeniedException' : 'AccessDenied', message);
}

/** The error that a fault stands for, or undefined for the kinds that are no answer. */
export function faultError(kind: FaultKind, call: Call, denial: string): AwsError | undefined {
  switch (kind) {
    case 'throttle':
      return throttled(call);
    case 'PriorRequestNotComplete':
      return new AwsError(
        400,
        'PriorRequestNotComplete',
        'The request was rejected because Route 53 was still processing a prior request.',
      );
    case 'error500':
      return new AwsError(
        500,
        call.service === 'response' ? 'InternalError' : 'InternalFailure',
        'We encountered an internal error. Please try again.',
      );
    case 'error503':
      return new AwsError(503, 'ServiceUnavailable', 'Service is unavailable. Please try again.');
    case 'deny':
      return accessDenied(call, denial);
    case 'dropBefore':
    case 'dropAfter':
    case 'hang':
    case 'slow':
    case 'late':
    case 'stranger':
      return undefined;
  }
}

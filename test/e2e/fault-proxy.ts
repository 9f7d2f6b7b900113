import type { IncomingMessage } from 'node:http';
import type { Answer, Proxy } from '../../scripts/lib/http-proxy.mjs' with { 'resolution-mode': 'import' };
import { SES_URL } from './support';

export type Fault = 'throttle' | 'error500' | 'dropBefore' | 'dropAfter' | 'deny';

/** A proxy between the handler and the emulator that breaks calls as it is told. */
export class FaultProxy {
  static async start(): Promise<FaultProxy> {
    const { startProxy } = await import('../../scripts/lib/http-proxy.mjs');
    const faults = new FaultProxy();
    faults.proxy = await startProxy(SES_URL!, (request, body, passOn) =>
      faults.serve(operationOf(request, body), isJson(request) ? jsonError : xmlError, passOn),
    );
    return faults;
  }

  /** The faults that hit the next calls of an operation, in this order; then it works. */
  plan = new Map<string, Fault[]>();
  /** Operations that are denied for good. */
  denied = new Set<string>();
  /** What has happened: `<operation> <fault>`. */
  readonly hits: string[] = [];

  private proxy!: Proxy;

  get url(): string {
    return this.proxy.url;
  }

  stop(): Promise<void> {
    return this.proxy.stop();
  }

  private async serve(operation: string, error: ErrorForm, passOn: () => Promise<Answer>): Promise<Answer | undefined> {
    const fault = this.denied.has(operation) ? 'deny' : this.plan.get(operation)?.shift();
    if (fault !== undefined) this.hits.push(`${operation} ${fault}`);
    switch (fault) {
      case 'throttle':
        return error(400, 'Throttling', 'Rate exceeded');
      case 'error500':
        return error(500, 'InternalFailure', 'We encountered an internal error');
      case 'deny':
        return error(403, 'AccessDenied', `The role is not authorized to perform ${operation}`);
      case 'dropBefore':
        return undefined;
      case 'dropAfter':
        await passOn();
        return undefined;
      case undefined:
        return passOn();
    }
  }
}

/** The Query protocol names the action in the body, Route 53 and SES v2 by method and path. */
function operationOf({ method = '', url = '' }: IncomingMessage, body: Buffer): string {
  const action = new URLSearchParams(body.toString()).get('Action');
  if (action !== null) return action;
  if (url.includes('/change/')) return 'GetChange';
  if (url.includes('/rrset')) return method === 'POST' ? 'ChangeResourceRecordSets' : 'ListResourceRecordSets';
  const [, resource, detail] = /^\/v2\/email\/(tags|identities)(?:\/[^/]+)?(\/[\w-]+)?/.exec(url) ?? [];
  return SES_CALLS[`${method} ${resource}${detail ?? ''}`] ?? `${method} ${url}`;
}

const SES_CALLS: Record<string, string> = {
  'POST identities': 'CreateEmailIdentity',
  'GET identities': 'GetEmailIdentity',
  'DELETE identities': 'DeleteEmailIdentity',
  'PUT identities/mail-from': 'PutEmailIdentityMailFromAttributes',
  'PUT identities/feedback': 'PutEmailIdentityFeedbackAttributes',
  'PUT identities/configuration-set': 'PutEmailIdentityConfigurationSetAttributes',
  'GET tags': 'ListTagsForResource',
  'POST tags': 'TagResource',
  'DELETE tags': 'UntagResource',
};

type ErrorForm = (status: number, code: string, message: string) => Answer;

function isJson({ url = '' }: IncomingMessage): boolean {
  return url.startsWith('/v2/email/');
}

function jsonError(status: number, code: string, message: string): Answer {
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': code };
  return { status, headers, body: JSON.stringify({ message }) };
}

/** The form of both the Query protocol and Route 53. */
function xmlError(status: number, code: string, message: string): Answer {
  const body =
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>` +
    '<RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>';
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

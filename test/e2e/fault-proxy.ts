import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault = 'throttle' | 'error500' | 'dropBefore' | 'dropAfter' | 'deny';

/** A proxy between the handler and the emulator that breaks calls as it is told. */
export class FaultProxy {
  static async start(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(target));
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The faults that hit the next calls of an operation, in this order; then it works. */
  plan = new Map<string, Fault[]>();
  /** Operations that are denied for good. */
  denied = new Set<string>();
  /** What has happened: `<operation> <fault>`. */
  readonly hits: string[] = [];

  private readonly server: Server;

  private constructor(private readonly target: URL) {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.serve(request, Buffer.concat(chunks), response));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const operation = operationOf(request, body);
    const fault = this.denied.has(operation) ? 'deny' : this.plan.get(operation)?.shift();
    if (fault !== undefined) this.hits.push(`${operation} ${fault}`);
    switch (fault) {
      case 'throttle':
        return answerError(response, 400, 'Throttling', 'Rate exceeded');
      case 'error500':
        return answerError(response, 500, 'InternalFailure', 'We encountered an internal error');
      case 'deny':
        return answerError(response, 403, 'AccessDenied', `The role is not authorized to perform ${operation}`);
      case 'dropBefore':
        request.socket.destroy();
        return;
      default:
        this.forward(request, body, fault === 'dropAfter' ? undefined : response, () => request.socket.destroy());
    }
  }

  private forward(
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse | undefined,
    drop: () => void,
  ): void {
    const { hostname, port } = this.target;
    const { method, url: path, headers } = request;
    const onward = send({ hostname, port, method, path, headers }, (answer) => {
      if (response === undefined) {
        answer.resume().on('end', drop);
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', drop);
    onward.end(body);
  }
}

/** The Query protocol names the action in the body, Route 53 by method and path. */
function operationOf({ method, url = '' }: IncomingMessage, body: Buffer): string {
  const action = new URLSearchParams(body.toString()).get('Action');
  if (action !== null) return action;
  if (url.includes('/change/')) return 'GetChange';
  if (url.includes('/rrset')) return method === 'POST' ? 'ChangeResourceRecordSets' : 'ListResourceRecordSets';
  if (method === 'GET' && url.includes('/v2/email/identities/')) return 'GetEmailIdentity';
  return `${method} ${url}`;
}

/** The form of both the Query protocol and Route 53. */
function answerError(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'text/xml' });
  response.end(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>` +
      '<RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>',
  );
}

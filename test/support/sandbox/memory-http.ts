import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, RequestOptions } from 'node:http';
import { Readable } from 'node:stream';

/** A request on the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** What comes back; undefined: the connection breaks. A promise that never settles: no answer. */
export type WireAnswer =
  { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string } | undefined;

export type Exchange = (request: WireRequest, body: string) => Promise<WireAnswer>;

/** An established connection: there is nothing to wait for, or to keep alive. */
const SOCKET = { connecting: false, setKeepAlive: () => undefined, setTimeout: () => undefined };

/**
 * As much of Node's `http.ClientRequest` as the SDK's handler uses, without a socket: what the SDK has
 * signed and serialized goes to a function, and the answer comes back from it.
 */
export class MemoryRequest extends EventEmitter {
  readonly socket = SOCKET;
  private readonly chunks: Buffer[] = [];
  private closed = false;

  constructor(
    private readonly options: RequestOptions,
    onResponse: (response: Readable) => void,
    private readonly exchange: Exchange,
  ) {
    super();
    this.once('response', onResponse);
  }

  write(chunk: string | Buffer): boolean {
    this.chunks.push(Buffer.from(chunk));
    return true;
  }

  end(chunk?: string | Buffer): this {
    if (chunk !== undefined) this.write(chunk);
    const { method = 'GET', path = '/', headers = {} } = this.options;
    const body = Buffer.concat(this.chunks).toString();
    void this.exchange({ method, url: path ?? '/', headers: lowerCased(headers) }, body).then((answer) => {
      if (this.closed) return;
      if (answer === undefined) {
        this.destroy(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
        return;
      }
      const { status: statusCode, headers: received } = answer;
      const response = Readable.from([Buffer.from(answer.body)], { objectMode: false });
      this.emit('response', Object.assign(response, { statusCode, statusMessage: '', headers: received }));
      this.close();
    });
    return this;
  }

  destroy(error?: Error): this {
    if (this.closed) return this;
    if (error) this.emit('error', error);
    this.close();
    return this;
  }

  private close(): void {
    this.closed = true;
    this.emit('close');
  }
}

function lowerCased(headers: NonNullable<RequestOptions['headers']>): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** As much of `fetch` as the handler uses, with the headers that the real one adds for a body. */
export function memoryFetch(exchange: Exchange): (url: string, init: RequestInit) => Promise<Response> {
  return async (url, init) => {
    const request = new Request(url, init);
    const { pathname, search } = new URL(url);
    const headers = Object.fromEntries(request.headers);
    if (init.body instanceof ReadableStream) headers['transfer-encoding'] = 'chunked';
    const body = await request.text();
    return new Promise((resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(init.signal!.reason as Error), { once: true });
      void exchange({ method: request.method, url: pathname + search, headers }, body).then((answer) => {
        if (answer) resolve(new Response(answer.body, { status: answer.status }));
        else reject(new TypeError('fetch failed', { cause: new Error('socket hang up') }));
      });
    });
  };
}

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer | string;
}

export interface Changes {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: IncomingHttpHeaders;
  readonly body?: Buffer;
}

export interface Proxy {
  readonly url: string;
  stop(): Promise<void>;
}

export function startProxy(
  target: string,
  serve: (
    request: IncomingMessage,
    body: Buffer,
    passOn: (changes?: Changes) => Promise<Answer>,
  ) => Promise<Answer | undefined>,
  port?: number | string,
): Promise<Proxy>;

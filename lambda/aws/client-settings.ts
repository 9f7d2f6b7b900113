import { Deadline } from '../events/deadline';
import { readOnly } from './read-only';
import { FullJitterUntilDeadline } from './retry';
import { StrictHttpHandler } from './strict-http-handler';

/** In milliseconds. */
const TIME_LIMITS = { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true };

/** For all clients and events, so that connections are used again and none is left open. */
const answersInXml = new StrictHttpHandler('XML', TIME_LIMITS);
export const answersInJson = new StrictHttpHandler('JSON', TIME_LIMITS);

/** What the clients are for. */
export interface Access {
  readonly mayWrite: boolean;
  /** How many may call at a time. */
  readonly crowd: number;
}

/** In a deployment, all domains of the stack may be under way at a time. */
export function deployment(): Access {
  return { mayWrite: true, crowd: Number(process.env.DOMAINS ?? 1) };
}

/** What every client is made with. */
export interface ClientSettings {
  readonly region: string;
  readonly retryStrategy: FullJitterUntilDeadline;
  readonly requestHandler: StrictHttpHandler;
}

/** The retries of a client end with the deadline of the event that it serves. */
export function clientSettings(
  region: string,
  deadline: Deadline,
  { crowd }: Access,
  requestHandler = answersInXml,
): ClientSettings {
  return { region, retryStrategy: new FullJitterUntilDeadline(deadline, crowd), requestHandler };
}

/** Has a client refuse to change anything when it is only to look. */
export function restrict<C>(client: C, { mayWrite }: Access): C {
  return mayWrite ? client : readOnly(client);
}

import type { Answer } from '../events/answer';
import type { Deadline } from '../events/deadline';
import type { CustomResourceEvent } from '../events/event';
import type { Log } from '../events/log';
import { removeReplica } from './remove';
import { ReplicaSetup } from './setup';
import { parseReplica } from './config';

/**
 * Creates, updates or removes a Deterministic Easy DKIM replica: an identity in another Region that signs with the keys of
 * the domain's own one, by the same DNS records.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-deed.html
 */
export async function handleReplica(
  event: CustomResourceEvent,
  deadlines: { readonly work: Deadline; readonly undo: Deadline },
  log: Log,
): Promise<Answer> {
  return event.RequestType === 'Delete'
    ? removeReplica(event, deadlines.work, log)
    : new ReplicaSetup(event, parseReplica(event.ResourceProperties), log).run(deadlines);
}

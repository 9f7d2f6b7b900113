import type { Call } from '../fakes/fake-aws';
import type { Incident } from './incident';
import { Violation } from './violation';

/** Judges a call by what it asks for, whether it changes anything or not. */
export function judgeCall(incident: Incident, { operation, params }: Call): void {
  const { type, retains, properties } = incident;
  const what = `${operation} on ${type} ${incident.event.RequestId}`;
  if (type === 'Delete' && operation === 'VerifyDomainDkim') throw new Violation('Delete never creates', what);
  if (operation === 'DeleteIdentity' && retains) throw new Violation('retained', what);
  const domain = incident.previous && type === 'Delete' ? incident.previous.domainName : properties.DomainName;
  for (const { action, name, type: recordType } of params.changes ?? []) {
    // The role of the handler may do no more than this, and no fake denies it.
    const allowed = recordType === 'CNAME' && name.replace(/\.$/, '').endsWith(`._domainkey.${domain}`);
    if (!allowed || (retains && action === 'DELETE')) {
      throw new Violation('least privilege', `${what}: ${action} ${recordType} ${name}`);
    }
  }
}

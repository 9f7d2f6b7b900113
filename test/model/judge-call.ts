import type { Call } from '../fakes/fake-aws';
import type { Incident } from './incident';
import { Violation } from './violation';

const OF_SETTINGS =
  /^(DescribeStackResource|GetEmailIdentity|GetIdentity(MailFromDomain|Notification)Attributes|SetIdentity\w+|PutEmailIdentityConfigurationSetAttributes)$/;

/** Judges a call by what it asks for, whether it changes anything or not. */
export function judgeCall(incident: Incident, { operation, params }: Call): void {
  const { type, retains, properties } = incident;
  const what = `${operation} on ${type} ${incident.event.RequestId}`;
  if (incident.isOfSettings) {
    if (!OF_SETTINGS.test(operation)) throw new Violation('least privilege', what);
    if (type === 'Delete' && retains && /^(Set|Put)/.test(operation)) throw new Violation('retained', what);
    return;
  }
  if (/^(Set|Put)/.test(operation)) throw new Violation('least privilege', what);
  if (type === 'Delete' && operation === 'VerifyDomainDkim') throw new Violation('Delete never creates', what);
  if (operation === 'DeleteIdentity' && retains) throw new Violation('retained', what);
  const ofId = incident.previous && type === 'Delete' ? incident.previous : undefined;
  const domain = ofId ? ofId.domainName : properties.DomainName;
  const mailFrom = ofId ? ofId.mailFrom : properties.MailFromDomain;
  const { changes = [] } = params;
  for (const { action, name, type: recordType } of changes) {
    const plainName = name.replace(/\.$/, '');
    // The role of the handler may do no more than this, and no fake denies it.
    const allowed =
      (recordType === 'CNAME' && plainName.endsWith(`._domainkey.${domain}`)) ||
      (/^(MX|TXT)$/.test(recordType) && plainName === mailFrom) ||
      (recordType === 'TXT' && plainName === `_dmarc.${domain}`);
    // A record set that is shared is written by replacing the very one that was read.
    const replaced = changes.some(
      (other) => other.action === 'CREATE' && other.name === name && other.type === recordType,
    );
    if (!allowed || (retains && action === 'DELETE' && !replaced)) {
      throw new Violation('least privilege', `${what}: ${action} ${recordType} ${name}`);
    }
  }
}

import { CLAIM_PREFIX, MADE, MARK } from '../../lib/shared/claim-tags';
import { sendingPolicyName } from '../../lambda/domain/claims';
import type { ResourceProperties } from '../../lib/shared/contract';
import type { Call, CallParams } from '../fakes/fake-aws';
import type { Incident } from './incident';
import { CHANGE_KEYS } from './judge-keys';
import { Violation } from './violation';

const READS = /^(DescribeStackResource|DescribeStacks|GetEmailIdentity|ListTagsForResource)$/;
const TAGS = /^(TagResource|UntagResource)$/;
const OF_SETTINGS = /^(GetIdentityNotificationAttributes|SetIdentity\w+|PutEmailIdentity\w+|\w+EmailIdentityPolicy)$/;
const READS_SETTINGS = 'GetIdentityNotificationAttributes';

/** Judges a call by what it asks for, whether it changes anything or not. */
export function judgeCall(incident: Incident, { operation, params }: Call): void {
  const { type, retains, properties } = incident;
  const what = `${operation} on ${type} ${incident.event.RequestId}`;
  if (TAGS.test(operation) && !tagKeys(params).every((key) => isOurTag(key, properties))) {
    throw new Violation('least privilege', `${what}: ${tagKeys(params).join()}`);
  }
  if (operation === 'TagResource' && marksAsMade(params) && properties.TakeOwnership === undefined) {
    throw new Violation('least privilege', `${what}: marks an identity as made`);
  }
  if (READS.test(operation) || TAGS.test(operation)) return;
  if (incident.isOfSettings) {
    if (!OF_SETTINGS.test(operation) || operation === CHANGE_KEYS) throw new Violation('least privilege', what);
    if (type === 'Delete' && retains && operation !== READS_SETTINGS) throw new Violation('retained', what);
    const { PolicyName = sendingPolicyName(incident.event) } = params;
    if (PolicyName !== sendingPolicyName(incident.event)) {
      throw new Violation('least privilege', `${what}: policy ${String(PolicyName)}`);
    }
    return;
  }
  if (incident.isOfReplica && /^(VerifyDomainDkim|ChangeResourceRecordSets)$/.test(operation)) {
    throw new Violation('least privilege', what);
  }
  if (OF_SETTINGS.test(operation) && operation !== CHANGE_KEYS) throw new Violation('least privilege', what);
  if (type === 'Delete' && /^(VerifyDomainDkim|CreateEmailIdentity)$/.test(operation)) {
    throw new Violation('Delete never creates', what);
  }
  if (operation === 'DeleteEmailIdentity' && retains) throw new Violation('retained', what);
  const domains = domainsOf(incident);
  const { changes = [] } = params;
  for (const { action, name, type: recordType } of changes) {
    const plainName = name.replace(/\.$/, '');
    // The role of the handler may do no more than this, and no fake denies it.
    const allowed = domains.some(
      ({ domain, mailFrom }) =>
        (recordType === 'CNAME' && plainName.endsWith(`._domainkey.${domain}`)) ||
        (/^(MX|TXT)$/.test(recordType) && plainName === mailFrom) ||
        (recordType === 'TXT' && plainName === `_dmarc.${domain}`),
    );
    // A record set that is shared is written by replacing the very one that was read.
    const replaced = changes.some(
      (other) => other.action === 'CREATE' && other.name === name && other.type === recordType,
    );
    if (!allowed || (retains && action === 'DELETE' && !replaced)) {
      throw new Violation('least privilege', `${what}: ${action} ${recordType} ${name}`);
    }
  }
}

/** Those that the policies of the stack are for: an update has old and new ones. */
function domainsOf({ type, previous, event }: Incident): readonly { domain: string; mailFrom?: string }[] {
  const of = ({ DomainName, MailFromDomain }: ResourceProperties) => ({ domain: DomainName, mailFrom: MailFromDomain });
  if (type === 'Delete' && previous) return [{ domain: previous.domainName, mailFrom: previous.mailFrom }];
  const { ResourceProperties: present, OldResourceProperties: old } = event;
  return [of(present as ResourceProperties), ...(old ? [of(old as ResourceProperties)] : [])];
}

function marksAsMade({ Tags = [] }: CallParams): boolean {
  return (Tags as readonly { readonly Key: string; readonly Value: string }[]).some(
    ({ Key, Value }) => Key === MARK && Value === MADE,
  );
}

export function tagKeys({ Tags = [], TagKeys = [] }: CallParams): readonly string[] {
  return [...(TagKeys as string[]), ...(Tags as { readonly Key: string }[]).map(({ Key }) => Key)];
}

/** Tags of others are none of our business. */
function isOurTag(key: string, { Tags = {} }: ResourceProperties): boolean {
  return key === MARK || key.startsWith(CLAIM_PREFIX) || key in Tags;
}

import type { DnsRecord } from '../../dns-record';
import type { ResourceProperties } from '../../shared/contract';
import { mailRecords, optionsFrom } from '../../shared/mail-records';

/** The records of a domain besides those of DKIM, as far as they are asked for. */
export function furtherRecords(properties: ResourceProperties): DnsRecord[] {
  const { DomainName: domainName, SesRegion: region } = properties;
  const source = { domainName, region, tokens: [], dkimDomain: '', ...optionsFrom(properties) };
  return mailRecords(source).map(({ name, type, value }) => ({ name, recordType: type, value }));
}

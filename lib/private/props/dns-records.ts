import type { DnsRecord } from '../../dns-record';
import type { ResourceProperties } from '../../shared/contract';
import { dmarcRecordName, MAIL_FROM_SPF, mailFromMx } from '../../shared/mail-records';

/** The records of a domain besides those of DKIM, as far as they are asked for. */
export function furtherRecords(properties: ResourceProperties): DnsRecord[] {
  const { DomainName, SesRegion, MailFromDomain: mailFrom, DmarcRecord: dmarc } = properties;
  return [
    ...(mailFrom === undefined
      ? []
      : [
          { name: mailFrom, recordType: 'MX', value: mailFromMx(SesRegion) },
          { name: mailFrom, recordType: 'TXT', value: MAIL_FROM_SPF },
        ]),
    ...(dmarc === undefined ? [] : [{ name: dmarcRecordName(DomainName), recordType: 'TXT', value: dmarc }]),
  ];
}

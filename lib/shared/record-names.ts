/** The name below which the DKIM records of a domain are. */
export function dkimParent(domainName: string): string {
  return `_domainkey.${domainName}`;
}

/** The name of a DKIM record: that of a CNAME record by its token, that of a key by its selector. */
export function dkimRecordName(selector: string, domainName: string): string {
  return `${selector}.${dkimParent(domainName)}`;
}

/** The name of the DMARC record of a domain. */
export function dmarcRecordName(domainName: string): string {
  return `_dmarc.${domainName}`;
}

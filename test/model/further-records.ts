import { recordKey } from './ledger';

/** What is to be in a zone besides the DKIM records. */
export interface Further {
  readonly zoneId?: string;
  readonly domainName: string;
  readonly mailFrom?: string;
  readonly dmarc?: string;
}

/** The kinds of these records, in the order in which ids and claims name them. */
export const FURTHER_RECORDS = ['mx', 'spf', 'dmarc'] as const;

export interface FurtherRecord {
  readonly id: (typeof FURTHER_RECORDS)[number];
  readonly key: string;
  readonly name: string;
}

const SPF = '"v=spf1 include:amazonses.com ~all"';

/** The MX, SPF and DMARC records that a domain has, by the keys of the ledger. */
export function furtherRecords({ zoneId, domainName, mailFrom, dmarc }: Further): FurtherRecord[] {
  if (zoneId === undefined) return [];
  const found: FurtherRecord[] = [];
  if (mailFrom !== undefined) {
    found.push({ id: 'mx', name: mailFrom, key: recordKey(zoneId, mailFrom, 'MX') });
    found.push({ id: 'spf', name: mailFrom, key: `${recordKey(zoneId, mailFrom, 'TXT')} spf` });
  }
  if (dmarc !== undefined) {
    const name = `_dmarc.${domainName}`;
    found.push({ id: 'dmarc', name, key: `${recordKey(zoneId, name, 'TXT')} dmarc` });
  }
  return found;
}

/** Whether the content of an item is what a record is to have, as we write it. */
export function isExactly(
  id: FurtherRecord['id'],
  content: string,
  region: string,
  dmarc: string | undefined,
): boolean {
  if (id === 'mx') return content === `10 feedback-smtp.${region}.amazonses.com`;
  return content === (id === 'spf' ? SPF : `"${dmarc}"`.toLowerCase());
}

/** Whether the content of an item does what a record is for. */
export function doesTheSame(id: FurtherRecord['id'], content: string, dmarc: string | undefined): boolean {
  if (id === 'mx') return /^10 feedback-smtp\.[a-z0-9-]+\.amazonses\.com$/.test(content);
  if (id === 'spf') return / \+?include:amazonses\.com /.test(content);
  const tags = (text: string) => text.toLowerCase().replace(/[\s"]|;$|;"$/g, '');
  return tags(content) === tags(dmarc ?? '');
}

/** Of a TXT value: whether it is an SPF or a DMARC record, of which there may be one, or anything else. */
export function kindOfTxt(value: string): string {
  return /^"v=(spf1|dmarc1)[ ;]/i.exec(value)?.[1].toLowerCase().replace('1', '') ?? value;
}

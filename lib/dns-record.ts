/**
 * A record that has to be in public DNS.
 */
export interface DnsRecord {
  /**
   * The full name of the record, without a trailing dot.
   */
  readonly name: string;

  /**
   * The type of the record: `CNAME`, `MX` or `TXT`.
   */
  readonly recordType: string;

  /**
   * What the record says: the target of a CNAME record and priority and host of an MX record, without a trailing
   * dot; the text of a TXT record, without quotes.
   */
  readonly value: string;
}

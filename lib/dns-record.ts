/**
 * A record that must be in public DNS.
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
   * The value of the record. For a CNAME record, it is the target, without a trailing dot. For an MX record, it is the
   * priority and the host, without a trailing dot. For a TXT record, it is the text, without quotes.
   */
  readonly value: string;
}

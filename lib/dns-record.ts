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
   * The value of the record: for a CNAME record the target, for an MX record the priority and the host, both without a
   * trailing dot; for a TXT record the text, without quotes.
   */
  readonly value: string;
}

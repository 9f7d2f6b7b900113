import { Token } from 'aws-cdk-lib';
import { DnsRecord } from '../../dns-record';

/** A TXT record holds strings of at most this many characters; whoever reads it joins them (RFC 7208, section 3.3). */
const STRINGS = /.{1,255}/gs;

/**
 * Records as DNS providers import them.
 *
 * @param ttl seconds
 * @see https://www.rfc-editor.org/rfc/rfc1035#section-5
 */
export function zoneFile(records: readonly DnsRecord[], ttl: string): string {
  return records
    .map(({ name, recordType, value }) => {
      return `${name}. ${ttl} IN ${recordType} ${recordType === 'TXT' ? quoted(value) : `${value}.`}`;
    })
    .join('\n');
}

/** Text that is known at deployment only cannot be counted. */
function quoted(text: string): string {
  const strings = Token.isUnresolved(text) ? [text] : text.match(STRINGS)!;
  return strings.map((each) => `"${each}"`).join(' ');
}

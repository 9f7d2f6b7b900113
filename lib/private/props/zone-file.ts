import { Token, Tokenization } from 'aws-cdk-lib';
import { DnsRecord } from '../../dns-record';
import { quoteTxt } from '../../shared/txt-value';

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

/**
 * What is known only at deployment cannot be counted, so each token is a string of its own, and whoever reads the record
 * joins the strings. It fits into one: tokens in a DMARC record are e-mail addresses, which have 254 characters at most.
 */
function quoted(text: string): string {
  const strings: string[] = [];
  let rest = text;
  for (const token of Tokenization.reverseString(text).tokens) {
    const marker = Token.asString(token);
    const at = rest.indexOf(marker);
    if (at > 0) strings.push(quoteTxt(rest.slice(0, at)));
    strings.push(`"${marker}"`);
    rest = rest.slice(at + marker.length);
  }
  if (rest !== '') strings.push(quoteTxt(rest));
  return strings.join(' ');
}

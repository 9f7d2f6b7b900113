import { dmarcMeaning, isDmarc, parseDmarc } from './dmarc-record';
import { isEveryone, reachOf } from './spf-reach';
import { isSpf, MAX_SPF_LOOKUPS, ownLookups, parseSpf, passedOn } from './spf-record';

/** A TXT record holds strings of at most this many bytes; whoever reads it joins them (RFC 7208, section 3.3). */
const LONGEST_STRING = 255;

const SPACE = 0x20;
const DELETE = 0x7f;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * A text as Route 53 and zone files have it in a TXT record: in quotes, in strings of at most 255 bytes, and with the
 * bytes beyond printable ASCII in octal for Route 53.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#TXTFormat
 */
export function quoteTxt(text: string): string {
  const bytes = [...Buffer.from(text, 'utf8')];
  const count = Math.max(1, Math.ceil(bytes.length / LONGEST_STRING));
  return Array.from({ length: count }, (_, n) => bytes.slice(n * LONGEST_STRING, (n + 1) * LONGEST_STRING))
    .map((string) => `"${string.map(escapeByte).join('')}"`)
    .join(' ');
}

/** The text of a TXT record as Route 53 has it. */
export function readTxt(value: string): string {
  const strings = [...value.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, string]) => string);
  const escaped = strings.length === 0 ? value : strings.join('');
  const pieces = escaped.split(/(\\[0-7]{3}|\\.)/s).map((piece) => Buffer.from(unescape(piece)));
  return Buffer.concat(pieces).toString('utf8');
}

/** Whether there may be only one of the two at a name: both are SPF records, or both DMARC records. */
export function excludeEachOther(one: string, other: string): boolean {
  return (isSpf(one) && isSpf(other)) || (isDmarc(one) && isDmarc(other));
}

/** Whether a text that was found does what the wanted one is for, as far as the text alone can say. */
export function serves(found: string, wanted: string): boolean {
  if (isSpf(wanted)) return isSpf(found) && spfServes(found, wanted);
  const [one, other] = [parseDmarc(found), parseDmarc(wanted)];
  return one.state === 'valid' && other.state === 'valid' && dmarcMeaning(one.record) === dmarcMeaning(other.record);
}

/** It has no error, lets those pass who have to, and does not let everyone pass. */
function spfServes(found: string, wanted: string): boolean {
  const record = parseSpf(found);
  const passed = passedOn(record);
  return (
    record.errors.length === 0 &&
    ownLookups(record) <= MAX_SPF_LOOKUPS &&
    passedOn(parseSpf(wanted)).every((domain) => passed.includes(domain)) &&
    !isEveryone(reachOf(record))
  );
}

function escapeByte(byte: number): string {
  if (byte === QUOTE || byte === BACKSLASH) return `\\${String.fromCharCode(byte)}`;
  return byte < SPACE || byte >= DELETE ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte);
}

/** A piece of text, or the byte that an escape stands for. */
function unescape(piece: string): Uint8Array {
  if (!piece.startsWith('\\')) return Buffer.from(piece, 'utf8');
  return piece.length === 4 ? Uint8Array.of(parseInt(piece.slice(1), 8)) : Buffer.from(piece.slice(1), 'utf8');
}

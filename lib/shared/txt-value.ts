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

function escapeByte(byte: number): string {
  if (byte === QUOTE || byte === BACKSLASH) return `\\${String.fromCharCode(byte)}`;
  return byte < SPACE || byte >= DELETE ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte);
}

/** A piece of text, or the byte that an escape stands for. */
function unescape(piece: string): Uint8Array {
  if (!piece.startsWith('\\')) return Buffer.from(piece, 'utf8');
  return piece.length === 4 ? Uint8Array.of(parseInt(piece.slice(1), 8)) : Buffer.from(piece.slice(1), 'utf8');
}

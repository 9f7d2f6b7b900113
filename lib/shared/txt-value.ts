/** A TXT record holds strings of at most this many characters; whoever reads it joins them. */
const LONGEST_STRING = 255;

/** What an SPF record and a DMARC record begin with. Of each there may be one at a name (RFC 7208, RFC 7489). */
const VERSION = /^(v=spf1|v=dmarc1)(?=[\s;]|$)/;

/**
 * A text as Route 53 has it in a TXT record: in quotes, in strings of 255 characters.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#TXTFormat
 */
export function quoteTxt(text: string): string {
  const strings = text.match(new RegExp(`.{1,${LONGEST_STRING}}`, 'gs')) ?? [''];
  return strings.map((each) => `"${each.replace(/["\\]/g, '\\$&')}"`).join(' ');
}

/** The text of a TXT record as Route 53 has it. */
export function readTxt(value: string): string {
  const strings = [...value.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, string]) => string);
  return (strings.length === 0 ? value : strings.join('')).replace(/\\([0-7]{3}|.)/gs, (_, escaped: string) =>
    escaped.length === 3 ? String.fromCharCode(parseInt(escaped, 8)) : escaped,
  );
}

/** Whether there may be only one of the two at a name: both are SPF records, or both DMARC records. */
export function excludeEachOther(one: string, other: string): boolean {
  const version = versionOf(one);
  return version !== undefined && version === versionOf(other);
}

/** Whether a text that was found does what the wanted one is for. */
export function serves(found: string, wanted: string): boolean {
  return versionOf(wanted) === 'v=spf1'
    ? mechanisms(wanted)
        .filter((each) => each.startsWith('include:'))
        .every((each) => mechanisms(found).includes(each))
    : tags(found) === tags(wanted);
}

function versionOf(text: string): string | undefined {
  return VERSION.exec(text.trim().toLowerCase())?.[1];
}

/** Of an SPF record; `+` is the qualifier that goes without saying. */
function mechanisms(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .map((each) => each.replace(/^\+/, ''));
}

/** Of a DMARC record; neither their order nor the space between them means anything. */
function tags(text: string): string {
  return text
    .toLowerCase()
    .split(';')
    .map((each) => each.replace(/\s+/g, ''))
    .filter((each) => each !== '')
    .sort()
    .join(';');
}

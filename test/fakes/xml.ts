const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

const NAMED_ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

export function escapeXml(text: string): string {
  return /[&<>"]/.test(text) ? text.replace(/[&<>"]/g, (c) => ESCAPES[c] ?? c) : text;
}

export function unescapeXml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, entity: string) => {
    if (!entity.startsWith('#')) return NAMED_ENTITIES[entity] ?? whole;
    const hexadecimal = entity[1] === 'x' || entity[1] === 'X';
    return String.fromCodePoint(hexadecimal ? parseInt(entity.slice(2), 16) : parseInt(entity.slice(1), 10));
  });
}

/** `<name>text</name>`, or nothing for an absent value. */
export function element(name: string, value: string | number | boolean | undefined): string {
  return value === undefined ? '' : `<${name}>${escapeXml(String(value))}</${name}>`;
}

/** `<name><item>..</item><item>..</item></name>`. */
export function list(name: string, values: readonly string[], item = 'member'): string {
  return `<${name}>${values.map((value) => element(item, value)).join('')}</${name}>`;
}

/**
 * Raw contents of every `<name>` in the text. Enough for what the SDK writes: no attributes below
 * the root, no element nested in one of its own name.
 */
export function readAll(xml: string, name: string): string[] {
  const open = `<${name}>`;
  const close = `</${name}>`;
  const found: string[] = [];
  for (let from = xml.indexOf(open); from >= 0;) {
    const end = xml.indexOf(close, from);
    if (end < 0) break;
    found.push(xml.slice(from + open.length, end));
    from = xml.indexOf(open, end);
  }
  return found;
}

/** Text of the first `<name>`. */
export function readText(xml: string, name: string): string | undefined {
  const open = `<${name}>`;
  const from = xml.indexOf(open);
  if (from < 0) return undefined;
  const end = xml.indexOf(`</${name}>`, from);
  return end < 0 ? undefined : unescapeXml(xml.slice(from + open.length, end));
}

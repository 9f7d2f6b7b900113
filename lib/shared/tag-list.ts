/** A list such as `v=DKIM1; k=rsa; p=MIG…`, as far as it can be read. */
export interface TagList {
  /** The first value of each tag, in their order. */
  readonly tags: ReadonlyMap<string, string>;
  /** The names that are there more than once. */
  readonly repeated: readonly string[];
  /** The parts that are no tag with a value. */
  readonly malformed: readonly string[];
}

const NAME = /^[a-z][a-z0-9_]*$/i;

/**
 * Reads a list of tags; one `;` may end it.
 *
 * @param toName how names are compared: as they are in DKIM, whatever their case in DMARC
 * @see https://www.rfc-editor.org/rfc/rfc6376#section-3.2
 */
export function parseTagList(text: string, toName = (name: string): string => name): TagList {
  const tags = new Map<string, string>();
  const repeated = new Set<string>();
  const malformed: string[] = [];
  const parts = text.split(';').map((part) => part.trim());
  if (parts.at(-1) === '') parts.pop();
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = toName(part.slice(0, Math.max(equals, 0)).trim());
    if (!NAME.test(name)) {
      malformed.push(part);
    } else if (tags.has(name)) {
      repeated.add(name);
    } else {
      tags.set(name, part.slice(equals + 1).trim());
    }
  }
  return { tags, repeated: [...repeated], malformed };
}

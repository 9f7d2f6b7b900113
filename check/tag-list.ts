/**
 * The tags of a list such as `v=DKIM1; k=rsa; p=MIG…`, by name; undefined when it is not such a list.
 *
 * Empty tags are let pass, as receivers do.
 *
 * @param toName how names are compared: as they are in DKIM, whatever their case in DMARC
 * @see https://www.rfc-editor.org/rfc/rfc6376#section-3.2
 */
export function parseTagList(text: string, toName = (name: string) => name): ReadonlyMap<string, string> | undefined {
  const tags = new Map<string, string>();
  for (const spec of text.split(';')) {
    if (spec.trim() === '') {
      continue;
    }
    const [, name, value] = /^\s*([a-z][a-z0-9_]*)\s*=(.*)$/is.exec(spec) ?? [];
    if (name === undefined || tags.has(toName(name))) {
      return undefined;
    }
    tags.set(toName(name), value.trim());
  }
  return tags;
}

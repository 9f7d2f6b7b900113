/** DNS allows 253 characters in a name and 63 in a label (RFC 1035, section 2.3.4, without the trailing dot). */
export const MAX_NAME_LENGTH = 253;
export const MAX_LABEL_LENGTH = 63;

/** A host name in the form in which names are compared: lower case, without the trailing dot. */
export function hostName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/** Whether DNS can be asked for a name. Its characters do not matter: SPF and DKIM use underscores. */
export function isDnsName(name: string): boolean {
  return (
    name.length <= MAX_NAME_LENGTH &&
    name.split('.').every((label) => label.length > 0 && label.length <= MAX_LABEL_LENGTH)
  );
}

import { domainToASCII } from 'url';
import { MAX_LABEL_LENGTH, MAX_NAME_LENGTH } from './host-name';
import { dkimRecordName } from './record-names';

/** What a DKIM record puts before the domain; its token has 32 characters. */
const DKIM_PREFIX_LENGTH = dkimRecordName('x'.repeat(32), '').length;

/** ASCII characters that no name has. Those beyond ASCII are for `domainToASCII` to judge. */
const STRANGER = /[^a-z0-9.\u0080-\u{10ffff}-]/iu;

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/**
 * The form in which SES, Route 53 and IAM conditions know a domain: lower case, ASCII (punycode for
 * internationalized names), without the trailing dot.
 *
 * @throws Error saying what is wrong with the name and what to give instead.
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
 */
export function normalizeDomainName(name: string): string {
  const shown = JSON.stringify(name.length > 300 ? `${name.slice(0, 300)}…` : name);
  if (name.trim() === '') {
    throw new Error('is empty: give a domain name such as "example.com"');
  }
  if (name.includes('://') || name.includes('/')) {
    throw new Error(`${shown} is a URL or a path: give the host name only, such as "example.com"`);
  }
  if (name.includes('@')) {
    throw new Error(`${shown} is an e-mail address: give its domain only, the part after the "@"`);
  }
  if (name.includes('*')) {
    throw new Error(`${shown} is a wildcard: a domain covers its subdomains in SES, so leave out the "*."`);
  }

  const stranger = STRANGER.exec(name);
  if (stranger !== null) {
    throw new Error(
      `${shown} has the character ${JSON.stringify(stranger[0])}: a name may have only letters, digits, hyphens and dots`,
    );
  }

  const ascii = toAscii(name.replace(/\.$/, '')).toLowerCase();
  if (ascii === '') {
    throw new Error(`${shown} is not a valid internationalized domain name: check its characters`);
  }
  const labels = ascii.split('.');
  for (const label of labels) {
    if (label === '') {
      throw new Error(`${shown} has an empty label: remove the extra dot`);
    }
    if (label.length > MAX_LABEL_LENGTH) {
      throw new Error(`${shown} has a label of ${label.length} characters: DNS allows ${MAX_LABEL_LENGTH}`);
    }
    if (!LABEL.test(label)) {
      throw new Error(
        `${shown} has the label ${JSON.stringify(label)}: a label may have only letters, digits and inner hyphens`,
      );
    }
  }
  if (ascii.length + DKIM_PREFIX_LENGTH > MAX_NAME_LENGTH) {
    throw new Error(
      `${shown} has ${ascii.length} characters: its DKIM records take ${DKIM_PREFIX_LENGTH} more and DNS allows ` +
        `${MAX_NAME_LENGTH}, so use a name of at most ${MAX_NAME_LENGTH - DKIM_PREFIX_LENGTH}`,
    );
  }
  if (labels.length < 2 || /^[0-9]+$/.test(labels[labels.length - 1])) {
    throw new Error(`${shown} is not a public domain name: give one such as "example.com"`);
  }
  return ascii;
}

/** Whether a normalized name is the zone's own name or a name below it. */
export function isInZone(domainName: string, zoneName: string): boolean {
  return domainName === zoneName || domainName.endsWith(`.${zoneName}`);
}

/** The error for a domain that the zone cannot hold records for. */
export function notInZoneMessage(domainName: string, zoneName: string): string {
  return (
    `"${domainName}" is not in the hosted zone "${zoneName}": give the zone's own name or a name that ends in ` +
    `".${zoneName}", or the hosted zone of "${domainName}"`
  );
}

/** Only what needs it goes through `domainToASCII`, which would read "1.2" as an IP address. */
function toAscii(name: string): string {
  // eslint-disable-next-line no-control-regex
  return /^[\x00-\x7f]*$/.test(name) ? name : domainToASCII(name);
}

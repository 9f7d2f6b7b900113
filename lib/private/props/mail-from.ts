import { areKnown, domainInZone, normalized } from './checks';
import { Fail } from './prop-types';

const PROP = 'mailFrom.domainName';

/**
 * The normalized name of the custom MAIL FROM domain of a domain. Tokens go through as they are.
 *
 * @throws Error when SES would not take it, or other mail would suffer from it.
 */
export function mailFromDomain(fail: Fail, name: string, domainName: string, zoneName: string | undefined): string {
  const mailFrom = normalized(fail, PROP, name);
  if (!areKnown(mailFrom, domainName)) {
    return mailFromInZone(fail, PROP, mailFrom, zoneName);
  }
  if (mailFrom === domainName) {
    fail(PROP, takesMailAway(mailFrom, 'the domain itself'));
  }
  return mailFrom.endsWith(`.${domainName}`)
    ? mailFrom
    : fail(PROP, `is "${mailFrom}", which is not below "${domainName}": give a name such as "bounce.${domainName}"`);
}

/**
 * The normalized name of a custom MAIL FROM domain in a zone. Tokens go through as they are.
 *
 * @throws Error when the name is not valid, not in the zone, or at the zone's apex.
 */
export function mailFromInZone(fail: Fail, prop: string, name: string, zoneName: string | undefined): string {
  const mailFrom = domainInZone(fail, prop, name, zoneName);
  return areKnown(mailFrom, zoneName) && mailFrom === zoneName
    ? fail(prop, takesMailAway(mailFrom, "the hosted zone's own name"))
    : mailFrom;
}

function takesMailAway(name: string, what: string): string {
  return (
    `"${name}" is ${what}: the MX record of a MAIL FROM domain leads to SES, so that no mail could be received ` +
    `there any more; give a name below it such as "bounce.${name}"`
  );
}

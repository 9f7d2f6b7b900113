import { areKnown, domainInZone, normalized } from './checks';
import { mailFromProblem, shown, takesMailAway } from '../../shared/rules';
import { Fail } from './prop-types';

const PROP = 'mailFrom.domainName';

/**
 * The normalized name of the custom MAIL FROM domain of a domain. Tokens go through as they are.
 *
 * @throws Error when SES would not take it, or other mail would suffer from it.
 */
export function mailFromDomain(fail: Fail, name: string, domainName: string, zoneName: string | undefined): string {
  if (areKnown(name) && !name.includes('.')) {
    const parent = areKnown(domainName) ? domainName : 'example.com';
    fail(PROP, `is ${shown(name)}, which is not a full name: give one such as "bounce.${parent}"`);
  }
  const mailFrom = normalized(fail, PROP, name);
  if (!areKnown(mailFrom, domainName)) {
    return mailFromInZone(fail, PROP, mailFrom, zoneName);
  }
  const problem = mailFromProblem(mailFrom, domainName);
  return problem === undefined ? mailFrom : fail(PROP, problem);
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

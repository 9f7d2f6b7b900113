import { Annotations, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DmarcAlignment, DmarcOptions, DmarcPolicy } from '../../dmarc-options';
import { normalizeDomainName } from '../../shared/domain-name';
import { SIZE_LIMIT } from '../../shared/report-uri';
import { dmarcLengthProblem, shown } from '../../shared/rules';
import { Fail } from './prop-types';

/**
 * What RFC 5322 allows besides would have to be percent-encoded in a DMARC record, which not all receivers decode.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.8
 */
const LOCAL_PART = /^[a-z0-9_+~$'*-]+(\.[a-z0-9_+~$'*-]+)*$/i;
const MAX_LOCAL_PART_LENGTH = 64;

const MAILTO = /^mailto:/i;
const SEPARATOR = /[,;\s]+/;

/**
 * The text of a DMARC record. What is the default of DMARC is left out; tokens go through as they are.
 *
 * @throws Error naming the prop, its value and the remedy.
 * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.7
 */
export function dmarcRecord(scope: Construct, options: DmarcOptions, fail: Fail): string {
  const { policy = DmarcPolicy.NONE, subdomainPolicy, nonExistentSubdomainPolicy, testing, rua, ruf } = options;
  const policies = [policy, subdomainPolicy ?? policy, nonExistentSubdomainPolicy ?? policy];
  const tags = [
    ['v', 'DMARC1'],
    ['p', policy],
    ['sp', subdomainPolicy],
    ['np', nonExistentSubdomainPolicy],
    ['t', testing ? 'y' : undefined],
    ['adkim', strict(options.dkimAlignment)],
    ['aspf', strict(options.spfAlignment)],
    ['rua', rua && uris('dmarc.rua', rua, fail)],
    ['ruf', ruf && uris('dmarc.ruf', ruf, fail)],
  ];
  const text = tags
    .filter(([, value]) => value !== undefined)
    .map((tag) => tag.join('='))
    .join('; ');
  const problem = dmarcLengthProblem(text);
  if (problem !== undefined) {
    fail('dmarc', problem);
  }
  if (options.spfAlignment === DmarcAlignment.STRICT) {
    warn(
      scope,
      'spf-alignment',
      'dmarc.spfAlignment is STRICT: SES requires the MAIL FROM domain to be below the domain, so SPF is never strictly ' +
        'aligned, and DMARC relies on DKIM alone. Leave it out, unless that is what you want.',
    );
  }
  if (testing && policies.every((each) => each === DmarcPolicy.NONE)) {
    warn(
      scope,
      'dmarc-testing',
      'dmarc.testing has no effect with DmarcPolicy.NONE: leave it out, or give policy QUARANTINE or REJECT.',
    );
  }
  return text;
}

function warn(scope: Construct, id: string, message: string): void {
  Annotations.of(scope).addWarningV2(`cdk-ses-easy-dkim:${id}`, message);
}

function strict(alignment: DmarcAlignment | undefined): string | undefined {
  return alignment === DmarcAlignment.STRICT ? alignment : undefined;
}

function uris(prop: string, addresses: readonly string[], fail: Fail): string {
  if (addresses.length === 0) {
    fail(prop, 'is an empty list: leave it out for no reports, or give an e-mail address');
  }
  return addresses.map((address) => `mailto:${checkedAddress(prop, address.replace(MAILTO, ''), fail)}`).join(',');
}

function checkedAddress(prop: string, address: string, fail: Fail): string {
  if (Token.isUnresolved(address)) {
    return address;
  }
  if (address.split(SEPARATOR).filter((part) => part.includes('@')).length > 1) {
    fail(prop, `has ${shown(address)}, which is more than one address: give each as a string of its own`);
  }
  const [limit] = SIZE_LIMIT.exec(address) ?? [];
  if (limit !== undefined) {
    fail(prop, `has ${shown(address)}, but receivers no longer know size limits: leave out "${limit}"`);
  }
  const at = address.lastIndexOf('@');
  if (at < 1) {
    fail(prop, `has ${shown(address)}, which is not an e-mail address: give one such as "dmarc@example.com"`);
  }
  const localPart = address.slice(0, at);
  if (!LOCAL_PART.test(localPart) || localPart.length > MAX_LOCAL_PART_LENGTH) {
    fail(
      prop,
      `has ${shown(address)}, which receivers may not be able to read in a DMARC record: give an address with at most ` +
        `${MAX_LOCAL_PART_LENGTH} letters, digits and inner dots, or any of _ + - ~ $ ' *, before the "@"`,
    );
  }
  try {
    return `${localPart}@${normalizeDomainName(address.slice(at + 1))}`;
  } catch (error) {
    return fail(prop, `has ${shown(address)}, whose domain ${(error as Error).message}`);
  }
}

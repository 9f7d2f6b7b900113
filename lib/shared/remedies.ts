import type { MailRecord } from './mail-records';

/**
 * What to do about a domain that is not as it should be, in the same words wherever it is noticed: by the check, which
 * asks DNS, and by the watch, which looks into the hosted zone.
 */

/** What is wrong with an identity, and what to do. */
export interface IdentityRemark {
  readonly verdict: 'warn' | 'fail';
  readonly problem: 'not-set-up' | 'not-verified' | 'signing-disabled';
  readonly remedy: string;
}

/** A state of verification, whichever API of SES has told it: `TEMPORARY_FAILURE` is `TemporaryFailure`. */
function isStatus(status: string, expected: string): boolean {
  return status.replace(/_/g, '').toLowerCase() === expected;
}

/** What is wrong with DKIM of an identity. */
export function remarksOnDkim(
  { domainName, region }: { readonly domainName: string; readonly region: string },
  tokens: readonly string[],
  status: string,
  signs: boolean,
): readonly IdentityRemark[] {
  if (tokens.length === 0) {
    return [{ verdict: 'fail', problem: 'not-set-up', remedy: 'Set up Easy DKIM for the identity.' }];
  }
  const turnedOff = `DKIM signing is turned off. ${turnSigningOn(domainName, region)}.`;
  return [
    ...remarksOnVerification(status),
    ...(signs ? [] : [{ verdict: 'fail', problem: 'signing-disabled', remedy: turnedOff } as const]),
  ];
}

/** @see https://docs.aws.amazon.com/ses/latest/APIReference/API_SetIdentityDkimEnabled.html */
export function turnSigningOn(domainName: string, region: string): string {
  return `Turn it on with "aws ses set-identity-dkim-enabled --identity ${domainName} --dkim-enabled --region ${region}"`;
}

function remarksOnVerification(status: string): readonly IdentityRemark[] {
  if (isStatus(status, 'success')) {
    return [];
  }
  return isStatus(status, 'temporaryfailure')
    ? [
        {
          verdict: 'warn',
          problem: 'not-verified',
          remedy:
            'SES cannot currently tell whether the records are there. Correct those that are missing or wrong; if none is, wait.',
        },
      ]
    : [
        {
          verdict: 'fail',
          problem: 'not-verified',
          remedy: 'Correct the DKIM records that are missing or wrong; SES signs once it has found them.',
        },
      ];
}

/**
 * What is wrong with the MAIL FROM domain of an identity.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
 */
export function remarksOnMailFrom(status: string, rejects: boolean): readonly IdentityRemark[] {
  if (isStatus(status, 'success')) {
    return [];
  }
  const now = rejects ? 'SES rejects all mail (REJECT_MESSAGE)' : 'mail goes out from amazonses.com';
  const remedy = isStatus(status, 'failed')
    ? `SES has stopped looking for its MX record. Correct the record, then set the MAIL FROM domain again. Until then, ${now}.`
    : `Correct its MX record and wait: SES looks for it for up to 72 hours. Until then, ${now}.`;
  return [{ verdict: 'fail', problem: 'not-verified', remedy }];
}

type NamedRecord = Pick<MailRecord, 'name' | 'type' | 'value'>;

/** A record in the words of a remedy. */
export function theRecord({ name, type, value }: NamedRecord): string {
  return `the ${type} record ${name} → ${type === 'TXT' ? `"${value}"` : value}`;
}

export function createRecord(record: NamedRecord): string {
  return `Create ${theRecord(record)}.`;
}

export function changeRecord(record: NamedRecord): string {
  return `Change it to ${theRecord(record)}.`;
}

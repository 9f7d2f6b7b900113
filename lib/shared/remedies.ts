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
export function remarksOnDkim(tokens: readonly string[], status: string, signs: boolean): readonly IdentityRemark[] {
  if (tokens.length === 0) {
    return [{ verdict: 'fail', problem: 'not-set-up', remedy: 'Set up Easy DKIM for the identity.' }];
  }
  return [...remarksOnVerification(status), ...(signs ? [] : [SIGNING_DISABLED])];
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
            'SES cannot currently tell whether the records are there: correct what fails below; if nothing does, wait.',
        },
      ]
    : [
        {
          verdict: 'fail',
          problem: 'not-verified',
          remedy: 'Correct the DKIM records below; SES signs once it has found them.',
        },
      ];
}

const SIGNING_DISABLED: IdentityRemark = {
  verdict: 'fail',
  problem: 'signing-disabled',
  remedy: 'Turn on DKIM signing for the identity (PutEmailIdentityDkimAttributes).',
};

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
    ? `Correct its MX record, then set the MAIL FROM domain again: SES has stopped looking for the record, and until then ${now}.`
    : `Correct its MX record and wait: SES looks for it for up to 72 hours, and until then ${now}.`;
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

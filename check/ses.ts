import { remarksOnDkim, remarksOnMailFrom } from '../lib/shared/remedies';
import { finding, type Finding, type Remark } from './report';
import { judgeAddresses } from './ses-addresses';
import type { SesIdentity, SesView } from './ses-view';

const REMEDIES: { readonly [problem: string]: string } = {
  'no-region': 'Give the Region of SES with --region, or look only at DNS with --no-ses.',
  'no-credentials': 'Give AWS credentials (such as AWS_PROFILE), or look only at DNS with --no-ses.',
  denied: 'Allow ses:GetEmailIdentity on the identity, or look only at DNS with --no-ses.',
  'no-answer': 'Run it again; if it fails again, check Region and network, or look only at DNS with --no-ses.',
};

/** What SES says of the identity, its DKIM and its MAIL FROM domain. */
export function judgeSes(domain: string, view: SesView, givenMailFrom: string | false | undefined): Finding[] {
  const name = view.region === undefined ? domain : `${domain} in ${view.region}`;
  const identity = { check: 'ses-identity', name, expected: 'an identity that is verified for sending' } as const;
  if (view.state === 'unavailable') {
    return [
      finding(
        { ...identity, found: view.message },
        { verdict: 'unknown', problem: view.problem, remedy: REMEDIES[view.problem] },
      ),
    ];
  }
  if (view.state === 'no-identity') {
    return [
      finding(
        { ...identity, found: 'no such identity' },
        {
          verdict: 'fail',
          problem: 'no-identity',
          remedy: `Create the identity in ${view.region}, or give its Region with --region; if the identity of a parent domain sends, check that domain.`,
        },
      ),
    ];
  }
  return [
    finding({ ...identity, found: describeVerification(view) }, ...verificationRemarks(view)),
    finding(
      { check: 'ses-dkim', name, found: describeDkim(view), expected: 'DKIM that is verified and signs' },
      ...dkimRemarks(domain, view),
    ),
    ...judgeParent(domain, view),
    ...judgeMailFrom(name, view, givenMailFrom),
    ...judgeAddresses(name, view.addresses),
  ];
}

function describeVerification({ verifiedForSending, verificationStatus, verificationError }: SesIdentity): string {
  const why = verificationError === undefined ? '' : `, ${verificationError}`;
  return verifiedForSending ? 'verified for sending' : `not verified for sending (${verificationStatus}${why})`;
}

function verificationRemarks({ verifiedForSending, verificationStatus, verificationError }: SesIdentity): Remark[] {
  if (verifiedForSending) {
    return [];
  }
  const why = verificationError === undefined ? '' : `${MEANINGS[verificationError] ?? ''} `;
  const remedy =
    verificationStatus === 'PENDING'
      ? 'Correct what fails below, then wait: SES looks for the records for up to 72 hours, and sends nothing from the domain until then.'
      : 'Correct what fails below, then set up DKIM for the identity again: SES has stopped looking for the records.';
  return [{ verdict: 'fail', problem: 'not-verified', remedy: (why + remedy).trim() }];
}

/** What SES's own error types mean (VerificationInfo of GetEmailIdentity). */
const MEANINGS: { readonly [errorType: string]: string } = {
  INVALID_VALUE: 'SES found a record with a wrong value.',
  TYPE_NOT_FOUND: 'SES found the name without a record of the right type.',
  HOST_NOT_FOUND: 'SES did not find the name of a record.',
  SERVICE_ERROR: 'SES had a temporary problem.',
  DNS_SERVER_ERROR: 'The name servers of the zone gave SES an error.',
  REPLICATION_ACCESS_DENIED: 'SES was not allowed to copy DKIM from the parent identity.',
  REPLICATION_PRIMARY_NOT_FOUND: 'SES did not find the parent identity.',
  REPLICATION_PRIMARY_INVALID_REGION: 'SES cannot copy DKIM from the Region of the parent identity.',
  REPLICATION_PRIMARY_BYO_DKIM_NOT_SUPPORTED: 'The parent identity signs with its own key, which SES does not copy.',
  REPLICATION_REPLICA_AS_PRIMARY_NOT_SUPPORTED: 'The parent identity is a replica itself.',
};

function describeDkim(view: SesIdentity): string {
  const { dkimStatus, signingEnabled, ownKey, parentRegion, keyLength, verificationError } = view;
  const kind = ownKey ? 'own key' : parentRegion === undefined ? 'Easy DKIM' : `replica of ${parentRegion}`;
  const why = verificationError === undefined || dkimStatus === 'SUCCESS' ? [] : [verificationError];
  const length = keyLength === undefined ? [] : [keyLength];
  return [kind, ...length, dkimStatus, ...why, ...(signingEnabled ? [] : ['signing disabled'])].join(', ');
}

function dkimRemarks(domainName: string, view: SesIdentity): Remark[] {
  const { tokens, dkimStatus, signingEnabled, keyLength, nextKeyLength } = view;
  const isShort = tokens.length > 0 && keyLength === 'RSA_1024_BIT' && nextKeyLength !== 'RSA_2048_BIT';
  return [
    ...remarksOnDkim({ domainName, region: view.region }, tokens, dkimStatus, signingEnabled),
    ...(isShort ? [KEY_SHORT] : []),
  ];
}

const KEY_SHORT: Remark = {
  verdict: 'warn',
  problem: 'key-short',
  remedy: 'Set NextSigningKeyLength to RSA_2048_BIT (PutEmailIdentityDkimSigningAttributes): 1024 bits are too few.',
};

/**
 * A replica signs with the key of its parent.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-deed.html
 */
function judgeParent(domain: string, { parentRegion, parent }: SesIdentity): Finding[] {
  if (parentRegion === undefined || parent === undefined) return [];
  const subject = {
    check: 'ses-parent',
    name: `${domain} in ${parentRegion}`,
    expected: 'the parent of the replica, with Easy DKIM that is verified',
  } as const;
  switch (parent.state) {
    case 'unavailable':
      return [
        finding(
          { ...subject, found: parent.message },
          { verdict: 'unknown', problem: parent.problem, remedy: REMEDIES[parent.problem] },
        ),
      ];
    case 'no-identity':
      return [
        finding(
          { ...subject, found: 'no such identity' },
          {
            verdict: 'fail',
            problem: 'no-identity',
            remedy: `Create the identity in ${parentRegion} again, or set up Easy DKIM for the replica itself.`,
          },
        ),
      ];
    case 'identity':
      return [finding({ ...subject, found: describeDkim(parent) }, ...dkimRemarks(domain, parent))];
  }
}

function judgeMailFrom(name: string, { mailFrom }: SesIdentity, given: string | false | undefined): Finding[] {
  const differs = given !== undefined && (given || undefined) !== mailFrom?.domain;
  if (mailFrom === undefined && !differs) {
    return [];
  }
  const remarks: Remark[] = [];
  if (differs) {
    remarks.push({
      verdict: 'fail',
      problem: 'differs-from-ses',
      remedy: `Set ${given === false ? 'no MAIL FROM domain' : given} for the identity, or check without --mail-from what SES uses.`,
    });
  }
  if (mailFrom !== undefined) {
    remarks.push(...remarksOnMailFrom(mailFrom.status, mailFrom.rejects));
  }
  const found = mailFrom === undefined ? 'no MAIL FROM domain' : `${mailFrom.domain}, ${mailFrom.status}`;
  return [
    finding(
      {
        check: 'ses-mail-from',
        name,
        found,
        expected: `${given || mailFrom?.domain || 'no MAIL FROM domain'}${given === false ? '' : ', SUCCESS'}`,
      },
      ...remarks,
    ),
  ];
}

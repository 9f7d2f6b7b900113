import { GetEmailIdentityCommand, SESv2Client, type GetEmailIdentityResponse } from '@aws-sdk/client-sesv2';
import { finding, type Finding, type Problem, type Remark } from './report';

/** How SES sees the identity. */
export type SesView =
  | SesIdentity
  | { readonly state: 'no-identity'; readonly region: string }
  | {
      readonly state: 'unavailable';
      readonly region?: string;
      readonly problem: Extract<Problem, 'no-region' | 'no-credentials' | 'denied' | 'no-answer'>;
      /** What the SDK or SES said. */
      readonly message: string;
    };

export interface SesIdentity {
  readonly state: 'identity';
  readonly region: string;
  readonly verifiedForSending: boolean;
  readonly verificationStatus: string;
  /** Why the last look at DNS did not verify the identity, in SES's words. */
  readonly verificationError?: string;
  readonly signingEnabled: boolean;
  readonly dkimStatus: string;
  /** Easy DKIM: the tokens. BYODKIM: the selector. */
  readonly tokens: readonly string[];
  /** It signs with a key of its own (BYODKIM). */
  readonly ownKey: boolean;
  /** A Deterministic Easy DKIM replica uses the records of the identity in this Region. */
  readonly parentRegion?: string;
  /** Where SES publishes the keys. */
  readonly signingHostedZone?: string;
  readonly mailFrom?: { readonly domain: string; readonly status: string };
}

/** Milliseconds to connect, and to answer. */
const CONNECTION_TIMEOUT = 5_000;
const REQUEST_TIMEOUT = 10_000;

/**
 * Asks SES for the identity, with the credentials that the SDK finds by itself.
 *
 * @param region the Region of SES; that of the environment or the profile when not given
 */
export async function askSes(domain: string, region: string | undefined): Promise<SesView> {
  const client = new SESv2Client({
    ...(region !== undefined && { region }),
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      throwOnRequestTimeout: true,
    },
  });
  let inRegion: string | undefined;
  try {
    inRegion = await client.config.region();
  } catch (error) {
    return { state: 'unavailable', problem: 'no-region', message: messageOf(error) };
  }
  try {
    return toView(inRegion, await client.send(new GetEmailIdentityCommand({ EmailIdentity: domain })));
  } catch (error) {
    return (error as Error).name === 'NotFoundException'
      ? { state: 'no-identity', region: inRegion }
      : { state: 'unavailable', region: inRegion, problem: problemOf(error), message: messageOf(error) };
  } finally {
    client.destroy();
  }
}

function toView(region: string, response: GetEmailIdentityResponse): SesIdentity {
  const { DkimAttributes: dkim, MailFromAttributes: mailFrom, VerificationInfo: info } = response;
  const origin = dkim?.SigningAttributesOrigin ?? 'AWS_SES';
  const parentRegion = /^AWS_SES_(.+)$/.exec(origin)?.[1].toLowerCase().replace(/_/g, '-');
  return {
    state: 'identity',
    region,
    verifiedForSending: response.VerifiedForSendingStatus ?? false,
    verificationStatus: response.VerificationStatus ?? 'NOT_STARTED',
    ...(info?.ErrorType !== undefined && { verificationError: info.ErrorType }),
    signingEnabled: dkim?.SigningEnabled ?? false,
    dkimStatus: dkim?.Status ?? 'NOT_STARTED',
    tokens: dkim?.Tokens ?? [],
    ownKey: origin === 'EXTERNAL',
    ...(parentRegion !== undefined && { parentRegion }),
    ...(dkim?.SigningHostedZone !== undefined && { signingHostedZone: dkim.SigningHostedZone.toLowerCase() }),
    ...(mailFrom?.MailFromDomain && {
      mailFrom: {
        domain: mailFrom.MailFromDomain.toLowerCase(),
        status: mailFrom.MailFromDomainStatus ?? 'PENDING',
      },
    }),
  };
}

function problemOf(error: unknown): 'no-credentials' | 'denied' | 'no-answer' {
  const { name } = error as Error;
  if (
    /Credentials|TokenProvider|Token(Exception)?$|UnrecognizedClient|ClientTokenId|SignatureDoesNotMatch/.test(name)
  ) {
    return 'no-credentials';
  }
  return /AccessDenied|NotAuthorized|OptInRequired/.test(name) ? 'denied' : 'no-answer';
}

function messageOf(error: unknown): string {
  const { name, message } = error as Error;
  const text = `${name === 'Error' ? '' : `${name}: `}${message || 'no message'}`.replace(/\s+/g, ' ');
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

const REMEDIES: { readonly [problem: string]: string } = {
  'no-region': 'Give the Region of SES with --region, or look at DNS alone with --no-ses.',
  'no-credentials': 'Give AWS credentials (AWS_PROFILE, for one), or look at DNS alone with --no-ses.',
  denied: 'Allow ses:GetEmailIdentity on the identity, or look at DNS alone with --no-ses.',
  'no-answer': 'Run it again; if it stays so, check Region and network, or look at DNS alone with --no-ses.',
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
          remedy: `Create the identity in ${view.region}, or give its Region with --region; when the identity of a parent domain sends, check that domain.`,
        },
      ),
    ];
  }
  return [
    finding({ ...identity, found: describeVerification(view) }, ...verificationRemarks(view)),
    finding(
      { check: 'ses-dkim', name, found: describeDkim(view), expected: 'DKIM that is verified and signs' },
      ...dkimRemarks(view),
    ),
    ...judgeMailFrom(name, view, givenMailFrom),
  ];
}

function describeVerification({ verifiedForSending, verificationStatus, verificationError }: SesIdentity): string {
  const why = verificationError === undefined ? '' : `, ${verificationError}`;
  return verifiedForSending ? 'verified for sending' : `not verified for sending (${verificationStatus}${why})`;
}

function verificationRemarks({ verifiedForSending, verificationStatus }: SesIdentity): Remark[] {
  if (verifiedForSending) {
    return [];
  }
  const remedy =
    verificationStatus === 'PENDING'
      ? 'Put the records below right, then wait: SES looks for them for up to 72 hours, and sends nothing from the domain until then.'
      : 'Put the records below right, then set up DKIM of the identity again: SES has stopped looking for them.';
  return [{ verdict: 'fail', problem: 'not-verified', remedy }];
}

function describeDkim({ dkimStatus, signingEnabled, ownKey, parentRegion }: SesIdentity): string {
  const kind = ownKey ? 'own key' : parentRegion === undefined ? 'Easy DKIM' : `replica of ${parentRegion}`;
  return `${kind}, ${dkimStatus}${signingEnabled ? '' : ', signing disabled'}`;
}

function dkimRemarks({ tokens, dkimStatus, signingEnabled }: SesIdentity): Remark[] {
  if (tokens.length === 0) {
    return [{ verdict: 'fail', problem: 'not-set-up', remedy: 'Set up Easy DKIM for the identity.' }];
  }
  const remarks: Remark[] = [];
  if (dkimStatus === 'TEMPORARY_FAILURE') {
    remarks.push({
      verdict: 'warn',
      problem: 'not-verified',
      remedy: 'SES does not find the records at the moment: put them right within 72 hours, or it stops to sign.',
    });
  } else if (dkimStatus !== 'SUCCESS') {
    remarks.push({
      verdict: 'fail',
      problem: 'not-verified',
      remedy: 'Put the DKIM records below right; SES signs once it has found them.',
    });
  }
  if (!signingEnabled) {
    remarks.push({
      verdict: 'fail',
      problem: 'signing-disabled',
      remedy: 'Turn on DKIM signing of the identity (PutEmailIdentityDkimAttributes).',
    });
  }
  return remarks;
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
  if (mailFrom !== undefined && mailFrom.status !== 'SUCCESS') {
    remarks.push({
      verdict: 'fail',
      problem: 'not-verified',
      remedy:
        'Put its MX record right; until SES has found it, mail goes out from amazonses.com, or not at all if so set.',
    });
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

import {
  GetEmailIdentityCommand,
  SESv2Client,
  type GetEmailIdentityResponse,
  type SESv2ClientConfig,
} from '@aws-sdk/client-sesv2';
import { parentRegionOf } from '../lib/shared/replica-origin';
import { readAddresses, type AddressIdentities } from './ses-addresses';
import type { Problem } from './report';

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
  /** Such as `RSA_2048_BIT`; of Easy DKIM only. */
  readonly keyLength?: string;
  /** That of the next key. */
  readonly nextKeyLength?: string;
  /** Easy DKIM: the tokens. BYODKIM: the selector. */
  readonly tokens: readonly string[];
  /** It signs with a key of its own (BYODKIM). */
  readonly ownKey: boolean;
  /** A Deterministic Easy DKIM replica uses the records of the identity in this Region. */
  readonly parentRegion?: string;
  /** The identity there, for a replica. */
  readonly parent?: SesView;
  /** The identities of single addresses in the domain. */
  readonly addresses?: AddressIdentities;
  /** Where SES publishes the keys. */
  readonly signingHostedZone?: string;
  readonly mailFrom?: {
    readonly domain: string;
    readonly status: string;
    /** What SES does while it does not find the MX record. */
    readonly rejects: boolean;
  };
}

/** Milliseconds to connect, and to answer. */
const CONNECTION_TIMEOUT = 5_000;
const REQUEST_TIMEOUT = 10_000;

/**
 * Asks SES for the identity, with the credentials that the SDK finds by itself: for that of the domain, for those of
 * addresses in it, and for the parent of a replica.
 *
 * @param region the Region of SES; that of the environment or the profile when not given
 */
export async function askSes(domain: string, region: string | undefined): Promise<SesView> {
  const client = openClient(region);
  try {
    const view = await askForIdentity(client, domain);
    if (view.state !== 'identity') return view;
    const { parentRegion } = view;
    const [addresses, parent] = await Promise.all([
      readAddresses(client, domain),
      parentRegion === undefined ? undefined : askParent(domain, parentRegion),
    ]);
    return { ...view, addresses, ...(parent !== undefined && { parent }) };
  } finally {
    client.destroy();
  }
}

async function askParent(domain: string, region: string): Promise<SesView> {
  const client = openClient(region);
  try {
    return await askForIdentity(client, domain);
  } finally {
    client.destroy();
  }
}

function openClient(region: string | undefined): SESv2Client {
  const config: SESv2ClientConfig = {
    ...(region !== undefined && { region }),
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      throwOnRequestTimeout: true,
    },
  };
  return new SESv2Client(config);
}

async function askForIdentity(client: SESv2Client, domain: string): Promise<SesView> {
  let region: string | undefined;
  try {
    region = await client.config.region();
  } catch (error) {
    return { state: 'unavailable', problem: 'no-region', message: messageOf(error) };
  }
  try {
    return toView(region, await client.send(new GetEmailIdentityCommand({ EmailIdentity: domain })));
  } catch (error) {
    return (error as Error).name === 'NotFoundException'
      ? { state: 'no-identity', region }
      : { state: 'unavailable', region, problem: problemOf(error), message: messageOf(error) };
  }
}

function toView(region: string, response: GetEmailIdentityResponse): SesIdentity {
  const { DkimAttributes: dkim, MailFromAttributes: mailFrom, VerificationInfo: info } = response;
  const origin = dkim?.SigningAttributesOrigin ?? 'AWS_SES';
  const parentRegion = parentRegionOf(origin);
  return {
    state: 'identity',
    region,
    verifiedForSending: response.VerifiedForSendingStatus ?? false,
    verificationStatus: response.VerificationStatus ?? 'NOT_STARTED',
    ...(info?.ErrorType !== undefined && { verificationError: info.ErrorType }),
    signingEnabled: dkim?.SigningEnabled ?? false,
    dkimStatus: dkim?.Status ?? 'NOT_STARTED',
    ...(dkim?.CurrentSigningKeyLength !== undefined && { keyLength: dkim.CurrentSigningKeyLength }),
    ...(dkim?.NextSigningKeyLength !== undefined && { nextKeyLength: dkim.NextSigningKeyLength }),
    tokens: dkim?.Tokens ?? [],
    ownKey: origin === 'EXTERNAL',
    ...(parentRegion !== undefined && { parentRegion }),
    ...(dkim?.SigningHostedZone !== undefined && { signingHostedZone: dkim.SigningHostedZone.toLowerCase() }),
    ...(mailFrom?.MailFromDomain && {
      mailFrom: {
        domain: mailFrom.MailFromDomain.toLowerCase(),
        status: mailFrom.MailFromDomainStatus ?? 'PENDING',
        rejects: mailFrom.BehaviorOnMxFailure === 'REJECT_MESSAGE',
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
  const { name, message, $metadata } = error as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
  // The SDK has tried to read a page as JSON.
  const words =
    name === 'SyntaxError' && $metadata?.httpStatusCode !== undefined
      ? `HTTP ${$metadata.httpStatusCode} and no JSON: something else answers in the place of SES, such as a proxy`
      : `${name === 'Error' ? '' : `${name}: `}${message || 'no message'}`;
  const text = words.replace(/\s+/g, ' ').trim();
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

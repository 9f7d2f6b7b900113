import {
  DeleteIdentityCommand,
  GetIdentityDkimAttributesCommand,
  GetIdentityVerificationAttributesCommand,
  SESClient,
  VerifyDomainDkimCommand,
} from '@aws-sdk/client-ses';
import { DkimAttributes, GetEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { callAws } from './call';
import { Deadline } from '../events/deadline';
import { AwsCallFailure, Failure } from '../events/failure';
import { Log } from '../events/log';

/** An identity as SES shows it now. */
export interface Identity {
  /** The Easy DKIM tokens; none when DKIM was never set up. */
  readonly tokens: readonly string[];
  readonly status: DkimStatus;
  /** Whether mail is signed; undefined when SES does not say. */
  readonly signing?: boolean;
  /** Where SES publishes the keys; undefined when SES does not say. */
  readonly signingHostedZone?: string;
  /** `AWS_SES` for Easy DKIM, `EXTERNAL` for BYODKIM, `AWS_SES_<REGION>` for a DEED replica. */
  readonly origin?: string;
}

/** In the words of the SES v1 API: NotStarted, Pending, Success, Failed or TemporaryFailure. */
export type DkimStatus = string;

/** The calls to SES in one Region. */
export class Ses {
  public constructor(
    private readonly client: SESClient,
    private readonly v2: SESv2Client,
    private readonly deadline: Deadline,
    private readonly region: string,
    private readonly log: Log,
  ) {}

  /**
   * The identity, or undefined when there is none.
   *
   * The v1 API knows whether it exists; only the v2 API knows where its keys are and who made them.
   * There are emulators that keep the identities of the two APIs apart and show every name as pending
   * in v1, so that a v1 answer alone is looked at twice.
   *
   * @throws AwsCallFailure
   */
  public async findIdentity(domainName: string): Promise<Identity | undefined> {
    const { VerificationAttributes } = await this.call('GetIdentityVerificationAttributes', domainName, (options) =>
      this.client.send(new GetIdentityVerificationAttributesCommand({ Identities: [domainName] }), options),
    );
    const verification = VerificationAttributes?.[domainName];
    if (verification === undefined) {
      return undefined;
    }
    const v2 = await this.readV2(domainName);
    if (typeof v2 === 'object') {
      return v2;
    }
    const dkim = await this.readDkim(domainName);
    const unknown = v2 === 'not-found' && verification.VerificationStatus === 'Pending' && dkim.tokens.length === 0;
    return unknown ? undefined : dkim;
  }

  /**
   * Sets up Easy DKIM, which also makes the identity if there is none, and returns the three tokens.
   *
   * @throws AwsCallFailure, or Failure when SES does not give three tokens.
   * @see https://docs.aws.amazon.com/ses/latest/APIReference/API_VerifyDomainDkim.html
   */
  public async verifyDomainDkim(domainName: string): Promise<readonly string[]> {
    const { DkimTokens } = await this.call('VerifyDomainDkim', domainName, (options) =>
      this.client.send(new VerifyDomainDkimCommand({ Domain: domainName }), options),
    );
    return requireThreeTokens(DkimTokens ?? [], domainName, this.region);
  }

  /** What the v2 API says of an identity, or why it says nothing. */
  public async readV2(domainName: string): Promise<Identity | 'not-found' | 'unavailable'> {
    // There is a substitute for this call: its absence must not take all the time there is.
    const limit = this.deadline.atMost(this.deadline.remaining() / 3);
    try {
      const { DkimAttributes } = await callAws(this.log, this.describe('GetEmailIdentity', domainName), limit, () =>
        this.v2.send(new GetEmailIdentityCommand({ EmailIdentity: domainName }), { abortSignal: limit.signal }),
      );
      return fromV2(DkimAttributes ?? {});
    } catch (error) {
      return (error as AwsCallFailure).code === 'NotFoundException' ? 'not-found' : 'unavailable';
    } finally {
      limit.clear();
    }
  }

  /** The DKIM status and tokens by the v1 API. */
  public async readDkim(domainName: string): Promise<Identity> {
    const { DkimAttributes } = await this.call('GetIdentityDkimAttributes', domainName, (options) =>
      this.client.send(new GetIdentityDkimAttributesCommand({ Identities: [domainName] }), options),
    );
    const dkim = DkimAttributes?.[domainName];
    return {
      tokens: dkim?.DkimTokens ?? [],
      status: dkim?.DkimVerificationStatus ?? 'NotStarted',
      signing: dkim?.DkimEnabled,
    };
  }

  /** Deletes an identity; one that is gone already is no error. */
  public async deleteIdentity(domainName: string): Promise<void> {
    await this.call('DeleteIdentity', domainName, (options) =>
      this.client.send(new DeleteIdentityCommand({ Identity: domainName }), options),
    );
  }

  private call<T>(operation: string, domainName: string, send: (options: CallOptions) => Promise<T>): Promise<T> {
    return callAws(this.log, this.describe(operation, domainName), this.deadline, () =>
      send({ abortSignal: this.deadline.signal }),
    );
  }

  private describe(operation: string, domainName: string) {
    return { service: 'SES', operation, target: `${domainName} in ${this.region}` } as const;
  }
}

interface CallOptions {
  readonly abortSignal: AbortSignal;
}

/** @throws Failure when there are not the three tokens of Easy DKIM. */
export function requireThreeTokens(
  tokens: readonly string[],
  domainName: string,
  region: string,
): readonly [string, string, string] {
  if (tokens.length !== 3 || !tokens.every((token) => /^[A-Za-z0-9_-]{1,63}$/.test(token))) {
    throw new Failure(
      `SES in ${region} gives ${tokens.length} DKIM tokens (${tokens.join(', ')}) for ${domainName} where Easy DKIM has ` +
        'three: look at the DKIM settings of the identity; if it brings its own key (BYODKIM), switch it to Easy DKIM first.',
    );
  }
  return tokens as unknown as readonly [string, string, string];
}

function fromV2(dkim: DkimAttributes): Identity {
  const origin = dkim.SigningAttributesOrigin;
  return {
    tokens: dkim.Tokens ?? [],
    status: V1_STATUS[dkim.Status ?? ''] ?? 'NotStarted',
    signing: dkim.SigningEnabled,
    signingHostedZone: dkim.SigningHostedZone,
    origin,
  };
}

const V1_STATUS: { readonly [v2: string]: DkimStatus } = {
  FAILED: 'Failed',
  NOT_STARTED: 'NotStarted',
  PENDING: 'Pending',
  SUCCESS: 'Success',
  TEMPORARY_FAILURE: 'TemporaryFailure',
};

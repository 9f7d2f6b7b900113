import { VerifyDomainDkimCommand } from '@aws-sdk/client-ses';
import {
  CreateEmailIdentityCommand,
  CreateEmailIdentityResponse,
  DeleteEmailIdentityCommand,
  DkimAttributes,
  DkimSigningAttributes,
  DkimSigningAttributesOrigin,
  GetEmailIdentityCommand,
  ListTagsForResourceCommand,
  PutEmailIdentityDkimSigningAttributesCommand,
  Tag,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sesv2';
import type { SigningKeyLength } from '../../lib/shared/contract';
import { replicaOrigin } from '../../lib/shared/replica-origin';
import { isDkimToken } from '../../lib/shared/rules';
import type { Tags } from '../domain/claims';
import { Deadline } from '../events/deadline';
import { AwsCallFailure, Failure } from '../events/failure';
import { Log } from '../events/log';
import { callAws } from './call';
import { CHANGE_KEYS } from './remedy';
import type { SesClients } from './ses-clients';
import { Shown, shownSettings } from './ses-settings';

/** What SES says of how an identity signs. */
export interface Signing {
  /** The Easy DKIM tokens; none when DKIM was never set up. */
  readonly tokens: readonly string[];
  readonly status: DkimStatus;
  /** Whether mail is signed; undefined when SES does not say. */
  readonly enabled?: boolean;
  /** Where SES publishes the keys; undefined when SES does not say. */
  readonly hostedZone?: string;
  /** `AWS_SES` for Easy DKIM, `EXTERNAL` for BYODKIM, `AWS_SES_<REGION>` for a DEED replica. */
  readonly origin?: string;
  /** Of the keys of Easy DKIM, such as `RSA_2048_BIT`; undefined when SES does not say. */
  readonly keyLength?: string;
  /** Of those that SES makes next. */
  readonly nextKeyLength?: string;
}

/** The keys of an identity that is to be made; without either, SES makes some of its default length. */
export interface NewKeys {
  /** Makes it a replica, with the keys of the identity of the same name there: their length is not its own to choose. */
  readonly parentRegion?: string;
  readonly keyLength?: SigningKeyLength;
}

/** An identity as SES shows it now. */
export interface Identity extends Shown {
  readonly signing: Signing;
  readonly tags: Tags;
  /** Why SES has not verified the domain, such as `HOST_NOT_FOUND`. */
  readonly errorType?: string;
}

/** In the words of the SES v1 API: NotStarted, Pending, Success, Failed or TemporaryFailure. */
export type DkimStatus = string;

/** Where identities are: what their ARNs have besides their name. */
export interface Home {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

/** The calls to SES in one Region about identities. */
export class Ses {
  public constructor(
    private readonly clients: SesClients,
    private readonly deadline: Deadline,
    private readonly home: Home,
    private readonly log: Log,
  ) {}

  public get region(): string {
    return this.home.region;
  }

  /**
   * Makes an identity with tags, unless there is one: no other call of SES tells the one from the other.
   *
   * @returns the identity; when it exists already, whether an earlier try of this very call may have made it
   * @throws AwsCallFailure
   * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateEmailIdentity.html
   */
  public async createIdentity(
    domainName: string,
    tags: Tags,
    keys: NewKeys,
  ): Promise<Identity | { readonly mayBeMade: boolean }> {
    const input = { EmailIdentity: domainName, Tags: toList(tags), DkimSigningAttributes: attributesFor(keys) };
    const send: Send<CreateEmailIdentityResponse> = (options) =>
      this.clients.v2.send(new CreateEmailIdentityCommand(input), options);
    try {
      const { DkimAttributes } = await this.call('CreateEmailIdentity', domainName, send, keys.parentRegion);
      return { signing: toSigning(DkimAttributes), tags, settings: {} };
    } catch (error) {
      const { code, attempts } = error as AwsCallFailure;
      if (code === 'AlreadyExistsException') {
        return { mayBeMade: attempts > 1 };
      }
      throw error;
    }
  }

  /**
   * The identity; undefined when it does not exist.
   *
   * @throws AwsCallFailure
   * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetEmailIdentity.html
   */
  public async findIdentity(domainName: string): Promise<Identity | undefined> {
    const found = await this.unlessGone('GetEmailIdentity', domainName, (options) =>
      this.clients.v2.send(new GetEmailIdentityCommand({ EmailIdentity: domainName }), options),
    );
    return (
      found && {
        signing: toSigning(found.DkimAttributes),
        tags: fromList(found.Tags),
        errorType: found.VerificationInfo?.ErrorType,
        ...shownSettings(found),
      }
    );
  }

  /**
   * The current tags of an identity; undefined when it does not exist.
   *
   * @throws AwsCallFailure
   * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_ListTagsForResource.html
   */
  public async readTags(domainName: string): Promise<Tags | undefined> {
    const found = await this.unlessGone('ListTagsForResource', domainName, (options) =>
      this.clients.v2.send(new ListTagsForResourceCommand({ ResourceArn: this.arn(domainName) }), options),
    );
    return found && fromList(found.Tags);
  }

  /**
   * Puts tags on an identity; those with the same keys are replaced.
   *
   * @throws AwsCallFailure with the code `NotFoundException` when there is no identity.
   * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_TagResource.html
   */
  public async tag(domainName: string, tags: Tags): Promise<void> {
    await this.call('TagResource', domainName, (options) =>
      this.clients.v2.send(new TagResourceCommand({ ResourceArn: this.arn(domainName), Tags: toList(tags) }), options),
    );
  }

  /**
   * Takes tags from an identity; without an identity there is nothing to do.
   *
   * @throws AwsCallFailure
   * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_UntagResource.html
   */
  public async untag(domainName: string, keys: readonly string[]): Promise<void> {
    await this.unlessGone('UntagResource', domainName, (options) =>
      this.clients.v2.send(
        new UntagResourceCommand({ ResourceArn: this.arn(domainName), TagKeys: [...keys] }),
        options,
      ),
    );
  }

  /**
   * Sets up Easy DKIM for an identity and returns the three tokens.
   *
   * @throws AwsCallFailure, or Failure when SES does not give three tokens.
   * @see https://docs.aws.amazon.com/ses/latest/APIReference/API_VerifyDomainDkim.html
   */
  public async verifyDomainDkim(domainName: string): Promise<readonly string[]> {
    const { DkimTokens } = await this.call('VerifyDomainDkim', domainName, (options) =>
      this.clients.v1.send(new VerifyDomainDkimCommand({ Domain: domainName }), options),
    );
    return requireThreeTokens(DkimTokens ?? [], domainName, this.home.region);
  }

  /**
   * Gives an identity keys of another length: SES makes new ones, with other tokens, and allows it once in 24 hours.
   *
   * @throws AwsCallFailure
   * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PutEmailIdentityDkimSigningAttributes.html
   */
  public async changeKeyLength(domainName: string, keyLength: SigningKeyLength): Promise<Signing> {
    const input = {
      EmailIdentity: domainName,
      SigningAttributesOrigin: 'AWS_SES',
      SigningAttributes: { NextSigningKeyLength: keyLength },
    } as const;
    const { DkimTokens, DkimStatus, SigningHostedZone } = await this.call(CHANGE_KEYS, domainName, (options) =>
      this.clients.v2.send(new PutEmailIdentityDkimSigningAttributesCommand(input), options),
    );
    return toSigning({ Tokens: DkimTokens, Status: DkimStatus, SigningHostedZone, NextSigningKeyLength: keyLength });
  }

  /**
   * Deletes an identity with its tags; one that is gone already is no error.
   *
   * @throws AwsCallFailure
   * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DeleteEmailIdentity.html
   */
  public async deleteIdentity(domainName: string): Promise<void> {
    await this.unlessGone('DeleteEmailIdentity', domainName, (options) =>
      this.clients.v2.send(new DeleteEmailIdentityCommand({ EmailIdentity: domainName }), options),
    );
  }

  /** For what senders need a permission besides the identity. */
  public sendingResource(domainName: string, configurationSet: string | undefined): string {
    return configurationSet === undefined ? this.arn(domainName) : this.arn(configurationSet, 'configuration-set');
  }

  private arn(name: string, type = 'identity'): string {
    const { partition, region, account } = this.home;
    return `arn:${partition}:ses:${region}:${account}:${type}/${name}`;
  }

  private async unlessGone<T>(operation: string, domainName: string, send: Send<T>): Promise<T | undefined> {
    try {
      return await this.call(operation, domainName, send);
    } catch (error) {
      if ((error as AwsCallFailure).code === 'NotFoundException') {
        return undefined;
      }
      throw error;
    }
  }

  private call<T>(operation: string, domainName: string, send: Send<T>, parentRegion?: string): Promise<T> {
    const target = `${domainName} in ${this.home.region}`;
    const description = { service: 'SES', operation, target, arn: this.arn(domainName), parentRegion } as const;
    return callAws(this.log, description, this.deadline, () => send({ abortSignal: this.deadline.signal }));
  }
}

type Send<T> = (options: { readonly abortSignal: AbortSignal }) => Promise<T>;

/** @throws Failure when there are not the three tokens of Easy DKIM. */
export function requireThreeTokens(
  tokens: readonly string[],
  domainName: string,
  region: string,
): readonly [string, string, string] {
  if (tokens.length !== 3 || !tokens.every(isDkimToken)) {
    throw new Failure(
      `SES in ${region} gives ${tokens.length} DKIM tokens (${tokens.join(', ')}) for ${domainName} where Easy DKIM has ` +
        'three: look at the DKIM settings of the identity; if it brings its own key (BYODKIM), switch it to Easy DKIM first.',
    );
  }
  return tokens as unknown as readonly [string, string, string];
}

/** The SDK names the Regions that there were when it was built. */
function attributesFor({ parentRegion, keyLength }: NewKeys): DkimSigningAttributes | undefined {
  if (parentRegion !== undefined) {
    return { DomainSigningAttributesOrigin: replicaOrigin(parentRegion) as DkimSigningAttributesOrigin };
  }
  return keyLength && { NextSigningKeyLength: keyLength };
}

function toSigning(dkim: DkimAttributes = {}): Signing {
  return {
    tokens: dkim.Tokens ?? [],
    status: toStatus(dkim.Status),
    enabled: dkim.SigningEnabled,
    hostedZone: dkim.SigningHostedZone,
    origin: dkim.SigningAttributesOrigin,
    keyLength: dkim.CurrentSigningKeyLength,
    nextKeyLength: dkim.NextSigningKeyLength,
  };
}

/** A status of the v2 API in the words of the v1 API. */
export function toStatus(v2: string | undefined): string {
  return V1_STATUS[v2 ?? ''] ?? 'NotStarted';
}

const V1_STATUS: { readonly [v2: string]: DkimStatus } = {
  FAILED: 'Failed',
  NOT_STARTED: 'NotStarted',
  PENDING: 'Pending',
  SUCCESS: 'Success',
  TEMPORARY_FAILURE: 'TemporaryFailure',
};

function toList(tags: Tags): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function fromList(tags: readonly Tag[] = []): Tags {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

import { AwsError, required, type Call } from './call';
import type { FakeAws } from './fake-aws';
import {
  requireFeedback,
  upperSnake,
  validDomain,
  type DkimOrigin,
  type Identity,
  type KeyLength,
  type MailFrom,
} from './ses';

type Operation = (fake: FakeAws, call: Call) => string;

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

interface SigningAttributes {
  readonly DomainSigningAttributesOrigin?: DkimOrigin;
  readonly NextSigningKeyLength?: KeyLength;
}

const MAX_TAGS = 50;
const MAX_POLICIES = 20;
const TAG_TEXT = /^[\p{L}\p{N}\p{Z}_.:/=+@-]*$/u;

/** SES v2, by operation: the JSON body of the answer. */
export const sesv2Operations: Record<string, Operation> = {
  CreateEmailIdentity(fake, call) {
    const { account, region, params } = call;
    const name = required(call, 'EmailIdentity');
    if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/i.test(name)) throw badRequest(`Invalid email identity ${name}.`);
    if (fake.identities.get(account, region, name)) {
      throw new AwsError(400, 'AlreadyExistsException', `Email identity ${name} already exist.`);
    }
    const tags = withTags({}, (params.Tags ?? []) as Tag[]);
    const { DomainSigningAttributesOrigin: origin, NextSigningKeyLength: keyLength = 'RSA_2048_BIT' } =
      (params.DkimSigningAttributes ?? {}) as SigningAttributes;
    const keys = origin === undefined ? { keyLength } : fake.identities.replicaOf(account, origin, name);
    const identity = fake.identities.add(account, region, validDomain(name), { madeBy: account, tags, ...keys });
    return JSON.stringify({ IdentityType: 'DOMAIN', VerifiedForSendingStatus: false, DkimAttributes: dkim(identity) });
  },

  GetEmailIdentity(fake, call) {
    const identity = find(fake, call);
    const { mailFrom } = identity;
    return JSON.stringify({
      IdentityType: 'DOMAIN',
      FeedbackForwardingStatus: identity.forwarding,
      VerifiedForSendingStatus: identity.verificationStatus === 'Success',
      VerificationStatus: upperSnake(identity.verificationStatus),
      DkimAttributes: dkim(identity),
      MailFromAttributes: mailFrom && {
        MailFromDomain: mailFrom.domain,
        MailFromDomainStatus: upperSnake(mailFrom.status),
        BehaviorOnMxFailure: upperSnake(mailFrom.behavior),
      },
      ConfigurationSetName: identity.configurationSet,
      Policies: identity.policies,
      VerificationInfo: identity.errorType && { ErrorType: identity.errorType },
      Tags: toList(identity.tags),
    });
  },

  DeleteEmailIdentity(fake, call) {
    const { domain } = find(fake, call);
    if (fake.identities.hasReplicas(call.account, call.region, domain)) {
      // How SES says so has not been observed.
      throw badRequest(`Email identity ${domain} has replicas.`);
    }
    fake.identities.delete(call.account, call.region, domain);
    return '{}';
  },

  TagResource(fake, call) {
    const identity = tagged(fake, call);
    identity.tags = withTags(identity.tags, call.params.Tags as Tag[]);
    return '{}';
  },

  UntagResource(fake, call) {
    const identity = tagged(fake, call);
    const keys = call.params.TagKeys as string[];
    identity.tags = Object.fromEntries(Object.entries(identity.tags).filter(([key]) => !keys.includes(key)));
    return '{}';
  },

  ListTagsForResource(fake, call) {
    return JSON.stringify({ Tags: toList(tagged(fake, call).tags) });
  },

  /** What is documented of Easy DKIM: other keys at most once in 24 hours. SES's words for a refusal are not. */
  PutEmailIdentityDkimSigningAttributes(fake, call) {
    const identity = find(fake, call);
    const { NextSigningKeyLength: keyLength } = (call.params.SigningAttributes ?? {}) as SigningAttributes;
    if (call.params.SigningAttributesOrigin !== 'AWS_SES' || keyLength === undefined) {
      throw badRequest('The fake changes the length of the keys of Easy DKIM only.');
    }
    if (identity.keyLength === keyLength) throw badRequest(`The signing key length is already ${keyLength}.`);
    if (fake.identities.hasNewKeys(identity)) {
      throw badRequest('The signing key length can be changed at most once in 24 hours.');
    }
    fake.identities.renewKeys(call.account, call.region, identity, keyLength);
    return JSON.stringify({
      DkimStatus: upperSnake(identity.dkimStatus),
      DkimTokens: identity.tokens,
      SigningHostedZone: identity.signingHostedZone,
    });
  },

  PutEmailIdentityConfigurationSetAttributes(fake, call) {
    const identity = find(fake, call);
    const { account, region, params } = call;
    const name = params.ConfigurationSetName as string | undefined;
    if (name !== undefined && !fake.configurationSets.has(`${account} ${region} ${name}`)) {
      throw notFound(`Configuration set <${name}> does not exist.`);
    }
    identity.configurationSet = name;
    return '{}';
  },

  PutEmailIdentityMailFromAttributes(fake, call) {
    const identity = find(fake, call);
    const { MailFromDomain, BehaviorOnMxFailure = 'USE_DEFAULT_VALUE' } = call.params;
    const domain = MailFromDomain as string | undefined;
    if (domain !== undefined && !domain.endsWith(`.${identity.domain}`)) {
      throw badRequest(
        `Provided MAIL-FROM domain <${domain}> is not subdomain of the domain of the identity <${identity.domain}>.`,
      );
    }
    const behavior: MailFrom['behavior'] =
      BehaviorOnMxFailure === 'REJECT_MESSAGE' ? 'RejectMessage' : 'UseDefaultValue';
    identity.mailFrom = domain === undefined ? undefined : { domain, behavior, status: 'Pending' };
    return '{}';
  },

  CreateEmailIdentityPolicy(fake, call) {
    const { policies } = find(fake, call);
    const name = policyName(call);
    if (policies[name] !== undefined)
      throw new AwsError(400, 'AlreadyExistsException', `Policy ${name} already exists.`);
    if (Object.keys(policies).length === MAX_POLICIES) {
      throw new AwsError(
        400,
        'LimitExceededException',
        `Maximum number of policies exceeded: ${String(MAX_POLICIES)}.`,
      );
    }
    policies[name] = policyText(call);
    return '{}';
  },

  UpdateEmailIdentityPolicy(fake, call) {
    const { policies } = find(fake, call);
    const name = policyName(call);
    if (policies[name] === undefined) throw notFound(`Policy ${name} does not exist.`);
    policies[name] = policyText(call);
    return '{}';
  },

  DeleteEmailIdentityPolicy(fake, call) {
    const identity = find(fake, call);
    const name = policyName(call);
    if (identity.policies[name] === undefined) throw notFound(`Policy ${name} does not exist.`);
    identity.policies = Object.fromEntries(Object.entries(identity.policies).filter(([each]) => each !== name));
    return '{}';
  },

  PutEmailIdentityFeedbackAttributes(fake, call) {
    const identity = find(fake, call);
    const forwarding = call.params.EmailForwardingEnabled !== false;
    requireFeedback(forwarding, identity.topics, badRequest);
    identity.forwarding = forwarding;
    return '{}';
  },
};

function policyName(call: Call): string {
  const name = required(call, 'PolicyName');
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw badRequest(`Invalid policy name ${name}.`);
  return name;
}

/** What SES documents of policies: one resource, the identity; a principal; at most 4 KB. */
function policyText(call: Call): string {
  const text = required(call, 'Policy');
  const { account, region, params } = call;
  const arn = `arn:aws:ses:${region}:${account}:identity/${String(params.EmailIdentity)}`;
  const { Statement = [] } = JSON.parse(text) as { Statement?: { Principal?: unknown; Resource?: unknown }[] };
  const isValid = Statement.every(({ Principal, Resource }) => Principal !== undefined && Resource === arn);
  if (Statement.length === 0 || !isValid || text.length > 4096) throw badRequest(`Invalid policy: ${text}`);
  return text;
}

function dkim(identity: Identity): object {
  return {
    SigningEnabled: identity.signingEnabled,
    Status: upperSnake(identity.dkimStatus),
    Tokens: identity.tokens,
    SigningAttributesOrigin: identity.origin,
    SigningHostedZone: identity.signingHostedZone,
    CurrentSigningKeyLength: identity.keyLength,
    NextSigningKeyLength: identity.keyLength,
  };
}

function find(fake: FakeAws, call: Call): Identity {
  const name = required(call, 'EmailIdentity');
  const identity = fake.identities.get(call.account, call.region, name);
  if (!identity) throw notFound(`Email identity ${name} does not exist.`);
  return identity;
}

/** The identity of an ARN. */
function tagged(fake: FakeAws, call: Call): Identity {
  const arn = required(call, 'ResourceArn');
  const [, partition, service, region, account, resource = ''] = arn.split(':');
  const [type, name = ''] = resource.split('/');
  const isHere = partition === 'aws' && service === 'ses' && region === call.region && account === call.account;
  if (!isHere || type !== 'identity') throw badRequest(`Invalid ARN <${arn}>.`);
  const identity = fake.identities.get(call.account, call.region, name);
  if (!identity) throw notFound(`No EmailIdentity present with name: ${name}`);
  return identity;
}

/** As AWS is reported to check them. */
function withTags(present: Readonly<Record<string, string>>, tags: readonly Tag[]): Record<string, string> {
  for (const { Key, Value } of tags) {
    if (!TAG_TEXT.test(Key) || !TAG_TEXT.test(Value)) {
      throw badRequest(
        'Tags can only contain letters, numbers, spaces, and the following special characters: _ . : / = + - @',
      );
    }
    if (Key === '' || Key.length > 128 || Value.length > 256) throw badRequest(`Invalid length of the tag ${Key}.`);
    if (/^aws:/i.test(Key)) throw badRequest('Caller is an end user and not allowed to mutate system tags');
  }
  const all = { ...present, ...Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) };
  if (Object.keys(all).length > MAX_TAGS) {
    throw badRequest(
      'Maximum of 50 user tags are allowed per resource, consider reducing the number of tags in the request or delete existing tags and retry',
    );
  }
  return all;
}

function toList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function notFound(message: string): AwsError {
  return new AwsError(404, 'NotFoundException', message);
}

function badRequest(message: string): AwsError {
  return new AwsError(400, 'BadRequestException', message);
}

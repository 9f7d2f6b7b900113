import { MADE, MARK, MAX_TAG_KEY_LENGTH, MAX_TAG_VALUE_LENGTH, MAX_TAGS, TAG_TEXT } from '../../lib/shared/claim-tags';
import { RESOURCE_TYPE } from '../../lib/shared/contract';
import { SETTINGS } from '../../lib/shared/settings';
import { FOREIGN_ANSWER } from './strict-http-handler';

/** A call to AWS in the words of its user. */
export interface CallDescription {
  readonly service: 'SES' | 'Route 53' | 'STS' | 'CloudFormation';
  readonly operation: string;
  /** What the call was about, such as `hosted zone Z0123456789`. */
  readonly target: string;
  /** The ARN of what the call was about, for remedies that are commands. */
  readonly arn?: string;
  /** The Region of the identity that a replica is made of. */
  readonly parentRegion?: string;
  /** The ARN of the role that the call is made under, when it is not the Lambda's own. */
  readonly role?: string;
}

/** The codes by which AWS says that a call is not allowed. */
export const DENIED = /AccessDenied|NotAuthorized|UnauthorizedOperation/;

/** The codes by which SES refuses a setting: v1 models no errors, v2 has its own. */
const IDENTITY_REFUSED =
  /^(InvalidParameterValue|InvalidRequest|ValidationError|BadRequestException|NotFoundException|LimitExceededException)$/;

const UNKNOWN_IDENTITY = /identity .*(does not exist|must be a verified email address or domain)/i;

/** The operation that gives an identity keys of another length. */
export const CHANGE_KEYS = 'PutEmailIdentityDkimSigningAttributes';

/** The codes by which SES may refuse that: which one it uses for a second time in 24 hours is not documented. */
const KEYS_REFUSED = /^(BadRequestException|LimitExceededException|TooManyRequestsException)$/;

const OUR_TAGS = `, or forbids tags whose keys begin with ${MARK}`;

/** What else may be in the way of a call that policies judge by tags. */
const DENIED_WITH_TAGS: { readonly [operation: string]: string } = {
  CreateEmailIdentity: OUR_TAGS,
  TagResource: OUR_TAGS,
  [CHANGE_KEYS]: `, and that the identity still has the tag ${MARK}=${MADE}`,
  DeleteEmailIdentity: `, and that the identity still has the tag ${MARK}=${MADE}`,
};

/** What to do about a call that failed. */
export function remedy(call: CallDescription, code: string, words: string): string {
  const aboutTags = tagRemedy(call, code, words);
  if (aboutTags !== undefined) {
    return aboutTags;
  }
  if (DENIED.test(code)) {
    if (call.service === 'STS') {
      return 'The function cannot assume the delegation role: check that it exists, that its assumedBy includes the account of the stack, and that no service control policy denies it.';
    }
    if (call.role !== undefined) {
      return 'The delegation role lacks this permission: check that it is the EasyDkimDelegationRole of this zone, that its domainNames include the domain and its mailFromDomains the MAIL FROM domain, and that dmarc is true if there is a DMARC record.';
    }
    const zoneElsewhere = ', and set delegationRole if the zone is in another account';
    const ofTags = DENIED_WITH_TAGS[call.operation] ?? '';
    const further = call.service === 'Route 53' ? zoneElsewhere : ofTags + deniedReplica(call);
    return `Check that no service control policy, permissions boundary or changed role policy denies the call${further}.`;
  }
  if (call.operation === CHANGE_KEYS && KEYS_REFUSED.test(code)) {
    return 'SES changes the length of the keys at most once in 24 hours. The keys are as they were: deploy again after that time, or leave signingKeyLength as it was.';
  }
  if (/Throttl|Rate|PriorRequestNotComplete|TooManyRequests/.test(code)) {
    return 'AWS throttled the call until time ran out: deploy again, or deploy fewer domains at once.';
  }
  if (code === FOREIGN_ANSWER) {
    return 'Something other than AWS answered, such as an emulator or a proxy: check AWS_ENDPOINT_URL, and any proxy between the function and AWS.';
  }
  if (code === 'InvalidAction') {
    return 'The endpoint does not know this operation: it may be an emulator. Check AWS_ENDPOINT_URL.';
  }
  if (code === 'ENOTFOUND') {
    return "The endpoint was not found: the service may not be available in this Region, or the function cannot resolve names. Check sesRegion, and DNS in the function's VPC.";
  }
  if (code === 'NoSuchHostedZone') {
    return 'The hosted zone does not exist in this account: check its id, and set delegationRole if the zone is in another account.';
  }
  if (code === 'AbortError' || code === 'TimeoutError') {
    return "There was no answer in time: deploy again; if it fails again, check the AWS Health Dashboard and the function's network.";
  }
  if (code === 'InvalidChangeBatch' || code === 'InvalidInput') {
    return 'Nothing was changed: compare the zone with the record named in the message, then deploy again.';
  }
  const setting = Object.values(SETTINGS).find(({ operations }) => operations.includes(call.operation));
  if (setting !== undefined && IDENTITY_REFUSED.test(code)) {
    return UNKNOWN_IDENTITY.test(words)
      ? 'The identity may have been deleted by hand: deploy its EasyDkimDomain again, with another revision.'
      : setting.remedy;
  }
  if (call.parentRegion !== undefined) {
    return (
      `The identity in ${call.parentRegion} must exist and sign with Easy DKIM, and SES must support Deterministic Easy ` +
      'DKIM in both Regions.'
    );
  }
  const again = 'Deploy again; if it fails again, check the AWS Health Dashboard.';
  return call.operation === 'DeleteEmailIdentity' ? `${REPLICAS_FIRST} ${again}` : again;
}

/** What SES answers then has not been observed. */
const REPLICAS_FIRST =
  'SES keeps an identity that other Regions have Deterministic Easy DKIM replicas of: if there are any, delete them first.';

/** Making a replica takes a permission on the parent, too. */
function deniedReplica({ parentRegion }: CallDescription): string {
  return parentRegion === undefined
    ? ''
    : `, nor ses:ReplicateEmailIdentityDKIMSigningKey on the identity in ${parentRegion}`;
}

/**
 * What to do when the tags of a call are refused. For that SES has no code of its own, so that its words tell. What it
 * says where a tag policy forbids one was not found: other services have TagPolicyException or TagPolicyViolation.
 */
function tagRemedy({ operation, arn }: CallDescription, code: string, words: string): string | undefined {
  if (operation !== 'CreateEmailIdentity' && operation !== 'TagResource') {
    return undefined;
  }
  if (/^TagPolicy/.test(code) || /tag policy/i.test(words)) {
    return `Your organization's tag policy forbids a tag: have it allow keys that begin with ${MARK}, and give your own tags values that it allows.`;
  }
  if (code !== 'BadRequestException' || !/\btags?\b/i.test(words)) {
    return undefined;
  }
  if (/maximum|limit|too many/i.test(words)) {
    return (
      `SES allows ${MAX_TAGS} tags on an identity, and each construct that uses it needs one. ` +
      `\`aws sesv2 list-tags-for-resource --resource-arn ${arn}\` shows them, ` +
      `\`aws sesv2 untag-resource --resource-arn ${arn} --tag-keys <key>\` removes one: ` +
      `keep those that begin with ${MARK}, and add fewer with Tags.of(scope).`
    );
  }
  return (
    `SES refuses a tag that the construct was given. It allows ${TAG_TEXT}, keys of 1 to ${MAX_TAG_KEY_LENGTH} ` +
    `characters that do not begin with aws:, and values of up to ${MAX_TAG_VALUE_LENGTH}. Change the tag, or exclude ` +
    `the identity with Tags.of(scope).add(key, value, { excludeResourceTypes: ['${RESOURCE_TYPE}'] }).`
  );
}

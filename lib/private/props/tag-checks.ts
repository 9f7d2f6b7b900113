import { Token } from 'aws-cdk-lib';
import {
  CLAIM_PREFIX,
  MARK,
  MAX_TAG_KEY_LENGTH,
  MAX_TAG_VALUE_LENGTH,
  MAX_TAGS,
  TAG_TEXT,
} from '../../shared/claim-tags';
import { RESOURCE_TYPE } from '../../shared/contract';
import { shown } from '../../shared/rules';

/** What SES takes in the keys and values of tags. */
const TEXT = /^[\p{L}\p{N}\p{Z}_.:/=+@-]*$/u;

/** What this library needs itself: the mark, and the claim of one domain. */
const MAX_USER_TAGS = MAX_TAGS - 2;

const BY = `with Tags.of(scope).add(key, value, { excludeResourceTypes: ['${RESOURCE_TYPE}'] })`;

/**
 * What SES would not take of the user's tags.
 *
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Tag.html
 */
export function tagProblems(tags: { readonly [key: string]: string }): string[] {
  const problems = Object.entries(tags).flatMap(([key, value]) => {
    const problem = keyProblem(key) ?? valueProblem(value);
    return problem === undefined ? [] : [`the tag ${shown(key)} ${problem}: change it, or exclude the identity ${BY}.`];
  });
  const { length } = Object.keys(tags);
  return length <= MAX_USER_TAGS
    ? problems
    : [
        ...problems,
        `${length} tags are more than the ${MAX_USER_TAGS} that an identity has room for: exclude it from some ${BY}.`,
      ];
}

function keyProblem(key: string): string | undefined {
  if (Token.isUnresolved(key)) {
    return undefined;
  }
  if (key === MARK || key.startsWith(CLAIM_PREFIX)) {
    return 'is reserved for this library';
  }
  if (/^aws:/i.test(key)) {
    return 'has a prefix that is reserved for AWS';
  }
  if (key.length > MAX_TAG_KEY_LENGTH) {
    return `has a key of ${key.length} characters, and SES allows ${MAX_TAG_KEY_LENGTH}`;
  }
  return key !== '' && TEXT.test(key) ? undefined : `has a key that SES refuses: it allows ${TAG_TEXT}`;
}

function valueProblem(value: unknown): string | undefined {
  if (typeof value !== 'string' || Token.isUnresolved(value)) {
    return undefined;
  }
  if (value.length > MAX_TAG_VALUE_LENGTH) {
    return `has a value of ${value.length} characters, and SES allows ${MAX_TAG_VALUE_LENGTH}`;
  }
  return TEXT.test(value) ? undefined : `has the value ${shown(value)}, and SES allows ${TAG_TEXT}`;
}

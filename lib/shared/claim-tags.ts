/**
 * The tags by which constructs say on an SES identity that they use it. Several constructs, stacks and apps may use
 * one identity; what one of them uses stays when another one goes.
 *
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_TagResource.html
 */

/** The key of the tag that tells who made the identity. It is a literal, since IAM conditions on tags need one. */
export const MARK = 'cdk-ses-easy-dkim';

/** The value of the mark on an identity that this library made: the last construct that leaves deletes it. */
export const MADE = 'made';

/** The value of the mark on an identity that others made: it stays. */
export const USED = 'used';

/** What the keys of the claims begin with: one tag for each physical resource. */
export const CLAIM_PREFIX = `${MARK}:`;

/** What SES allows an identity. */
export const MAX_TAGS = 50;
export const MAX_TAG_KEY_LENGTH = 128;
export const MAX_TAG_VALUE_LENGTH = 256;

/** What SES takes in keys and values of tags. */
export const TAG_TEXT = 'letters, digits, spaces and _ . : / = + - @';

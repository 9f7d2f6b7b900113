import { Aws, Token } from 'aws-cdk-lib';

/**
 * What IAM takes for a managed policy: characters without white space.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const MAX_POLICY_LENGTH = 6_144;

const LONGEST_PARTITION = 'aws-us-gov';
const AN_ACCOUNT = '123456789012';

/** What stands for a Region that is known only at deployment. */
const LONGEST_REGION = 'ap-southeast-1';

/** What is counted for a text that is known only at deployment: characters. */
export const UNKNOWN_LENGTHS = { identityArn: 165, recordName: 113, roleArn: 105, zoneArn: 85 };

/** Characters that statements take in a policy, with the commas behind them. */
export function lengthOfStatements(statements: readonly object[]): number {
  return statements.reduce((sum, statement) => sum + atItsLongest(JSON.stringify(statement)).length + ','.length, 0);
}

/** Characters that a text takes in a list, once it is deployed. */
export function lengthOf(text: string, whenUnknown: number): number {
  const known = atItsLongest(text);
  return '"",'.length + (Token.isUnresolved(known) ? whenUnknown : known.length);
}

/** Regions, of which some may be known only at deployment. */
export function regionsAtTheirLongest(regions: Iterable<string>): string[] {
  return [...regions].map((region) => (Token.isUnresolved(region) ? LONGEST_REGION : region));
}

/** A text with the longest values that its pseudo parameters may have. */
export function atItsLongest(text: string): string {
  if (!Token.isUnresolved(text)) {
    return text;
  }
  return text
    .replaceAll(Aws.PARTITION, LONGEST_PARTITION)
    .replaceAll(Aws.REGION, LONGEST_REGION)
    .replaceAll(Aws.ACCOUNT_ID, AN_ACCOUNT);
}

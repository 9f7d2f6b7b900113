import { Stack, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { sendingPolicyProblem, shown } from '../../shared/rules';
import { Fail } from './prop-types';

/** The least that pseudo parameters can become. */
const LENGTHS: { readonly [reference: string]: number } = {
  'AWS::Partition': 'aws'.length,
  'AWS::Region': 'eu-west-1'.length,
  'AWS::AccountId': '123456789012'.length,
};

/** What SES would not take of the policy of an identity. */
export function sendingPolicyProblems(scope: Construct, policy: iam.PolicyDocument): string[] {
  if (policy.isEmpty) {
    return [];
  }
  const problem = sendingPolicyProblem(leastLength(Stack.of(scope), policy));
  return [...policy.validateForResourcePolicy(), ...(problem === undefined ? [] : [`${problem}.`])];
}

/**
 * SES takes no other resource in the policy of an identity.
 *
 * @throws Error naming the construct, the resource and the remedy.
 */
export function refuseOtherResources({ resources }: iam.PolicyStatement, domainName: string, fail: Fail): void {
  const isOther = (resource: string) =>
    ![resource, domainName].some(Token.isUnresolved) && !resource.endsWith(`:identity/${domainName}`);
  const other = resources.find(isOther);
  if (other !== undefined) {
    fail(
      'addToResourcePolicy',
      `got the resource ${shown(other)}: leave it out, since SES takes only the identity itself`,
    );
  }
}

/** Characters, without those of values that are known only at deployment. */
function leastLength(stack: Stack, policy: iam.PolicyDocument): number {
  const text = stack.resolve(stack.toJsonString(policy)) as string | { readonly 'Fn::Join': [string, unknown[]] };
  const parts = typeof text === 'string' ? [text] : text['Fn::Join'][1];
  return parts.reduce<number>((sum, part) => {
    const reference = (part as { readonly Ref?: string }).Ref ?? '';
    return sum + (typeof part === 'string' ? part.length : (LENGTHS[reference] ?? 0));
  }, 0);
}

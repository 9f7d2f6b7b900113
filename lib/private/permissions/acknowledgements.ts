import * as cdk from 'aws-cdk-lib';
import { Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { partitionOf } from './arns';

/** What this file uses of the class of that name. aws-cdk-lib has it since 2.257; older ones are supported, too. */
interface ValidationsClass {
  of(construct: Construct): { acknowledge(finding: { readonly id: string; readonly reason: string }): void };
}
const { Validations } = cdk as { readonly Validations?: ValidationsClass };

/**
 * Says why a finding of cdk-nag's AwsSolutions or NIST 800-53 R5 rules is no problem here, so that
 * the users of a construct inherit neither the finding nor the work.
 *
 * @param findings the id of each finding, and the reason
 * @see https://github.com/cdklabs/cdk-nag
 */
export function acknowledge(construct: Construct, findings: { readonly [id: string]: string }): void {
  for (const [id, reason] of Object.entries(findings)) {
    try {
      Validations?.of(construct).acknowledge({ id, reason });
    } catch {
      // aws-cdk-lib before 2.269 refuses ids with "::" inside brackets: there, users see these findings.
    }
  }
}

/** The finding for a policy on a resource with a wildcard. */
export function wildcardFinding(resource: string): string {
  return `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`;
}

/** What a policy has to acknowledge that lets someone follow changes of Route 53. */
export function changeFindings(stack: Stack): { readonly [id: string]: string } {
  const changes = `arn:${known(partitionOf(stack), 'Partition')}:route53:::change/*`;
  return { [wildcardFinding(changes)]: 'The id of a change is known only once it is made.' };
}

/** What a policy has to acknowledge that allows SES actions in a Region. */
export function sesFindings(stack: Stack, region: string): { readonly [id: string]: string } {
  const environment = `${known(region, 'Region')}:${known(stack.account, 'AccountId')}`;
  const identities = `arn:${known(partitionOf(stack), 'Partition')}:ses:${environment}:identity/*`;
  return {
    [wildcardFinding('*')]:
      'The actions of the SES v1 API, and making an identity, know no resources; the Region is a condition.',
    [wildcardFinding(identities)]:
      "Only identities with this library's tag can be deleted or changed, and only its own tags and the user's can be " +
      'put. Naming each of hundreds of identities would not fit into the policies of a role.',
  };
}

/** A part of an ARN as cdk-nag shows it, whether it is known or not. */
function known(value: string, name: string): string {
  return Token.isUnresolved(value) ? `<AWS::${name}>` : value;
}

/** A rule that several packs have under names of their own. */
function inEveryPack(rule: string, reason: string): { readonly [id: string]: string } {
  const packs = ['HIPAA.Security', 'NIST.800.53.R4', 'NIST.800.53.R5', 'PCI.DSS.321'];
  return Object.fromEntries(packs.map((pack) => [`${pack}::${pack}-${rule}`, reason]));
}

/**
 * What the log group and the function of the handler have to acknowledge. What options of the function can satisfy is
 * acknowledged in the one pack whose users need not decide: those of the others do.
 */
export const LOG_GROUP_FINDINGS = {
  'NIST.800.53.R5::NIST.800.53.R5-CloudWatchLogGroupEncrypted':
    'The log has no secrets: domain names, public DNS records and AWS error messages.',
};
export const FUNCTION_FINDINGS = {
  ...inEveryPack(
    'LambdaConcurrency',
    'CloudFormation calls the function once for each domain of a deployment, and a watch now and then: a limit would fail large ones.',
  ),
  'NIST.800.53.R5::NIST.800.53.R5-LambdaDLQ':
    'CloudFormation waits for the answer to every event and reports a missing one as a failed deployment.',
  'NIST.800.53.R5::NIST.800.53.R5-LambdaInsideVPC':
    'The function calls public AWS endpoints only, and nothing can call it over a network.',
};
export const EVENT_FINDINGS = {
  'Serverless::Serverless-LambdaAsyncFailureDestination':
    'CloudFormation reports a missing answer as a failed deployment; the dead-letter queue keeps the event.',
};

/** What the role of the function has to acknowledge with options that need further permissions. */
export const ROLE_FINDINGS = {
  ...inEveryPack(
    'IAMNoInlinePolicy',
    'The policy serves options of this function alone, and a role has room for few managed policies.',
  ),
  [wildcardFinding('*')]: 'Network interfaces and traces have no names before Lambda makes them.',
};

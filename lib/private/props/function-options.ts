import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { EasyDkimFunctionOptions } from '../../function-options';
import { Fail } from './prop-types';

type Option = keyof EasyDkimFunctionOptions;

/**
 * Refuses options that exclude or need each other.
 *
 * @throws Error naming the construct, the prop and the remedy.
 */
export function checkFunctionOptions(options: EasyDkimFunctionOptions, fail: Fail): void {
  const { vpc, vpcSubnets, securityGroups, logGroup, logRetention, logEncryptionKey, deadLetterQueue } = options;
  if (vpc === undefined && (vpcSubnets ?? securityGroups) !== undefined) {
    const option = vpcSubnets === undefined ? 'securityGroups' : 'vpcSubnets';
    fail(`functionOptions.${option}`, 'is given without a VPC: give vpc, or leave it out');
  }
  if (logGroup !== undefined && (logRetention ?? logEncryptionKey) !== undefined) {
    const option = logRetention === undefined ? 'logEncryptionKey' : 'logRetention';
    fail(
      `functionOptions.${option}`,
      'is for a new log group, and logGroup is given: set it on that log group instead',
    );
  }
  if (deadLetterQueue?.fifo) {
    fail('functionOptions.deadLetterQueue', 'is a FIFO queue, which Lambda does not send to: give a standard queue');
  }
}

/** The first option of a later domain that the function of the stack was made without. */
export function conflictingOption(
  scope: Construct,
  made: EasyDkimFunctionOptions,
  later: EasyDkimFunctionOptions,
): Option | undefined {
  // Two imports of one thing are two constructs.
  const shown = (options: EasyDkimFunctionOptions, option: Option) =>
    JSON.stringify(Stack.of(scope).resolve(VALUES[option](options)));
  return (Object.keys(VALUES) as Option[]).find(
    (option) => later[option] !== undefined && shown(made, option) !== shown(later, option),
  );
}

/** What tells one value of an option from another. */
const VALUES: { readonly [O in Option]-?: (options: EasyDkimFunctionOptions) => unknown } = {
  vpc: ({ vpc }) => vpc?.vpcId,
  vpcSubnets: ({ vpc, vpcSubnets }) => vpcSubnets && vpc?.selectSubnets(vpcSubnets).subnetIds,
  securityGroups: ({ securityGroups }) => securityGroups?.map(({ securityGroupId }) => securityGroupId),
  logGroup: ({ logGroup }) => logGroup?.logGroupArn,
  logRetention: ({ logRetention }) => logRetention,
  logEncryptionKey: ({ logEncryptionKey }) => logEncryptionKey?.keyArn,
  permissionsBoundary: ({ permissionsBoundary }) => permissionsBoundary?.managedPolicyArn,
  tracing: ({ tracing }) => tracing,
  deadLetterQueue: ({ deadLetterQueue }) => deadLetterQueue?.queueArn,
};

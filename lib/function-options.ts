import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';

/**
 * Options of the Lambda function that all `EasyDkimDomain`s of a stack share.
 *
 * Give them to the first domain of the stack. The others may repeat them, or leave them out.
 */
export interface EasyDkimFunctionOptions {
  /**
   * The VPC to put the function into. Its subnets must reach the public endpoints of SES, Route 53, CloudFormation and
   * S3, for example through a NAT gateway: not all of these services have VPC endpoints.
   *
   * @default - the function is not in a VPC
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets of the VPC to put the function into. Needs `vpc`.
   *
   * @default - the private subnets of the VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the function. They must allow outbound HTTPS. Needs `vpc`.
   *
   * @default - in a VPC, a new one that allows all outbound traffic
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The log group of the function. Cannot be combined with `logRetention` and `logEncryptionKey`.
   *
   * @default - a new one, which is deleted with the stack
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * How long the log is kept.
   *
   * @default logs.RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * The key that encrypts the log. Its policy must let CloudWatch Logs use it.
   *
   * @default - CloudWatch Logs encrypts the log with a key of its own
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   */
  readonly logEncryptionKey?: kms.IKey;

  /**
   * The permissions boundary of the function's role. It must allow what the function does.
   *
   * @default - none, unless `PermissionsBoundary.of(scope).apply()` sets one
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
   */
  readonly permissionsBoundary?: iam.IManagedPolicy;

  /**
   * Whether AWS X-Ray traces the function.
   *
   * @default - Lambda's default: it passes traces through, but starts none
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
   */
  readonly tracing?: lambda.Tracing;

  /**
   * A standard queue for events that the function could not answer after all retries, or received too late. The
   * deployment that sent such an event fails anyway.
   *
   * @default - these events are dropped
   * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
   */
  readonly deadLetterQueue?: sqs.IQueue;
}

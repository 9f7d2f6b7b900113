import { Aws, Stack } from 'aws-cdk-lib';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';

/** The ARN of something that SES has in a Region. */
export function sesArn(scope: Construct, region: string, resource: string, resourceName: string): string {
  const stack = Stack.of(scope);
  return `arn:${partitionOf(stack)}:ses:${region}:${stack.account}:${resource}/${resourceName}`;
}

/** The id of a zone as ARNs have it: other tools show it as a path. */
export function zoneId(zone: route53.IHostedZone): string {
  return zone.hostedZoneId.replace(/^\/?hostedzone\//, '');
}

/** The ARN of a zone. */
export function zoneArn(scope: Construct, zone: route53.IHostedZone): string {
  return route53Arn(scope, 'hostedzone', zoneId(zone));
}

/** The ARN of something that Route 53 has, which is in no Region and names no account. */
export function route53Arn(scope: Construct, resource: string, resourceName: string): string {
  return `arn:${partitionOf(Stack.of(scope))}:route53:::${resource}/${resourceName}`;
}

/** Such as eu-west-1: those of other partitions have another form, such as us-gov-west-1, or are in China. */
const REGION_OF_AWS = /^(?!cn-)[a-z]{2}-[a-z]+-\d+$/;

/** The partition of a stack, as its ARNs have it. To look it up, the CDK would load all that it knows of all Regions. */
export function partitionOf({ region }: Stack): string {
  return REGION_OF_AWS.test(region) ? 'aws' : Aws.PARTITION;
}

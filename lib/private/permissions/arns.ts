import { Stack } from 'aws-cdk-lib';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';

/** The ARN of something that SES has in a Region. */
export function sesArn(scope: Construct, region: string, resource: string, resourceName: string): string {
  return Stack.of(scope).formatArn({ service: 'ses', region, resource, resourceName });
}

/** The id of a zone as ARNs have it: other tools show it as a path. */
export function zoneId(zone: route53.IHostedZone): string {
  return zone.hostedZoneId.replace(/^\/?hostedzone\//, '');
}

/** The ARN of a zone. */
export function zoneArn(scope: Construct, zone: route53.IHostedZone): string {
  return Stack.of(scope).formatArn({
    service: 'route53',
    region: '',
    account: '',
    resource: 'hostedzone',
    resourceName: zoneId(zone),
  });
}

import { HostedZone, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';

/** A value given on the command line with `-c key=value`. */
export function text(scope: Construct, key: string): string | undefined {
  return scope.node.tryGetContext(key) as string | undefined;
}

/** The hosted zone of the context keys `hostedZoneId` and `zoneName`. */
export function zoneOf(scope: Construct): IHostedZone {
  return HostedZone.fromHostedZoneAttributes(scope, 'Zone', {
    hostedZoneId: text(scope, 'hostedZoneId')!,
    zoneName: text(scope, 'zoneName')!,
  });
}

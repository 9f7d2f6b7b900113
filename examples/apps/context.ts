import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';

/** A value given on the command line with `-c key=value`. */
export function text(scope: Construct, key: string): string | undefined {
  return scope.node.tryGetContext(key) as string | undefined;
}

/** Whether a key is given as `true`. */
export function flag(scope: Construct, key: string): boolean {
  return String(text(scope, key)) === 'true';
}

/** The hosted zone of the context keys `hostedZoneId` and `zoneName`, or one of its own for example.com. */
export function findOrMakeZone(scope: Construct): route53.IHostedZone {
  const hostedZoneId = text(scope, 'hostedZoneId');
  const zoneName = text(scope, 'zoneName');
  if (hostedZoneId === undefined && zoneName === undefined) {
    return new route53.PublicHostedZone(scope, 'Zone', { zoneName: 'example.com' });
  }
  if (hostedZoneId === undefined || zoneName === undefined) {
    throw new Error('Give both -c hostedZoneId=… and -c zoneName=…, or neither for an example zone of its own.');
  }
  return route53.HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId, zoneName });
}

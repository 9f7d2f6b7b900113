import { Stack, Token } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { isInZone, normalizeDomainName, notInZoneMessage } from './domain-name';

/** Throws the error for a prop of the construct. */
export function failure(scope: Construct): (prop: string, problem: string) => never {
  return (prop, problem) => {
    throw new Error(`${scope.node.path}: ${prop} ${problem}.`);
  };
}

/**
 * The normalized name of a public hosted zone; undefined when the zone is known by its id only.
 *
 * @throws Error when the zone is private.
 */
export function publicZoneName(scope: Construct, zone: route53.IHostedZone): string | undefined {
  // Plain JavaScript lets it be left out.
  if ((zone as route53.IHostedZone | undefined) === undefined) {
    failure(scope)('hostedZone', 'is missing: give a public hosted zone');
  }
  if (isPrivate(zone)) {
    failure(scope)(
      'hostedZone',
      'is a private hosted zone: SES looks for the records in public DNS, so give a public one',
    );
  }
  const name = nameOf(zone);
  return name === undefined ? undefined : normalize(scope, 'hostedZone', name);
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

/**
 * The normalized name of a domain that has to be in a zone. Tokens go through as they are.
 *
 * @throws Error when the name is not valid or not in the zone.
 */
export function domainInZone(scope: Construct, prop: string, name: string, zoneName: string | undefined): string {
  const domainName = normalize(scope, prop, name);
  if (
    zoneName !== undefined &&
    !Token.isUnresolved(zoneName) &&
    !Token.isUnresolved(domainName) &&
    !isInZone(domainName, zoneName)
  ) {
    failure(scope)(prop, notInZoneMessage(domainName, zoneName));
  }
  return domainName;
}

function normalize(scope: Construct, prop: string, name: string): string {
  if (Token.isUnresolved(name)) {
    return name;
  }
  try {
    return normalizeDomainName(name);
  } catch (error) {
    return failure(scope)(prop, (error as Error).message);
  }
}

/** A zone with VPCs is private; the class shows them to its subclasses only. */
function isPrivate(zone: route53.IHostedZone): boolean {
  const { vpcs } = zone as unknown as { readonly vpcs?: unknown[] };
  return Array.isArray(vpcs) && vpcs.length > 0;
}

/** The zone's name; undefined for a zone imported by its id, whose name cannot be asked for. */
function nameOf(zone: route53.IHostedZone): string | undefined {
  try {
    return zone.zoneName;
  } catch {
    return undefined;
  }
}

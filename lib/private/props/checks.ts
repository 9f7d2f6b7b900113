import { Stack, Token } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { isInZone, normalizeDomainName, notInZoneMessage } from '../../shared/domain-name';
import { Fail } from './prop-types';

/** Throws the errors for the props of the construct at a path. */
export function failure(path: string): Fail {
  return (prop, problem) => {
    throw new Error(`${path}: ${prop} ${problem}.`);
  };
}

/**
 * The normalized name of a public hosted zone; undefined when the zone is known by its id only.
 *
 * @throws Error when the zone is private.
 */
export function publicZoneName(fail: Fail, zone: route53.IHostedZone): string | undefined {
  if (isPrivate(zone)) {
    fail('hostedZone', 'is a private hosted zone: SES looks for the records in public DNS, so give a public one');
  }
  const name = nameOf(zone);
  return name === undefined ? undefined : normalized(fail, 'hostedZone', name);
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
export function domainInZone(fail: Fail, prop: string, name: string, zoneName: string | undefined): string {
  const domainName = normalized(fail, prop, name);
  if (areKnown(domainName, zoneName) && !isInZone(domainName, zoneName!)) {
    fail(prop, notInZoneMessage(domainName, zoneName!));
  }
  return domainName;
}

/** Whether names can be compared: they are there, and no tokens. */
export function areKnown(...names: (string | undefined)[]): boolean {
  return names.every((name) => name !== undefined && !Token.isUnresolved(name));
}

/** The normalized name of a domain. Tokens go through as they are. */
export function normalized(fail: Fail, prop: string, name: string): string {
  if (Token.isUnresolved(name)) {
    return name;
  }
  try {
    return normalizeDomainName(name);
  } catch (error) {
    return fail(prop, (error as Error).message);
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

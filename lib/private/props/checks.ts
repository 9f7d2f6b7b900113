import { Annotations, Token } from 'aws-cdk-lib';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import type { IConstruct } from 'constructs';
import { isInZone, normalizeDomainName, notInZoneMessage } from '../../shared/domain-name';
import { Known, Rule, shown } from '../../shared/rules';
import { Fail, Ignore } from './prop-types';

/** Throws the errors for the props of the construct at a path. */
export function failure(path: string): Fail {
  return (prop, problem) => {
    throw new Error(`${path}: ${prop} ${problem}.`);
  };
}

/** Warns of the props of a construct that there are not. */
export function ignoring(construct: IConstruct): Ignore {
  return (prop) =>
    Annotations.of(construct).addWarningV2(
      `cdk-ses-easy-dkim:unknown-prop-${prop}`,
      `There is no prop "${prop}", so it is ignored. Leave it out, or look for its name in the API reference.`,
    );
}

/**
 * Checks the properties of a custom resource by the rules that the handler has for them, as far as they are known.
 *
 * @throws Error naming the construct, the prop, its value and the remedy.
 */
export function checkProperties(fail: Fail, properties: Known, rules: { readonly [name: string]: Rule }): void {
  const isKnown = ([, value]: [string, unknown]) => typeof value === 'string' && !Token.isUnresolved(value);
  const known: Record<string, string> = Object.fromEntries(Object.entries(properties).filter(isKnown));
  for (const [name, { prop, problem }] of Object.entries(rules)) {
    const wrong = known[name] === undefined ? undefined : problem(known[name], known);
    if (wrong !== undefined) {
      fail(prop, wrong);
    }
  }
}

/**
 * The normalized name of a public hosted zone; undefined when the zone is known by its id only.
 *
 * @throws Error when the zone is private.
 */
export function publicZoneName(fail: Fail, zone: route53.IHostedZone): string | undefined {
  if (isPrivate(zone)) {
    fail('hostedZone', PRIVATE);
  }
  const { hostedZoneId } = zone;
  if (hostedZoneId.startsWith('arn:')) {
    fail(
      'hostedZone',
      `has the id ${shown(hostedZoneId)}, which is an ARN: give ${shown(hostedZoneId.split('/').pop())}`,
    );
  }
  const name = nameOf(zone);
  return name === undefined ? undefined : normalized(fail, 'hostedZone', name);
}

/** What is wrong with a zone at the end of the synthesis: by then a VPC may have made it private. */
export function zoneProblems(path: string, zone: route53.IHostedZone | undefined): string[] {
  return zone !== undefined && isPrivate(zone) ? [`${path}: hostedZone ${PRIVATE}.`] : [];
}

const PRIVATE = 'is a private hosted zone: SES looks for the records in public DNS, so give a public one';

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

import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import type { EasyDkimDomainProps } from '../easy-dkim-domain';
import { MAX_WAIT_SECONDS, ResourceProperties } from './contract';
import { isInZone, normalizeDomainName, notInZoneMessage } from './domain-name';

/** TTLs are 32-bit in DNS; Route 53 takes the same range. */
const MAX_TTL = 2 ** 31 - 1;

/**
 * Checks the props of a domain and turns them into the properties of the custom resource. Tokens go
 * through: the handler checks what they have become.
 *
 * @throws Error naming the construct, the prop, its value and the remedy.
 */
export function resolveSettings(scope: Construct, props: EasyDkimDomainProps): ResourceProperties {
  const fail = (prop: string, problem: string): never => {
    throw new Error(`${scope.node.path}: ${prop} ${problem}.`);
  };
  const normalize = (prop: string, name: string): string => {
    if (Token.isUnresolved(name)) {
      return name;
    }
    try {
      return normalizeDomainName(name);
    } catch (error) {
      return fail(prop, (error as Error).message);
    }
  };

  const zone = props.hostedZone;
  if (isPrivate(zone)) {
    fail('hostedZone', 'is a private hosted zone: SES looks for the records in public DNS, so give a public one');
  }
  const zoneName = nameOf(zone);
  if (zoneName === undefined && props.domainName === undefined) {
    fail(
      'hostedZone',
      'is known by its id only: give domainName, or import the zone with HostedZone.fromHostedZoneAttributes()',
    );
  }
  const normalZoneName = zoneName === undefined ? undefined : normalize('hostedZone', zoneName);
  const domainName = props.domainName === undefined ? normalZoneName! : normalize('domainName', props.domainName);
  if (
    normalZoneName !== undefined &&
    !Token.isUnresolved(normalZoneName) &&
    !Token.isUnresolved(domainName) &&
    !isInZone(domainName, normalZoneName)
  ) {
    fail('domainName', notInZoneMessage(domainName, normalZoneName));
  }

  const policy = props.removalPolicy ?? RemovalPolicy.DESTROY;
  if (policy !== RemovalPolicy.DESTROY && policy !== RemovalPolicy.RETAIN) {
    fail('removalPolicy', `is "${policy}": give RemovalPolicy.DESTROY or RemovalPolicy.RETAIN`);
  }

  const region = props.sesRegion ?? Stack.of(scope).region;
  if (!Token.isUnresolved(region) && RegionInfo.regions.every(({ name }) => name !== region)) {
    fail('sesRegion', `is "${region}", which is not a Region that aws-cdk-lib knows: give one such as "eu-west-1"`);
  }

  return {
    DomainName: domainName,
    SesRegion: region,
    HostedZoneId: zone.hostedZoneId,
    HostedZoneName: normalZoneName,
    Ttl: wholeSeconds(props.ttl ?? Duration.minutes(30), MAX_TTL, (problem) => fail('ttl', problem)),
    OverwriteRecords: props.overwriteRecords ? 'true' : 'false',
    RemovalPolicy: policy === RemovalPolicy.RETAIN ? 'retain' : 'destroy',
    DelegationRoleArn: props.delegationRole?.roleArn,
    WaitForVerification:
      props.waitForVerification &&
      wholeSeconds(props.waitForVerification, MAX_WAIT_SECONDS, (problem) => fail('waitForVerification', problem)),
  };
}

function wholeSeconds(duration: Duration, most: number, fail: (problem: string) => never): string {
  if (duration.isUnresolved()) {
    return Token.asString(duration.toSeconds());
  }
  const seconds = duration.toSeconds({ integral: false });
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > most) {
    fail(`is ${seconds} seconds: give a whole number of seconds from 1 to ${most}`);
  }
  return String(seconds);
}

function isPrivate(zone: route53.IHostedZone): boolean {
  // A zone with VPCs is private, too; the class shows them to its subclasses only.
  const { vpcs } = zone as unknown as { readonly vpcs?: unknown[] };
  return zone instanceof route53.PrivateHostedZone || (Array.isArray(vpcs) && vpcs.length > 0);
}

/** The zone's name; undefined for a zone imported by its id, whose name cannot be asked for. */
function nameOf(zone: route53.IHostedZone): string | undefined {
  try {
    return zone.zoneName;
  } catch {
    return undefined;
  }
}

import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import type { EasyDkimDomainProps } from '../easy-dkim-domain';
import { MAX_WAIT_SECONDS, ResourceProperties } from './contract';
import { domainInZone, failure, publicZoneName, zoneId } from './checks';

/** TTLs are 32-bit in DNS; Route 53 takes the same range. */
const MAX_TTL = 2 ** 31 - 1;

/**
 * Checks the props of a domain and turns them into the properties of the custom resource. Tokens go
 * through: the handler checks what they have become.
 *
 * @throws Error naming the construct, the prop, its value and the remedy.
 */
export function resolveSettings(scope: Construct, props: EasyDkimDomainProps): ResourceProperties {
  const fail = failure(scope);
  const zoneName = publicZoneName(scope, props.hostedZone);
  const domainName =
    (props.domainName === undefined ? zoneName : domainInZone(scope, 'domainName', props.domainName, zoneName)) ??
    fail('hostedZone', 'is known by its id only: give domainName, or use HostedZone.fromHostedZoneAttributes()');

  const policy = props.removalPolicy ?? RemovalPolicy.DESTROY;
  if (policy !== RemovalPolicy.DESTROY && policy !== RemovalPolicy.RETAIN) {
    fail('removalPolicy', `is "${policy}": give RemovalPolicy.DESTROY or RemovalPolicy.RETAIN`);
  }

  const stackRegion = Stack.of(scope).region;
  if (props.sesRegion !== undefined) {
    checkRegion(props.sesRegion, stackRegion, (problem) => fail('sesRegion', problem));
  }

  return {
    DomainName: domainName,
    SesRegion: props.sesRegion ?? stackRegion,
    HostedZoneId: zoneId(props.hostedZone),
    HostedZoneName: zoneName,
    Ttl: wholeSeconds(props.ttl ?? Duration.minutes(30), MAX_TTL, (problem) => fail('ttl', problem)),
    OverwriteRecords: props.overwriteRecords ? 'true' : 'false',
    RemovalPolicy: policy === RemovalPolicy.RETAIN ? 'retain' : 'destroy',
    DelegationRoleArn: props.delegationRole?.roleArn,
    WaitForVerification:
      props.waitForVerification &&
      wholeSeconds(props.waitForVerification, MAX_WAIT_SECONDS, (problem) => fail('waitForVerification', problem)),
  };
}

/** A Region that the role of the Lambda cannot reach is no better than one that does not exist. */
function checkRegion(region: string, stackRegion: string, fail: (problem: string) => never): void {
  if (Token.isUnresolved(region)) {
    return;
  }
  const known = RegionInfo.regions.find(({ name }) => name === region);
  if (known === undefined) {
    fail(`is "${region}", which is not a Region that aws-cdk-lib knows: give one such as "eu-west-1"`);
  }
  const own = RegionInfo.regions.find(({ name }) => name === stackRegion);
  if (own !== undefined && own.partition !== known.partition) {
    fail(
      `is "${region}" in the partition ${known.partition}, but the stack is in ${own.partition}: accounts and roles ` +
        'do not reach over partitions, so give a Region of the same one',
    );
  }
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

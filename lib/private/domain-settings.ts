import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import type { EasyDkimDomainProps } from '../easy-dkim-domain';
import { MAX_WAIT_SECONDS, ResourceProperties } from './contract';
import { domainInZone, failure, publicZoneName } from './checks';

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

  const region = props.sesRegion ?? Stack.of(scope).region;
  if (!Token.isUnresolved(region) && RegionInfo.regions.every(({ name }) => name !== region)) {
    fail('sesRegion', `is "${region}", which is not a Region that aws-cdk-lib knows: give one such as "eu-west-1"`);
  }

  return {
    DomainName: domainName,
    SesRegion: region,
    HostedZoneId: props.hostedZone.hostedZoneId,
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

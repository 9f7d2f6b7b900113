import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import type { EasyDkimDomainProps } from '../../easy-dkim-domain';
import { domainInZone, publicZoneName, zoneId } from './checks';
import { MAX_WAIT_SECONDS, ResourceProperties } from '../../shared/contract';
import { dmarcRecord } from './dmarc';
import { mailFromDomain } from './mail-from';
import { Fail, shown } from './prop-types';

/** TTLs are 32-bit in DNS; Route 53 takes the same range. */
const MAX_TTL = 2 ** 31 - 1;

/**
 * Checks the props of a domain and turns them into the properties of the custom resource. Tokens go
 * through: the handler checks what they have become.
 *
 * @throws Error naming the construct, the prop, its value and the remedy.
 */
export function domainProperties(scope: Construct, props: EasyDkimDomainProps, fail: Fail): ResourceProperties {
  const { hostedZone, mailFrom, dmarc, waitForVerification } = props;
  const zoneName = hostedZone && publicZoneName(fail, hostedZone);
  const domainName =
    (props.domainName === undefined ? zoneName : domainInZone(fail, 'domainName', props.domainName, zoneName)) ??
    fail('hostedZone', hostedZone === undefined ? MISSING : NAMELESS);
  if (hostedZone === undefined) {
    refuseWithoutZone(props, fail);
  }

  const stackRegion = Stack.of(scope).region;
  if (props.sesRegion !== undefined) {
    checkRegion(props.sesRegion, stackRegion, (problem) => fail('sesRegion', problem));
  }

  return {
    DomainName: domainName,
    SesRegion: props.sesRegion ?? stackRegion,
    HostedZoneId: hostedZone && zoneId(hostedZone),
    HostedZoneName: zoneName,
    Ttl: wholeSeconds(props.ttl ?? Duration.minutes(30), MAX_TTL, (problem) => fail('ttl', problem)),
    OverwriteRecords: props.overwriteRecords ? 'true' : 'false',
    RemovalPolicy: props.removalPolicy === RemovalPolicy.RETAIN ? 'retain' : 'destroy',
    DelegationRoleArn: props.delegationRole?.roleRef.roleArn,
    WaitForVerification:
      waitForVerification &&
      wholeSeconds(waitForVerification, MAX_WAIT_SECONDS, (problem) => fail('waitForVerification', problem)),
    MailFromDomain: mailFrom && mailFromDomain(fail, mailFrom.domainName, domainName, zoneName),
    DmarcRecord: dmarc && dmarcRecord(scope, dmarc, fail),
    Revision: props.revision,
  };
}

const MISSING = 'is missing: give a public hosted zone, or domainName for a domain whose DNS is not in Route 53';
const NAMELESS = 'is known by its id only: give domainName, or use HostedZone.fromHostedZoneAttributes()';

/** What is about records in Route 53 says nothing about records that are elsewhere. */
function refuseWithoutZone({ delegationRole, overwriteRecords }: EasyDkimDomainProps, fail: Fail): void {
  if (delegationRole !== undefined) {
    fail(
      'delegationRole',
      `is "${delegationRole.roleRef.roleArn}" without a hosted zone to open: give hostedZone, or leave it out`,
    );
  }
  if (overwriteRecords) {
    fail('overwriteRecords', 'is true without a hosted zone to write to: give hostedZone, or leave it out');
  }
}

/** A Region that the role of the Lambda cannot reach is no better than one that does not exist. */
function checkRegion(region: string, stackRegion: string, fail: (problem: string) => never): void {
  if (Token.isUnresolved(region)) {
    return;
  }
  const known = RegionInfo.regions.find(({ name }) => name === region);
  if (known === undefined) {
    fail(`is ${shown(region)}, which is not a Region that aws-cdk-lib knows: give one such as "eu-west-1"`);
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

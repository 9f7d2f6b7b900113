import { Annotations, Duration, region_info, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { EasyDkimDomainProps } from '../../easy-dkim-domain-props';
import { checkProperties, domainInZone, publicZoneName } from './checks';
import { zoneId } from '../permissions/arns';
import { MAX_WAIT_SECONDS, ResourceProperties, SIGNING_KEY_LENGTHS } from '../../shared/contract';
import { dmarcRecord } from './dmarc';
import { mailFromDomain } from './mail-from';
import { DOMAIN_RULES, MAX_TTL, regionProblem, secondsProblem, shown } from '../../shared/rules';
import { A_BOOLEAN, A_ZONE, aListOf, anObjectWith, aString, aStruct, Fail, oneOf, PropTypes } from './prop-types';
import { REGIONS_WITHOUT_SES } from './regions-without-ses';

const A_DURATION = anObjectWith('toSeconds', 'function', 'a Duration such as Duration.minutes(5)');

/** The props that become properties of a domain. */
export const DOMAIN_TYPES = {
  hostedZone: A_ZONE,
  domainName: aString('a domain name such as "example.com"'),
  ttl: A_DURATION,
  sesRegion: aString('a Region such as "eu-west-1"'),
  replicaRegions: aListOf(aString('strings'), 'a list of Regions such as ["us-east-1"]'),
  replicateSettings: A_BOOLEAN,
  delegationRole: anObjectWith('roleArn', 'string', 'a role of aws-cdk-lib/aws-iam'),
  waitForVerification: A_DURATION,
  removalPolicy: oneOf([RemovalPolicy.DESTROY, RemovalPolicy.RETAIN], 'RemovalPolicy.DESTROY or RemovalPolicy.RETAIN'),
  overwriteRecords: A_BOOLEAN,
  takeOwnership: A_BOOLEAN,
  // Their values, so that nobody has to load all of aws-ses for a check.
  signingKeyLength: oneOf(
    SIGNING_KEY_LENGTHS,
    'EasyDkimSigningKeyLength.RSA_1024_BIT or EasyDkimSigningKeyLength.RSA_2048_BIT',
  ),
  mailFrom: aStruct('an object such as { domainName: "bounce.example.com" }'),
  dmarc: aStruct('an object such as { policy: DmarcPolicy.NONE }, or {}'),
  revision: aString('any text, such as "2"'),
} satisfies Partial<PropTypes<EasyDkimDomainProps>>;

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
    checkRegion(scope, props.sesRegion, (problem) => fail('sesRegion', problem));
  }

  const sesRegion = props.sesRegion ?? stackRegion;
  if (REGIONS_WITHOUT_SES.includes(sesRegion)) {
    Annotations.of(scope).addWarningV2(
      'cdk-ses-easy-dkim:no-ses',
      `${sesRegion} had no SES when this version of cdk-ses-easy-dkim was released: set sesRegion, such as "eu-west-1".`,
    );
  }

  const properties = {
    DomainName: domainName,
    SesRegion: sesRegion,
    HostedZoneId: hostedZone && zoneId(hostedZone),
    HostedZoneName: zoneName,
    Ttl: props.ttl === undefined ? DEFAULT_TTL : seconds(props.ttl, MAX_TTL, (problem) => fail('ttl', problem)),
    OverwriteRecords: props.overwriteRecords ? 'true' : 'false',
    RemovalPolicy: props.removalPolicy === RemovalPolicy.RETAIN ? 'retain' : 'destroy',
    TakeOwnership: props.takeOwnership ? 'true' : undefined,
    SigningKeyLength: props.signingKeyLength && (`${props.signingKeyLength}` as const),
    DelegationRoleArn: props.delegationRole?.roleArn,
    WaitForVerification:
      waitForVerification &&
      seconds(waitForVerification, MAX_WAIT_SECONDS, (problem) => fail('waitForVerification', problem)),
    MailFromDomain: mailFrom && mailFromDomain(fail, mailFrom.domainName, domainName, zoneName),
    DmarcRecord: dmarc && dmarcRecord(scope, dmarc, fail),
    Revision: props.revision,
  } satisfies ResourceProperties;
  checkProperties(fail, properties, DOMAIN_RULES);
  return properties;
}

/** 30 minutes. */
const DEFAULT_TTL = '1800';

const MISSING = 'is missing: give a public hosted zone, or domainName for a domain whose DNS is not in Route 53';
const NAMELESS = 'is known by its id only: give domainName, or use HostedZone.fromHostedZoneAttributes()';

/** What is about records in Route 53 says nothing about records that are elsewhere. */
function refuseWithoutZone({ delegationRole, overwriteRecords }: EasyDkimDomainProps, fail: Fail): void {
  if (delegationRole !== undefined) {
    fail(
      'delegationRole',
      `is "${delegationRole.roleArn}" without a hosted zone: give hostedZone, or leave delegationRole out`,
    );
  }
  if (overwriteRecords) {
    fail('overwriteRecords', 'is true without a hosted zone: give hostedZone, or leave overwriteRecords out');
  }
}

/** A Region that the role of the Lambda cannot reach is no better than one that does not exist. */
export function checkRegion(scope: Construct, region: string, fail: (problem: string) => never): void {
  if (Token.isUnresolved(region)) {
    return;
  }
  const problem = regionProblem(region);
  if (problem !== undefined) {
    fail(problem);
  }
  const regionOf = (wanted: string) => region_info.RegionInfo.regions.find(({ name }) => name === wanted);
  const known = regionOf(region);
  if (known === undefined) {
    Annotations.of(scope).addWarningV2(
      `cdk-ses-easy-dkim:unknown-region-${region}`,
      `${shown(region)} is not a Region that this version of aws-cdk-lib knows. Check its spelling, unless it is new.`,
    );
    return;
  }
  const own = regionOf(Stack.of(scope).region);
  if (own !== undefined && own.partition !== known.partition) {
    fail(
      `is "${region}" in the partition ${known.partition}, but the stack is in ${own.partition}: accounts and roles ` +
        'do not cross partitions, so give a Region of the same one',
    );
  }
}

/** The seconds of a duration. What is wrong with it is told in the unit in which it was given. */
function seconds(duration: Duration, most: number, fail: (problem: string) => never): string {
  if (duration.isUnresolved()) {
    return Token.asString(duration.toSeconds());
  }
  const text = String(duration.toSeconds({ integral: false }));
  const problem = secondsProblem(text, most, duration.toString());
  return problem === undefined ? text : fail(problem);
}

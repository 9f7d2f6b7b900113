import { MAX_DMARC_LENGTH, RecordOptions } from '../../lib/shared/mail-records';
import { isInZone, normalizeDomainName, notInZoneMessage } from '../../lib/shared/domain-name';
import { CLAIM_PREFIX, MARK } from '../../lib/shared/claim-tags';
import { MAX_WAIT_SECONDS, ResourceProperties } from '../../lib/shared/contract';
import { Failure } from './failure';

/**
 * What CloudFormation sends to a custom resource's Lambda.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly ResourceType?: string;
  /** Absent on Create. */
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: { readonly [name: string]: unknown };
  /** Present on Update only. */
  readonly OldResourceProperties?: unknown;
}

/** The properties of the custom resource as real types. */
export interface DomainConfig extends RecordOptions {
  readonly domainName: string;
  readonly region: string;
  /** Undefined when the records are for another DNS provider. */
  readonly zoneId?: string;
  /** Seconds. */
  readonly ttl: number;
  readonly overwriteRecords: boolean;
  readonly retain: boolean;
  readonly delegationRoleArn?: string;
  /** Seconds; 0 does not wait. */
  readonly waitForVerification: number;
  /** The user's tags for the identity. */
  readonly tags: { readonly [key: string]: string };
}

/** The name of an AWS Region. */
export const REGION = /^[a-z]{2,4}(-[a-z]{1,15}){1,3}-\d$/;

export function isRegion(value: unknown): value is string {
  return typeof value === 'string' && REGION.test(value);
}

/** Every property of the contract as CloudFormation may deliver it: present or not, of any type. */
type Untrusted = { readonly [P in keyof ResourceProperties]?: unknown };

/**
 * Reads the properties of a Create or Update event. What the construct could check at synth is
 * checked again, since a token's value is known only now.
 *
 * @throws Failure naming the property, its value and the remedy.
 */
export function parseConfig(properties: CustomResourceEvent['ResourceProperties']): DomainConfig {
  const given: Untrusted = properties ?? {};
  const domainName = policyName('domainName', given.DomainName);
  const zoneName = given.HostedZoneName === undefined ? undefined : domain('hostedZone', given.HostedZoneName);
  if (zoneName !== undefined && !isInZone(domainName, zoneName)) {
    throw new Failure(`domainName ${notInZoneMessage(domainName, zoneName)}.`);
  }
  return {
    domainName,
    region: matching('sesRegion', given.SesRegion, REGION, 'an AWS Region such as "eu-west-1"'),
    zoneId: given.HostedZoneId === undefined ? undefined : parseZoneId(given.HostedZoneId),
    ttl: seconds('ttl', given.Ttl, 1, 2 ** 31 - 1),
    overwriteRecords: oneOf('overwriteRecords', given.OverwriteRecords, 'true', 'false') === 'true',
    retain: oneOf('removalPolicy', given.RemovalPolicy, 'retain', 'destroy') === 'retain',
    delegationRoleArn: parseRoleArn(given.DelegationRoleArn),
    waitForVerification:
      given.WaitForVerification === undefined
        ? 0
        : seconds('waitForVerification', given.WaitForVerification, 1, MAX_WAIT_SECONDS),
    mailFrom: given.MailFromDomain === undefined ? undefined : parseMailFrom(given.MailFromDomain, domainName),
    dmarc: given.DmarcRecord === undefined ? undefined : parseDmarc(given.DmarcRecord),
    tags: parseTags(given),
  };
}

/** The user's tags among the properties, without keys that are ours. SES refuses what it does not take. */
export function parseTags(properties: unknown): { readonly [key: string]: string } {
  const { Tags: tags } = (properties ?? {}) as Untrusted;
  if (typeof tags !== 'object' || tags === null) {
    return {};
  }
  return Object.fromEntries(
    Object.entries(tags)
      .filter(([key]) => key !== MARK && !key.startsWith(CLAIM_PREFIX))
      .map(([key, value]) => [key, String(value)]),
  );
}

/** What Delete needs of the properties; the rest it knows from the physical resource id. */
export function parseRemoval(
  properties: CustomResourceEvent['ResourceProperties'],
): Pick<DomainConfig, 'retain' | 'delegationRoleArn'> {
  const given: Untrusted = properties ?? {};
  return {
    retain: given.RemovalPolicy === 'retain',
    delegationRoleArn: parseRoleArn(given.DelegationRoleArn),
  };
}

/** A name that IAM policies have: they compare it as it was given, and Route 53 and SES know its normal form. */
export function policyName(prop: string, value: unknown): string {
  const name = domain(prop, value);
  if (name !== value) {
    throw new Failure(
      `${prop} is ${show(value)}: give ${show(name)}. A name that is known at deployment only has to be in lower case, ` +
        'in ASCII and without a trailing dot, since IAM policies compare it as it is.',
    );
  }
  return name;
}

function domain(prop: string, value: unknown): string {
  const name = text(prop, value);
  try {
    return normalizeDomainName(name);
  } catch (error) {
    throw new Failure(`${prop} ${(error as Error).message}.`);
  }
}

/** A name strictly below the domain of the identity. */
export function parseMailFrom(value: unknown, domainName: string): string {
  const mailFrom = policyName('mailFrom', value);
  if (!mailFrom.endsWith(`.${domainName}`)) {
    throw new Failure(
      `mailFrom is ${show(mailFrom)}, which is not below "${domainName}": give a name such as "bounce.${domainName}".`,
    );
  }
  return mailFrom;
}

function parseDmarc(value: unknown): string {
  const wanted = `a DMARC record such as "v=DMARC1; p=none" of at most ${MAX_DMARC_LENGTH} characters`;
  const record = matching('dmarc', value, /^v=DMARC1; p=(none|quarantine|reject)(; [!-~]+)*$/, wanted);
  if (record.length > MAX_DMARC_LENGTH) {
    throw new Failure(`dmarc is ${show(record)}: give ${wanted}.`);
  }
  return record;
}

function parseZoneId(value: unknown): string {
  return matching('hostedZone', value, /^[A-Z0-9]{1,32}$/, 'the id of a hosted zone such as "Z0123456789ABCDEFGHIJ"');
}

function parseRoleArn(value: unknown): string | undefined {
  return value === undefined
    ? undefined
    : matching(
        'delegationRole',
        value,
        /^arn:[a-z-]{1,20}:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/,
        'the ARN of an IAM role',
      );
}

function seconds(prop: string, value: unknown, least: number, most: number): number {
  const number = Number(matching(prop, value, /^\d{1,10}$/, 'a whole number of seconds'));
  if (number < least || number > most) {
    throw new Failure(`${prop} is ${number} seconds: give from ${least} to ${most}.`);
  }
  return number;
}

export function matching(prop: string, value: unknown, pattern: RegExp, wanted: string): string {
  const given = text(prop, value);
  if (!pattern.test(given)) {
    throw new Failure(`${prop} is ${show(given)}: give ${wanted}.`);
  }
  return given;
}

export function oneOf(prop: string, value: unknown, ...values: readonly string[]): string {
  const given = text(prop, value);
  if (!values.includes(given)) {
    throw new Failure(`${prop} is ${show(given)}: give ${values.map((each) => `"${each}"`).join(' or ')}.`);
  }
  return given;
}

function text(prop: string, value: unknown): string {
  if (typeof value !== 'string') {
    throw new Failure(
      `${prop} is ${value === undefined ? 'missing' : `not a string but ${show(value)}`}: ` +
        'deploy the resource with the EasyDkimDomain construct, which sets it.',
    );
  }
  return value;
}

/** A value as an error shows it: never too long. */
export function show(value: unknown): string {
  const shown = JSON.stringify(value) ?? String(value);
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
}

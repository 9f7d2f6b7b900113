import { Aws, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { RecordType } from '../../shared/mail-records';

/** The records of one domain in one zone. */
export interface ZoneAccess {
  readonly hostedZoneArn: string;
  /** As Route 53 normalizes them, or patterns for them. */
  readonly recordNames: readonly string[];
}

/**
 * What IAM takes for a managed policy: characters without white space.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const MAX_POLICY_LENGTH = 6_144;

/** What a statement takes besides its zones and names, and what each takes besides its text. */
const STATEMENT_LENGTH = 580;
const ENTRY_LENGTH = '"",'.length;

/** What unresolved tokens are counted with: a zone's ARN in the longest partition, and a long name. */
const LONGEST_PARTITION = 'aws-us-gov';
const LONGEST_REGION = 'ap-southeast-1';
const AN_ACCOUNT = '123456789012';
const UNKNOWN_ARN_LENGTH = 85;
const UNKNOWN_NAME_LENGTH = 113;

/** Up to this many zones of a stack may be listed by name: more would take too much room in the policies of a role. */
const MAX_NAMED_ZONES = 120;

/** Which zones of a stack may be listed. */
export class ListAccess {
  private readonly hostedZoneArns = new Set<string>();

  public allow(hostedZoneArn: string): void {
    this.hostedZoneArns.add(hostedZoneArn);
  }

  /** Whether the zones are too many to name. */
  public get isForAll(): boolean {
    return this.hostedZoneArns.size > MAX_NAMED_ZONES;
  }
}

/**
 * The permission to read some zones and to change some records of some domains in them. A name can
 * only be in the zone of its domain, so one statement serves all.
 *
 * A change batch is allowed only if one statement has all its names, types and actions: what is
 * written in one batch belongs together here.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
 */
export class RecordAccess {
  private readonly hostedZoneArns = new Set<string>();
  private readonly recordNames = new Set<string>();
  private zonesLength = 0;
  private namesLength = 0;

  public constructor(
    private readonly types: readonly RecordType[],
    private readonly mayDelete: boolean,
    private readonly listing = new ListAccess(),
  ) {}

  /** Characters in the policy, with one more entry or without. */
  public length(further?: ZoneAccess): number {
    // Zones that are not listed by name are named once.
    const mentions = this.listing.isForAll ? 1 : 2;
    const zones = this.zonesLength + (further === undefined ? 0 : this.lengthOfZone(further));
    const names = this.namesLength + (further === undefined ? 0 : lengthOfNames(further));
    return names === 0 ? 0 : STATEMENT_LENGTH + mentions * zones + names;
  }

  public allow(access: ZoneAccess): void {
    this.zonesLength += this.lengthOfZone(access);
    this.namesLength += lengthOfNames(access);
    this.hostedZoneArns.add(access.hostedZoneArn);
    this.listing.allow(access.hostedZoneArn);
    access.recordNames.forEach((name) => this.recordNames.add(name));
  }

  public statements(): object[] {
    if (this.hostedZoneArns.size === 0) {
      return [];
    }
    const zones = [...this.hostedZoneArns];
    return [
      ...(this.listing.isForAll ? [] : [listStatement(zones)]),
      {
        // "For all values" lets through a request without the key.
        Effect: 'Allow',
        Action: 'route53:ChangeResourceRecordSets',
        Resource: zones,
        Condition: {
          Null: { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': 'false' },
          'ForAllValues:StringEquals': {
            'route53:ChangeResourceRecordSetsRecordTypes': this.types,
            'route53:ChangeResourceRecordSetsActions': ['CREATE', 'UPSERT', ...(this.mayDelete ? ['DELETE'] : [])],
          },
          'ForAllValues:StringLike': {
            'route53:ChangeResourceRecordSetsNormalizedRecordNames': [...this.recordNames],
          },
        },
      },
    ];
  }

  /** A zone that is there already takes no room again. */
  private lengthOfZone({ hostedZoneArn }: ZoneAccess): number {
    return this.hostedZoneArns.has(hostedZoneArn) ? 0 : lengthOf(hostedZoneArn, UNKNOWN_ARN_LENGTH);
  }
}

function lengthOfNames({ recordNames }: ZoneAccess): number {
  return recordNames.reduce((sum, name) => sum + lengthOf(name, UNKNOWN_NAME_LENGTH), 0);
}

/** The permission to list what is in zones. */
export function listStatement(hostedZoneArns: readonly string[]): object {
  return { Effect: 'Allow', Action: 'route53:ListResourceRecordSets', Resource: hostedZoneArns };
}

/** The permission to follow a change, whose id is known only once it is made. */
export function changeStatement(scope: Construct): object {
  const changes = Stack.of(scope).formatArn({
    service: 'route53',
    region: '',
    account: '',
    resource: 'change',
    resourceName: '*',
  });
  return { Effect: 'Allow', Action: 'route53:GetChange', Resource: changes };
}

/** Characters that a text takes in a list, once it is deployed. */
export function lengthOf(text: string, whenUnknown: number): number {
  const known = atItsLongest(text);
  return ENTRY_LENGTH + (Token.isUnresolved(known) ? whenUnknown : known.length);
}

/** A text with the longest values that its pseudo parameters may have. */
export function atItsLongest(text: string): string {
  if (!Token.isUnresolved(text)) {
    return text;
  }
  return text
    .replaceAll(Aws.PARTITION, LONGEST_PARTITION)
    .replaceAll(Aws.REGION, LONGEST_REGION)
    .replaceAll(Aws.ACCOUNT_ID, AN_ACCOUNT);
}

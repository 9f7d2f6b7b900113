import { Construct } from 'constructs';
import type { RecordType } from '../../shared/mail-records';
import { route53Arn } from './arns';
import { lengthOf, lengthOfStatements, UNKNOWN_LENGTHS } from './policy-length';

/** The records of one domain in one zone. */
export interface ZoneAccess {
  readonly hostedZoneArn: string;
  /** As Route 53 normalizes them, or patterns for them. */
  readonly recordNames: readonly string[];
}

/** The records of one domain, and what may be done with them. */
export interface RecordsRequest extends ZoneAccess {
  readonly types: readonly RecordType[];
  readonly mayDelete: boolean;
}

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
  /** Characters: of the statements without zones and names, and of those. */
  private readonly emptyLength: number;
  private zonesLength = 0;
  private namesLength = 0;

  public constructor(
    private readonly types: readonly RecordType[],
    private readonly mayDelete: boolean,
    private readonly listing = new ListAccess(),
  ) {
    this.emptyLength = lengthOfStatements([listStatement([]), this.changeRecordsStatement([], [])]);
  }

  /** Characters in the policy, with one more entry or without. */
  public length(further?: ZoneAccess): number {
    // Zones that are not listed by name are named once.
    const mentions = this.listing.isForAll ? 1 : 2;
    const zones = this.zonesLength + (further === undefined ? 0 : this.lengthOfZone(further));
    const names = this.namesLength + (further === undefined ? 0 : lengthOfNames(further));
    return names === 0 ? 0 : this.emptyLength + mentions * zones + names;
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
    const change = this.changeRecordsStatement(zones, [...this.recordNames]);
    return this.listing.isForAll ? [change] : [listStatement(zones), change];
  }

  private changeRecordsStatement(zones: readonly string[], names: readonly string[]): object {
    return {
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
        'ForAllValues:StringLike': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': names },
      },
    };
  }

  /** A zone that is there already takes no room again. */
  private lengthOfZone({ hostedZoneArn }: ZoneAccess): number {
    return this.hostedZoneArns.has(hostedZoneArn) ? 0 : lengthOf(hostedZoneArn, UNKNOWN_LENGTHS.zoneArn);
  }
}

function lengthOfNames({ recordNames }: ZoneAccess): number {
  return recordNames.reduce((sum, name) => sum + lengthOf(name, UNKNOWN_LENGTHS.recordName), 0);
}

/** The permission to list what is in zones. */
export function listStatement(hostedZoneArns: readonly string[]): object {
  return { Effect: 'Allow', Action: 'route53:ListResourceRecordSets', Resource: hostedZoneArns };
}

/** The permission to follow a change, whose id is known only once it is made. */
export function changeStatement(scope: Construct): object {
  return { Effect: 'Allow', Action: 'route53:GetChange', Resource: route53Arn(scope, 'change', '*') };
}

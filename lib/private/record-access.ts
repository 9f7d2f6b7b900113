import { Aws, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** The DKIM records of one domain in one zone. */
export interface ZoneAccess {
  readonly hostedZoneArn: string;
  readonly domainName: string;
}

/** What a statement takes besides its zones and names, and what each takes besides its text. */
const STATEMENT_LENGTH = 430;
const ENTRY_LENGTH = '"",'.length;

/** What unresolved tokens are counted with: a zone's ARN in the longest partition, and a long domain. */
const LONGEST_PARTITION = 'aws-us-gov';
const UNKNOWN_ARN_LENGTH = 85;
const UNKNOWN_DOMAIN_LENGTH = 100;

/**
 * The permission to read some zones and to change the DKIM records of some domains in them. A name
 * can only be in the zone of its domain, so one statement serves all.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
 */
export class RecordAccess {
  private readonly hostedZoneArns = new Set<string>();
  private readonly recordNames = new Set<string>();
  private entriesLength = 0;

  public constructor(private readonly actions: readonly ('CREATE' | 'UPSERT' | 'DELETE')[]) {}

  /** Characters in the policy, with one more entry or without. */
  public length(further?: ZoneAccess): number {
    const length = this.entriesLength + (further === undefined ? 0 : this.lengthOfEntry(further));
    return length === 0 ? 0 : STATEMENT_LENGTH + length;
  }

  public allow(access: ZoneAccess): this {
    this.entriesLength += this.lengthOfEntry(access);
    this.hostedZoneArns.add(access.hostedZoneArn);
    this.recordNames.add(dkimRecordNames(access.domainName));
    return this;
  }

  public statements(): object[] {
    if (this.hostedZoneArns.size === 0) {
      return [];
    }
    return [
      {
        // A list has none of these keys, which "for all values" lets through; a change always has them.
        Effect: 'Allow',
        Action: ['route53:ChangeResourceRecordSets', 'route53:ListResourceRecordSets'],
        Resource: [...this.hostedZoneArns],
        Condition: {
          'ForAllValues:StringEquals': {
            'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'],
            'route53:ChangeResourceRecordSetsActions': this.actions,
          },
          'ForAllValues:StringLike': {
            'route53:ChangeResourceRecordSetsNormalizedRecordNames': [...this.recordNames],
          },
        },
      },
    ];
  }

  /** A zone that is there already takes no room again. */
  private lengthOfEntry({ hostedZoneArn, domainName }: ZoneAccess): number {
    const zoneLength = this.hostedZoneArns.has(hostedZoneArn) ? 0 : lengthOf(hostedZoneArn, UNKNOWN_ARN_LENGTH);
    return zoneLength + dkimRecordNames('').length + lengthOf(domainName, UNKNOWN_DOMAIN_LENGTH);
  }
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

function dkimRecordNames(domainName: string): string {
  return `*._domainkey.${domainName}`;
}

/** Characters that a text takes in a list, once it is deployed. */
export function lengthOf(text: string, whenUnknown: number): number {
  const known = text.replaceAll(Aws.PARTITION, LONGEST_PARTITION);
  return ENTRY_LENGTH + (Token.isUnresolved(known) ? whenUnknown : known.length);
}

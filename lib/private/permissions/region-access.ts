import { Construct } from 'constructs';
import { sesArn } from './policy-request';

/** What the statements take besides their Regions, and what each Region takes at most: its name and an ARN. */
const STATEMENTS_LENGTH = 320;
const REGION_LENGTH = 120;

/** The permission to make identities in some Regions, to look at them, and to delete them if any is removable. */
export class RegionAccess {
  private readonly regions = new Set<string>();
  private removable = false;

  public constructor(private readonly scope: Construct) {}

  public has(region: string): boolean {
    return this.regions.has(region);
  }

  /** Characters in the policy, with one more Region or without. */
  public length(further?: string): number {
    const { size } = further === undefined ? this.regions : new Set([...this.regions, further]);
    return size === 0 ? 0 : STATEMENTS_LENGTH + REGION_LENGTH * size;
  }

  public allow(region: string, removable: boolean): void {
    this.regions.add(region);
    this.removable ||= removable;
  }

  public statements(): object[] {
    if (this.regions.size === 0) {
      return [];
    }
    const regions = [...this.regions];
    return [
      {
        // The actions of the SES v1 API know no resources.
        Effect: 'Allow',
        Action: [
          'ses:GetIdentityDkimAttributes',
          'ses:GetIdentityVerificationAttributes',
          'ses:VerifyDomainDkim',
          ...(this.removable ? ['ses:DeleteIdentity'] : []),
        ],
        Resource: '*',
        Condition: { StringEquals: { 'aws:RequestedRegion': regions } },
      },
      {
        Effect: 'Allow',
        Action: 'ses:GetEmailIdentity',
        Resource: regions.map((region) => sesArn(this.scope, region, 'identity', '*')),
      },
    ];
  }
}

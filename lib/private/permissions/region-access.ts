import { Construct } from 'constructs';
import { CLAIM_PREFIX, MADE, MARK, USED } from '../../shared/claim-tags';
import { sesArn } from './arns';
import { lengthOfStatements, regionsAtTheirLongest } from './policy-length';

/** What may be done in some Regions. */
interface Extent {
  readonly regions: readonly string[];
  /** Those with more than replicas, which have their keys from elsewhere. */
  readonly regionsWithKeys: readonly string[];
  readonly removable: boolean;
  /** The keys of the tags that users give to identities. */
  readonly userTagKeys: readonly string[];
}

/**
 * The permission to make identities in some Regions, to look at them and to tag them, and to delete those that this
 * library has made if any is removable.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
 */
export class RegionAccess {
  private readonly regions = new Set<string>();
  private readonly regionsWithKeys = new Set<string>();
  private removable = false;
  private lengthNow = 0;

  public constructor(
    private readonly scope: Construct,
    private readonly userTagKeys: () => readonly string[],
  ) {}

  public has(region: string): boolean {
    return this.regions.has(region);
  }

  /** Characters in the policy, with one more Region or without, and without the keys of user tags. */
  public length(further?: string): number {
    return further === undefined || this.has(further) ? this.lengthNow : this.lengthWith([...this.regions, further]);
  }

  public allow(region: string, removable: boolean, hasKeys: boolean): void {
    if (!this.has(region)) {
      this.regions.add(region);
      this.lengthNow = this.lengthWith([...this.regions]);
    }
    if (hasKeys) {
      this.regionsWithKeys.add(region);
    }
    this.removable ||= removable;
  }

  public statements(): object[] {
    const { regions, regionsWithKeys, removable } = this;
    return regions.size === 0
      ? []
      : this.statementsFor({
          regions: [...regions],
          regionsWithKeys: [...regionsWithKeys],
          removable,
          userTagKeys: this.userTagKeys(),
        });
  }

  /** Whatever may be done in the Regions at last. */
  private lengthWith(given: readonly string[]): number {
    const regions = regionsAtTheirLongest(given);
    return lengthOfStatements(
      this.statementsFor({ regions, regionsWithKeys: regions, removable: true, userTagKeys: [] }),
    );
  }

  private statementsFor({ regions, regionsWithKeys, removable, userTagKeys }: Extent): object[] {
    const identities = regions.map((region) => sesArn(this.scope, region, 'identity', '*'));
    const inRegions = { 'aws:RequestedRegion': regions };
    const ourTags = {
      'ForAllValues:StringLike': { 'aws:TagKeys': [MARK, `${CLAIM_PREFIX}*`, ...userTagKeys] },
      Null: { 'aws:TagKeys': 'false' },
    };
    return [
      ...(regionsWithKeys.length > 0
        ? [
            {
              // The actions of the SES v1 API know no resources.
              Effect: 'Allow',
              Action: 'ses:VerifyDomainDkim',
              Resource: '*',
              Condition: { StringEquals: { 'aws:RequestedRegion': regionsWithKeys } },
            },
          ]
        : []),
      {
        // An identity that does not exist yet has no tags of its own.
        Effect: 'Allow',
        Action: 'ses:CreateEmailIdentity',
        Resource: '*',
        Condition: { ...ourTags, StringEquals: { ...inRegions, [`aws:RequestTag/${MARK}`]: MADE } },
      },
      {
        Effect: 'Allow',
        Action: ['ses:GetEmailIdentity', 'ses:ListTagsForResource'],
        Resource: identities,
      },
      {
        // SES is not documented to know the tags of an identity here, but those of the request. Only one that is made gets
        // the mark of one that is.
        Effect: 'Allow',
        Action: ['ses:TagResource', 'ses:UntagResource'],
        Resource: identities,
        Condition: { ...ourTags, StringEqualsIfExists: { [`aws:RequestTag/${MARK}`]: USED } },
      },
      ...(removable
        ? [
            {
              Effect: 'Allow',
              Action: 'ses:DeleteEmailIdentity',
              Resource: identities,
              Condition: { StringEquals: { [`aws:ResourceTag/${MARK}`]: MADE } },
            },
          ]
        : []),
    ];
  }
}

import { Construct } from 'constructs';
import { CLAIM_PREFIX, MADE, MARK, USED } from '../../shared/claim-tags';
import { sesArn } from './arns';

/** What the statements take besides their Regions and tag keys, and what each Region takes at most: its name twice and ARNs. */
const STATEMENTS_LENGTH = 910;
const REGION_LENGTH = 260;

/**
 * The permission to make identities in some Regions, to look at them and to tag them, and to delete those that this
 * library has made if any is removable.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
 */
export class RegionAccess {
  private readonly regions = new Set<string>();
  /** Those with more than replicas, which have their keys from elsewhere. */
  private readonly regionsWithKeys = new Set<string>();
  private removable = false;

  public constructor(
    private readonly scope: Construct,
    /** The keys of the tags that users give to identities. */
    private readonly userTagKeys: () => readonly string[],
  ) {}

  public has(region: string): boolean {
    return this.regions.has(region);
  }

  /** Characters in the policy, with one more Region or without. */
  public length(further?: string): number {
    const { size } = further === undefined ? this.regions : new Set([...this.regions, further]);
    return size === 0 ? 0 : STATEMENTS_LENGTH + REGION_LENGTH * size;
  }

  public allow(region: string, removable: boolean, hasKeys: boolean): void {
    this.regions.add(region);
    if (hasKeys) {
      this.regionsWithKeys.add(region);
    }
    this.removable ||= removable;
  }

  public statements(): object[] {
    if (this.regions.size === 0) {
      return [];
    }
    const regions = [...this.regions];
    const identities = regions.map((region) => sesArn(this.scope, region, 'identity', '*'));
    const inRegions = { 'aws:RequestedRegion': regions };
    const ourTags = {
      'ForAllValues:StringLike': { 'aws:TagKeys': [MARK, `${CLAIM_PREFIX}*`, ...this.userTagKeys()] },
      Null: { 'aws:TagKeys': 'false' },
    };
    return [
      ...(this.regionsWithKeys.size > 0
        ? [
            {
              // The actions of the SES v1 API know no resources.
              Effect: 'Allow',
              Action: 'ses:VerifyDomainDkim',
              Resource: '*',
              Condition: { StringEquals: { 'aws:RequestedRegion': [...this.regionsWithKeys] } },
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
      ...(this.removable
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

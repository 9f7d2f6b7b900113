import { lengthOf, lengthOfStatements, UNKNOWN_LENGTHS } from './policy-length';

/** A replica that is to be made. */
export interface ReplicaRequest {
  readonly region: string;
  /** The identity whose keys it has. */
  readonly parentArn: string;
}

/**
 * The permission to replicate the keys of some identities into some Regions.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-deed.html
 */
export class ReplicaAccess {
  private readonly parentArns = new Set<string>();
  private readonly regions = new Set<string>();

  /** Characters in the policy, with one more replica or without. */
  public length(further?: ReplicaRequest): number {
    if (further === undefined && this.parentArns.size === 0) {
      return 0;
    }
    const { parentArn, region } = further ?? {};
    const entries = [
      ...new Set([...this.parentArns, ...(parentArn === undefined ? [] : [parentArn])]),
      ...new Set([...this.regions, ...(region === undefined ? [] : [region])]),
    ];
    const length = entries.reduce((sum, entry) => sum + lengthOf(entry, UNKNOWN_LENGTHS.identityArn), 0);
    return EMPTY_LENGTH + length;
  }

  public allow({ region, parentArn }: ReplicaRequest): void {
    this.parentArns.add(parentArn);
    this.regions.add(region);
  }

  public statements(): object[] {
    return this.parentArns.size === 0 ? [] : [replicateStatement([...this.parentArns], [...this.regions])];
  }
}

function replicateStatement(parentArns: readonly string[], regions: readonly string[]): object {
  return {
    // As SES documents it: it is not said whether a request always has the key.
    Effect: 'Allow',
    Action: 'ses:ReplicateEmailIdentityDKIMSigningKey',
    Resource: parentArns,
    Condition: { 'ForAllValues:StringEquals': { 'ses:ReplicaRegion': regions } },
  };
}

/** What the statement takes without parents and Regions. */
const EMPTY_LENGTH = lengthOfStatements([replicateStatement([], [])]);

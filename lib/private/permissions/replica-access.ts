import { lengthOf } from './record-access';

/** What the statement takes besides its parents and Regions, and what an ARN is counted with whose name is not known yet. */
const STATEMENT_LENGTH = 155;
const UNKNOWN_IDENTITY_LENGTH = 165;

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
    const { parentArn, region } = further ?? {};
    const entries = [
      ...new Set([...this.parentArns, ...(parentArn === undefined ? [] : [parentArn])]),
      ...new Set([...this.regions, ...(region === undefined ? [] : [region])]),
    ];
    const length = entries.reduce((sum, entry) => sum + lengthOf(entry, UNKNOWN_IDENTITY_LENGTH), 0);
    return length === 0 ? 0 : STATEMENT_LENGTH + length;
  }

  public allow({ region, parentArn }: ReplicaRequest): void {
    this.parentArns.add(parentArn);
    this.regions.add(region);
  }

  public statements(): object[] {
    return this.parentArns.size === 0
      ? []
      : [
          {
            // As SES documents it: it is not said whether a request always has the key.
            Effect: 'Allow',
            Action: 'ses:ReplicateEmailIdentityDKIMSigningKey',
            Resource: [...this.parentArns],
            Condition: { 'ForAllValues:StringEquals': { 'ses:ReplicaRegion': [...this.regions] } },
          },
        ];
  }
}

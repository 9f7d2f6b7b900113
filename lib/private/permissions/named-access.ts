import { lengthOf, lengthOfStatements } from './policy-length';

/** The same permission on one resource after the other, each by its ARN: one statement in a policy. */
export class NamedAccess {
  private readonly arns = new Set<string>();
  /** Characters: of the statement without resources, and of those. */
  private readonly emptyLength: number;
  private arnsLength = 0;

  public constructor(
    /** All but its resources. */
    private readonly statement: object,
    /** What an ARN is counted with whose name is not known yet. */
    private readonly unknownLength: number,
  ) {
    this.emptyLength = lengthOfStatements([{ ...statement, Resource: [] }]);
  }

  /** Characters in the policy, with one more resource or without. */
  public length(further?: string): number {
    const length = this.arnsLength + (further === undefined ? 0 : this.lengthOfFurther(further));
    return length === 0 ? 0 : this.emptyLength + length;
  }

  public allow(arn: string): void {
    this.arnsLength += this.lengthOfFurther(arn);
    this.arns.add(arn);
  }

  public statements(): object[] {
    return this.arns.size === 0 ? [] : [{ ...this.statement, Resource: [...this.arns] }];
  }

  /** One that is there already takes no room again. */
  private lengthOfFurther(arn: string): number {
    return this.arns.has(arn) ? 0 : lengthOf(arn, this.unknownLength);
  }
}

import { lengthOf } from './record-access';

/** The same permission on one resource after the other, each by its ARN: one statement in a policy. */
export class NamedAccess {
  private readonly arns = new Set<string>();

  public constructor(
    /** All but its resources. */
    private readonly statement: object,
    /** What an ARN is counted with whose name is not known yet. */
    private readonly unknownLength: number,
  ) {}

  /** Characters in the policy, with one more resource or without. */
  public length(further?: string): number {
    const arns = [...new Set(further === undefined ? this.arns : [...this.arns, further])];
    return arns.length === 0
      ? 0
      : JSON.stringify({ ...this.statement, Resource: [] }).length +
          arns.reduce((sum, arn) => sum + lengthOf(arn, this.unknownLength), 0);
  }

  public allow(arn: string): void {
    this.arns.add(arn);
  }

  public statements(): object[] {
    return this.arns.size === 0 ? [] : [{ ...this.statement, Resource: [...this.arns] }];
  }
}

import { createHash } from 'crypto';
import { Fn, Stack } from 'aws-cdk-lib';

/** IAM allows 1,000 characters; some are for the name and the digest. */
const ROOM = 960;

/** What a value takes that is known only at deployment: the id of a hosted zone, and any other. */
const ZONE_ID_LENGTH = 33;
const LONGEST_VALUE = 210;

/** A value that is known only at deployment. */
export interface Value {
  readonly value: unknown;
  /** What it takes in a description at most. */
  readonly length: number;
}

/** Values, each once. */
export type Values = ReadonlyMap<string, Value>;

/**
 * The description of a policy, with a digest of its content and the values in it that are known only at deployment. A
 * description cannot change, so that CloudFormation replaces the policy whenever its content does.
 *
 * @param fixed the statements whose values cannot change
 * @param changing those whose values may
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
 */
export function policyDescription(stack: Stack, fixed: readonly object[], changing: readonly object[]): string {
  const statements = stack.resolve(changing) as unknown;
  const content = JSON.stringify([stack.resolve(fixed), statements]);
  const head = `cdk-ses-easy-dkim ${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
  const values: unknown[] = [];
  let room = ROOM;
  for (const { value, length } of changingValues(statements).values()) {
    room -= length;
    if (room >= 0) {
      values.push(value);
    }
  }
  return values.length === 0 ? head : Fn.join(' ', [head, ...(values as string[])]);
}

/** Whether a description has room for all of some values. */
export function isDescribable(values: Values): boolean {
  return [...values.values()].reduce((sum, { length }) => sum + length, 0) <= ROOM;
}

/** The intrinsic functions in something resolved, but for the pseudo parameters, which do not change. */
export function changingValues(resolved: unknown): Values {
  const found = new Map<string, Value>();
  const visit = (node: unknown, before: unknown): void => {
    if (Array.isArray(node)) {
      node.forEach((each, index) => visit(each, node[index - 1]));
    } else if (typeof node === 'object' && node !== null) {
      const [[name, argument] = [''], ...further] = Object.entries(node) as [string, unknown][];
      const isIntrinsic = further.length === 0 && (name === 'Ref' || /^Fn::(?!Join)/.test(name));
      if (!isIntrinsic) {
        Object.values(node).forEach((each) => visit(each, undefined));
      } else if (!/^AWS::/.test(String(argument))) {
        const isZone = typeof before === 'string' && before.endsWith('hostedzone/');
        found.set(JSON.stringify(node), { value: node, length: isZone ? ZONE_ID_LENGTH : LONGEST_VALUE });
      }
    }
  };
  visit(resolved, undefined);
  return found;
}

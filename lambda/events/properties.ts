import { Rule, shown } from '../../lib/shared/rules';
import { Failure } from './failure';

/** Properties as CloudFormation may deliver them: present or not, of any type. */
type Untrusted = { readonly [name: string]: unknown } | undefined;

/**
 * The properties of an event that rules are about. What the construct could check at synthesis is checked again, since
 * the value of a token is known only now.
 *
 * @throws Failure naming the prop, its value and the remedy.
 */
export function checkedProperties<Name extends string>(
  properties: Untrusted,
  rules: { readonly [N in Name]: Rule },
): { readonly [N in Name]?: string } {
  const names = Object.keys(rules) as Name[];
  const given = Object.fromEntries(names.map((name) => [name, properties?.[name]])) as { [N in Name]?: string };
  for (const name of names) {
    const { prop, isRequired, problem } = rules[name];
    const value: unknown = given[name];
    const wrong =
      value === undefined
        ? isRequired?.(given) && `is missing: ${BY_HAND}`
        : typeof value === 'string'
          ? problem(value, given)
          : `is not a string but ${shown(value)}: ${BY_HAND}`;
    if (wrong) {
      throw new Failure(`${prop} ${wrong}.`);
    }
  }
  return given;
}

const BY_HAND = 'deploy the resource with the EasyDkimDomain construct, which sets it';

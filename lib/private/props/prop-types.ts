import { shown } from '../../shared/rules';
import { nearest } from './nearest';

/** Throws the error for a prop of a construct. */
export type Fail = (prop: string, problem: string) => never;

/** Tells of a prop that there is not. */
export type Ignore = (prop: string) => void;

/** What a prop has to be. The compiler sees to it in all languages but plain JavaScript. */
export interface PropType {
  readonly is: (value: unknown) => boolean;
  /** What to give instead. */
  readonly remedy: string;
  /** What each item of a list has to be. */
  readonly each?: PropType;
  readonly required?: boolean;
  /** What the props of an object have to be. */
  readonly props?: Types;
}

interface Types {
  readonly [prop: string]: PropType;
}

/** The types of all props there are. */
export type PropTypes<Props> = { readonly [Prop in keyof Required<Props>]: PropType };

/**
 * The props that are given, once each is of its type; `null` is as good as nothing.
 *
 * A name that is nearly that of a prop is an error. Others are ignored: the props may be of an interface that has more.
 *
 * @param owner what the props belong to, such as `dmarc.`
 */
export function typedProps<Props>(
  given: Props,
  types: PropTypes<Props>,
  fail: Fail,
  ignore: Ignore,
  owner = '',
): Props {
  const values = (given ?? {}) as Readonly<Record<string, unknown>>;
  const known: Types = types;
  const isGiven = (name: string) => values[name] !== undefined && values[name] !== null;
  for (const name of Object.keys(values).filter((each) => !Object.hasOwn(known, each))) {
    const meant = nearest(
      name,
      Object.keys(known).filter((candidate) => !isGiven(candidate)),
    );
    if (meant !== undefined) {
      fail(owner + name, `is not a prop: give ${owner}${meant}`);
    }
    if (isGiven(name)) {
      ignore(owner + name);
    }
  }
  const typed: Record<string, unknown> = {};
  for (const [prop, { is, remedy, each, required, props }] of Object.entries(known)) {
    const value = values[prop];
    if (!isGiven(prop)) {
      if (required) fail(owner + prop, `is missing: give ${remedy}`);
      continue;
    }
    if (!is(value)) {
      fail(owner + prop, `is ${shown(value)}: give ${remedy}`);
    }
    const stranger = each ? (value as unknown[]).findIndex((item) => !each.is(item)) : -1;
    if (stranger >= 0) {
      fail(owner + prop, `has ${shown((value as unknown[])[stranger])} in it: give ${remedy}`);
    }
    typed[prop] = props ? typedProps(value as Types, props, fail, ignore, `${owner}${prop}.`) : value;
  }
  return typed as Props;
}

export function aString(remedy: string): PropType {
  return { is: (value) => typeof value === 'string', remedy };
}

export const A_BOOLEAN: PropType = { is: (value) => typeof value === 'boolean', remedy: 'true or false' };

export function oneOf(values: readonly string[], remedy: string): PropType {
  return { is: (value) => values.includes(value as string), remedy };
}

export function aListOf(each: PropType, remedy: string): PropType {
  return { is: Array.isArray, remedy, each };
}

export function required(type: PropType): PropType {
  return { ...type, required: true };
}

/** Other props in an object. */
export function aStruct(remedy: string): PropType {
  return { is: (value) => typeof value === 'object' && !Array.isArray(value), remedy };
}

/** An object that is told by one of its members: an app may have several copies of a class. */
export function anObjectWith(member: string, type: 'string' | 'function', remedy: string): PropType {
  return {
    is: (value) => typeof value === 'object' && typeof (value as Record<string, unknown>)[member] === type,
    remedy,
  };
}

export const A_ZONE = anObjectWith('hostedZoneId', 'string', 'a public hosted zone');

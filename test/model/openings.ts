import type { Act, ActPlan, Alongside, Deploy, Step, Target, Wish } from './plan';

/** Whether a second stack is for the same domain. */
export type Second = 'else' | 'same' | 'same in another Region';

/** What is of interest about two stacks is where they meet: the second one begins with what the first one has. */
export function both(start: Deploy, second: Second): readonly Deploy[] {
  const { wish } = of(start);
  const region = second === 'same' ? wish.region : 1 - (wish.region ?? 0);
  return second === 'else' ? [start] : [start, { ...start, stack: 1, resources: [{ ...wish, region }, 'keep'] }];
}

/** An identity with its records that others have made, that the first deployment uses and the second one takes over. */
export function takeOver(start: Deploy, failsElsewhere: boolean): readonly Step[] {
  const { wish, further } = of(start);
  return [
    ...made({ identity: true, records: [0, 1, 2, 3, 4, 5], settings: false }, wish),
    { ...start, resources: [{ ...wish, takeOwnership: false }, further] },
    { ...start, resources: [{ takeOwnership: true }, 'keep'], failsElsewhere },
  ];
}

/** What others have made, just as we would have. */
interface Found {
  readonly identity: boolean;
  /** As in the acts on records. */
  readonly records: readonly number[];
  readonly settings: boolean;
}

/** A domain with much to look after, part of it made by others; what goes missing; and when its watch comes. */
export interface Tending {
  readonly found: Found;
  readonly wish: Wish;
  readonly harms: readonly ActPlan[];
  readonly watch: Alongside;
  /** What is done with the stack when its watch is on the way. */
  readonly meanwhile: 'nothing' | 'destroy' | Target;
  readonly failsElsewhere: boolean;
}

export function tended(
  start: Deploy,
  { found, wish: more, harms, watch, meanwhile, failsElsewhere }: Tending,
): readonly Step[] {
  const { wish, further } = of(start);
  const { domain, region, zone } = placeOf(wish);
  const smooth = { stack: 0, deliveries: [], watch };
  return [
    ...made(found, wish),
    { ...start, resources: [{ ...wish, ...more }, further] },
    ...harms.map((harm): Act => ({ kind: 'act', act: { ...harm, domain, region, zone } as ActPlan })),
    meanwhile === 'nothing'
      ? { kind: 'watch', stack: 0, repairs: true, faults: [] }
      : meanwhile === 'destroy'
        ? { kind: 'destroy', ...smooth }
        : { kind: 'deploy', ...smooth, resources: [meanwhile, 'keep'], failsElsewhere },
  ];
}

/**
 * A deployment that fails when the identity is there, and cannot take it back as a policy denies that: the id in its answer
 * is all that leads back to it.
 */
export function undoneInVain(denied: string): readonly Step[] {
  const policy = (operation: string | null): Act => ({ kind: 'act', act: { on: 'policy', denied: operation } });
  return [
    policy(denied),
    {
      kind: 'deploy',
      stack: 0,
      resources: [{ defect: 'no such zone' }, 'keep'],
      failsElsewhere: false,
      deliveries: [],
    },
    policy(null),
    { kind: 'destroy', stack: 0, deliveries: [] },
  ];
}

function made({ identity, records, settings }: Found, wish: Wish): readonly Act[] {
  const place = placeOf(wish);
  const acts: readonly ActPlan[] = [
    ...(identity ? [{ on: 'identity', ...place, what: 'make' } as const] : []),
    ...records.map((token) => ({ on: 'record', ...place, token, what: 'put right' }) as const),
    ...(settings ? [{ on: 'settings', ...place, what: 'as ours' } as const] : []),
  ];
  return acts.map((act) => ({ kind: 'act', act }));
}

function placeOf({ domain = 0, region = 0, zone = 0 }: Wish) {
  return { domain, region, zone };
}

function of({ resources: [wish, further] }: Deploy) {
  return { wish: wish as Wish, further };
}

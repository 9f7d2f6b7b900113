import {
  type Act,
  type ActPlan,
  type Alongside,
  type Deploy,
  type Destroy,
  type IdentityAct,
  type SettingsAct,
  SMOOTH,
  type Step,
  type Target,
  type Wish,
} from './plan';

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
    ...harms.map((harm) => acted({ ...harm, domain, region, zone } as ActPlan)),
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
  const policy = (operation: string | null) => acted({ on: 'policy', denied: operation });
  return [policy(denied), deployed(0, { defect: 'no such zone' }), policy(null), destroyed(0)];
}

/** Two stacks use a domain, somebody edits a claim, and one of them goes. */
export function editedClaim(goes: number): readonly Step[] {
  return [deployed(1), deployed(0), acted({ on: 'tags', ...FIRST, what: 'edit claim' }), destroyed(goes)];
}

/** The identity signs with keys of others when the first deployment comes, and is removed later. */
export function foreignSigning(what: IdentityAct): readonly Step[] {
  const identity = (what: IdentityAct) => acted({ on: 'identity', ...FIRST, what });
  return [identity(what), deployed(0), identity('remove')];
}

/**
 * Others have values of their own in the TXT record sets that we write to, and keep them.
 *
 * @param call at which they add another one
 */
export function amongOthers(call: number): readonly Step[] {
  const text = (token: number): ActPlan => ({ on: 'record', ...FIRST, token, what: 'put TXT' });
  return [
    acted(text(4)),
    acted(text(5)),
    {
      ...deployed(0, { mailFrom: 'bounce', dmarc: 'watch' }),
      deliveries: [{ ...SMOOTH, meanwhile: { call, act: text(4) } }],
    },
    destroyed(0),
  ];
}

/** The records are written, and the answer to that is lost. */
export function lostWrite(): readonly Step[] {
  const fault = { kind: 'dropAfter', operation: 'ChangeResourceRecordSets', call: 0, times: 1, ms: 0 } as const;
  return [{ ...deployed(0), deliveries: [{ ...SMOOTH, faults: [fault] }] }, destroyed(0)];
}

/** A Create is not answered, its stack is left as it is, and the next deployment makes the resource anew. */
export function leftUnanswered(of: 'domain' | 'settings'): readonly Step[] {
  const lost = { ...SMOOTH, lost: true };
  const deliveries = of === 'domain' ? [lost] : [SMOOTH, lost];
  return [{ ...deployed(0, MANY_SETTINGS), withoutRollback: true, deliveries }, deployed(0, { ttl: '300' })];
}

/** What was replaced is never cleaned up: Lambda has queued the events, and brings them when the stack is at rest. */
export function lateCleanUp(): readonly Step[] {
  const late = { ...SMOOTH, late: true };
  return [deployed(0), { ...deployed(0, { zone: 1 }), deliveries: [SMOOTH, late, late, late] }];
}

/**
 * Identities in two Regions use a record. The one that has made it goes, and cannot look at the other one.
 *
 * @param call of the removal from which on no identity can be looked at
 */
export function askedInVain(call: number): readonly Step[] {
  const fault = { kind: 'deny', operation: 'GetEmailIdentity', call, times: 30, ms: 0 } as const;
  return [
    deployed(0, { dmarc: 'watch' }),
    deployed(1, { region: 1, dmarc: 'watch' }),
    { ...destroyed(0), deliveries: [{ ...SMOOTH, faults: [fault] }] },
  ];
}

/** Others give settings of an identity another value before its watch comes, which they may have made in the first place. */
export function changedByOthers(isFound: boolean, what: SettingsAct): readonly Step[] {
  return [
    ...(isFound ? made({ identity: true, records: [], settings: true }, {}) : []),
    deployed(0, MANY_SETTINGS),
    acted({ on: 'settings', ...FIRST, what }),
    { kind: 'watch', stack: 0, repairs: true, faults: [] },
  ];
}

/**
 * A deployment begins while the watch of the stack has several settings to put back.
 *
 * @param call of the watch by which it begins
 */
export function deployedAmidRepairs(call: number): readonly Step[] {
  return [
    deployed(0, MANY_SETTINGS),
    acted({ on: 'settings', ...FIRST, what: 'reset' }),
    { ...deployed(0, { ttl: '300' }), watch: { stack: 0, call, isLate: false } },
  ];
}

const MANY_SETTINGS: Wish = { mailFrom: 'bounce', settings: { configurationSet: 'main', topics: 'both' } };

const FIRST = placeOf({});

function deployed(stack: number, wish: Wish = {}): Deploy {
  return { kind: 'deploy', stack, resources: [wish, 'keep'], failsElsewhere: false, deliveries: [] };
}

function destroyed(stack: number): Destroy {
  return { kind: 'destroy', stack, deliveries: [] };
}

function acted(act: ActPlan): Act {
  return { kind: 'act', act };
}

function made({ identity, records, settings }: Found, wish: Wish): readonly Act[] {
  const place = placeOf(wish);
  const acts: readonly ActPlan[] = [
    ...(identity ? [{ on: 'identity', ...place, what: 'make' } as const] : []),
    ...records.map((token) => ({ on: 'record', ...place, token, what: 'put right' }) as const),
    ...(settings ? [{ on: 'settings', ...place, what: 'as ours' } as const] : []),
  ];
  return acts.map(acted);
}

function placeOf({ domain = 0, region = 0, zone = 0 }: Wish) {
  return { domain, region, zone };
}

function of({ resources: [wish, further] }: Deploy) {
  return { wish: wish as Wish, further };
}

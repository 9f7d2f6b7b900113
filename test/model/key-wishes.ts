import type { SigningKeyLength } from '../../lib/shared/contract';
import { CHANGE_KEYS } from './judge-keys';
import {
  type ActPlan,
  type Delivery,
  type Deploy,
  type FaultPlan,
  SMOOTH,
  type Step,
  type Target,
  type Wish,
} from './plan';

/** What a life has to do with the length of keys. */
export interface KeyPlan {
  /** That of the first deployment. */
  readonly first: SigningKeyLength;
  /** What comes after that: nobody else is there yet. */
  readonly updates: readonly KeyUpdate[];
  /** That of the wishes after those, in turn; undefined leaves it as it was. */
  readonly later: readonly Wish['keys'][];
  /** Somebody else changes the keys of an identity, before a step. */
  readonly byHand?: {
    readonly step: number;
    readonly hours: number;
    readonly domain: number;
    readonly region: number;
    readonly length: SigningKeyLength;
  };
}

/** An update to the other length, when some hours have passed. */
export interface KeyUpdate {
  readonly hours: number;
  /** What it wishes for besides; what is undefined stays. */
  readonly wish: Pick<Wish, 'wait' | 'zone' | 'dmarc'>;
  /** Whether others have something where its DMARC record is to be. */
  readonly isInTheWay: boolean;
  readonly failsElsewhere: boolean;
  readonly deliveries: readonly Delivery[];
  /** Of the call that changes the keys. */
  readonly fault?: FaultPlan;
}

/** A life whose deployments choose the length of the keys. */
export function withKeys(steps: readonly Step[], { first, updates, later, byHand }: KeyPlan): readonly Step[] {
  const start = steps.findIndex(({ kind }) => kind === 'deploy');
  const [begun] = steps[start]?.kind === 'deploy' ? steps[start].resources : [];
  const place = typeof begun === 'object' ? begun : {};
  let wishes = 0;
  const choose = (target: Target) =>
    typeof target === 'string' ? target : withLength(target, later[wishes++ % later.length]);
  const chosen = steps.map((step, index): Step => {
    if (step.kind !== 'deploy') return step;
    const [target, ...further] = step.resources;
    return index === start && typeof target !== 'string'
      ? { ...step, resources: [withLength(target, first), ...further] }
      : { ...step, resources: step.resources.map(choose) };
  });
  const rekeyed = [
    ...chosen.slice(0, start + 1),
    ...updates.flatMap((update, index) => toSteps(update, index % 2 === 0 ? other(first) : first, place)),
    ...chosen.slice(start + 1),
  ];
  if (!byHand) return rekeyed;
  const { step, hours, domain, region, length } = byHand;
  const at = start + 1 + (step % (rekeyed.length - start));
  return [
    ...rekeyed.slice(0, at),
    act({ on: 'time', hours }),
    act({ on: 'keys', domain, region, length }),
    ...rekeyed.slice(at),
  ];
}

function toSteps(
  { hours, wish, isInTheWay, failsElsewhere, deliveries: planned, fault }: KeyUpdate,
  keys: SigningKeyLength,
  { domain = 0, region = 0, zone = 0 }: Wish,
): readonly Step[] {
  const given = Object.fromEntries(Object.entries({ ...wish, keys }).filter(([, value]) => value !== undefined));
  const [first = SMOOTH, ...further] = planned;
  const faults = fault ? [{ ...fault, call: 1, operation: CHANGE_KEYS }] : first.faults;
  const deliveries = [{ ...first, faults }, ...further];
  const deploy: Deploy = { kind: 'deploy', stack: 0, resources: [given, 'keep'], failsElsewhere, deliveries };
  const obstacle = { on: 'record', domain, region, zone, token: 5, what: 'put neighbour' } as const;
  return [act({ on: 'time', hours }), ...(wish.dmarc && isInTheWay ? [act(obstacle)] : []), deploy];
}

function other(length: SigningKeyLength): SigningKeyLength {
  return length === 'RSA_1024_BIT' ? 'RSA_2048_BIT' : 'RSA_1024_BIT';
}

function withLength(wish: Wish, keys: Wish['keys']): Wish {
  return keys === undefined ? wish : { ...wish, keys };
}

function act(plan: ActPlan): Step {
  return { kind: 'act', act: plan };
}

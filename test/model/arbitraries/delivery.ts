import * as fc from 'fast-check';
import type { Alongside, Delivery, FaultPlan } from '../plan';
import { actPlan } from './acts';
import { choice, maybe, rarely } from './chance';

export const fault: fc.Arbitrary<FaultPlan> = fc.record({
  kind: fc.constantFrom(
    'throttle' as const,
    'error500' as const,
    'error503' as const,
    'dropBefore' as const,
    'dropAfter' as const,
    'PriorRequestNotComplete' as const,
    'slow' as const,
    'hang' as const,
    'deny' as const,
  ),
  call: fc.integer({ min: 1, max: 9 }),
  times: choice([4, 1], [1, 2], [1, 3]),
  ms: fc.constantFrom(900, 9_000, 12_000),
});

const environment = choice<'same' | 'another'>([2, 'same'], [1, 'another']);

const kill = fc.record(
  {
    call: fc.integer({ min: 1, max: 10 }),
    after: fc.boolean(),
    timesOut: rarely(25),
    retryIn: environment,
    act: actPlan,
  },
  { requiredKeys: ['call', 'after', 'timesOut', 'retryIn'] },
);

const someKills = fc.oneof(
  { weight: 9, arbitrary: fc.constant([]) },
  { weight: 4, arbitrary: fc.array(kill, { minLength: 1, maxLength: 3 }) },
);

export const stack = choice([1, 0], [1, 1]);

export const alongside: fc.Arbitrary<Alongside> = fc.record({
  stack,
  call: fc.integer({ min: 1, max: 12 }),
  isLate: rarely(10),
});

export const delivery: fc.Arbitrary<Delivery> = fc
  .record({
    faults: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(fault, { minLength: 1, maxLength: 2 }) },
    ),
    outage: maybe(5, fc.constantFrom('ses' as const, 'route53' as const)),
    kills: someKills,
    meanwhile: maybe(12, fc.record({ call: fc.integer({ min: 2, max: 7 }), act: actPlan })),
    watch: maybe(6, alongside),
    duplicate: maybe(10, environment),
    cancelled: maybe(10, fc.integer({ min: 1, max: 9 })),
    lost: rarely(6),
    late: rarely(6),
  })
  .map(({ outage, meanwhile, watch, duplicate, cancelled, ...rest }) => ({
    ...rest,
    ...(outage && { outage }),
    ...(meanwhile && { meanwhile }),
    ...(watch && { watch }),
    ...(duplicate && { duplicate }),
    ...(cancelled && { cancelled }),
  }));

import * as fc from 'fast-check';
import type { Act, Deploy, Destroy, Step, Target, Watch } from '../plan';
import { actPlan, harm } from './acts';
import { maybe, rarely } from './chance';
import { fault, stack, alongside, delivery } from './delivery';
import { wish } from './wish';

export const target = (presence: number): fc.Arbitrary<Target> =>
  fc.oneof(
    { weight: 2 * presence, arbitrary: wish },
    { weight: 20 - 2 * presence, arbitrary: fc.constant('keep' as const) },
    { weight: 1, arbitrary: fc.constant('remove' as const) },
    { weight: 2, arbitrary: fc.constant('rename' as const) },
  );

const deploy: fc.Arbitrary<Deploy> = fc.record({
  kind: fc.constant('deploy' as const),
  stack,
  resources: fc.tuple(target(9), target(2)),
  failsElsewhere: rarely(25),
  deliveries: fc.array(delivery, { maxLength: 4 }),
  watch: maybe(15, alongside),
});

export const destroy: fc.Arbitrary<Destroy> = fc.record({
  kind: fc.constant('destroy' as const),
  stack,
  deliveries: fc.array(delivery, { maxLength: 3 }),
  watch: maybe(15, alongside),
});

const act: fc.Arbitrary<Act> = fc.record({ kind: fc.constant('act' as const), act: actPlan });

const watch: fc.Arbitrary<Watch> = fc
  .record({
    kind: fc.constant('watch' as const),
    stack,
    repairs: rarely(80),
    before: maybe(70, harm),
    faults: maybe(25, fc.array(fault, { minLength: 1, maxLength: 2 })),
    kill: maybe(15, fc.record({ call: fc.integer({ min: 4, max: 20 }), after: fc.boolean() })),
    meanwhile: maybe(20, fc.record({ call: fc.integer({ min: 2, max: 14 }), act: actPlan })),
  })
  .map(({ faults = [], before, kill, meanwhile, ...rest }) => ({
    ...rest,
    faults,
    ...(before && { before }),
    ...(kill && { kill }),
    ...(meanwhile && { meanwhile }),
  }));

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: deploy },
  { weight: 7, arbitrary: act },
  { weight: 4, arbitrary: watch },
  { weight: 1, arbitrary: destroy },
);

import * as fc from 'fast-check';
import { withFewMishaps } from '../mishaps';
import type { Deploy, IdentityAct, Sequence, Step, Target, Wish } from '../plan';
import { choice, few, maybe, rarely } from './chance';
import { delivery } from './delivery';
import { keyLength } from './keys';
import { mishaps } from './mishaps';
import { destroy } from './steps';
import { setup } from './wish';

const replicaWish: fc.Arbitrary<Wish> = fc.record(
  {
    region: few(1),
    retain: rarely(10),
    wait: choice<NonNullable<Wish['wait']>>([4, 'none'], [1, '60']),
    ttl: fc.constantFrom('300' as const, '1800' as const),
  },
  { requiredKeys: [] },
);

const replicaTarget: fc.Arbitrary<Target> = fc.oneof(
  { weight: 10, arbitrary: replicaWish },
  { weight: 3, arbitrary: fc.constant('keep' as const) },
  { weight: 2, arbitrary: fc.constant('remove' as const) },
  { weight: 2, arbitrary: fc.constant('rename' as const) },
);

/** The parent is there whenever a replica is. */
const parentWish: fc.Arbitrary<Wish> = fc.record(
  { ttl: fc.constantFrom('300' as const, '1800' as const), keys: keyLength, retain: rarely(5) },
  { requiredKeys: [] },
);

const replicaStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('deploy' as const),
      stack: choice([3, 0], [1, 1]),
      resources: fc.tuple(parentWish, replicaTarget, replicaTarget),
      failsElsewhere: rarely(25),
      deliveries: fc.array(
        fc.tuple(delivery, rarely(15)).map(([each, lost]) => ({ ...each, lost: each.lost || lost })),
        { maxLength: 6 },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      act: fc.record({
        on: fc.constant('identity' as const),
        domain: fc.constant(0),
        region: fc.integer({ min: 1, max: 2 }),
        what: choice<IdentityAct>([3, 'replicate'], [1, 'make'], [1, 'remove'], [1, 'verify'], [1, 'give up']),
      }),
    }),
  },
  { weight: 1, arbitrary: destroy },
);

/** As with other lives, most begin with a deployment that goes well. */
const replicaStart: fc.Arbitrary<Deploy> = fc.record({
  kind: fc.constant('deploy' as const),
  stack: fc.constant(0),
  resources: fc.tuple(parentWish, replicaWish, replicaTarget),
  failsElsewhere: fc.constant(false),
  deliveries: fc.constant([]),
});

/** Lives of a domain and its replicas. */
export const replicaSequences: fc.Arbitrary<Sequence> = fc
  .record({
    seed: fc.nat(),
    setup,
    steps: fc
      .tuple(maybe(75, replicaStart), fc.array(replicaStep, { minLength: 2, maxLength: 6, size: 'max' }))
      .map(([start, further]) => (start ? [start, ...further] : further)),
    mishaps,
  })
  .map(({ steps, mishaps, ...life }) => ({ ...life, steps: withFewMishaps(steps, mishaps), replicas: true }));

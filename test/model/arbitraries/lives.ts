import * as fc from 'fast-check';
import { withKeys } from '../key-wishes';
import { withFewMishaps } from '../mishaps';
import type { Sequence } from '../plan';
import { maybe } from './chance';
import { keyPlan } from './keys';
import { mishaps } from './mishaps';
import { opening } from './opening';
import { step } from './steps';
import { setup } from './wish';

/** Lives of stacks. The keys and the mishaps come last, so that they leave the rest of a life as it is without them. */
export const sequences: fc.Arbitrary<Sequence> = fc
  .record({
    seed: fc.nat(),
    setup,
    steps: fc
      .tuple(opening, fc.array(step, { minLength: 2, maxLength: 7, size: 'max' }))
      .map(([opening, further]) => [...opening, ...further]),
    keys: maybe(20, keyPlan),
    mishaps,
  })
  .map(({ keys, steps, mishaps, ...life }) => ({
    ...life,
    steps: withFewMishaps(keys ? withKeys(steps, keys) : steps, mishaps),
  }));

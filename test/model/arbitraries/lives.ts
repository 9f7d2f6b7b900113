import * as fc from 'fast-check';
import { withKeys } from '../key-wishes';
import { withFewMishaps } from '../mishaps';
import type { Sequence } from '../plan';
import { maybe } from './chance';
import { keyPlan } from './keys';
import { mishaps } from './mishaps';
import { opening, rareStart } from './opening';
import { step } from './steps';
import { setup } from './wish';

/** Lives of stacks. What comes last leaves the rest of a life as it is without it: the keys, the mishaps, the start. */
export const sequences: fc.Arbitrary<Sequence> = fc
  .record({
    seed: fc.nat(),
    setup,
    steps: fc
      .tuple(opening, fc.array(step, { minLength: 2, maxLength: 7, size: 'max' }))
      .map(([opening, further]) => [...opening, ...further]),
    keys: maybe(20, keyPlan),
    mishaps,
    start: maybe(8, rareStart),
  })
  .map(({ keys, steps, mishaps, start = [], ...life }) => ({
    ...life,
    steps: [...start, ...withFewMishaps(keys ? withKeys(steps, keys) : steps, mishaps)],
  }));

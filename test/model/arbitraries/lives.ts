import * as fc from 'fast-check';
import { withKeys } from '../key-wishes';
import { withFewMishaps } from '../mishaps';
import type { Sequence } from '../plan';
import { maybe } from './chance';
import { keyPlan } from './keys';
import { mishaps } from './mishaps';
import { badStart, opening, rareStart } from './opening';
import { step } from './steps';
import { setup } from './wish';

/** Lives of stacks. What comes last leaves the rest of a life as it is without it: the keys, the mishaps, the starts. */
export const sequences: fc.Arbitrary<Sequence> = fc
  .record({
    seed: fc.nat(),
    setup,
    steps: fc
      .tuple(opening, fc.array(step, { minLength: 2, maxLength: 7, size: 'max' }))
      .map(([opening, further]) => [...opening, ...further]),
    keys: maybe(20, keyPlan),
    mishaps,
    badStart: maybe(2, badStart),
    rareStart: maybe(4, rareStart),
  })
  .map(({ keys, steps, mishaps, badStart = [], rareStart = [], ...life }) => ({
    ...life,
    steps: [...badStart, ...rareStart, ...withFewMishaps(keys ? withKeys(steps, keys) : steps, mishaps)],
  }));

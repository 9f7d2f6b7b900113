import * as fc from 'fast-check';
import { withKeys } from '../key-wishes';
import { withFewMishaps } from '../mishaps';
import { undoneInVain } from '../openings';
import type { Sequence } from '../plan';
import { maybe } from './chance';
import { keyPlan } from './keys';
import { mishaps } from './mishaps';
import { opening } from './opening';
import { step } from './steps';
import { setup } from './wish';

/** What a deployment needs that takes an identity back. */
const neededToUndo = fc.constantFrom('DeleteEmailIdentity', 'TagResource');

/** Lives of stacks. What comes last leaves the rest of a life as it is without it: the keys, the mishaps, the bad start. */
export const sequences: fc.Arbitrary<Sequence> = fc
  .record({
    seed: fc.nat(),
    setup,
    steps: fc
      .tuple(opening, fc.array(step, { minLength: 2, maxLength: 7, size: 'max' }))
      .map(([opening, further]) => [...opening, ...further]),
    keys: maybe(20, keyPlan),
    mishaps,
    badStart: maybe(2, neededToUndo.map(undoneInVain)),
  })
  .map(({ keys, steps, mishaps, badStart = [], ...life }) => ({
    ...life,
    steps: [...badStart, ...withFewMishaps(keys ? withKeys(steps, keys) : steps, mishaps)],
  }));

import * as fc from 'fast-check';
import { choice, few } from './chance';

/** Which mishaps of a life happen: up to four. */
export const mishaps: fc.Arbitrary<readonly number[]> = fc
  .tuple(choice([1, 1], [2, 2], [3, 3], [2, 4]), fc.tuple(few(999), few(999), few(999), few(999)))
  .map(([count, picks]) => picks.slice(0, count));

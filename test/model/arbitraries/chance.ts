import * as fc from 'fast-check';

/** One of several values, by their weights. */
export const choice = <T>(...weighted: [number, T][]): fc.Arbitrary<T> =>
  fc.oneof(...weighted.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

/** From 0 to the most. */
export const few = (most: number): fc.Arbitrary<number> => fc.nat({ max: most });

/** Mostly the first place, so that all meet there. */
export const place = (most: number): fc.Arbitrary<number> =>
  fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: few(most) });

/** Present in so many cases of a hundred. */
export const maybe = <T>(percent: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 100 - percent, arbitrary: fc.constant(undefined) }, { weight: percent, arbitrary });

/** True in so many cases of a hundred. */
export const rarely = (percent: number): fc.Arbitrary<boolean> => choice([100 - percent, false], [percent, true]);

import * as fc from 'fast-check';
import { type KeyPlan, type KeyUpdate } from '../key-wishes';
import type { Wish } from '../plan';
import { choice, few, place, maybe, rarely } from './chance';
import { fault, delivery } from './delivery';

export const keyLength = fc.constantFrom('RSA_1024_BIT' as const, 'RSA_2048_BIT' as const);

/** SES changes keys at most once in 24 hours. */
const hours = choice([1, 0], [3, 30]);

const keyUpdate: fc.Arbitrary<KeyUpdate> = fc.record({
  hours,
  wish: fc.record({
    wait: choice<NonNullable<Wish['wait']>>([2, 'none'], [1, '60']),
    zone: choice<Wish['zone']>([9, undefined], [1, 1]),
    dmarc: choice<Wish['dmarc']>([4, undefined], [1, 'watch']),
  }),
  isInTheWay: fc.boolean(),
  failsElsewhere: rarely(30),
  deliveries: fc.array(delivery, { maxLength: 3 }),
  fault: maybe(25, fault),
});

export const keyPlan: fc.Arbitrary<KeyPlan> = fc.record({
  first: keyLength,
  updates: fc.array(keyUpdate, { minLength: 1, maxLength: 3 }),
  later: fc.array(
    choice<KeyPlan['later'][number]>([4, undefined], [1, 'none'], [1, 'RSA_1024_BIT'], [1, 'RSA_2048_BIT']),
    {
      minLength: 1,
      maxLength: 5,
    },
  ),
  byHand: maybe(30, fc.record({ step: few(8), hours, domain: place(1), region: place(1), length: keyLength })),
});

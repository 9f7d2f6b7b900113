import * as fc from 'fast-check';
import {
  amongOthers,
  askedInVain,
  both,
  changedByOthers,
  deployedAmidRepairs,
  editedClaim,
  foreignSigning,
  lateCleanUp,
  leftUnanswered,
  lostWrite,
  type Second,
  takeOver,
  tended,
  type Tending,
  undoneInVain,
} from '../openings';
import type { Deploy, Step } from '../plan';
import { harm } from './acts';
import { choice, few, rarely } from './chance';
import { target } from './steps';
import { wish } from './wish';

/** Most lives begin with a deployment that goes well, since there is little to see in the others. */
const first: fc.Arbitrary<Deploy> = fc.record({
  kind: fc.constant('deploy' as const),
  stack: fc.constant(0),
  resources: fc.tuple(wish, target(2)),
  failsElsewhere: fc.constant(false),
  deliveries: fc.constant([]),
});

const second = choice<Second>([6, 'else'], [3, 'same'], [2, 'same in another Region']);

/** A domain with much to look after, part of it made by others; what goes missing; and when its watch comes. */
const tending: fc.Arbitrary<Tending> = fc.record({
  found: fc.record({ identity: fc.boolean(), records: fc.subarray([0, 1, 2, 3, 4, 5]), settings: fc.boolean() }),
  wish: fc.record({
    takeOwnership: fc.constant(false),
    mailFrom: fc.constant('bounce' as const),
    dmarc: fc.constantFrom('none' as const, 'watch' as const),
    defect: fc.constant('none' as const),
    settings: fc.record({
      configurationSet: fc.constant('main' as const),
      topics: fc.constantFrom('none' as const, 'both' as const, 'all' as const),
    }),
  }),
  harms: fc.array(harm, { minLength: 1, maxLength: 5 }),
  watch: fc.record({ stack: fc.constant(0), call: fc.integer({ min: 6, max: 34 }), isLate: fc.boolean() }),
  meanwhile: choice<Tending['meanwhile']>(
    [3, 'nothing'],
    [1, 'keep'],
    [1, 'rename'],
    [1, 'remove'],
    [1, { zone: 1 }],
    [2, 'destroy'],
  ),
  failsElsewhere: rarely(25),
});

export const opening: fc.Arbitrary<readonly Step[]> = fc.oneof(
  { weight: 30, arbitrary: fc.constant([]) },
  { weight: 58, arbitrary: fc.tuple(first, second).map(([start, second]) => both(start, second)) },
  { weight: 4, arbitrary: fc.tuple(first, fc.boolean()).map(([start, fails]) => takeOver(start, fails)) },
  { weight: 8, arbitrary: fc.tuple(first, tending).map(([start, tending]) => tended(start, tending)) },
);

/** What lives would seldom come to by themselves. */
export const rareStart: fc.Arbitrary<readonly Step[]> = fc.oneof(
  // What a deployment needs that takes an identity back.
  fc.constantFrom('DeleteEmailIdentity', 'TagResource').map(undoneInVain),
  few(1).map(editedClaim),
  fc.constantFrom('make BYODKIM' as const, 'make failed BYODKIM' as const).map(foreignSigning),
  fc.integer({ min: 6, max: 14 }).map(amongOthers),
  fc.constantFrom(lostWrite(), lateCleanUp(), leftUnanswered('domain'), leftUnanswered('settings')),
  fc.integer({ min: 6, max: 9 }).map(askedInVain),
  fc
    .tuple(fc.boolean(), fc.constantFrom('reset' as const, 'mail from' as const, 'topics' as const))
    .map(([isFound, what]) => changedByOthers(isFound, what)),
  fc.integer({ min: 6, max: 30 }).map(deployedAmidRepairs),
);

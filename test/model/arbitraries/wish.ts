import * as fc from 'fast-check';
import type { CleanUpView, Defect, SettingsWish, Setup, Wish } from '../plan';
import { choice, place, rarely } from './chance';

export const setup: fc.Arbitrary<Setup> = fc.record({
  signingHost: choice<Setup['signingHost']>([4, 'documented'], [2, 'cell'], [1, 'unsaid']),
  sesv2: choice<Setup['sesv2']>([22, 'on'], [1, 'denied'], [1, 'down']),
  insyncAfter: choice([72, 0], [36, 5_000], [9, 12_000], [1, 900_000]),
  verifyAfter: choice<number | null>([6, 8_000], [3, 90_000], [1, null]),
  listPageSize: choice([3, 300], [1, 1], [1, 2]),
  reviveTokens: rarely(25),
  shows: choice<CleanUpView>([3, 'present'], [3, 'deleted'], [1, 'none'], [1, 'stub']),
  lag: choice([3, 0], [1, 1_500]),
  tellsOfRollback: rarely(40),
});

const settingsWish: fc.Arbitrary<SettingsWish> = fc.record(
  {
    configurationSet: fc.constantFrom('none' as const, 'main' as const, 'other' as const),
    behavior: fc.constantFrom('UseDefaultValue' as const, 'RejectMessage' as const),
    forwarding: fc.boolean(),
    topics: fc.constantFrom('none' as const, 'both' as const, 'all' as const),
    headers: fc.boolean(),
    senders: fc.constantFrom('none' as const, 'account' as const, 'service' as const),
  },
  { requiredKeys: [] },
);

export const wish: fc.Arbitrary<Wish> = fc.record(
  {
    domain: place(1),
    region: place(1),
    zone: place(3),
    zoneNameKnown: fc.boolean(),
    ttl: fc.constantFrom('300' as const, '1800' as const),
    overwrite: fc.boolean(),
    retain: rarely(20),
    takeOwnership: rarely(40),
    mailFrom: choice<NonNullable<Wish['mailFrom']>>([6, 'none'], [4, 'bounce'], [1, 'news']),
    dmarc: choice<NonNullable<Wish['dmarc']>>([6, 'none'], [3, 'watch'], [2, 'reject']),
    elsewhere: rarely(5),
    settings: fc.oneof({ weight: 1, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: settingsWish }),
    wait: choice<NonNullable<Wish['wait']>>([10, 'none'], [1, '60'], [2, '300']),
    defect: choice<Defect>(
      [60, 'none'],
      [1, 'other zone'],
      [1, 'no such zone'],
      [1, 'no role'],
      [1, 'bad ttl'],
      [1, 'bad role'],
      [1, 'bad domain'],
    ),
  },
  { requiredKeys: [] },
);

import * as fc from 'fast-check';
import { type KeyPlan, type KeyUpdate, withKeys } from './key-wishes';
import { withFewMishaps } from './mishaps';
import { both, type Second, takeOver, tended, type Tending } from './openings';
import type {
  Act,
  ActPlan,
  Alongside,
  CleanUpView,
  Defect,
  Delivery,
  Deploy,
  Destroy,
  FaultPlan,
  IdentityAct,
  RecordAct,
  Sequence,
  SettingsAct,
  SettingsWish,
  Setup,
  Step,
  TagAct,
  Target,
  Watch,
  Wish,
} from './plan';

const choice = <T>(...weighted: [number, T][]): fc.Arbitrary<T> =>
  fc.oneof(...weighted.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

const few = (most: number): fc.Arbitrary<number> => fc.nat({ max: most });
/** Mostly the first place, so that all meet there. */
const place = (most: number): fc.Arbitrary<number> =>
  fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: few(most) });
/** Present in so many cases of a hundred. */
const maybe = <T>(percent: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 100 - percent, arbitrary: fc.constant(undefined) }, { weight: percent, arbitrary });
const rarely = (percent: number): fc.Arbitrary<boolean> => choice([100 - percent, false], [percent, true]);

const setup: fc.Arbitrary<Setup> = fc.record({
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

const wish: fc.Arbitrary<Wish> = fc.record(
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

const identityAct: fc.Arbitrary<IdentityAct> = choice<IdentityAct>(
  [4, 'make'],
  [2, 'make pending'],
  [2, 'make without DKIM'],
  [1, 'make failed'],
  [1, 'make BYODKIM'],
  [1, 'make failed BYODKIM'],
  [1, 'make replica'],
  [3, 'remove'],
  [3, 'remake'],
  [3, 'verify'],
  [2, 'give up'],
);

const recordAct: fc.Arbitrary<RecordAct> = choice<RecordAct>(
  [4, 'remove'],
  [4, 'put right'],
  [2, 'put right with dot'],
  [4, 'put wrong'],
  [3, 'change TTL'],
  [3, 'put TXT'],
  [1, 'put weighted'],
  [2, 'put neighbour'],
);

const deniable = [
  'CreateEmailIdentity',
  'GetEmailIdentity',
  'DeleteEmailIdentity',
  'TagResource',
  'UntagResource',
  'ListTagsForResource',
  'VerifyDomainDkim',
  'ListResourceRecordSets',
  'ChangeResourceRecordSets',
  'GetChange',
  'AssumeRole',
  'DescribeStackResource',
  'DescribeStacks',
  'PutEmailIdentityMailFromAttributes',
  'GetIdentityNotificationAttributes',
  'SetIdentityNotificationTopic',
  'PutEmailIdentityConfigurationSetAttributes',
];

const actPlan: fc.Arbitrary<ActPlan> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      on: fc.constant('identity' as const),
      domain: place(1),
      region: place(2),
      what: identityAct,
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      on: fc.constant('record' as const),
      domain: place(2),
      region: place(2),
      zone: place(3),
      token: few(5),
      what: recordAct,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      on: fc.constant('settings' as const),
      domain: place(1),
      region: place(1),
      what: fc.constantFrom<SettingsAct>(
        'mail from',
        'give up mail from',
        'configuration set',
        'topics',
        'no forwarding',
        'policy',
        'reset',
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      on: fc.constant('tags' as const),
      domain: place(1),
      region: place(1),
      what: fc.constantFrom<TagAct>('remove claims', 'remove all', 'edit claim', 'put theirs'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ on: fc.constant('zone' as const), zone: few(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      on: fc.constant('ses' as const),
      sesv2: setup.map(({ sesv2 }) => sesv2),
      signingHost: setup.map(({ signingHost }) => signingHost),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      on: fc.constant('policy' as const),
      denied: maybe(60, fc.constantFrom(...deniable)).map((denied) => denied ?? null),
    }),
  },
  { weight: 1, arbitrary: fc.record({ on: fc.constant('time' as const), hours: few(80) }) },
);

const fault: fc.Arbitrary<FaultPlan> = fc.record({
  kind: fc.constantFrom(
    'throttle' as const,
    'error500' as const,
    'error503' as const,
    'dropBefore' as const,
    'dropAfter' as const,
    'PriorRequestNotComplete' as const,
    'slow' as const,
    'hang' as const,
    'deny' as const,
  ),
  call: fc.integer({ min: 1, max: 9 }),
  times: choice([4, 1], [1, 2], [1, 3]),
  ms: fc.constantFrom(900, 9_000, 12_000),
});

const environment = choice<'same' | 'another'>([2, 'same'], [1, 'another']);

const kill = fc.record(
  {
    call: fc.integer({ min: 1, max: 10 }),
    after: fc.boolean(),
    timesOut: rarely(25),
    retryIn: environment,
    act: actPlan,
  },
  { requiredKeys: ['call', 'after', 'timesOut', 'retryIn'] },
);

const someKills = fc.oneof(
  { weight: 9, arbitrary: fc.constant([]) },
  { weight: 4, arbitrary: fc.array(kill, { minLength: 1, maxLength: 3 }) },
);

const stack = choice([1, 0], [1, 1]);

const alongside: fc.Arbitrary<Alongside> = fc.record({
  stack,
  call: fc.integer({ min: 1, max: 12 }),
  isLate: rarely(10),
});

const delivery: fc.Arbitrary<Delivery> = fc
  .record({
    faults: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(fault, { minLength: 1, maxLength: 2 }) },
    ),
    outage: maybe(5, fc.constantFrom('ses' as const, 'route53' as const)),
    kills: someKills,
    meanwhile: maybe(12, fc.record({ call: fc.integer({ min: 2, max: 7 }), act: actPlan })),
    watch: maybe(6, alongside),
    duplicate: maybe(10, environment),
    cancelled: maybe(10, fc.integer({ min: 1, max: 9 })),
    lost: rarely(6),
    late: rarely(6),
  })
  .map(({ outage, meanwhile, watch, duplicate, cancelled, ...rest }) => ({
    ...rest,
    ...(outage && { outage }),
    ...(meanwhile && { meanwhile }),
    ...(watch && { watch }),
    ...(duplicate && { duplicate }),
    ...(cancelled && { cancelled }),
  }));

const target = (presence: number): fc.Arbitrary<Target> =>
  fc.oneof(
    { weight: 2 * presence, arbitrary: wish },
    { weight: 20 - 2 * presence, arbitrary: fc.constant('keep' as const) },
    { weight: 1, arbitrary: fc.constant('remove' as const) },
    { weight: 2, arbitrary: fc.constant('rename' as const) },
  );

const deploy: fc.Arbitrary<Deploy> = fc.record({
  kind: fc.constant('deploy' as const),
  stack,
  resources: fc.tuple(target(9), target(2)),
  failsElsewhere: rarely(25),
  deliveries: fc.array(delivery, { maxLength: 4 }),
  watch: maybe(15, alongside),
});

const destroy: fc.Arbitrary<Destroy> = fc.record({
  kind: fc.constant('destroy' as const),
  stack,
  deliveries: fc.array(delivery, { maxLength: 3 }),
  watch: maybe(15, alongside),
});

const act: fc.Arbitrary<Act> = fc.record({ kind: fc.constant('act' as const), act: actPlan });

/** What a watch is there to notice. */
const harm: fc.Arbitrary<ActPlan> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      on: fc.constant('record' as const),
      domain: place(1),
      region: place(1),
      zone: place(1),
      token: fc.oneof({ weight: 3, arbitrary: few(2) }, { weight: 2, arbitrary: few(5) }),
      what: choice<RecordAct>([6, 'remove'], [1, 'put wrong'], [1, 'put TXT'], [1, 'change TTL']),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      on: fc.constant('settings' as const),
      domain: place(1),
      region: place(1),
      what: choice<SettingsAct>([3, 'reset'], [1, 'give up mail from'], [1, 'topics']),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      on: fc.constant('identity' as const),
      domain: place(1),
      region: place(1),
      what: choice<IdentityAct>([3, 'give up'], [1, 'remove'], [1, 'remake']),
    }),
  },
);

const watch: fc.Arbitrary<Watch> = fc
  .record({
    kind: fc.constant('watch' as const),
    stack,
    repairs: rarely(80),
    before: maybe(70, harm),
    faults: maybe(25, fc.array(fault, { minLength: 1, maxLength: 2 })),
    kill: maybe(15, fc.record({ call: fc.integer({ min: 4, max: 20 }), after: fc.boolean() })),
    meanwhile: maybe(20, fc.record({ call: fc.integer({ min: 2, max: 14 }), act: actPlan })),
  })
  .map(({ faults = [], before, kill, meanwhile, ...rest }) => ({
    ...rest,
    faults,
    ...(before && { before }),
    ...(kill && { kill }),
    ...(meanwhile && { meanwhile }),
  }));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: deploy },
  { weight: 7, arbitrary: act },
  { weight: 4, arbitrary: watch },
  { weight: 1, arbitrary: destroy },
);

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

const opening: fc.Arbitrary<readonly Step[]> = fc.oneof(
  { weight: 30, arbitrary: fc.constant([]) },
  { weight: 58, arbitrary: fc.tuple(first, second).map(([start, second]) => both(start, second)) },
  { weight: 4, arbitrary: fc.tuple(first, fc.boolean()).map(([start, fails]) => takeOver(start, fails)) },
  { weight: 8, arbitrary: fc.tuple(first, tending).map(([start, tending]) => tended(start, tending)) },
);

const keyLength = fc.constantFrom('RSA_1024_BIT' as const, 'RSA_2048_BIT' as const);

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

const keyPlan: fc.Arbitrary<KeyPlan> = fc.record({
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

/** Which mishaps of a life happen: up to four. */
const mishaps: fc.Arbitrary<readonly number[]> = fc
  .tuple(choice([1, 1], [2, 2], [3, 3], [2, 4]), fc.tuple(few(999), few(999), few(999), few(999)))
  .map(([count, picks]) => picks.slice(0, count));

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

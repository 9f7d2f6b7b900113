import * as fc from 'fast-check';
import type {
  Act,
  ActPlan,
  Defect,
  Delivery,
  Deploy,
  Destroy,
  FaultPlan,
  IdentityAct,
  RecordAct,
  Sequence,
  Setup,
  Step,
  Target,
  Wish,
} from './plan';

const choice = <T>(...weighted: [number, T][]): fc.Arbitrary<T> =>
  fc.oneof(...weighted.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

const few = (most: number): fc.Arbitrary<number> => fc.nat({ max: most });
const rarely = (percent: number): fc.Arbitrary<boolean> => choice([100 - percent, false], [percent, true]);

const setup: fc.Arbitrary<Setup> = fc.record({
  signingHost: choice<Setup['signingHost']>([4, 'documented'], [2, 'cell'], [1, 'unsaid']),
  sesv2: choice<Setup['sesv2']>([8, 'on'], [1, 'denied'], [1, 'down']),
  insyncAfter: choice([4, 0], [4, 30_000], [1, 90_000], [1, 900_000]),
  verifyAfter: choice<number | null>([3, 20_000], [3, 300_000], [1, null]),
  listPageSize: choice([3, 300], [1, 1], [1, 2]),
  reviveTokens: rarely(25),
});

const wish: fc.Arbitrary<Wish> = fc.record(
  {
    domain: few(1),
    region: few(1),
    zone: few(3),
    zoneNameKnown: fc.boolean(),
    ttl: fc.constantFrom('300' as const, '1800' as const),
    overwrite: fc.boolean(),
    retain: rarely(20),
    wait: choice<NonNullable<Wish['wait']>>([6, 'none'], [1, '60'], [2, '600']),
    defect: choice<Defect>(
      [20, 'none'],
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
  [1, 'put TXT'],
  [1, 'put weighted'],
  [2, 'put neighbour'],
);

const deniable = [
  'GetIdentityVerificationAttributes',
  'VerifyDomainDkim',
  'GetIdentityDkimAttributes',
  'DeleteIdentity',
  'ListResourceRecordSets',
  'ChangeResourceRecordSets',
  'GetChange',
  'AssumeRole',
  'DescribeStackResource',
];

const actPlan: fc.Arbitrary<ActPlan> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ on: fc.constant('identity' as const), domain: few(1), region: few(2), what: identityAct }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      on: fc.constant('record' as const),
      domain: few(2),
      region: few(2),
      zone: few(3),
      token: few(2),
      what: recordAct,
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
    arbitrary: fc.record({ on: fc.constant('policy' as const), denied: fc.option(fc.constantFrom(...deniable)) }),
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
  { call: fc.integer({ min: 1, max: 10 }), after: fc.boolean(), retryIn: environment, act: actPlan },
  { requiredKeys: ['call', 'after', 'retryIn'] },
);

const someKills = fc.oneof(
  { weight: 8, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.array(kill, { minLength: 1, maxLength: 3 }) },
);

const delivery: fc.Arbitrary<Delivery> = fc
  .record({
    faults: fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fault, { minLength: 1, maxLength: 2 }) },
    ),
    kills: someKills,
    meanwhile: fc.option(fc.record({ call: fc.integer({ min: 2, max: 7 }), act: actPlan }), {
      freq: 8,
      nil: undefined,
    }),
    duplicate: fc.option(environment, { freq: 8, nil: undefined }),
    lost: rarely(4),
  })
  .map(({ meanwhile, duplicate, ...rest }) => ({
    ...rest,
    ...(meanwhile && { meanwhile }),
    ...(duplicate && { duplicate }),
  }));

const target = (presence: number): fc.Arbitrary<Target> =>
  fc.oneof(
    { weight: presence, arbitrary: wish },
    { weight: 10 - presence, arbitrary: fc.constant('keep' as const) },
    { weight: 1, arbitrary: fc.constant('remove' as const) },
  );

const deploy: fc.Arbitrary<Deploy> = fc.record({
  kind: fc.constant('deploy' as const),
  resources: fc.tuple(target(9), target(2)),
  failsElsewhere: rarely(25),
  deliveries: fc.array(delivery, { maxLength: 4 }),
});

const destroy: fc.Arbitrary<Destroy> = fc.record({
  kind: fc.constant('destroy' as const),
  deliveries: fc.array(delivery, { maxLength: 3 }),
});

const act: fc.Arbitrary<Act> = fc.record({ kind: fc.constant('act' as const), act: actPlan });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: deploy },
  { weight: 4, arbitrary: act },
  { weight: 1, arbitrary: destroy },
);

/** Lives of stacks. */
export const sequences: fc.Arbitrary<Sequence> = fc.record({
  seed: fc.nat(),
  setup,
  steps: fc.array(step, { minLength: 2, maxLength: 9, size: 'max' }),
});

import * as fc from 'fast-check';
import type { ActPlan, IdentityAct, RecordAct, SettingsAct, TagAct } from '../plan';
import { choice, few, place, maybe } from './chance';
import { setup } from './wish';

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

export const actPlan: fc.Arbitrary<ActPlan> = fc.oneof(
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

/** What a watch is there to notice. */
export const harm: fc.Arbitrary<ActPlan> = fc.oneof(
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

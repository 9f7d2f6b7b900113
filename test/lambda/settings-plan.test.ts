import * as fc from 'fast-check';
import { planSettings, Situation } from '../../lambda/settings/plan';
import { Setting, Settings, SettingValue, SettingValues, showSetting } from '../../lib/shared/settings';

/** What SES has for an identity that nobody has given settings. */
const DEFAULTS: SettingValues = {
  MailFrom: null,
  ConfigurationSet: null,
  FeedbackForwarding: true,
  SendingPolicy: null,
  BounceTopic: null,
  ComplaintTopic: null,
  DeliveryTopic: null,
  BounceHeaders: false,
  ComplaintHeaders: false,
  DeliveryHeaders: false,
};

const REJECTING = { domainName: 'm.example.com', behavior: 'RejectMessage' } as const;
const TOPIC = 'arn:aws:sns:eu-west-1:111111111111:feedback';

function plan(given: Partial<Situation>): string[] {
  return planSettings({ wanted: {}, former: {}, present: DEFAULTS, ...given }).map(
    ({ setting, from, to }) => `${setting}: ${showSetting(from)} > ${showSetting(to)}`,
  );
}

describe('what is wanted', () => {
  it('is set where it differs from what there is', () => {
    const wanted = { MailFrom: REJECTING, ConfigurationSet: 'main' };

    expect(plan({ wanted })).toEqual(['MailFrom: none > m.example.com RejectMessage', 'ConfigurationSet: none > main']);
    expect(plan({ wanted, present: { ...DEFAULTS, ConfigurationSet: 'main' } })).toHaveLength(1);
    expect(plan({ wanted, present: { ...DEFAULTS, ...wanted } })).toEqual([]);
  });

  it('is set where what there is cannot be read', () => {
    expect(plan({ wanted: { ConfigurationSet: 'main' }, present: {} })).toEqual(['ConfigurationSet: none > main']);
    expect(plan({ wanted: { ConfigurationSet: 'main' }, former: { ConfigurationSet: 'old' }, present: {} })).toEqual([
      'ConfigurationSet: old > main',
    ]);
  });
});

describe('what is no longer wanted', () => {
  const former = { ConfigurationSet: 'main' };

  it('goes back to the default', () => {
    expect(plan({ former, present: { ...DEFAULTS, ConfigurationSet: 'main' } })).toEqual([
      'ConfigurationSet: main > none',
    ]);
  });

  it.each([
    ['somebody else has changed it', { ...DEFAULTS, ConfigurationSet: 'theirs' }],
    ['it cannot be read', {}],
    ['it is the default already', DEFAULTS],
  ])('stays when %s', (_, present) => {
    expect(plan({ former, present })).toEqual([]);
  });
});

it('turns forwarding on when a topic goes without which SES does not have it off', () => {
  const present = { ...DEFAULTS, FeedbackForwarding: false, BounceTopic: TOPIC, ComplaintTopic: TOPIC };

  expect(plan({ former: { BounceTopic: TOPIC }, present })).toEqual([
    'FeedbackForwarding: false > true',
    `BounceTopic: ${TOPIC} > none`,
  ]);
  expect(plan({ former: { BounceTopic: TOPIC }, wanted: { FeedbackForwarding: false }, present })).toEqual([
    `BounceTopic: ${TOPIC} > none`,
  ]);
  expect(plan({ former: { DeliveryTopic: TOPIC }, present: { ...present, DeliveryTopic: TOPIC } })).toEqual([
    `DeliveryTopic: ${TOPIC} > none`,
  ]);
});

it('leaves alone what nobody has asked for', () => {
  expect(plan({ present: { ...DEFAULTS, MailFrom: REJECTING, BounceTopic: TOPIC } })).toEqual([]);
});

describe('the order', () => {
  const notified: Settings = {
    FeedbackForwarding: false,
    BounceTopic: TOPIC,
    ComplaintTopic: TOPIC,
    BounceHeaders: true,
    ComplaintHeaders: true,
  };

  it('is topics, headers, forwarding on the way there', () => {
    expect(plan({ wanted: notified }).map((line) => line.split(':')[0])).toEqual([
      'BounceTopic',
      'ComplaintTopic',
      'BounceHeaders',
      'ComplaintHeaders',
      'FeedbackForwarding',
    ]);
  });

  it('is forwarding, headers, topics on the way back', () => {
    const present = { ...DEFAULTS, ...notified };

    expect(plan({ former: notified, present }).map((line) => line.split(':')[0])).toEqual([
      'FeedbackForwarding',
      'BounceHeaders',
      'ComplaintHeaders',
      'BounceTopic',
      'ComplaintTopic',
    ]);
  });
});

/** Whether SES has such a state: feedback goes somewhere, and headers come with a topic. */
function isPossible(state: SettingValues): boolean {
  const told = state.FeedbackForwarding || (state.BounceTopic !== null && state.ComplaintTopic !== null);
  return (
    told &&
    (['Bounce', 'Complaint', 'Delivery'] as const).every(
      (type) => !state[`${type}Headers`] || state[`${type}Topic`] !== null,
    )
  );
}

const flag = fc.boolean();
const topic = fc.constantFrom(null, 'one', 'two');
const state = fc
  .record({
    MailFrom: fc.constantFrom(null, { ...REJECTING, behavior: 'UseDefaultValue' as const }, REJECTING),
    ConfigurationSet: fc.constantFrom(null, 'main', 'other'),
    FeedbackForwarding: flag,
    SendingPolicy: fc.constantFrom(null, '{"Statement":[1]}', '{"Statement":[2]}'),
    BounceTopic: topic,
    ComplaintTopic: topic,
    DeliveryTopic: topic,
    BounceHeaders: flag,
    ComplaintHeaders: flag,
    DeliveryHeaders: flag,
  })
  .filter(isPossible);

it('leads from any state to any other, and back, by way of states that SES has', () => {
  fc.assert(
    fc.property(state, state, (present, wanted) => {
      const steps = planSettings({ wanted, former: {}, present });
      const now: Record<Setting, SettingValue> = { ...present };
      for (const { setting, from, to } of steps) {
        expect(now[setting]).toEqual(from);
        now[setting] = to;
        expect(isPossible(now as SettingValues)).toBe(true);
      }
      expect(now).toEqual(wanted);
      for (const { setting, from } of [...steps].reverse()) {
        now[setting] = from;
        expect(isPossible(now as SettingValues)).toBe(true);
      }
      expect(now).toEqual(present);
    }),
    { numRuns: 1_000 },
  );
});

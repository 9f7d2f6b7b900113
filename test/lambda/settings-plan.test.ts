import * as fc from 'fast-check';
import { DEFAULTS, planSettings, Setting, Settings, Situation } from '../../lambda/settings/plan';

const TOPIC = 'arn:aws:sns:eu-west-1:111111111111:feedback';

function plan(given: Partial<Situation>): string[] {
  return planSettings({ wanted: {}, former: {}, present: DEFAULTS, ...given }).map(
    ({ setting, from, to }) => `${setting}: ${from || 'none'} > ${to || 'none'}`,
  );
}

describe('what is wanted', () => {
  it('is set where it differs from what there is', () => {
    const wanted = { MailFrom: 'm.example.com RejectMessage', ConfigurationSet: 'main' };

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
  const present = { ...DEFAULTS, FeedbackForwarding: 'false', BounceTopic: TOPIC, ComplaintTopic: TOPIC };

  expect(plan({ former: { BounceTopic: TOPIC }, present })).toEqual([
    'FeedbackForwarding: false > true',
    `BounceTopic: ${TOPIC} > none`,
  ]);
  expect(plan({ former: { BounceTopic: TOPIC }, wanted: { FeedbackForwarding: 'false' }, present })).toEqual([
    `BounceTopic: ${TOPIC} > none`,
  ]);
  expect(plan({ former: { DeliveryTopic: TOPIC }, present: { ...present, DeliveryTopic: TOPIC } })).toEqual([
    `DeliveryTopic: ${TOPIC} > none`,
  ]);
});

it('leaves alone what nobody has asked for', () => {
  expect(plan({ present: { ...DEFAULTS, MailFrom: 'm.example.com RejectMessage', BounceTopic: TOPIC } })).toEqual([]);
});

describe('the order', () => {
  const notified: Settings = {
    FeedbackForwarding: 'false',
    BounceTopic: TOPIC,
    ComplaintTopic: TOPIC,
    BounceHeaders: 'true',
    ComplaintHeaders: 'true',
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
function isPossible(state: Required<Settings>): boolean {
  const told = state.FeedbackForwarding === 'true' || (state.BounceTopic !== '' && state.ComplaintTopic !== '');
  return (
    told &&
    (['Bounce', 'Complaint', 'Delivery'] as const).every(
      (type) => state[`${type}Headers`] === 'false' || state[`${type}Topic`] !== '',
    )
  );
}

const flag = fc.constantFrom('true', 'false');
const topic = fc.constantFrom('', 'one', 'two');
const state = fc
  .record({
    MailFrom: fc.constantFrom('', 'm.example.com UseDefaultValue', 'm.example.com RejectMessage'),
    ConfigurationSet: fc.constantFrom('', 'main', 'other'),
    FeedbackForwarding: flag,
    SendingPolicy: fc.constantFrom('', '{"Statement":[1]}', '{"Statement":[2]}'),
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
      const now: Record<Setting, string> = { ...present };
      for (const { setting, from, to } of steps) {
        expect(now[setting]).toBe(from);
        now[setting] = to;
        expect(isPossible(now)).toBe(true);
      }
      expect(now).toEqual(wanted);
      for (const { setting, from } of [...steps].reverse()) {
        now[setting] = from;
        expect(isPossible(now)).toBe(true);
      }
      expect(now).toEqual(present);
    }),
    { numRuns: 1_000 },
  );
});

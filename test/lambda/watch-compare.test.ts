import { compareSettings } from '../../lambda/watch/compare';

describe('a sending policy', () => {
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: ['arn:aws:iam::222222222222:root'] },
    Action: ['ses:SendEmail'],
  };
  const wanted = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const compare = (SendingPolicy: string | null) =>
    compareSettings('example.com', { SendingPolicy: wanted }, { SendingPolicy });

  it('is the same in another order, and with other types of values', () => {
    const { Effect, ...others } = statement;

    expect(compare(JSON.stringify({ Statement: [{ ...others, Effect }], Version: '2012-10-17' }))).toEqual([]);
  });

  it.each([null, JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Action: ['ses:*'] }] })])(
    'is another one when it allows something else, or nothing: %s',
    (present) => {
      expect(compare(present)).toHaveLength(1);
    },
  );
});

import fc from 'fast-check';
import { DomainState, emptyPhysicalId, formatPhysicalId, parsePhysicalId } from '../../lambda/domain/physical-id';

const state: DomainState = {
  region: 'eu-west-1',
  domainName: 'example.com',
  zoneId: 'Z0EXAMPLE',
  dkimDomain: 'dkim.amazonses.com',
  tokens: ['one', 'two', 'three'],
  ownsIdentity: true,
  ownedRecords: ['one', 'three'],
};

const whole: DomainState = {
  ...state,
  mailFrom: 'bounce.example.com',
  dmarc: 'v=DMARC1; p=none; rua=mailto:dmarc@example.com',
  ownedRecords: ['one', 'two', 'three', 'mx', 'spf', 'dmarc'],
};

describe('the physical id', () => {
  it('lists what is in place, and what of it we made', () => {
    expect(formatPhysicalId(state)).toBe(
      'eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:identity+1+3',
    );
  });

  it.each([
    ['the identity only', { ownedRecords: [] }, 'identity'],
    ['records only', { ownsIdentity: false }, '1+3'],
    ['nothing', { ownsIdentity: false, ownedRecords: [] }, 'nothing'],
  ])('says when we made %s', (_, made, expected) => {
    expect(
      formatPhysicalId({ ...state, ...made })
        .split(':')
        .at(-1),
    ).toBe(expected);
  });

  it('names the further records, and where they are', () => {
    expect(formatPhysicalId(whole)).toBe(
      'eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:identity+1+2+3+mx+spf+dmarc:bounce' +
        ':v=DMARC1; p=none; rua=mailto:dmarc@example.com',
    );
  });

  it('has no zone for records at another DNS provider', () => {
    const elsewhere = { ...state, zoneId: undefined, ownedRecords: [] };

    expect(formatPhysicalId(elsewhere)).toBe('eu-west-1:example.com:-:dkim.amazonses.com:one,two,three:identity');
    expect(parsePhysicalId(formatPhysicalId(elsewhere))).toEqual(elsewhere);
  });

  it('has something in every place when a Create did not get far', () => {
    const early = { ...state, dkimDomain: '', tokens: [], ownedRecords: [] };

    expect(formatPhysicalId(early)).toBe('eu-west-1:example.com:Z0EXAMPLE:-:-:identity');
    expect(parsePhysicalId(formatPhysicalId(early))).toEqual(early);
  });

  it.each([
    ['region', 'eu-west-2'],
    ['domainName', 'mail.example.com'],
    ['zoneId', 'Z1OTHER'],
    ['tokens', ['one', 'two', 'four']],
    ['ownsIdentity', false],
    ['mailFrom', 'mail.example.com'],
    ['mailFrom', 'a.bounce.example.com'],
    ['dmarc', 'v=DMARC1; p=none'],
    ['ownedRecords', ['one']],
    ['ownedRecords', ['one', 'three', 'mx']],
  ])('is another one when %s changes, so that CloudFormation cleans up', (property, value) => {
    expect(formatPhysicalId({ ...state, [property]: value })).not.toBe(formatPhysicalId(state));
  });

  it('is read back as it was, whatever we made', () => {
    const token = fc.string({
      unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz234567'),
      minLength: 32,
      maxLength: 32,
    });
    const states = fc
      .record({ tokens: fc.uniqueArray(token, { minLength: 3, maxLength: 3 }), owned: fc.subarray([0, 1, 2]) })
      .chain(({ tokens, owned }) =>
        fc.record({
          region: fc.constantFrom('eu-west-1', 'us-gov-west-1'),
          domainName: fc.domain(),
          zoneId: fc.stringMatching(/^Z[A-Z0-9]{1,31}$/),
          dkimDomain: fc.domain(),
          tokens: fc.constant(tokens),
          ownsIdentity: fc.boolean(),
          prefix: fc.option(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}(\.[a-z]{1,5})?$/), { nil: undefined }),
          dmarc: fc.constantFrom(undefined, 'v=DMARC1; p=none', 'v=DMARC1; p=none; ruf=mailto:a@b.c,mailto:d@e.f'),
          ownedRecords: fc
            .subarray(['mx', 'spf', 'dmarc'])
            .map((further) => [...owned.map((index) => tokens[index]), ...further]),
        }),
      )
      .map(({ prefix, ...rest }) => ({ ...rest, mailFrom: prefix && `${prefix}.${rest.domainName}` }));

    fc.assert(fc.property(states, (any) => expect(parsePhysicalId(formatPhysicalId(any))).toEqual(any)));
  });
});

describe('an id that is not ours', () => {
  it.each([
    'Stack-Mail-1A2B3C4D5E6F',
    '2027/01/01/[$LATEST]0123456789abcdef',
    'a:b:c:d:e:f',
    'eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three',
    'eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:identity+4',
    'eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:identity+',
    'eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:-:1',
    'eu-west-1::Z0EXAMPLE:dkim.amazonses.com:one,two,three:identity',
    'eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:identity+mail:bounce',
    'eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:identity:bounce,spf',
    'eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:identity:bounce:more',
    emptyPhysicalId('request-1'),
    '',
  ])('is not read: %s', (id) => {
    expect(parsePhysicalId(id)).toBeUndefined();
  });

  it('is not read, whatever it is', () => {
    fc.assert(fc.property(fc.string(), (id) => expect(parsePhysicalId(id)).toBeUndefined()));
  });
});

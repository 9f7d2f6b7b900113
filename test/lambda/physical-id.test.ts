import fc from 'fast-check';
import {
  DomainState,
  emptyPhysicalId,
  formatPhysicalId,
  formatSettingsId,
  parsePhysicalId,
  parseSettingsId,
} from '../../lambda/domain/physical-id';

const CLAIM = '0a1b2c3d4e-0a1b2c3d4e5f';

const state: DomainState = {
  region: 'eu-west-1',
  domainName: 'example.com',
  zoneId: 'Z0EXAMPLE',
  dkimDomain: 'dkim.amazonses.com',
  tokens: ['one', 'two', 'three'],
  claim: CLAIM,
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
      `eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:1+2:${CLAIM}`,
    );
  });

  it('numbers the records by the letters of their tokens, which do not change their order with that of SES', () => {
    const id = formatPhysicalId(state);

    expect(formatPhysicalId({ ...state, tokens: ['three', 'one', 'two'] })).toBe(
      id.replace('one,two,three', 'three,one,two'),
    );
    expect(parsePhysicalId(id)?.ownedRecords).toEqual(['one', 'three']);
  });

  it.each([
    ['two records', {}, '1+2'],
    ['one record', { ownedRecords: ['two'] }, '3'],
    ['nothing', { ownedRecords: [] }, 'nothing'],
  ])('says when we made %s', (_, made, expected) => {
    expect(
      formatPhysicalId({ ...state, ...made })
        .split(':')
        .at(-2),
    ).toBe(expected);
  });

  it('names the further records, and where they are', () => {
    expect(formatPhysicalId(whole)).toBe(
      'eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:1+2+3+mx+spf+dmarc:' +
        `${CLAIM}:bounce:v=DMARC1; p=none; rua=mailto:dmarc@example.com`,
    );
  });

  it('has no zone for records at another DNS provider', () => {
    const elsewhere = { ...state, zoneId: undefined, ownedRecords: [] };

    expect(formatPhysicalId(elsewhere)).toBe(
      `eu-west-1:example.com:-:dkim.amazonses.com:one,two,three:nothing:${CLAIM}`,
    );
    expect(parsePhysicalId(formatPhysicalId(elsewhere))).toEqual(elsewhere);
  });

  it('has something in every place when a Create did not get far', () => {
    const early = { ...state, dkimDomain: '', tokens: [], ownedRecords: [] };

    expect(formatPhysicalId(early)).toBe(`eu-west-1:example.com:Z0EXAMPLE:-:-:nothing:${CLAIM}`);
    expect(parsePhysicalId(formatPhysicalId(early))).toEqual(early);
  });

  it.each([
    ['region', 'eu-west-2'],
    ['domainName', 'mail.example.com'],
    ['zoneId', 'Z1OTHER'],
    ['tokens', ['one', 'two', 'four']],
    ['claim', '0a1b2c3d4e-ffffffffffff'],
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
      .record({
        region: fc.constantFrom('eu-west-1', 'us-gov-west-1'),
        domainName: fc.domain(),
        zoneId: fc.stringMatching(/^Z[A-Z0-9]{1,31}$/),
        dkimDomain: fc.domain(),
        tokens: fc.uniqueArray(token, { minLength: 3, maxLength: 3 }),
        claim: fc.stringMatching(/^[0-9a-f]{10}-[0-9a-f]{12}$/),
        prefix: fc.option(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}(\.[a-z]{1,5})?$/), { nil: undefined }),
        dmarc: fc.constantFrom(undefined, 'v=DMARC1; p=none', 'v=DMARC1; p=none; ruf=mailto:a@b.c,mailto:d@e.f'),
        owned: fc.subarray([0, 1, 2]),
        further: fc.subarray(['mx', 'spf', 'dmarc']),
      })
      .map(({ owned, further, prefix, ...rest }) => ({
        ...rest,
        ownedRecords: [...owned.map((index) => [...rest.tokens].sort()[index]), ...further],
        mailFrom: prefix && `${prefix}.${rest.domainName}`,
      }));

    fc.assert(fc.property(states, (any) => expect(parsePhysicalId(formatPhysicalId(any))).toEqual(any)));
  });
});

describe('an id that is not ours', () => {
  it.each([
    'Stack-Mail-1A2B3C4D5E6F',
    '2027/01/01/[$LATEST]0123456789abcdef',
    'a:b:c:d:e:f',
    'eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three',
    'eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:1+2',
    `eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:identity:${CLAIM}`,
    `eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:1+4:${CLAIM}`,
    `eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:1+:${CLAIM}`,
    `eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:-:1:${CLAIM}`,
    `eu-west-1::Z0EXAMPLE:dkim.amazonses.com:one,two,three:1:${CLAIM}`,
    `eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:1:${CLAIM}0`,
    'eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:1:0a1b2c3d4e',
    `eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:1+mail:${CLAIM}:bounce`,
    `eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:1:${CLAIM}:bounce,spf`,
    `eu-west-1:example.com:Z0EXAMPLE:dkim.amazonses.com:one,two,three:1:${CLAIM}:bounce:more`,
    emptyPhysicalId('request-1'),
    '',
  ])('is not read: %s', (id) => {
    expect(parsePhysicalId(id)).toBeUndefined();
  });

  it('is not read, whatever it is', () => {
    fc.assert(fc.property(fc.string(), (id) => expect(parsePhysicalId(id)).toBeUndefined()));
  });
});

describe('the physical id of settings', () => {
  const settings = { region: 'eu-west-1', domainName: 'example.com', claim: CLAIM };

  it('names the identity and the claim', () => {
    expect(formatSettingsId(settings)).toBe(`settings:eu-west-1:example.com:${CLAIM}`);
    expect(parseSettingsId(formatSettingsId(settings))).toEqual(settings);
  });

  it.each([
    'settings:eu-west-1:example.com',
    'settings:eu-west-1:example.com:0a1b2c3d4e',
    `settings:eu-west-1::${CLAIM}`,
    `settings:eu-west-1:example.com:${CLAIM}:more`,
    `setting:eu-west-1:example.com:${CLAIM}`,
    emptyPhysicalId('request-1'),
    '',
  ])('is not read when it is not ours: %s', (id) => {
    expect(parseSettingsId(id)).toBeUndefined();
  });
});

import { Lazy } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { DmarcAlignment, DmarcOptions, DmarcPolicy } from '../../lib';
import { parseDmarc } from '../../lib/shared/dmarc-record';
import { aDomain, aStack, deployed, resourceProperties, resources } from './support';

const { NONE, QUARANTINE, REJECT } = DmarcPolicy;

/** The text that the handler is to write. */
function recordFor(dmarc: DmarcOptions): unknown {
  const stack = aStack();
  aDomain(stack, { dmarc, outputs: false });
  return resourceProperties(stack).DmarcRecord;
}

function refusal(dmarc: DmarcOptions): string {
  try {
    aDomain(aStack(), { dmarc });
  } catch (error) {
    return (error as Error).message;
  }
  return 'It is accepted.';
}

describe('the DMARC record', () => {
  test.each<[string, DmarcOptions, string]>([
    ['asks for nothing by default', {}, 'v=DMARC1; p=none'],
    ['has the policy', { policy: REJECT }, 'v=DMARC1; p=reject'],
    ['has a policy for subdomains', { subdomainPolicy: QUARANTINE }, 'v=DMARC1; p=none; sp=quarantine'],
    [
      'has a policy for subdomains that do not exist',
      { policy: QUARANTINE, nonExistentSubdomainPolicy: REJECT },
      'v=DMARC1; p=quarantine; np=reject',
    ],
    ['is for testing', { policy: REJECT, testing: true }, 'v=DMARC1; p=reject; t=y'],
    ['leaves out that it is not for testing', { policy: REJECT, testing: false }, 'v=DMARC1; p=reject'],
    ['has strict alignment', { dkimAlignment: DmarcAlignment.STRICT }, 'v=DMARC1; p=none; adkim=s'],
    ['leaves out relaxed alignment', { dkimAlignment: DmarcAlignment.RELAXED }, 'v=DMARC1; p=none'],
    ['has an address for reports', { rua: ['d@example.com'] }, 'v=DMARC1; p=none; rua=mailto:d@example.com'],
    [
      'has several, each as a URI',
      { rua: ['mailto:d@example.com', 'MAILTO:Dmarc+x@Example.ORG'] },
      'v=DMARC1; p=none; rua=mailto:d@example.com,mailto:Dmarc+x@example.org',
    ],
    [
      'has everything in its order',
      {
        ruf: ['f@example.com'],
        rua: ['a@example.com'],
        spfAlignment: DmarcAlignment.STRICT,
        dkimAlignment: DmarcAlignment.STRICT,
        testing: true,
        nonExistentSubdomainPolicy: REJECT,
        subdomainPolicy: NONE,
        policy: QUARANTINE,
      },
      'v=DMARC1; p=quarantine; sp=none; np=reject; t=y; adkim=s; aspf=s; rua=mailto:a@example.com; ruf=mailto:f@example.com',
    ],
  ])('%s', (_, options, text) => {
    expect(recordFor(options)).toBe(text);
  });

  test('is one that receivers read as it was meant', () => {
    const text = recordFor({
      policy: QUARANTINE,
      subdomainPolicy: REJECT,
      nonExistentSubdomainPolicy: REJECT,
      testing: true,
      rua: ['a@example.com', 'Dmarc+x@example.org'],
      ruf: ['f@example.com'],
    });
    expect(parseDmarc(text as string)).toMatchObject({
      state: 'valid',
      record: {
        policy: 'quarantine',
        subdomainPolicy: 'reject',
        nonexistentPolicy: 'reject',
        testing: true,
        reportsTo: [
          { localPart: 'a', domain: 'example.com' },
          { localPart: 'Dmarc+x', domain: 'example.org' },
        ],
        failureReportsTo: [{ localPart: 'f', domain: 'example.com' }],
        ignored: [],
        removed: [],
      },
    });
  });

  test('is not there without the prop', () => {
    const stack = aStack();
    aDomain(stack);
    expect(resourceProperties(stack)).not.toHaveProperty('DmarcRecord');
  });

  test('has in it what is known only at deployment', () => {
    const stack = aStack();
    const rua = [Lazy.string({ produce: () => 'd@example.com' })];
    aDomain(stack, { dmarc: { policy: REJECT, rua } });
    expect(deployed(stack, resourceProperties(stack).DmarcRecord)).toBe('v=DMARC1; p=reject; rua=mailto:d@example.com');
  });
});

describe('a DMARC record that cannot work is refused', () => {
  test.each<[string, DmarcOptions, string]>([
    ['no address', { rua: [] }, 'dmarc.rua is an empty list: leave it out for no reports, or give an e-mail address.'],
    [
      'a name for an address',
      { ruf: ['postmaster'] },
      'dmarc.ruf has "postmaster", which is not an e-mail address: give one',
    ],
    [
      'a comma',
      { rua: ['a,b@example.com'] },
      'dmarc.rua has "a,b@example.com", which receivers may not be able to read',
    ],
    ['an exclamation mark', { rua: ['a!b@example.com'] }, 'dmarc.rua has "a!b@example.com", which receivers may not'],
    [
      'a size limit',
      { rua: ['d@example.com!10m'] },
      'dmarc.rua has "d@example.com!10m", but receivers no longer know size limits',
    ],
    ['a bad domain', { rua: ['d@localhost'] }, 'dmarc.rua has "d@localhost", whose domain "localhost" is not a public'],
    [
      'more addresses than fit',
      { rua: Array.from({ length: 200 }, (_, n) => `dmarc-${n}@example.com`) },
      'dmarc makes a record of 5711 characters, but at most 480 fit: give fewer or shorter addresses',
    ],
  ])('%s', (_, options, message) => {
    expect(refusal(options)).toContain(`Test/Mail: ${message}`);
  });
});

describe('a DMARC record with little effect', () => {
  const warnings = (dmarc: DmarcOptions) => {
    const stack = aStack();
    aDomain(stack, { dmarc });
    return Annotations.fromStack(stack)
      .findWarning('/Test/Mail', Match.anyValue())
      .map(({ entry }) => entry.data);
  };

  test('is announced: SPF is never strictly aligned', () => {
    const found = warnings({ spfAlignment: DmarcAlignment.STRICT });
    expect(found).toEqual([expect.stringContaining('dmarc.spfAlignment is STRICT: SES requires the MAIL FROM domain')]);
  });

  test('is announced: testing of nothing', () => {
    const found = warnings({ testing: true });
    expect(found).toEqual([expect.stringContaining('dmarc.testing has no effect with DmarcPolicy.NONE: leave')]);
  });

  test.each<[string, DmarcOptions]>([
    ['testing of something', { policy: QUARANTINE, testing: true }],
    ['testing for subdomains', { subdomainPolicy: REJECT, testing: true }],
    ['testing for subdomains that do not exist', { nonExistentSubdomainPolicy: REJECT, testing: true }],
    ['DKIM that is strictly aligned', { dkimAlignment: DmarcAlignment.STRICT }],
  ])('is not %s', (_, options) => {
    expect(warnings(options)).toEqual([]);
  });
});

describe('the DMARC record of a domain in two Regions', () => {
  test('is refused when each gives another text', () => {
    const stack = aStack();
    aDomain(stack, { dmarc: {} }, 'Mail');
    expect(() => aDomain(stack, { dmarc: { policy: REJECT }, sesRegion: 'us-east-1' }, 'Other')).toThrow(
      'Test/Other: dmarc is "v=DMARC1; p=reject", and Test/Mail gives the same domain "v=DMARC1; p=none": ' +
        'a domain has one DMARC record, so give both the same dmarc, or only one of them.',
    );
  });

  test('may be another one in another hosted zone', () => {
    const stack = aStack();
    aDomain(stack, { dmarc: {} }, 'Mail');
    const hostedZone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Other zone', {
      zoneName: 'example.com',
      hostedZoneId: 'Z9999999999999999999',
    });
    const other = () => aDomain(stack, { hostedZone, dmarc: { policy: REJECT }, sesRegion: 'us-east-1' }, 'Other');
    expect(other).not.toThrow();
  });

  test('serves both, and may be given with either', () => {
    const stack = aStack();
    aDomain(stack, { dmarc: {} }, 'Mail');
    aDomain(stack, { dmarc: {}, sesRegion: 'us-east-1' }, 'Other');
    const records = Object.values(resources(stack, 'Custom::EasyDkimDomain')).map(
      ({ Properties }) => Properties.DmarcRecord,
    );
    expect(records).toEqual(['v=DMARC1; p=none', 'v=DMARC1; p=none']);
  });
});

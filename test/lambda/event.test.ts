import { parseConfig } from '../../lambda/domain/config';
import { properties, StackResource, World } from '../support/stack';

const LONG_LABEL = 'a'.repeat(64);

describe('properties that cannot work', () => {
  it.each<[property: string, value: unknown, message: string]>([
    ['DomainName', undefined, 'domainName is missing: deploy the resource with the EasyDkimDomain construct'],
    ['DomainName', 7, 'domainName is not a string but 7'],
    ['DomainName', '', 'domainName is empty: give a domain name such as "example.com"'],
    ['DomainName', 'https://example.com', 'domainName "https://example.com" is a URL or a path'],
    ['DomainName', 'me@example.com', 'domainName "me@example.com" is an e-mail address'],
    ['DomainName', '*.example.com', 'domainName "*.example.com" is a wildcard'],
    ['DomainName', 'a..example.com', 'domainName "a..example.com" has an empty label'],
    ['DomainName', `${LONG_LABEL}.example.com`, `domainName "${LONG_LABEL}.example.com" has a label of 64 characters`],
    ['DomainName', 'other.org', 'domainName "other.org" is not in the hosted zone "example.com"'],
    ['DomainName', 'notexample.com', 'domainName "notexample.com" is not in the hosted zone "example.com"'],
    ['HostedZoneName', 'exa mple.com', 'hostedZone "exa mple.com" has the character " "'],
    [
      'DomainName',
      'Mail.example.com',
      'domainName is "Mail.example.com": give "mail.example.com". A name that is known',
    ],
    ['DomainName', 'example.com.', 'domainName is "example.com.": give "example.com". A name that is known only at'],
    ['DomainName', 'bücher.example.com', 'domainName is "bücher.example.com": give "xn--bcher-kva.example.com". A'],
    [
      'MailFromDomain',
      'Bounce.example.com',
      'mailFrom.domainName is "Bounce.example.com": give "bounce.example.com". A name',
    ],
    ['SesRegion', undefined, 'sesRegion is missing'],
    ['SesRegion', 'Ireland', 'sesRegion is "Ireland": give an AWS Region such as "eu-west-1"'],
    ['SesRegion', 'eu-west-1.evil.example', 'sesRegion is "eu-west-1.evil.example": give an AWS Region'],
    ['HostedZoneId', 7, 'hostedZone is not a string but 7'],
    ['HostedZoneId', 'example.com', 'hostedZone is "example.com": give the id of a hosted zone such as "Z0123'],
    ['HostedZoneId', '/hostedzone/Z1', 'hostedZone is "/hostedzone/Z1": give the id of a hosted zone such as "Z0123'],
    ['HostedZoneId', 'DUMMY/../x', 'hostedZone is "DUMMY/../x": give the id of a hosted zone'],
    ['Ttl', undefined, 'ttl is missing'],
    ['Ttl', 1800, 'ttl is not a string but 1800'],
    ['Ttl', '30 minutes', 'ttl is "30 minutes": give a whole number of seconds'],
    ['Ttl', '1.5', 'ttl is 1.5 seconds: give a whole number of seconds'],
    ['Ttl', '0', 'ttl is 0 seconds: give a whole number of seconds from 1 to 2147483647.'],
    ['Ttl', '2147483648', 'ttl is 2147483648 seconds: give a whole number of seconds from 1 to 2147483647.'],
    ['OverwriteRecords', undefined, 'overwriteRecords is missing'],
    ['RemovalPolicy', undefined, 'removalPolicy is missing'],
    ['DelegationRoleArn', '', 'delegationRole is "": give the ARN of an IAM role such as "arn:aws:iam::1'],
    ['DelegationRoleArn', 'arn:aws:iam::111111111111:user/me', 'delegationRole is "arn:aws:iam::111111111111:user/me"'],
    ['WaitForVerification', '0', 'waitForVerification is 0 seconds: give a whole number of seconds from 1 to 840.'],
    ['WaitForVerification', '841', 'waitForVerification is 841 seconds: give a whole number of seconds from 1 to 840.'],
    ['MailFromDomain', 7, 'mailFrom.domainName is not a string but 7'],
    [
      'MailFromDomain',
      'example.com',
      'mailFrom.domainName "example.com" is the domain itself: the MX record of a MAIL FROM domain points to SES',
    ],
    [
      'MailFromDomain',
      'bounce.example.net',
      'which is not below "example.com": give a name such as "bounce.example.com".',
    ],
    ['MailFromDomain', 'bounce..example.com', 'mailFrom.domainName "bounce..example.com" has an empty label'],
    ['DmarcRecord', '', 'dmarc is "": give a DMARC record such as "v=DMARC1; p=none"'],
    ['DmarcRecord', 'v=spf1 -all', 'dmarc is "v=spf1 -all": give a DMARC record'],
    ['DmarcRecord', 'v=DMARC1; p=maybe', 'dmarc is "v=DMARC1; p=maybe": give a DMARC record'],
    [
      'DmarcRecord',
      'v=DMARC1; p=none; rua=mailto:a@example.com\nx',
      'dmarc is "v=DMARC1; p=none; rua=mailto:a@example.com',
    ],
    ['WaitForVerification', 'yes', 'waitForVerification is "yes": give a whole number of seconds'],
  ])('%s: %p', (property, value, message) => {
    expect(() => parseConfig({ ...properties(), [property]: value })).toThrow(message);
  });

  it('are shown shortened', () => {
    const parse = () => parseConfig({ ...properties(), SesRegion: 'x'.repeat(10_000) });

    expect(parse).toThrow(/^sesRegion is "x{100,250}…": give/);
  });

  it('are all of them, when there are none at all', () => {
    expect(() => parseConfig(undefined as unknown as Record<string, unknown>)).toThrow('domainName is missing');
  });
});

describe('properties that can work', () => {
  it.each<[property: string, value: string, read: object]>([
    ['Ttl', '1', { ttl: 1 }],
    ['Ttl', '2147483647', { ttl: 2147483647 }],
    ['WaitForVerification', '840', { waitForVerification: 840 }],
    ['SesRegion', 'us-gov-east-1', { region: 'us-gov-east-1' }],
    ['OverwriteRecords', 'true', { overwriteRecords: true }],
    ['RemovalPolicy', 'retain', { retain: true }],
    ['DmarcRecord', 'v=DMARC1; p=reject; pct=5', { dmarc: 'v=DMARC1; p=reject; pct=5' }],
    ['HostedZoneName', 'EXAMPLE.com.', { domainName: 'example.com' }],
    [
      'DelegationRoleArn',
      'arn:aws-us-gov:iam::111111111111:role/path/to/role+=,.@-_',
      { delegationRoleArn: 'arn:aws-us-gov:iam::111111111111:role/path/to/role+=,.@-_' },
    ],
  ])('%s: %p', (property, value, read) => {
    expect(parseConfig({ ...properties(), [property]: value })).toMatchObject(read);
  });

  it('have defaults for what the construct leaves out', () => {
    expect(parseConfig({ ...properties(), HostedZoneName: undefined, DomainName: 'any.org' })).toEqual({
      domainName: 'any.org',
      region: 'eu-west-1',
      zoneId: 'Z0EXAMPLE',
      ttl: 1800,
      overwriteRecords: false,
      retain: false,
      takeOwnership: false,
      delegationRoleArn: undefined,
      dmarc: undefined,
      mailFrom: undefined,
      tags: {},
      waitForVerification: 0,
    });
  });
});

describe('an event with properties that cannot work', () => {
  let world: World;
  let mail: StackResource;

  beforeEach(async () => {
    world = await World.start();
    mail = new StackResource(world);
  });

  afterEach(() => world.stop());

  it('fails with the reason, without a call', async () => {
    const operations = await world.operationsDuring(async () => {
      const { status, reason } = await mail.create(properties({ DomainName: 'other.org' }));
      expect(status).toBe('FAILED');
      expect(reason).toBe(
        'Easy DKIM: domainName "other.org" is not in the hosted zone "example.com": give the zone\'s own name or a ' +
          'name that ends in ".example.com", or the hosted zone of "other.org".',
      );
    });

    expect(operations).toEqual([]);
  });

  it('gets an id on Create that Delete does nothing for', async () => {
    const { physicalId } = await mail.create(properties({ Ttl: '0' }));

    expect(physicalId).toMatch(/^nothing-created-/);
    expect(await world.operationsDuring(() => mail.delete())).toEqual([]);
  });

  it('keeps its id on Update', async () => {
    const { physicalId } = await mail.create();

    expect(await mail.update(properties({ Ttl: '0' }))).toMatchObject({ status: 'FAILED', physicalId });
  });
});

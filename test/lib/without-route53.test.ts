import { CfnParameter, Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { DmarcPolicy, EasyDkimDomain, EasyDkimDomainProps } from '../../lib';
import { resolveIntrinsics } from '../support/intrinsics';
import { actionsOf, anAgnosticStack, aStack, outputs, policies, resourceProperties, resources } from './support';

const EVERYTHING = {
  domainName: 'example.com',
  ttl: Duration.minutes(5),
  mailFrom: { domainName: 'bounce.example.com' },
  dmarc: { policy: DmarcPolicy.REJECT, rua: ['dmarc@example.com'] },
};

function elsewhere(stack: Stack, props: EasyDkimDomainProps = { domainName: 'example.com' }): EasyDkimDomain {
  return new EasyDkimDomain(stack, 'Mail', props);
}

/** The zone file of the output, with what CloudFormation makes of the attributes. */
function deployedZoneFile(stack: Stack): string {
  const [{ Value }] = Object.values(outputs(stack));
  return resolveIntrinsics(Value, {
    ref: (name) => (name === 'AWS::Region' ? 'eu-west-1' : name),
    getAtt: (_, attribute) =>
      attribute === 'DomainName'
        ? 'example.com'
        : attribute
            .replace(/^DkimRecordName(\d)$/, 'token$1._domainkey.example.com')
            .replace(/^DkimRecordValue(\d)$/, 'token$1.dkim.amazonses.com'),
  }) as string;
}

/** A zone file as RFC 1035, section 5, has it: owner, TTL, class, type, data. */
function parse(zoneFile: string): { name: string; ttl: number; type: string; data: string }[] {
  return zoneFile.split('\n').map((line) => {
    const [, name, ttl, type, data] = /^((?:[a-z0-9_-]+\.)+) (\d+) IN ([A-Z]+) (.+)$/.exec(line) ?? [];
    switch (type) {
      case 'CNAME':
        expect(data).toMatch(/^([a-z0-9-]+\.)+$/);
        break;
      case 'MX':
        expect(data).toMatch(/^\d+ ([a-z0-9-]+\.)+$/);
        break;
      default:
        expect([type, line]).toEqual(['TXT', line]);
        expect(data).toMatch(/^"[^"\\]{1,255}"( "[^"\\]{1,255}")*$/);
    }
    return { name, ttl: Number(ttl), type, data };
  });
}

describe('a domain without a hosted zone', () => {
  test('is one custom resource that knows of no zone', () => {
    const stack = aStack();
    elsewhere(stack);
    expect(resourceProperties(stack)).toEqual({
      DomainName: 'example.com',
      SesRegion: 'eu-west-1',
      Ttl: '1800',
      OverwriteRecords: 'false',
      RemovalPolicy: 'destroy',
    });
    expect(resources(stack, 'Custom::EasyDkimSettings')).toEqual({});
  });

  test('gives the handler no permission in Route 53', () => {
    const stack = aStack();
    elsewhere(stack, EVERYTHING);
    const actions = policies(stack).flatMap(({ statements }) => statements.flatMap(({ Action }) => actionsOf(Action)));
    expect(actions.filter((action) => /^(route53|sts):/.test(action))).toEqual([]);
    expect(actions).toContain('ses:VerifyDomainDkim');
  });

  test('may wait for verification', () => {
    const stack = aStack();
    elsewhere(stack, { domainName: 'example.com', waitForVerification: Duration.minutes(5) });
    expect(resourceProperties(stack).WaitForVerification).toBe('300');
  });

  test.each<[string, (stack: Stack) => EasyDkimDomainProps, string]>([
    ['no domain name', () => ({}), 'hostedZone is missing: give a public hosted zone, or domainName'],
    [
      'a delegation role',
      (stack) => ({ domainName: 'a.com', delegationRole: iam.Role.fromRoleArn(stack, 'R', 'arn:aws:iam::1:role/Dns') }),
      'delegationRole is "arn:aws:iam::1:role/Dns" without a hosted zone: give hostedZone, or leave delegationRole out.',
    ],
    [
      'records to overwrite',
      () => ({ domainName: 'a.com', overwriteRecords: true }),
      'overwriteRecords is true without a hosted zone: give hostedZone, or leave overwriteRecords out.',
    ],
  ])('is refused with %s', (_, props, message) => {
    const stack = aStack();
    expect(() => elsewhere(stack, props(stack))).toThrow(`Test/Mail: ${message}`);
  });
});

describe('the output DnsRecords', () => {
  test('is the only one', () => {
    const stack = aStack();
    elsewhere(stack, EVERYTHING);
    expect(Object.keys(outputs(stack))).toEqual([expect.stringMatching(/^MailDnsRecords/)]);
  });

  test('is left out with outputs: false', () => {
    const stack = aStack();
    elsewhere(stack, { ...EVERYTHING, outputs: false });
    expect(outputs(stack)).toEqual({});
  });

  test('is a zone file with the DKIM records', () => {
    const stack = aStack();
    elsewhere(stack);
    expect(parse(deployedZoneFile(stack))).toEqual(
      [1, 2, 3].map((n) => ({
        name: `token${n}._domainkey.example.com.`,
        ttl: 1800,
        type: 'CNAME',
        data: `token${n}.dkim.amazonses.com.`,
      })),
    );
  });

  test('has the records of MAIL FROM and DMARC as well', () => {
    const stack = aStack();
    elsewhere(stack, EVERYTHING);
    expect(parse(deployedZoneFile(stack)).slice(3)).toEqual([
      { name: 'bounce.example.com.', ttl: 300, type: 'MX', data: '10 feedback-smtp.eu-west-1.amazonses.com.' },
      { name: 'bounce.example.com.', ttl: 300, type: 'TXT', data: '"v=spf1 include:amazonses.com ~all"' },
      {
        name: '_dmarc.example.com.',
        ttl: 300,
        type: 'TXT',
        data: '"v=DMARC1; p=reject; rua=mailto:dmarc@example.com"',
      },
    ]);
  });

  test('has a long text in strings of 255 characters', () => {
    const stack = aStack();
    const rua = Array.from({ length: 12 }, (_, n) => `dmarc-reports-${n}@example.com`);
    elsewhere(stack, { domainName: 'example.com', dmarc: { rua } });
    const { data } = parse(deployedZoneFile(stack))[3];
    const strings = data.slice(1, -1).split('" "');
    expect(strings.map(({ length }) => length)).toEqual([255, expect.any(Number)]);
    expect(strings.join('')).toBe(`v=DMARC1; p=none; rua=${rua.map((each) => `mailto:${each}`).join(',')}`);
  });

  test('has the Region that the stack is deployed to', () => {
    const stack = anAgnosticStack();
    elsewhere(stack, EVERYTHING);
    expect(deployedZoneFile(stack)).toContain(' MX 10 feedback-smtp.eu-west-1.amazonses.com.\n');
  });

  test('has what is known only at deployment', () => {
    const stack = aStack();
    const ttl = Duration.seconds(new CfnParameter(stack, 'Ttl', { type: 'Number' }).valueAsNumber);
    elsewhere(stack, { ...EVERYTHING, ttl, dmarc: { rua: [Lazy.string({ produce: () => 'd@example.com' })] } });
    expect(deployedZoneFile(stack)).toMatch(
      /\n_dmarc\.example\.com\. Ttl IN TXT "v=DMARC1; p=none; rua=mailto:" "d@example\.com"$/,
    );
  });

  test('has a long text in strings of 255 characters, whatever becomes of a token in it', () => {
    const stack = aStack();
    const later = `${'x'.repeat(64)}@${'y'.repeat(63)}.${'y'.repeat(63)}.example.com`;
    const rua = [...Array.from({ length: 8 }, (_, n) => `dmarc-reports-${n}@example.com`), later, 'last@example.com'];
    const given = rua.map((each) =>
      each === later ? new CfnParameter(stack, 'Rua', { default: later }).valueAsString : each,
    );
    elsewhere(stack, { domainName: 'example.com', dmarc: { rua: given } });
    const line = deployedZoneFile(stack).split('\n').at(-1)!.replace('Rua', later);
    const [{ data }] = parse(line);
    expect(data.slice(1, -1).split('" "').join('')).toBe(
      `v=DMARC1; p=none; rua=${rua.map((each) => `mailto:${each}`).join(',')}`,
    );
  });
});

describe('the records as attributes', () => {
  test('are all that the domain needs', () => {
    const stack = aStack();
    const mail = elsewhere(stack, EVERYTHING);
    expect(mail.dnsRecords.map(({ recordType }) => recordType)).toEqual([
      'CNAME',
      'CNAME',
      'CNAME',
      'MX',
      'TXT',
      'TXT',
    ]);
    expect(mail.dnsRecords.slice(0, 3)).toEqual(mail.dkimRecords.map((record) => ({ ...record, recordType: 'CNAME' })));
    expect(mail.dnsRecords.slice(3, 5)).toEqual([
      { name: 'bounce.example.com', recordType: 'MX', value: '10 feedback-smtp.eu-west-1.amazonses.com' },
      { name: 'bounce.example.com', recordType: 'TXT', value: 'v=spf1 include:amazonses.com ~all' },
    ]);
    expect(stack.resolve(mail.dnsRecords[5])).toMatchObject({
      name: { 'Fn::Join': ['', ['_dmarc.', { 'Fn::GetAtt': [expect.anything(), 'DomainName'] }]] },
      value: 'v=DMARC1; p=reject; rua=mailto:dmarc@example.com',
    });
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EXAMPLES = join(__dirname, '..', 'examples');

interface Template {
  readonly Resources: Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>;
  readonly Outputs?: Record<string, unknown>;
}

/** Runs an example and returns its templates, by their paths in the cloud assembly. */
function synthesize(example: string): Record<string, Template> {
  const outdir = mkdtempSync(join(tmpdir(), 'easy-dkim-example-'));
  process.env.CDK_OUTDIR = outdir;
  // `npm run check:templates` has the CDK validate them.
  process.env.CDK_VALIDATION = 'false';
  try {
    jest.requireActual(join(EXAMPLES, example));
    const files = readdirSync(outdir, { recursive: true, encoding: 'utf8' });
    const templates = files.filter((file) => file.endsWith('.template.json')).sort();
    return Object.fromEntries(
      templates.map((file) => [
        file.replace('.template.json', ''),
        JSON.parse(readFileSync(join(outdir, file), 'utf8')) as Template,
      ]),
    );
  } finally {
    delete process.env.CDK_OUTDIR;
    delete process.env.CDK_VALIDATION;
    rmSync(outdir, { recursive: true, force: true });
  }
}

function resourcesOf({ Resources }: Template, type: string): Record<string, unknown>[] {
  return Object.values(Resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));
}

function domainsOf(template: Template): Record<string, unknown>[] {
  return resourcesOf(template, 'Custom::EasyDkimDomain');
}

describe('the example', () => {
  const tested = new Set<string>();
  const example = (file: string, test: (templates: Record<string, Template>) => void) => {
    tested.add(file);
    it(file, () => test(synthesize(file)), 30_000);
  };

  example('plain-domain.ts', ({ Mail }) => {
    expect(domainsOf(Mail)).toMatchObject([{ DomainName: 'example.com', HostedZoneId: 'Z0123456789ABCDEFGHIJ' }]);
  });

  example('subdomain.ts', ({ Mail }) => {
    expect(domainsOf(Mail)).toMatchObject([{ DomainName: 'mail.example.com', HostedZoneName: 'example.com' }]);
  });

  example('authenticated-domain.ts', ({ Mail }) => {
    expect(domainsOf(Mail)).toMatchObject([
      {
        MailFromDomain: 'bounce.example.com',
        DmarcRecord: 'v=DMARC1; p=none; rua=mailto:dmarc-reports@example.com',
      },
    ]);
    expect(resourcesOf(Mail, 'Custom::EasyDkimSettings')).toMatchObject([
      { MailFromDomain: 'bounce.example.com', FeedbackForwarding: 'false', NotificationHeaders: 'false' },
    ]);
    expect(resourcesOf(Mail, 'AWS::SNS::TopicPolicy')).toHaveLength(1);
  });

  example('other-dns-provider.ts', ({ Mail }) => {
    expect(domainsOf(Mail)).toMatchObject([{ DomainName: 'example.com', MailFromDomain: 'bounce.example.com' }]);
    expect(domainsOf(Mail)[0]).not.toHaveProperty('HostedZoneId');
    expect(Object.keys(Mail.Outputs ?? {})).toEqual([expect.stringMatching(/^DomainDnsRecords/)]);
    expect(JSON.stringify(Mail.Resources)).not.toContain('route53:');
  });

  example('two-regions.ts', ({ Mail }) => {
    expect(domainsOf(Mail)).toMatchObject([{ SesRegion: 'eu-west-1' }, { SesRegion: 'us-east-1' }]);
  });

  example('global-endpoint.ts', ({ Mail }) => {
    expect(domainsOf(Mail)).toMatchObject([{ SesRegion: 'eu-west-1' }]);
    expect(resourcesOf(Mail, 'Custom::EasyDkimReplica')).toMatchObject([
      { SesRegion: 'us-east-1', ParentRegion: 'eu-west-1' },
    ]);
    expect(resourcesOf(Mail, 'AWS::SES::MultiRegionEndpoint')).toMatchObject([
      { Details: { RouteDetails: [{ Region: 'us-east-1' }] } },
    ]);
  });

  example('cross-account.ts', ({ Dns, Mail }) => {
    expect(resourcesOf(Dns, 'AWS::IAM::Role')).toMatchObject([{ RoleName: 'mail-dkim-delegation' }]);
    expect(domainsOf(Mail)).toMatchObject([
      { DelegationRoleArn: 'arn:aws:iam::444455556666:role/mail-dkim-delegation' },
    ]);
  });

  example('sender-accounts.ts', ({ Senders }) => {
    const [{ SendingPolicy }] = resourcesOf(Senders, 'Custom::EasyDkimSettings') as { SendingPolicy: object }[];
    expect(JSON.stringify(SendingPolicy)).toMatch(/o-1234567890.*cognito-idp.*444455556666/);
  });

  example('receiving.ts', ({ Mail }) => {
    expect(domainsOf(Mail)).toMatchObject([{ DomainName: 'example.com' }]);
    expect(JSON.stringify(resourcesOf(Mail, 'AWS::SES::ReceiptRule'))).toContain('"DomainName"]');
  });

  // Its packs of cdk-nag fail the synthesis on any finding.
  example('compliance.ts', ({ Mail }) => {
    expect(domainsOf(Mail)).toHaveLength(1);
    expect(resourcesOf(Mail, 'AWS::Lambda::Function')).toMatchObject([{ TracingConfig: { Mode: 'Active' } }]);
  });

  example('cognito.ts', ({ Users }) => {
    expect(domainsOf(Users)).toMatchObject([{ WaitForVerification: '600' }]);
    expect(JSON.stringify(resourcesOf(Users, 'AWS::Cognito::UserPool'))).toContain('"DomainName"]');
  });

  example('many-domains.ts', ({ Mail }) => {
    expect(domainsOf(Mail)).toHaveLength(3);
    expect(resourcesOf(Mail, 'AWS::Lambda::Function')).toHaveLength(1);
    expect(Mail.Outputs).toBeUndefined();
  });

  example('watched-domain.ts', ({ Mail }) => {
    expect(resourcesOf(Mail, 'AWS::Events::Rule')).toMatchObject([{ ScheduleExpression: 'rate(6 hours)' }]);
    expect(resourcesOf(Mail, 'AWS::CloudWatch::Alarm')).toMatchObject([
      { MetricName: 'DomainsNotReady', Threshold: 0, TreatMissingData: 'breaching', AlarmActions: [{}] },
    ]);
  });

  example('pipeline.ts', ({ Pipeline, ...stages }) => {
    expect(resourcesOf(Pipeline, 'AWS::CodePipeline::Pipeline')).toHaveLength(1);
    expect(Object.values(stages).flatMap(domainsOf)).toMatchObject([
      { DomainName: 'example.com' },
      { DomainName: 'test.example.com' },
    ]);
  });

  // The one in Python is synthesized by `npm run test:languages`.
  test('is tested, each of them', () => {
    expect(readdirSync(EXAMPLES).filter((name) => name.endsWith('.ts'))).toEqual([...tested].sort());
  });
});

import { existsSync, readFileSync } from 'fs';
import * as path from 'path';
import { CfnOutput, CfnParameter, Duration, NestedStack, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import { VALIDATE_AGAINST_DEFAULT_RULES, VALIDATION_REPORT_FILE } from 'aws-cdk-lib/cx-api';
import { DmarcPolicy, EasyDkimDomain, EasyDkimDomainProps } from '../../lib';
import type { ResourceProperties } from '../../lib/shared/contract';
import {
  aDomain,
  ACCOUNT,
  anAgnosticStack,
  anApp,
  aStack,
  aZone,
  deployed,
  manyDomains,
  outputs,
  policies,
  REGION,
  resourceProperties,
  resources,
  statementsFor,
  TemplateResource,
  theResource,
  ZONE_ID,
} from './support';

const DOMAIN = 'Custom::EasyDkimDomain';
const EVENT_SETTINGS = 'AWS::Lambda::EventInvokeConfig';

describe('a domain given its hosted zone only', () => {
  test('is one custom resource for the name of the zone', () => {
    const stack = aStack();
    aDomain(stack, { hostedZone: aZone(stack, 'example.com') });
    expect(resourceProperties(stack)).toEqual({
      DomainName: 'example.com',
      SesRegion: REGION,
      HostedZoneId: ZONE_ID,
      HostedZoneName: 'example.com',
      Ttl: '1800',
      OverwriteRecords: 'false',
      RemovalPolicy: 'destroy',
    } satisfies ResourceProperties);
  });

  test('works with a zone that the stack makes', () => {
    const stack = aStack();
    const hostedZone = new route53.PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' });
    aDomain(stack, { hostedZone });
    expect(resourceProperties(stack)).toMatchObject({
      HostedZoneId: { Ref: theResource(stack, 'AWS::Route53::HostedZone').logicalId },
      HostedZoneName: 'example.com',
    });
  });
});

describe('a domain given every prop', () => {
  const everyProperty: Required<ResourceProperties> = {
    DomainName: 'mail.example.com',
    SesRegion: 'us-east-1',
    HostedZoneId: ZONE_ID,
    HostedZoneName: 'example.com',
    Ttl: '300',
    OverwriteRecords: 'true',
    RemovalPolicy: 'retain',
    TakeOwnership: 'true',
    SigningKeyLength: 'RSA_2048_BIT',
    DelegationRoleArn: 'arn:aws:iam::210987654321:role/Dns',
    WaitForVerification: '840',
    MailFromDomain: 'bounce.mail.example.com',
    DmarcRecord: 'v=DMARC1; p=reject',
    Tags: { team: 'mail' },
    Revision: '2',
  };

  test('has every property of the contract', () => {
    const stack = aStack();
    const mail = aDomain(stack, {
      domainName: 'mail.example.com',
      sesRegion: 'us-east-1',
      ttl: Duration.minutes(5),
      overwriteRecords: true,
      removalPolicy: RemovalPolicy.RETAIN,
      takeOwnership: true,
      signingKeyLength: ses.EasyDkimSigningKeyLength.RSA_2048_BIT,
      delegationRole: iam.Role.fromRoleArn(stack, 'Dns', 'arn:aws:iam::210987654321:role/Dns'),
      waitForVerification: Duration.minutes(14),
      mailFrom: { domainName: 'bounce.mail.example.com' },
      dmarc: { policy: DmarcPolicy.REJECT },
      revision: '2',
    });
    Tags.of(mail).add('team', 'mail');
    expect(resourceProperties(stack)).toEqual(everyProperty);
  });
});

describe('each prop', () => {
  test.each([
    ['domainName', { domainName: 'mail.example.com' }, { DomainName: 'mail.example.com' }],
    ['sesRegion', { sesRegion: 'us-east-1' }, { SesRegion: 'us-east-1' }],
    ['ttl', { ttl: Duration.hours(1) }, { Ttl: '3600' }],
    ['waitForVerification', { waitForVerification: Duration.seconds(90) }, { WaitForVerification: '90' }],
    ['removalPolicy', { removalPolicy: RemovalPolicy.RETAIN }, { RemovalPolicy: 'retain' }],
    ['overwriteRecords', { overwriteRecords: true }, { OverwriteRecords: 'true' }],
    ['takeOwnership', { takeOwnership: true }, { TakeOwnership: 'true' }],
    [
      'signingKeyLength',
      { signingKeyLength: ses.EasyDkimSigningKeyLength.RSA_1024_BIT },
      { SigningKeyLength: 'RSA_1024_BIT' },
    ],
    ['mailFrom', { mailFrom: { domainName: 'bounce.example.com' } }, { MailFromDomain: 'bounce.example.com' }],
    ['dmarc', { dmarc: {} }, { DmarcRecord: 'v=DMARC1; p=none' }],
    ['feedbackForwarding', { feedbackForwarding: true }, {}],
    ['revision', { revision: '2' }, { Revision: '2' }],
  ])('%s alone changes its own property and no other', (_, props, expected) => {
    const plain = aStack();
    aDomain(plain);
    const stack = aStack();
    aDomain(stack, props);
    expect(resourceProperties(stack)).toEqual({ ...resourceProperties(plain), ...expected });
  });

  test('a delegation role that the app makes is referred to', () => {
    const stack = aStack();
    const delegationRole = new iam.Role(stack, 'Dns', { assumedBy: new iam.AccountRootPrincipal() });
    aDomain(stack, { delegationRole });
    expect(resourceProperties(stack).DelegationRoleArn).toEqual(stack.resolve(delegationRole.roleArn));
  });

  test('a zone known by its id has no name in the template', () => {
    const stack = aStack();
    const hostedZone = route53.HostedZone.fromHostedZoneId(stack, 'Zone', ZONE_ID);
    aDomain(stack, { hostedZone, domainName: 'example.com' });
    expect(resourceProperties(stack)).toMatchObject({ DomainName: 'example.com', HostedZoneId: ZONE_ID });
    expect(resourceProperties(stack)).not.toHaveProperty('HostedZoneName');
  });

  test('durations known only at deployment stay references', () => {
    const stack = aStack();
    const seconds = (id: string) => Duration.seconds(new CfnParameter(stack, id, { type: 'Number' }).valueAsNumber);
    aDomain(stack, { ttl: seconds('Ttl'), waitForVerification: seconds('Wait') });
    expect(resourceProperties(stack)).toMatchObject({ Ttl: { Ref: 'Ttl' }, WaitForVerification: { Ref: 'Wait' } });
  });
});

describe('a zone id as other tools show it', () => {
  test('loses its path, in the resource and in the permissions', () => {
    const stack = aStack();
    aDomain(stack, { hostedZone: aZone(stack, 'example.com', `/hostedzone/${ZONE_ID}`) });

    expect(resourceProperties(stack).HostedZoneId).toBe(ZONE_ID);
    expect(statementsFor(stack, 'route53').flatMap(({ Resource }) => Resource)).toContain(
      `arn:aws:route53:::hostedzone/${ZONE_ID}`,
    );
  });
});

describe('applyRemovalPolicy', () => {
  test('has CloudFormation leave the domain alone', () => {
    const stack = aStack();
    aDomain(stack).applyRemovalPolicy(RemovalPolicy.RETAIN);

    expect(theResource(stack, DOMAIN).DeletionPolicy).toBe('Retain');
  });
});

describe('the attributes', () => {
  test.each([
    ['domainName', (mail: EasyDkimDomain) => mail.domainName, 'DomainName'],
    ['emailIdentityName', (mail: EasyDkimDomain) => mail.emailIdentityName, 'DomainName'],
    ['dkimTokens[0]', (mail: EasyDkimDomain) => mail.dkimTokens[0], 'DkimToken1'],
    ['dkimTokens[1]', (mail: EasyDkimDomain) => mail.dkimTokens[1], 'DkimToken2'],
    ['dkimTokens[2]', (mail: EasyDkimDomain) => mail.dkimTokens[2], 'DkimToken3'],
    ['dkimRecords[0].name', (mail: EasyDkimDomain) => mail.dkimRecords[0].name, 'DkimRecordName1'],
    ['dkimRecords[1].name', (mail: EasyDkimDomain) => mail.dkimRecords[1].name, 'DkimRecordName2'],
    ['dkimRecords[2].name', (mail: EasyDkimDomain) => mail.dkimRecords[2].name, 'DkimRecordName3'],
    ['dkimRecords[0].value', (mail: EasyDkimDomain) => mail.dkimRecords[0].value, 'DkimRecordValue1'],
    ['dkimRecords[1].value', (mail: EasyDkimDomain) => mail.dkimRecords[1].value, 'DkimRecordValue2'],
    ['dkimRecords[2].value', (mail: EasyDkimDomain) => mail.dkimRecords[2].value, 'DkimRecordValue3'],
    ['verificationStatus', (mail: EasyDkimDomain) => mail.verificationStatus, 'VerificationStatus'],
  ])('%s comes from the custom resource, so that its consumers wait for it', (_, attribute, name) => {
    const stack = aStack();
    const value = attribute(aDomain(stack));
    expect(stack.resolve(value)).toEqual({ 'Fn::GetAtt': [theResource(stack, DOMAIN).logicalId, name] });
  });

  test('there are three tokens and three records', () => {
    const mail = aDomain(aStack());
    expect([mail.dkimTokens.length, mail.dkimRecords.length]).toEqual([3, 3]);
  });

  test('the ARN is of the identity in the Region of SES, and waits for it, too', () => {
    const stack = aStack();
    const mail = aDomain(stack, { sesRegion: 'us-east-1' });
    expect(stack.resolve(mail.emailIdentityArn)).toEqual({
      'Fn::Join': [
        '',
        [
          `arn:aws:ses:us-east-1:${ACCOUNT}:identity/`,
          { 'Fn::GetAtt': [theResource(stack, DOMAIN).logicalId, 'DomainName'] },
        ],
      ],
    });
  });

  test.each(['eu-isoe-west-1', 'us-gov-west-1', 'cn-north-1', 'eusc-de-east-1'])(
    'the ARN has the partition that CloudFormation knows, in %s',
    (region) => {
      const stack = aStack(region);
      const mail = aDomain(stack);
      expect(stack.resolve(mail.emailIdentityArn)).toMatchObject({
        'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ses:${region}:${ACCOUNT}:identity/`, expect.anything()]],
      });
    },
  );
});

describe('the outputs', () => {
  test('are the three tokens and the three records', () => {
    const stack = aStack();
    const mail = aDomain(stack);
    expect(Object.values(outputs(stack)).map(({ Value }) => Value)).toEqual([
      ...mail.dkimTokens.map((token) => stack.resolve(token) as unknown),
      ...mail.dkimRecords.map(({ name, value }) => stack.resolve(`${name} CNAME ${value}`) as unknown),
    ]);
  });

  test('are named for what they are', () => {
    const stack = aStack();
    aDomain(stack);
    const names = Object.keys(outputs(stack)).map((name) => name.slice(0, -8));
    expect(names).toEqual([
      'MailDkimToken1',
      'MailDkimToken2',
      'MailDkimToken3',
      'MailDkimRecord1',
      'MailDkimRecord2',
      'MailDkimRecord3',
    ]);
  });

  test('are left out with outputs: false', () => {
    const stack = aStack();
    aDomain(stack, { outputs: false });
    expect(outputs(stack)).toEqual({});
  });

  test('may be as many as CloudFormation allows', () => {
    const stack = aStack();
    manyDomains(stack, 33, () => ({ outputs: true }));
    new CfnOutput(stack, 'One', { value: '1' });
    new CfnOutput(stack, 'Two', { value: '2' });
    expect(Object.keys(outputs(stack))).toHaveLength(200);
  });

  test('are more than CloudFormation allows: an error that tells of outputs: false', () => {
    const stack = aStack();
    manyDomains(stack, 33, () => ({ outputs: true }));
    for (const id of ['One', 'Two', 'Three']) {
      new CfnOutput(stack, id, { value: id });
    }
    expect(() => Template.fromStack(stack)).toThrow(/Test\/.*201 outputs .*200: pass outputs: false/);
  });

  test('of a nested stack do not count against its parent', () => {
    const stack = aStack();
    const nested = new NestedStack(stack, 'Nested');
    manyDomains(stack, 30, () => ({ outputs: true }));
    for (let index = 0; index < 30; index++) {
      aDomain(nested, { domainName: `m${index}.example.com` }, `Mail${index}`);
    }
    expect(Object.keys(outputs(stack))).toHaveLength(180);
  });
});

describe('used as an SES identity', () => {
  // The CDK warns of deprecated options once in a process: whichever test comes first.
  const warn = jest.spyOn(console, 'warn').mockImplementation();
  afterEach(() => expect(warn.mock.calls).toEqual([]));
  afterAll(() => warn.mockRestore());

  test('an IEmailIdentity that is imported by its name waits for it', () => {
    const stack = aStack();
    const identity = ses.EmailIdentity.fromEmailIdentityName(stack, 'Identity', aDomain(stack).emailIdentityName);
    new CfnOutput(stack, 'From', { value: `no-reply@${identity.emailIdentityName}` });
    expect(outputs(stack).From.Value).toEqual({
      'Fn::Join': ['', ['no-reply@', { 'Fn::GetAtt': [expect.stringMatching(/^Mail/), 'DomainName'] }]],
    });
  });

  test('a Cognito user pool can send from it, and waits for it', () => {
    const stack = aStack();
    const mail = aDomain(stack);
    new cognito.UserPool(stack, 'Users', {
      email: cognito.UserPoolEmail.withSES({
        fromEmail: `no-reply@${mail.emailIdentityName}`,
        sesVerifiedDomain: mail.emailIdentityName,
      }),
    });
    expect(theResource(stack, 'AWS::Cognito::UserPool').Properties.EmailConfiguration).toMatchObject({
      From: { 'Fn::Join': ['', ['no-reply@', stack.resolve(mail.domainName)]] },
      SourceArn: {
        'Fn::Join': [
          '',
          ['arn:', { Ref: 'AWS::Partition' }, `:ses:${REGION}:${ACCOUNT}:identity/`, stack.resolve(mail.domainName)],
        ],
      },
    });
  });

  const grantedBy = (give: (mail: EasyDkimDomain, role: iam.IRole) => iam.Grant) => {
    const stack = aStack();
    const mail = aDomain(stack, { sesRegion: 'us-east-1' });
    const role = new iam.Role(stack, 'Sender', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    expect(give(mail, role).success).toBe(true);
    const { PolicyDocument } = theResource(stack, 'AWS::IAM::Policy').Properties;
    return {
      statements: (PolicyDocument as { Statement: { readonly Resource: unknown }[] }).Statement,
      arn: stack.resolve(mail.emailIdentityArn) as unknown,
    };
  };

  test('grantSendEmail allows to send from this identity only', () => {
    const { statements, arn } = grantedBy((mail, role) => mail.grantSendEmail(role));
    for (const { Resource } of statements) {
      const identities = (Resource as unknown[]).filter((each) => JSON.stringify(each).includes(':identity/'));
      expect(identities).toEqual([arn]);
    }
  });

  test('grant allows the actions given, on this identity only', () => {
    const { statements, arn } = grantedBy((mail, role) => mail.grant(role, 'ses:SendBulkEmail'));
    expect(statements).toEqual([{ Effect: 'Allow', Action: 'ses:SendBulkEmail', Resource: arn }]);
  });

  test('another stack can refer to it', () => {
    const app = anApp();
    const stack = aStack(REGION, app, 'Mailing');
    const mail = aDomain(stack, { outputs: false });
    const consumer = aStack(REGION, app, 'Consumer');
    new CfnOutput(consumer, 'From', { value: mail.emailIdentityName });

    const [exported] = Object.values(outputs(stack));
    expect(exported.Value).toEqual({ 'Fn::GetAtt': [theResource(stack, DOMAIN).logicalId, 'DomainName'] });
    expect(outputs(consumer).From.Value).toEqual({
      'Fn::ImportValue': exported.Export?.Name,
    });
  });
});

describe('the provider', () => {
  const TYPES = [
    'AWS::Lambda::Function',
    EVENT_SETTINGS,
    'AWS::IAM::Role',
    'AWS::Logs::LogGroup',
    'AWS::IAM::ManagedPolicy',
  ];
  const PROVIDER = Object.fromEntries(TYPES.map((type) => [type, 1]));

  const resourceCounts = (stack: Stack) => {
    const all = Object.values(Template.fromStack(stack).toJSON().Resources as Record<string, TemplateResource>);
    const counts: Record<string, number> = {};
    for (const { Type } of all) {
      counts[Type] = (counts[Type] ?? 0) + 1;
    }
    return counts;
  };

  test('is there once for all the domains of a stack', () => {
    const stack = aStack();
    manyDomains(stack, 5);
    expect(resourceCounts(stack)).toEqual({ ...PROVIDER, [DOMAIN]: 5 });
  });

  test('serves every domain with the one function', () => {
    const stack = aStack();
    manyDomains(stack, 3);
    const tokens = Object.values(resources(stack, DOMAIN)).map(({ Properties }) => Properties.ServiceToken);
    const arn = { 'Fn::GetAtt': [theResource(stack, 'AWS::Lambda::Function').logicalId, 'Arn'] };
    expect(tokens).toEqual([arn, arn, arn]);
  });

  test('is there once in each of two stacks', () => {
    const app = anApp();
    const both = ['One', 'Two'].map((id) => aStack(REGION, app, id));
    both.forEach((stack) => aDomain(stack));
    expect(both.map(resourceCounts)).toEqual([
      { ...PROVIDER, [DOMAIN]: 1 },
      { ...PROVIDER, [DOMAIN]: 1 },
    ]);
  });

  test('is inside the nested stack that has the domain, so that it can be deployed alone', () => {
    const stack = aStack();
    const nested = new NestedStack(stack, 'Nested');
    aDomain(nested);
    expect(resourceCounts(nested)).toEqual({ ...PROVIDER, [DOMAIN]: 1 });
    expect(resourceCounts(stack)).toEqual({ 'AWS::CloudFormation::Stack': 1 });
  });

  test('can be in a construct of any depth and stays one', () => {
    const stack = aStack();
    const outer = aDomain(stack, { domainName: 'a.example.com' });
    aDomain(outer, { domainName: 'b.example.com' });
    expect(resourceCounts(stack)).toEqual({ ...PROVIDER, [DOMAIN]: 2 });
  });

  test('logs to a group of its own, for a finite time, that goes with the stack', () => {
    const stack = aStack();
    aDomain(stack);
    const logGroup = theResource(stack, 'AWS::Logs::LogGroup');
    expect(logGroup.Properties.RetentionInDays).toBeGreaterThan(0);
    expect(logGroup.DeletionPolicy).toBe('Delete');
    expect(theResource(stack, 'AWS::Lambda::Function').Properties.LoggingConfig).toEqual({
      LogGroup: { Ref: logGroup.logicalId },
    });
  });

  test('runs on the newest Node.js that aws-cdk-lib offers', () => {
    const stack = aStack();
    aDomain(stack);
    const versions = lambda.Runtime.ALL.filter(({ family }) => family === lambda.RuntimeFamily.NODEJS).map(({ name }) =>
      parseFloat(name.slice('nodejs'.length) || '0'),
    );
    expect(theResource(stack, 'AWS::Lambda::Function').Properties.Runtime).toBe(`nodejs${Math.max(...versions)}.x`);
  });

  test('has as long as Lambda allows', () => {
    const stack = aStack();
    aDomain(stack);
    expect(theResource(stack, 'AWS::Lambda::Function').Properties.Timeout).toBe(15 * 60);
  });

  test.each([DOMAIN, 'Custom::EasyDkimSettings'])(
    'never works on an event that CloudFormation has given up: %s',
    (type) => {
      const stack = aStack();
      aDomain(stack, { feedbackForwarding: true });
      const timeout = theResource(stack, 'AWS::Lambda::Function').Properties.Timeout as number;
      const oldest = theResource(stack, EVENT_SETTINGS).Properties.MaximumEventAgeInSeconds as number;
      expect(oldest + timeout).toBeLessThanOrEqual(Number(theResource(stack, type).Properties.ServiceTimeout));
    },
  );

  test('limits the age of the events that invoke the function as CloudFormation does', () => {
    const stack = aStack();
    aDomain(stack);
    const { Properties } = theResource(stack, EVENT_SETTINGS);
    expect(Properties).toMatchObject({
      FunctionName: { Ref: theResource(stack, 'AWS::Lambda::Function').logicalId },
      Qualifier: '$LATEST',
    });
  });

  test('knows its stack, how many domains it has, and their Regions', () => {
    const stack = aStack();
    manyDomains(stack, 3, (index) => ({ sesRegion: index === 0 ? undefined : 'us-east-1' }));
    expect(theResource(stack, 'AWS::Lambda::Function').Properties.Environment).toEqual({
      Variables: { STACK_ID: { Ref: 'AWS::StackId' }, DOMAINS: '3', SES_REGIONS: `${REGION},us-east-1` },
    });
  });

  test('ships the bundled handler', () => {
    const app = anApp();
    const stack = aStack(REGION, app);
    aDomain(stack);
    const { Handler, Code } = theResource(stack, 'AWS::Lambda::Function').Properties;
    const assets = JSON.parse(readFileSync(path.join(app.outdir, 'Test.assets.json'), 'utf8')) as {
      files: Record<string, { source: { path: string } }>;
    };
    const folder = assets.files[(Code as { S3Key: string }).S3Key.replace('.zip', '')].source.path;
    expect(Handler).toBe('index.handler');
    expect(existsSync(path.resolve(app.outdir, folder, 'index.js'))).toBe(true);
  });

  test('may do its work before the first domain needs it, and until the last is gone', () => {
    const stack = aStack();
    aDomain(stack);
    const policy = theResource(stack, 'AWS::IAM::ManagedPolicy');
    expect(theResource(stack, DOMAIN).DependsOn).toEqual([policy.logicalId]);
    expect(policy.DependsOn).toEqual([theResource(stack, EVENT_SETTINGS).logicalId]);
  });

  test('limits the age of events before the settings of a domain are sent, too', () => {
    const stack = aStack();
    aDomain(stack, { feedbackForwarding: true });
    const policy = theResource(stack, 'AWS::IAM::ManagedPolicy');
    expect(theResource(stack, 'Custom::EasyDkimSettings').DependsOn).toContain(policy.logicalId);
    expect(policy.DependsOn).toEqual([theResource(stack, EVENT_SETTINGS).logicalId]);
  });

  test('has a domain wait for the policy with its permissions, also when that is not the first', () => {
    const stack = aStack();
    manyDomains(stack, 100);
    const last = Object.values(resources(stack, DOMAIN))[99];
    const holding = policies(stack).filter(({ statements }) =>
      JSON.stringify(statements).includes('*._domainkey.customer-099.mail.example.com'),
    );
    expect(holding).toHaveLength(1);
    expect(holding[0].logicalId).not.toBe(policies(stack)[0].logicalId);
    expect([...last.DependsOn!].sort()).toEqual([policies(stack)[0].logicalId, holding[0].logicalId].sort());
  });
});

describe('the same domain twice', () => {
  const twice = (stack: Stack, first: string | undefined, second: string | undefined, name = 'example.com') => {
    aDomain(stack, { sesRegion: first }, 'Mail');
    aDomain(stack, { sesRegion: second, domainName: name }, 'Again');
  };
  const warnings = (stack: Stack) =>
    Annotations.fromStack(stack)
      .findWarning('*', Match.stringLikeRegexp('domain-twice'))
      .map(({ id, entry }) => `${id}: ${entry.data as string}`);

  test('in one stack and Region works, with a warning that names both', () => {
    const stack = aStack();
    twice(stack, undefined, undefined);
    expect(warnings(stack)).toEqual([
      '/Test/Again: "example.com" in eu-west-1 is also set up by Test/Mail. That works, but one is enough. ' +
        '[ack: cdk-ses-easy-dkim:domain-twice]',
    ]);
    expect(Object.keys(resources(stack, DOMAIN))).toHaveLength(2);
  });

  test('is found out whatever the spelling', () => {
    const stack = aStack();
    twice(stack, undefined, REGION, 'EXAMPLE.com.');
    expect(warnings(stack)).toHaveLength(1);
  });

  test('is found out in a stack whose Region is not known yet', () => {
    const stack = anAgnosticStack();
    twice(stack, undefined, undefined);
    expect(warnings(stack)).toEqual([
      expect.stringContaining('"example.com" in the same Region is also set up by Test/Mail.'),
    ]);
  });

  test('in two Regions is fine', () => {
    const stack = aStack();
    twice(stack, 'eu-west-1', 'us-east-1');
    const regions = Object.values(resources(stack, DOMAIN)).map(({ Properties }) => Properties.SesRegion);
    expect(regions).toEqual(['eu-west-1', 'us-east-1']);
    expect(warnings(stack)).toEqual([]);
  });

  test('is found out when its name is known only at deployment', () => {
    const stack = aStack();
    const hostedZone = aZone(stack, new CfnParameter(stack, 'Name').valueAsString);
    aDomain(stack, { hostedZone }, 'Mail');
    aDomain(stack, { hostedZone }, 'Again');
    expect(warnings(stack)).toEqual([
      expect.stringContaining('a name that is known only at deployment in eu-west-1 is also set up by Test/Mail.'),
    ]);
  });

  test('cannot be told from two names known only at deployment', () => {
    const stack = aStack();
    for (const id of ['One', 'Two']) {
      const hostedZone = aZone(stack, new CfnParameter(stack, `${id}Name`).valueAsString);
      aDomain(stack, { hostedZone }, id);
    }
    expect(warnings(stack)).toEqual([]);
  });
});

describe("the user's tags", () => {
  const tagsOf = (stack: Stack) => Object.values(resources(stack, DOMAIN)).map(({ Properties }) => Properties.Tags);

  test('of the whole stack reach every identity', () => {
    const stack = aStack();
    manyDomains(stack, 2);
    Tags.of(stack).add('team', 'mail');
    Tags.of(stack).add('stage', 'prod');
    expect(tagsOf(stack)).toEqual([
      { stage: 'prod', team: 'mail' },
      { stage: 'prod', team: 'mail' },
    ]);
  });

  test('of one domain are its own, and come before those of the stack', () => {
    const stack = aStack();
    const [first] = manyDomains(stack, 2);
    Tags.of(stack).add('team', 'mail');
    Tags.of(first).add('team', 'billing');
    Tags.of(first).add('customer', '000');
    expect(tagsOf(stack)).toEqual([{ customer: '000', team: 'billing' }, { team: 'mail' }]);
  });

  test('may be taken away again', () => {
    const stack = aStack();
    const mail = aDomain(stack);
    Tags.of(stack).add('team', 'mail');
    Tags.of(mail).remove('team');
    expect(tagsOf(stack)).toEqual([undefined]);
  });

  test('may be meant for, or kept from, the type of its resource', () => {
    const stack = aStack();
    aDomain(stack);
    Tags.of(stack).add('mail', 'yes', { includeResourceTypes: [DOMAIN] });
    Tags.of(stack).add('other', 'yes', { excludeResourceTypes: [DOMAIN] });
    expect(tagsOf(stack)).toEqual([{ mail: 'yes' }]);
  });

  test('may have values that are known only at deployment', () => {
    const stack = aStack();
    const mail = aDomain(stack);
    Tags.of(mail).add('team', new CfnParameter(stack, 'Team').valueAsString);
    expect(tagsOf(stack)).toEqual([{ team: { Ref: 'Team' } }]);
  });

  test('are none without any', () => {
    const stack = aStack();
    aDomain(stack);
    expect(resourceProperties(stack)).not.toHaveProperty('Tags');
  });

  test.each<[string, string, string, string]>([
    [
      'a mark of this library',
      'cdk-ses-easy-dkim',
      'made',
      'the tag "cdk-ses-easy-dkim" is reserved for this library: ',
    ],
    [
      'a claim of this library',
      'cdk-ses-easy-dkim:1',
      'x',
      'the tag "cdk-ses-easy-dkim:1" is reserved for this library: ',
    ],
    ['a key of AWS', 'aws:team', 'x', 'the tag "aws:team" has a prefix that is reserved for AWS: '],
    ['a pattern', '*', 'x', 'the tag "*" has a key that SES refuses: it allows letters, digits, '],
    ['a long key', 'k'.repeat(129), 'x', 'has a key of 129 characters, and SES allows 128: '],
    ['a long value', 'team', 'v'.repeat(257), 'the tag "team" has a value of 257 characters, and SES allows 256: '],
    ['a strange value', 'team', 'R&D', 'the tag "team" has the value "R&D", and SES allows letters, digits, spaces '],
  ])('are refused with %s', (_, key, value, message) => {
    const stack = aStack();
    aDomain(stack);
    Tags.of(stack).add(key, value);
    expect(() => Template.fromStack(stack)).toThrow(message);
    expect(() => Template.fromStack(stack)).toThrow(
      /\[Test\/Mail\] the tag .*: change it, or exclude the identity with Tags\.of\(scope\)\.add/,
    );
  });

  test('may be as many as SES allows besides those of this library', () => {
    const tagged = (count: number) => {
      const stack = aStack();
      aDomain(stack);
      Array.from({ length: count }, (_, n) => Tags.of(stack).add(`k${n}`, 'x'));
      return () => Template.fromStack(stack);
    };
    expect(tagged(48)).not.toThrow();
    expect(tagged(49)).toThrow('49 tags are more than the 48 that an identity has room for: exclude it from some with');
  });

  test('that are not for the identity may be as other resources take them', () => {
    const stack = aStack();
    aDomain(stack);
    Tags.of(stack).add('team', 'R&D', { excludeResourceTypes: [DOMAIN] });
    expect(tagsOf(stack)).toEqual([undefined]);
  });

  test('are not for the settings, which are no identity of their own', () => {
    const stack = aStack();
    Tags.of(aDomain(stack, { feedbackForwarding: true })).add('team', 'mail');
    expect(theResource(stack, 'Custom::EasyDkimSettings').Properties).not.toHaveProperty('Tags');
  });
});

describe('a stack whose account and Region are not known yet', () => {
  test('uses the SES of the Region that it is deployed to', () => {
    const stack = anAgnosticStack();
    aDomain(stack);
    expect(resourceProperties(stack).SesRegion).toEqual({ Ref: 'AWS::Region' });
  });

  test('has the ARN of the identity there', () => {
    const stack = anAgnosticStack();
    const mail = aDomain(stack);
    expect(stack.resolve(mail.emailIdentityArn)).toEqual({
      'Fn::Join': [
        '',
        [
          'arn:',
          { Ref: 'AWS::Partition' },
          ':ses:',
          { Ref: 'AWS::Region' },
          ':',
          { Ref: 'AWS::AccountId' },
          ':identity/',
          { 'Fn::GetAtt': [theResource(stack, DOMAIN).logicalId, 'DomainName'] },
        ],
      ],
    });
  });

  test('runs on a Node.js that is known', () => {
    const stack = anAgnosticStack();
    aDomain(stack);
    expect(theResource(stack, 'AWS::Lambda::Function').Properties.Runtime).toMatch(/^nodejs\d+\.x$/);
  });
});

describe.each([
  ['cn-northwest-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
])('a stack in %s', (region, partition) => {
  test(`has ARNs of the partition ${partition} only`, () => {
    const stack = aStack(region);
    aDomain(stack);
    const arns = JSON.stringify(policies(stack)).match(/arn:[^:]*/g);
    expect(new Set(arns)).toEqual(new Set([`arn:${partition}`]));
  });

  test('uses the SES of its own Region', () => {
    const stack = aStack(region);
    const mail = aDomain(stack);
    expect(resourceProperties(stack).SesRegion).toBe(region);
    expect(JSON.stringify(stack.resolve(mail.emailIdentityArn))).toContain(`:ses:${region}:${ACCOUNT}:identity/`);
  });

  test('may change the zone under its ARN there', () => {
    const stack = aStack(region);
    aDomain(stack);
    expect(statementsFor(stack, 'route53').flatMap(({ Resource }) => Resource)).toContain(
      `arn:${partition}:route53:::hostedzone/${ZONE_ID}`,
    );
  });

  test('has a role that Lambda can assume', () => {
    const stack = aStack(region);
    aDomain(stack);
    expect(deployed(stack, theResource(stack, 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument)).toMatchObject({
      Statement: [{ Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
    });
  });
});

describe('an app with all of it', () => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const recommendedFlags = require('aws-cdk-lib/recommended-feature-flags.json') as Record<string, unknown>;

  test('passes the template validation of aws-cdk-lib with no finding', () => {
    const app = anApp({ ...recommendedFlags, [VALIDATE_AGAINST_DEFAULT_RULES]: true }, true);
    for (const region of [REGION, 'us-gov-west-1', undefined]) {
      const stack = new Stack(app, `In-${region ?? 'anywhere'}`, { env: region ? { account: ACCOUNT, region } : {} });
      const hostedZone = new route53.PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' });
      aDomain(stack, { hostedZone });
      aDomain(stack, { hostedZone, domainName: 'a.example.com', removalPolicy: RemovalPolicy.RETAIN }, 'Retained');
      const topic = new sns.Topic(stack, 'Topic');
      const everything: Partial<EasyDkimDomainProps> = {
        mailFrom: { domainName: 'bounce.b.example.com' },
        dmarc: { policy: DmarcPolicy.REJECT, rua: ['dmarc@example.com'] },
        configurationSet: new ses.ConfigurationSet(stack, 'Set'),
        feedbackForwarding: false,
        notifications: { bounces: topic, complaints: topic, deliveries: topic, includeHeaders: true },
      };
      aDomain(stack, { hostedZone, domainName: 'b.example.com', ...everything }, 'Everything');
      new EasyDkimDomain(stack, 'Elsewhere', { domainName: 'c.example.com' });
      const nested = new NestedStack(stack, 'Nested');
      aDomain(nested, {
        ttl: Duration.minutes(5),
        waitForVerification: Duration.minutes(14),
        delegationRole: iam.Role.fromRoleArn(nested, 'Dns', 'arn:aws:iam::210987654321:role/Dns'),
      });
    }

    const { directory } = app.synth();
    const report = JSON.parse(readFileSync(path.join(directory, VALIDATION_REPORT_FILE), 'utf8')) as {
      pluginReports: { violations: unknown[] }[];
    };
    expect(report.pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  });
});

import { CfnParameter, Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EasyDkimDomain, EasyDkimDomainProps } from '../../lib';
import {
  ACCOUNT,
  aDomain,
  anAgnosticStack,
  aStack,
  deployed,
  REGION,
  resources,
  statementsFor,
  TemplateResource,
  theResource,
} from './support';

const REPLICA = 'Custom::EasyDkimReplica';
const SETTINGS = 'Custom::EasyDkimSettings';
const arn = (region: string) => `arn:aws:ses:${region}:${ACCOUNT}:identity/example.com`;

/** A stack with a domain and replicas. */
function replicated(
  props: Partial<EasyDkimDomainProps> = {},
  use?: (mail: EasyDkimDomain, stack: Stack) => void,
): Stack {
  const stack = aStack();
  const mail = aDomain(stack, { replicaRegions: ['us-east-1', 'eu-north-1'], outputs: false, ...props });
  use?.(mail, stack);
  return stack;
}

function refusal(props: Partial<EasyDkimDomainProps>): string {
  try {
    aDomain(aStack(), props);
  } catch (error) {
    return (error as Error).message;
  }
  return 'It is accepted.';
}

/** What the handler gets of the resources of a type, in the order of their Regions in the template. */
function given(stack: Stack, type: string): Record<string, unknown>[] {
  return Object.values(resources(stack, type)).map(({ Properties }) => {
    const properties = { ...Properties };
    delete properties.ServiceToken;
    delete properties.ServiceTimeout;
    return properties;
  });
}

/** All resources of which the given one says that they come before it. */
function before(stack: Stack, { DependsOn = [] }: TemplateResource, type: string): string[] {
  return DependsOn.filter((id) => id in resources(stack, type));
}

test('without replicaRegions there is nothing of a replica', () => {
  const stack = aStack();
  aDomain(stack);
  expect(resources(stack, REPLICA)).toEqual({});
  expect(JSON.stringify(statementsFor(stack, 'ses'))).not.toContain('Replicate');
});

test('each Region has a replica, which comes after its parent and goes before it', () => {
  const stack = replicated();
  const plain = { DomainName: 'example.com', ParentRegion: REGION, RemovalPolicy: 'destroy' };
  expect(given(stack, REPLICA)).toEqual([
    { ...plain, SesRegion: 'us-east-1' },
    { ...plain, SesRegion: 'eu-north-1' },
  ]);
  const { logicalId } = theResource(stack, 'Custom::EasyDkimDomain');
  for (const replica of Object.values(resources(stack, REPLICA))) {
    expect(before(stack, replica, 'Custom::EasyDkimDomain')).toEqual([logicalId]);
    expect(before(stack, replica, 'AWS::IAM::ManagedPolicy')).not.toEqual([]);
  }
});

test('a replica has what the domain has of tags, waits, revision and RETAIN', () => {
  const stack = replicated(
    { waitForVerification: Duration.minutes(5), revision: '2', removalPolicy: RemovalPolicy.RETAIN },
    (mail) => Tags.of(mail).add('team', 'mail'),
  );
  const expected = { WaitForVerification: '300', Revision: '2', RemovalPolicy: 'retain', Tags: { team: 'mail' } };
  expect(given(stack, REPLICA)).toEqual([expect.objectContaining(expected), expect.objectContaining(expected)]);
});

test('applyRemovalPolicy is for the replicas, too', () => {
  const stack = replicated({ mailFrom: { domainName: 'bounce.example.com' }, replicateSettings: true }, (mail) =>
    mail.applyRemovalPolicy(RemovalPolicy.RETAIN),
  );
  const all = { ...resources(stack, REPLICA), ...resources(stack, SETTINGS) };
  expect(Object.values(all).map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(Array(5).fill('Retain'));
});

test('a stack that learns its Region at deployment can have replicas', () => {
  const stack = anAgnosticStack();
  aDomain(stack, { replicaRegions: ['us-east-1'] });
  expect(given(stack, REPLICA)).toEqual([
    expect.objectContaining({ SesRegion: 'us-east-1', ParentRegion: { Ref: 'AWS::Region' } }),
  ]);
});

describe('the function', () => {
  test('knows the Regions of the replicas', () => {
    const { Environment } = theResource(replicated(), 'AWS::Lambda::Function').Properties as {
      Environment: { Variables: Record<string, string> };
    };
    expect(Environment.Variables.SES_REGIONS).toBe(`${REGION},us-east-1,eu-north-1`);
  });

  test('may replicate the keys of this identity into these Regions, and give none to identities there', () => {
    const statements = statementsFor(replicated(), 'ses');
    const withAction = (action: string) => statements.filter(({ Action }) => Action === action);
    expect(withAction('ses:ReplicateEmailIdentityDKIMSigningKey')).toEqual([
      {
        Effect: 'Allow',
        Action: 'ses:ReplicateEmailIdentityDKIMSigningKey',
        Resource: [arn(REGION)],
        Condition: { 'ForAllValues:StringEquals': { 'ses:ReplicaRegion': ['us-east-1', 'eu-north-1'] } },
      },
    ]);
    expect(withAction('ses:VerifyDomainDkim')).toMatchObject([
      { Condition: { StringEquals: { 'aws:RequestedRegion': [REGION] } } },
    ]);
  });

  test('may give keys to identities in a Region that has domains of its own, too', () => {
    const stack = replicated();
    aDomain(stack, { sesRegion: 'us-east-1', domainName: 'mail.example.com', outputs: false }, 'Other');
    const [{ Condition }] = statementsFor(stack, 'ses').filter(({ Action }) => Action === 'ses:VerifyDomainDkim');
    expect(Condition).toEqual({ StringEquals: { 'aws:RequestedRegion': [REGION, 'us-east-1'] } });
  });
});

describe('replicateSettings', () => {
  const mailFrom = { domainName: 'bounce.example.com' };

  test('gives the replicas the MAIL FROM domain, and nothing that belongs to one Region', () => {
    const stack = replicated({ mailFrom, feedbackForwarding: true, replicateSettings: true });
    const settings = {
      DomainName: 'example.com',
      RemovalPolicy: 'destroy',
      MailFromDomain: 'bounce.example.com',
      MailFromBehavior: 'UseDefaultValue',
      FeedbackForwarding: 'true',
    };
    expect(given(stack, SETTINGS)).toEqual([
      { ...settings, SesRegion: REGION },
      { ...settings, SesRegion: 'us-east-1' },
      { ...settings, SesRegion: 'eu-north-1' },
    ]);
    const [, ...ofReplicas] = Object.values(resources(stack, SETTINGS));
    expect(ofReplicas.map((each) => before(stack, each, REPLICA))).toEqual(
      Object.keys(resources(stack, REPLICA)).map((id) => [id]),
    );
  });

  test('is not the default', () => {
    expect(given(replicated({ mailFrom }), SETTINGS)).toEqual([expect.objectContaining({ SesRegion: REGION })]);
  });

  test.each<[string, Partial<EasyDkimDomainProps>]>([
    ['is true without replicas: give replicaRegions, or leave it out.', { mailFrom }],
    [
      'is true, and no replica gets any other settings: give mailFrom or feedbackForwarding.',
      { replicaRegions: ['us-east-1'] },
    ],
  ])('%s', (problem, props) => {
    expect(refusal({ ...props, replicateSettings: true })).toBe(`Test/Mail: replicateSettings ${problem}`);
  });

  test('cannot turn off feedback forwarding, which takes topics', () => {
    const stack = aStack();
    const topic = new sns.Topic(stack, 'Topic');
    const notifications = { bounces: topic, complaints: topic };
    const given = { notifications, feedbackForwarding: false, replicaRegions: ['us-east-1'], replicateSettings: true };
    expect(() => aDomain(stack, given)).toThrow(
      'Test/Mail: replicateSettings is true and feedbackForwarding is false, which SES allows only with topics, and topics ' +
        'belong to one Region: leave out one of the two.',
    );
  });
});

describe('grants', () => {
  const aRole = (stack: Stack) => new iam.Role(stack, 'Sender', { assumedBy: new iam.AccountRootPrincipal() });
  const resourcesOf = (stack: Stack) => {
    const { PolicyDocument } = theResource(stack, 'AWS::IAM::Policy').Properties as {
      PolicyDocument: { Statement: { Resource: unknown }[] };
    };
    return PolicyDocument.Statement[0].Resource as unknown[];
  };

  test('of grantSendEmail cover the replicas, with their templates and configuration sets', () => {
    const stack = replicated({}, (mail, scope) => mail.grantSendEmail(aRole(scope)));
    const texts = JSON.stringify(resourcesOf(stack));
    for (const [id, { Properties }] of Object.entries(resources(stack, REPLICA))) {
      const region = Properties.SesRegion as string;
      expect(texts).toContain(`:ses:${region}:${ACCOUNT}:identity/`);
      expect(texts).toContain(`:ses:${region}:${ACCOUNT}:template/*`);
      expect(resourcesOf(stack)).toContainEqual({ 'Fn::GetAtt': [id, 'SendingResource'] });
    }
  });

  test('of some actions cover the replicas', () => {
    const stack = replicated({}, (mail, scope) => mail.grant(aRole(scope), 'ses:SendRawEmail'));
    expect(resourcesOf(stack)).toHaveLength(3);
  });

  test('to another account give each replica a policy of its own', () => {
    const stack = replicated({}, (mail) => mail.grantSendEmail(new iam.AccountPrincipal('210987654321')));
    const policies = given(stack, SETTINGS).map(({ SesRegion, SendingPolicy }) => {
      const { Statement } = deployed(stack, SendingPolicy) as { Statement: { Resource: unknown }[] };
      return [SesRegion, Statement.map(({ Resource }) => Resource)];
    });
    expect(policies).toEqual([
      [REGION, [arn(REGION)]],
      ['us-east-1', [arn('us-east-1')]],
      ['eu-north-1', [arn('eu-north-1')]],
    ]);
  });
});

describe('replicaRegions', () => {
  test.each<[string, unknown[]]>([
    ['has "eu-west-1", where the domain itself is: give other Regions only.', [REGION]],
    ['has "us-east-1" twice: give each Region once.', ['us-east-1', 'us-east-1']],
    ['has one that is "us-east": give an AWS Region such as "eu-west-1".', ['us-east']],
    [
      'has one that is "us-gov-west-1" in the partition aws-us-gov, but the stack is in aws: accounts and roles do not ' +
        'cross partitions, so give a Region of the same one.',
      ['us-gov-west-1'],
    ],
    ['has 7 in it: give a list of Regions such as ["us-east-1"].', [7]],
  ])('%s', (problem, regions) => {
    expect(refusal({ replicaRegions: regions as string[] })).toBe(`Test/Mail: replicaRegions ${problem}`);
  });

  test('have to be known at synthesis', () => {
    const stack = aStack();
    const region = new CfnParameter(stack, 'Region').valueAsString;
    expect(() => aDomain(stack, { replicaRegions: [region] })).toThrow(
      'Test/Mail: replicaRegions has a Region in it that is known only at deployment: give names such as "us-east-1".',
    );
  });

  test.each([
    ['before', true],
    ['after', false],
  ])('cannot be one where the domain has keys of its own, by a construct %s', (_, isBefore) => {
    const stack = aStack();
    const other = () => aDomain(stack, { sesRegion: 'us-east-1', outputs: false }, 'America');
    const mail = () => aDomain(stack, { replicaRegions: ['us-east-1'], outputs: false });
    const [first, second] = isBefore ? [other, mail] : [mail, other];
    first();
    expect(second).toThrow(
      'Test/Mail: replicaRegions has "us-east-1", where Test/America sets up "example.com" with keys of its own: leave ' +
        'the Region out, or that construct.',
    );
  });
});

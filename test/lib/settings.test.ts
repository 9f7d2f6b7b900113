import { CfnParameter, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import { IAM_MINIMIZE_POLICIES as MINIMIZE_POLICIES } from 'aws-cdk-lib/cx-api';
import { EasyDkimDomainProps } from '../../lib';
import type { SettingsProperties } from '../../lib/shared/contract';
import {
  ACCOUNT,
  aDomain,
  anAgnosticStack,
  anApp,
  aStack,
  deployed,
  manyDomains,
  policies,
  REGION,
  resources,
  settingsProperties,
  theResource,
} from './support';

const SETTINGS = 'Custom::EasyDkimSettings';
const topicArn = (name: string, region = REGION) => `arn:aws:sns:${region}:${ACCOUNT}:${name}`;
const imported = (stack: Stack, name: string, region?: string) =>
  sns.Topic.fromTopicArn(stack, name, topicArn(name, region));

function settingsFor(props: (stack: Stack) => Partial<EasyDkimDomainProps>): Record<string, unknown> {
  const stack = aStack();
  aDomain(stack, props(stack));
  return settingsProperties(stack);
}

function refusal(props: (stack: Stack) => Partial<EasyDkimDomainProps>): string {
  const stack = aStack();
  try {
    aDomain(stack, props(stack));
  } catch (error) {
    return (error as Error).message;
  }
  return 'It is accepted.';
}

describe('the settings of a domain', () => {
  const PLAIN = { DomainName: 'example.com', SesRegion: REGION, RemovalPolicy: 'destroy' };

  test('are no resource when none is given', () => {
    const stack = aStack();
    aDomain(stack, { dmarc: {} });
    expect(resources(stack, SETTINGS)).toEqual({});
  });

  test.each<[string, (stack: Stack) => Partial<EasyDkimDomainProps>, object]>([
    [
      'configurationSet',
      (stack) => ({ configurationSet: ses.ConfigurationSet.fromConfigurationSetName(stack, 'Set', 'mail') }),
      { ConfigurationSet: 'mail' },
    ],
    ['feedbackForwarding', () => ({ feedbackForwarding: true }), { FeedbackForwarding: 'true' }],
    [
      'notifications.bounces',
      (stack) => ({ notifications: { bounces: imported(stack, 'b') } }),
      { BounceTopic: topicArn('b'), NotificationHeaders: 'false' },
    ],
    [
      'notifications.complaints',
      (stack) => ({ notifications: { complaints: imported(stack, 'c') } }),
      { ComplaintTopic: topicArn('c'), NotificationHeaders: 'false' },
    ],
    [
      'notifications.deliveries',
      (stack) => ({ notifications: { deliveries: imported(stack, 'd'), includeHeaders: true } }),
      { DeliveryTopic: topicArn('d'), NotificationHeaders: 'true' },
    ],
  ])('have %s as soon as it is given, and nothing else', (_, props, expected) => {
    expect(settingsFor(props)).toEqual({ ...PLAIN, ...expected });
  });

  test('have every property of the contract, as strings', () => {
    const everyProperty: Required<Omit<SettingsProperties, 'SendingPolicy'>> = {
      DomainName: 'mail.example.com',
      SesRegion: 'us-east-1',
      RemovalPolicy: 'retain',
      MailFromDomain: 'bounce.mail.example.com',
      MailFromBehavior: 'RejectMessage',
      WaitForVerification: '600',
      ConfigurationSet: 'mail',
      FeedbackForwarding: 'false',
      BounceTopic: topicArn('b', 'us-east-1'),
      ComplaintTopic: topicArn('c', 'us-east-1'),
      DeliveryTopic: topicArn('d', 'us-east-1'),
      NotificationHeaders: 'true',
      Revision: '2',
    };
    expect(
      settingsFor((stack) => ({
        domainName: 'mail.example.com',
        sesRegion: 'us-east-1',
        removalPolicy: RemovalPolicy.RETAIN,
        mailFrom: {
          domainName: 'bounce.mail.example.com',
          behaviorOnMxFailure: ses.MailFromBehaviorOnMxFailure.REJECT_MESSAGE,
        },
        waitForVerification: Duration.minutes(10),
        configurationSet: ses.ConfigurationSet.fromConfigurationSetName(stack, 'Set', 'mail'),
        feedbackForwarding: false,
        notifications: {
          bounces: imported(stack, 'b', 'us-east-1'),
          complaints: imported(stack, 'c', 'us-east-1'),
          deliveries: imported(stack, 'd', 'us-east-1'),
          includeHeaders: true,
        },
        revision: '2',
      })),
    ).toEqual(everyProperty);
  });

  test('are no resource for a revision alone', () => {
    const stack = aStack();
    aDomain(stack, { revision: '2' });
    expect(resources(stack, SETTINGS)).toEqual({});
  });

  test('are set once the identity is there, by the same function, with the same permissions', () => {
    const stack = aStack();
    aDomain(stack, { feedbackForwarding: true });
    const domain = theResource(stack, 'Custom::EasyDkimDomain');
    const settings = theResource(stack, SETTINGS);
    expect(settings.Properties.ServiceToken).toEqual(domain.Properties.ServiceToken);
    expect(settings.Properties.ServiceTimeout).toEqual(domain.Properties.ServiceTimeout);
    expect([...settings.DependsOn!].sort()).toEqual([...domain.DependsOn!, domain.logicalId].sort());
  });

  test('are left alone with applyRemovalPolicy(RETAIN), as the domain is', () => {
    const stack = aStack();
    aDomain(stack, { feedbackForwarding: true }).applyRemovalPolicy(RemovalPolicy.RETAIN);
    expect(theResource(stack, 'Custom::EasyDkimDomain').DeletionPolicy).toBe('Retain');
    expect(theResource(stack, SETTINGS).DeletionPolicy).toBe('Retain');
  });
});

describe('feedback forwarding', () => {
  test.each<[string, (stack: Stack) => Partial<EasyDkimDomainProps>]>([
    ['nothing', () => ({})],
    ['a topic for bounces only', (stack) => ({ notifications: { bounces: imported(stack, 'b') } })],
    ['a topic for deliveries only', (stack) => ({ notifications: { deliveries: imported(stack, 'd') } })],
    ['a configuration set', (stack) => ({ configurationSet: new ses.ConfigurationSet(stack, 'Set') })],
  ])('cannot be off with %s to tell of bounces and complaints', (_, props) => {
    expect(refusal((stack) => ({ feedbackForwarding: false, ...props(stack) }))).toBe(
      'Test/Mail: feedbackForwarding is false, which SES allows only for an identity with topics for bounces and ' +
        'complaints: give notifications.bounces and notifications.complaints.',
    );
  });

  test('can be off with topics for both', () => {
    const notifications = (stack: Stack) => ({ bounces: imported(stack, 'b'), complaints: imported(stack, 'c') });
    expect(settingsFor((stack) => ({ feedbackForwarding: false, notifications: notifications(stack) }))).toMatchObject({
      FeedbackForwarding: 'false',
    });
  });
});

describe('the topics of the notifications', () => {
  const condition = (...domainNames: string[]) => ({
    StringEquals: {
      'aws:SourceAccount': ACCOUNT,
      'aws:SourceArn': domainNames.map((name) => `arn:aws:ses:${REGION}:${ACCOUNT}:identity/${name}`),
    },
  });
  const statement = (topic: string, ...domainNames: string[]) => ({
    Effect: 'Allow',
    Principal: { Service: 'ses.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: { Ref: topic },
    Condition: condition(...domainNames),
  });
  const logicalId = (topic: sns.Topic) => Stack.of(topic).getLogicalId(topic.node.defaultChild as sns.CfnTopic);
  const keyStatements = (stack: Stack) =>
    (
      theResource(stack, 'AWS::KMS::Key').Properties.KeyPolicy as { Statement: { Principal: object }[] }
    ).Statement.filter(({ Principal }) => 'Service' in Principal);
  const statementsOf = (stack: Stack) =>
    Object.values(resources(stack, 'AWS::SNS::TopicPolicy')).map(
      ({ Properties }) => (Properties.PolicyDocument as { Statement: object[] }).Statement,
    );

  test('let SES publish for this identity, and no one else', () => {
    const stack = aStack();
    const topic = new sns.Topic(stack, 'Topic');
    aDomain(stack, { notifications: { bounces: topic, complaints: topic } });
    expect(statementsOf(stack)).toEqual([[expect.objectContaining(statement(logicalId(topic), 'example.com'))]]);
    expect(settingsProperties(stack)).toMatchObject({
      BounceTopic: { Ref: logicalId(topic) },
      ComplaintTopic: { Ref: logicalId(topic) },
    });
  });

  test('take the notifications of 150 domains, for which SNS has room in its policies', () => {
    const stack = aStack();
    const topic = new sns.Topic(stack, 'Topic', { masterKey: new kms.Key(stack, 'Key') });
    const names = manyDomains(stack, 150, () => ({ notifications: { bounces: topic, complaints: topic } })).map(
      (_, n) => `customer-${String(n).padStart(3, '0')}.mail.example.com`,
    );
    expect(statementsOf(stack)).toEqual([[expect.objectContaining(statement(logicalId(topic), ...names))]]);
    expect(keyStatements(stack)).toMatchObject([{ Condition: condition(...names) }]);
    const { PolicyDocument } = theResource(stack, 'AWS::SNS::TopicPolicy').Properties;
    expect(JSON.stringify(deployed(stack, PolicyDocument)).length).toBeLessThan(30_720);
  });

  test('let SES publish for those domains only that have them', () => {
    const stack = aStack();
    const [one, other] = ['One', 'Other'].map((id) => new sns.Topic(stack, id));
    aDomain(stack, { domainName: 'a.example.com', notifications: { bounces: one } }, 'A');
    aDomain(stack, { domainName: 'b.example.com', notifications: { bounces: one, deliveries: other } }, 'B');
    expect(statementsOf(stack)).toMatchObject([
      [statement(logicalId(one), 'a.example.com', 'b.example.com')],
      [statement(logicalId(other), 'b.example.com')],
    ]);
  });

  test.each([{}, { [MINIMIZE_POLICIES]: true }])('may share a key, with the context %j', (context) => {
    const stack = aStack(REGION, anApp(context));
    const masterKey = new kms.Key(stack, 'Key');
    const [one, other] = ['One', 'Other'].map((id) => new sns.Topic(stack, id, { masterKey }));
    aDomain(stack, { domainName: 'a.example.com', notifications: { bounces: one } }, 'A');
    aDomain(stack, { domainName: 'b.example.com', notifications: { bounces: other } }, 'B');
    expect(keyStatements(stack)).toMatchObject([
      { Condition: condition('a.example.com') },
      { Condition: condition('b.example.com') },
    ]);
  });

  test('let SES publish before it is told of them', () => {
    const stack = aStack();
    aDomain(stack, { notifications: { bounces: new sns.Topic(stack, 'Topic') } });
    expect(theResource(stack, SETTINGS).DependsOn).toContain(theResource(stack, 'AWS::SNS::TopicPolicy').logicalId);
  });

  test('let SES use their keys', () => {
    const stack = aStack();
    const masterKey = new kms.Key(stack, 'Key');
    aDomain(stack, { notifications: { bounces: new sns.Topic(stack, 'Topic', { masterKey }) } });
    expect(keyStatements(stack)).toEqual([
      expect.objectContaining({
        Principal: { Service: 'ses.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Condition: condition('example.com'),
      }),
    ]);
  });

  test('are left as they are when they are imported', () => {
    const stack = aStack();
    aDomain(stack, { notifications: { bounces: imported(stack, 'b') } });
    expect(resources(stack, 'AWS::SNS::TopicPolicy')).toEqual({});
  });

  test('may be in another stack, which does not need this one', () => {
    const app = anApp();
    const other = aStack(REGION, app, 'Topics');
    const stack = aStack(REGION, app);
    aDomain(stack, { notifications: { bounces: new sns.Topic(other, 'Topic') } });
    expect(statementsOf(other)).toHaveLength(1);
    expect(other.dependencies).toEqual([]);
    expect(stack.dependencies).toEqual([other]);
  });

  test.each([{}, { [MINIMIZE_POLICIES]: true }])(
    'may serve the domains of two stacks, with the context %j',
    (context) => {
      const app = anApp(context);
      const other = aStack(REGION, app, 'Topics');
      const topic = new sns.Topic(other, 'Topic');
      for (const id of ['A', 'B']) {
        aDomain(aStack(REGION, app, id), { domainName: `${id}.example.com`, notifications: { bounces: topic } });
      }
      expect(statementsOf(other)).toMatchObject([
        [statement(logicalId(topic), 'a.example.com'), statement(logicalId(topic), 'b.example.com')],
      ]);
    },
  );

  test('may be in a stack that does not know its Region yet', () => {
    const stack = anAgnosticStack();
    expect(() => aDomain(stack, { notifications: { bounces: new sns.Topic(stack, 'Topic') } })).not.toThrow();
  });

  test('must have a real ARN in such a stack, too', () => {
    const stack = anAgnosticStack();
    expect(() => aDomain(stack, { notifications: { bounces: imported(stack, 'a b') } })).toThrow(
      `notifications.bounces is "${topicArn('a b')}": give the ARN of an SNS topic such as ` +
        '"arn:aws:sns:eu-west-1:111122223333:bounces".',
    );
  });

  test.each<[string, (stack: Stack) => sns.ITopic, string]>([
    ['a FIFO topic', (stack) => new sns.Topic(stack, 'T', { fifo: true }), 'is a FIFO topic, which SES cannot'],
    ['an imported FIFO topic', (stack) => imported(stack, 'x.fifo'), `is "${topicArn('x.fifo')}", a FIFO topic`],
    [
      'a topic of another Region',
      (stack) => imported(stack, 'b', 'us-east-1'),
      `is "${topicArn('b', 'us-east-1')}", a topic in us-east-1, and SES publishes only in its own Region: give a ` +
        'topic in eu-west-1.',
    ],
    [
      'a malformed ARN',
      (stack) => imported(stack, 'a b'),
      `is "${topicArn('a b')}": give the ARN of an SNS topic such as "arn:aws:sns:eu-west-1:111122223333:bounces".`,
    ],
  ])('are refused when there is %s among them', (_, topic, message) => {
    expect(refusal((stack) => ({ notifications: { complaints: topic(stack) } }))).toContain(
      `Test/Mail: notifications.complaints ${message}`,
    );
  });

  test('are refused when there is none', () => {
    expect(refusal(() => ({ notifications: { includeHeaders: true } }))).toBe(
      'Test/Mail: notifications has no topic: give bounces, complaints or deliveries, or leave it out.',
    );
  });
});

describe('a configuration set', () => {
  const granted = (props: (stack: Stack) => Partial<EasyDkimDomainProps>) => {
    const stack = aStack();
    const mail = aDomain(stack, props(stack));
    const role = new iam.Role(stack, 'Sender', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    mail.grantSendEmail(role);
    const { PolicyDocument } = theResource(stack, 'AWS::IAM::Policy').Properties;
    const [{ Action, Resource }] = (PolicyDocument as { Statement: { Action: string[]; Resource: unknown }[] })
      .Statement;
    return { Action, Resource, identity: stack.resolve(mail.emailIdentityArn) as unknown };
  };

  test('may be used by whoever may send', () => {
    const { Action, Resource, identity } = granted((stack) => ({
      sesRegion: 'us-east-1',
      configurationSet: ses.ConfigurationSet.fromConfigurationSetName(stack, 'Set', 'mail'),
    }));
    expect(Action).toEqual(expect.arrayContaining(['ses:SendEmail', 'ses:SendRawEmail']));
    const arn = (name: string) => `arn:aws:ses:us-east-1:${ACCOUNT}:${name}`;
    expect(Resource).toEqual([identity, arn('configuration-set/mail'), arn('template/*')]);
  });

  test('that the app makes is referred to', () => {
    const stack = aStack();
    aDomain(stack, { configurationSet: new ses.ConfigurationSet(stack, 'Set') });
    const { logicalId } = theResource(stack, 'AWS::SES::ConfigurationSet');
    expect(settingsProperties(stack).ConfigurationSet).toEqual({ Ref: logicalId });
    expect(JSON.stringify(policies(stack))).toContain(`:configuration-set/Test-${logicalId}-`);
  });

  const inRegion = (region: string) => (stack: Stack) =>
    new ses.ConfigurationSet(aStack(region, stack.node.root, 'Mail'), 'Set', { configurationSetName: 'mail' });

  test('that the app makes in another Region than that of SES is refused', () => {
    const another = inRegion('us-east-1');
    expect(refusal((stack) => ({ configurationSet: another(stack) }))).toBe(
      'Test/Mail: configurationSet is Mail/Set, a configuration set in us-east-1, and SES uses only those in its own Region: give ' +
        'a configuration set in eu-west-1.',
    );
  });

  test.each<[string, (stack: Stack) => Partial<EasyDkimDomainProps>]>([
    ['in that of SES', (stack) => ({ sesRegion: 'us-east-1', configurationSet: inRegion('us-east-1')(stack) })],
    [
      'in an unknown one',
      (stack) => ({ configurationSet: new ses.ConfigurationSet(new Stack(stack.node.root, 'Any'), 'Set') }),
    ],
    [
      'in one that is known here only',
      (stack) => ({
        sesRegion: new CfnParameter(stack, 'Region').valueAsString,
        configurationSet: new ses.ConfigurationSet(stack, 'Set'),
      }),
    ],
  ])('that the app makes %s is taken', (_, props) => {
    expect(refusal(props)).toBe('It is accepted.');
  });
});

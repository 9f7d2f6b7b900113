import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as events from 'aws-cdk-lib/aws-events';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EasyDkimDomain, EasyDkimWatch } from '../../lib';
import {
  aDomain,
  anAgnosticStack,
  aStack,
  manyDomains,
  policies,
  resourceProperties,
  resources,
  settingsProperties,
  statementsFor,
  theResource,
} from './support';

const DECLARED = 'cdk-ses-easy-dkim:properties';

interface WithMetadata {
  readonly Metadata?: { readonly [DECLARED]?: Record<string, unknown> };
}

function declared(stack: Stack, type: string): Record<string, unknown> | undefined {
  return (theResource(stack, type) as WithMetadata).Metadata?.[DECLARED];
}

function withSettings(stack: Stack): EasyDkimDomain {
  const topic = sns.Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:123456789012:feedback');
  return aDomain(stack, { mailFrom: { domainName: 'bounce.example.com' }, notifications: { bounces: topic } });
}

describe('the rule', () => {
  it('has the function of the stack look every six hours', () => {
    const stack = aStack();
    aDomain(stack);
    new EasyDkimWatch(stack, 'Watch');

    const { Properties: rule, logicalId } = theResource(stack, 'AWS::Events::Rule');
    const handler = theResource(stack, 'AWS::Lambda::Function').logicalId;
    expect(rule).toMatchObject({ ScheduleExpression: 'rate(6 hours)', State: 'ENABLED' });
    expect(rule.Targets).toEqual([
      {
        Arn: { 'Fn::GetAtt': [handler, 'Arn'] },
        Id: 'Target0',
        Input: {
          'Fn::Join': ['', ['{"Watch":{"StackId":"', { Ref: 'AWS::StackId' }, '","Repair":false}}']],
        },
      },
    ]);
    expect(theResource(stack, 'AWS::Lambda::Permission').Properties).toEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [handler, 'Arn'] },
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [logicalId, 'Arn'] },
    });
  });

  it('says whether to repair', () => {
    const stack = aStack();
    aDomain(stack);
    new EasyDkimWatch(stack, 'Watch', { repair: true });

    expect(JSON.stringify(theResource(stack, 'AWS::Events::Rule').Properties.Targets)).toContain('\\"Repair\\":true');
  });

  it('has the schedule that is given', () => {
    const stack = aStack();
    aDomain(stack);
    new EasyDkimWatch(stack, 'Watch', { schedule: events.Schedule.rate(Duration.days(1)) });

    expect(theResource(stack, 'AWS::Events::Rule').Properties.ScheduleExpression).toBe('rate(1 day)');
  });
});

describe('what a watch compares', () => {
  it('is what the handler got, in the Metadata of each resource', () => {
    const stack = aStack();
    withSettings(stack);
    new EasyDkimWatch(stack, 'Watch');

    expect(declared(stack, 'Custom::EasyDkimDomain')).toEqual(resourceProperties(stack));
    expect(declared(stack, 'Custom::EasyDkimSettings')).toEqual(settingsProperties(stack));
  });

  it('is so of domains that come after the watch, too', () => {
    const stack = aStack();
    aDomain(stack);
    new EasyDkimWatch(stack, 'Watch');
    aDomain(stack, { domainName: 'late.example.com' }, 'Late');

    const all = Object.values(resources(stack, 'Custom::EasyDkimDomain')) as WithMetadata[];
    expect(all.map(({ Metadata }) => Metadata?.[DECLARED]?.DomainName)).toEqual(['example.com', 'late.example.com']);
  });
});

describe('a stack without a watch', () => {
  it('is what a stack with one is without what the watch has added', () => {
    const [plain, watched] = [aStack(), aStack()];
    withSettings(plain);
    withSettings(watched);
    new EasyDkimWatch(watched, 'Watch');

    const without = Template.fromStack(plain).toJSON() as { Resources: Record<string, WithMetadata> };
    const withOne = Template.fromStack(watched).toJSON() as typeof without;
    const [policy] = policies(watched);
    expect(JSON.stringify(without)).not.toMatch(/easy-dkim:properties|ListStackResources|AWS::Events/);
    const stripped = Object.entries(withOne.Resources)
      .filter(([logicalId]) => !logicalId.startsWith('Watch'))
      .map(([logicalId, { Metadata, ...resource }]) => {
        const others = Object.entries(Metadata ?? {}).filter(([key]) => key !== DECLARED);
        return [logicalId, { ...resource, ...(others.length > 0 && { Metadata: Object.fromEntries(others) }) }];
      });
    expect(withoutDigest(JSON.stringify(Object.fromEntries(stripped)))).toBe(
      withoutDigest(JSON.stringify(without.Resources)),
    );
    expect(policy.statements.flatMap(({ Action }) => Action)).toContain('cloudformation:ListStackResources');
  });

  /** The description of a policy has a digest of its content. */
  function withoutDigest(text: string): string {
    return text
      .replace(/cdk-ses-easy-dkim [0-9a-f]{16}/g, 'cdk-ses-easy-dkim')
      .replace(',"cloudformation:ListStackResources"', '');
  }
});

describe('the permissions of a watch', () => {
  it.each([false, true])(
    'add nothing that changes anything, with repair: %s: it may list the resources of its own stack',
    (repair) => {
      const [plain, watched] = [anAgnosticStack(), anAgnosticStack()];
      withSettings(plain);
      withSettings(watched);
      new EasyDkimWatch(watched, 'Watch', { repair });

      const actions = (stack: Stack) =>
        policies(stack).flatMap(({ statements }) => statements.flatMap(({ Action }) => Action));
      expect(actions(watched).filter((action) => !actions(plain).includes(action))).toEqual([
        'cloudformation:ListStackResources',
      ]);
      expect(statementsFor(watched, 'cloudformation')).toEqual([
        expect.objectContaining({ Resource: expect.stringContaining(':stack/Test/') as string }),
      ]);
    },
  );

  it('fit into the policies of 400 domains', () => {
    const stack = aStack();
    manyDomains(stack, 400, () => ({ removalPolicy: RemovalPolicy.DESTROY }));
    new EasyDkimWatch(stack, 'Watch');

    expect(Math.max(...policies(stack).map(({ length }) => length))).toBeLessThanOrEqual(6_144);
    expect(Object.keys(Template.fromStack(stack).toJSON().Resources as object).length).toBeLessThanOrEqual(480);
  });
});

describe('a watch is refused', () => {
  it('in a stack without a domain', () => {
    expect(() => new EasyDkimWatch(aStack(), 'Watch')).toThrow(
      'Test/Watch: the stack has no EasyDkimDomain to watch: create the watch after the first one.',
    );
  });

  it('beside another one', () => {
    const stack = aStack();
    aDomain(stack);
    new EasyDkimWatch(stack, 'Watch');

    expect(() => new EasyDkimWatch(stack, 'Other')).toThrow(
      'Test/Other: Test/Watch already watches the domains of the stack: one watch is enough.',
    );
  });

  it('with something other than a schedule', () => {
    const stack = aStack();
    aDomain(stack);

    expect(
      () => new EasyDkimWatch(stack, 'Watch', { schedule: 'rate(6 hours)' as unknown as events.Schedule }),
    ).toThrow(
      'Test/Watch: schedule is "rate(6 hours)": give a schedule such as events.Schedule.rate(Duration.hours(6)).',
    );
  });
});

describe('metrics', () => {
  it.each([
    ['metricDkimReady', 'DkimReady'],
    ['metricMailFromReady', 'MailFromReady'],
    ['metricRecordsInPlace', 'RecordsInPlace'],
  ] as const)('of a domain are those that the watch sends: %s', (method, metricName) => {
    const mail = aDomain(aStack(), { sesRegion: 'us-east-1' });

    expect(mail[method]().toMetricConfig().metricStat).toMatchObject({
      namespace: 'EasyDkim',
      metricName,
      dimensions: [
        { name: 'DomainName', value: 'example.com' },
        { name: 'SesRegion', value: 'us-east-1' },
      ],
      statistic: 'Minimum',
      period: Duration.hours(12),
      region: 'eu-west-1',
    });
  });

  it('of a stack are those that the watch sends', () => {
    const stack = aStack();
    aDomain(stack);
    const watch = new EasyDkimWatch(stack, 'Watch');

    expect(watch.metricDomainsNotReady().toMetricConfig().metricStat).toMatchObject({
      namespace: 'EasyDkim',
      metricName: 'DomainsNotReady',
      dimensions: [{ name: 'StackName', value: 'Test' }],
      statistic: 'Maximum',
    });
  });

  it('of repairs are a sum', () => {
    const stack = aStack();
    aDomain(stack);

    expect(new EasyDkimWatch(stack, 'Watch', { repair: true }).metricRepaired()).toMatchObject({
      metricName: 'Repaired',
      statistic: 'Sum',
    });
  });

  it('take the options of metrics', () => {
    const metric = aDomain(aStack()).metricDkimReady({ statistic: 'Average', period: Duration.days(1), label: 'DKIM' });

    expect(metric).toMatchObject({ statistic: 'Average', label: 'DKIM' });
    expect(metric.period.toDays()).toBe(1);
  });
});

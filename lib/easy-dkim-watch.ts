import { aws_cloudwatch as cloudwatch, aws_events as events, aws_lambda as lambda, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { stackMetric } from './private/metrics';
import { failure, ignoring } from './private/props/checks';
import { A_BOOLEAN, anObjectWith, PropTypes, typedProps } from './private/props/prop-types';
import { EasyDkimProvider } from './private/provider';
import { WatchInput } from './shared/metrics';

/**
 * Properties of an `EasyDkimWatch`.
 */
export interface EasyDkimWatchProps {
  /**
   * When to check the domains. A check takes about a second for each domain.
   *
   * @default events.Schedule.rate(Duration.hours(6))
   */
  readonly schedule?: events.Schedule;

  /**
   * Whether to restore what this library made and is missing: records, settings, and verifications that SES has given up on.
   * A replacement that somebody else put there stays, and so does everything that was there before.
   *
   * @default false - the watch changes nothing
   */
  readonly repair?: boolean;
}

const PROPS: PropTypes<EasyDkimWatchProps> = {
  schedule: anObjectWith('expressionString', 'string', 'a schedule such as events.Schedule.rate(Duration.hours(6))'),
  repair: A_BOOLEAN,
};

/**
 * Watches all `EasyDkimDomain`s of the stack. It notices when a record, a setting or the identity itself no longer matches
 * what was deployed, which CloudFormation does not see.
 *
 * The Lambda function of the stack compares what was deployed with SES and Route 53. It reports what it finds, and what to
 * do, in CloudWatch metrics and in its log. It changes nothing unless you set `repair`.
 *
 * Create one for each stack, after the first `EasyDkimDomain` of the stack.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-dkim.html
 * @example
 *
 * declare const hostedZone: route53.IHostedZone;
 * new EasyDkimDomain(this, 'Mail', { hostedZone });
 * const watch = new EasyDkimWatch(this, 'Watch');
 * watch.metricDomainsNotReady().createAlarm(this, 'NotReady', { threshold: 1, evaluationPeriods: 1 });
 */
export class EasyDkimWatch extends Construct {
  /**
   * @throws Error when the stack has no `EasyDkimDomain` yet or already has an `EasyDkimWatch`, or when a prop cannot work.
   */
  public constructor(scope: Construct, id: string, props: EasyDkimWatchProps = {}) {
    super(scope, id);
    const given = typedProps(props, PROPS, failure(this.node.path), ignoring(this));
    const handler = EasyDkimProvider.watched(this);
    const input: WatchInput = { Watch: { StackId: Stack.of(this).stackId, Repair: given.repair ?? false } };

    const rule = new events.Rule(this, 'Rule', {
      description: 'Watches the SES Easy DKIM domains of this stack (cdk-ses-easy-dkim)',
      schedule: given.schedule ?? events.Schedule.rate(Duration.hours(6)),
    });
    // Not by aws-events-targets, which loads a fifth of the CDK.
    rule.addTarget({
      bind: () => ({ arn: handler.functionArn, input: events.RuleTargetInput.fromObject(input) }),
    });
    new lambda.CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: handler.functionArn,
      principal: 'events.amazonaws.com',
      sourceArn: rule.ruleArn,
    });
  }

  /**
   * How many domains of the stack no longer match what was deployed, or could not be checked.
   *
   * @param props options of the metric; the default is the maximum of 12 hours
   */
  public metricDomainsNotReady(props: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return stackMetric(this, 'DomainsNotReady', { statistic: cloudwatch.Stats.MAXIMUM, ...props });
  }

  /**
   * How many records, settings and verifications were repaired.
   *
   * @param props options of the metric; the default is the sum of 12 hours
   */
  public metricRepaired(props: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return stackMetric(this, 'Repaired', { statistic: cloudwatch.Stats.SUM, ...props });
  }
}

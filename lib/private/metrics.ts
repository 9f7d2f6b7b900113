import { aws_cloudwatch as cloudwatch, Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DOMAIN_DIMENSIONS, DomainMetric, METRIC_NAMESPACE, STACK_DIMENSIONS, StackMetric } from '../shared/metrics';

/** Two looks of the default schedule, so that no period is without one. */
const PERIOD = Duration.hours(12);

/** A metric of a domain that a watch sends: 1 or 0. */
export function domainMetric(
  scope: Construct,
  metricName: DomainMetric,
  { DomainName, SesRegion }: { readonly DomainName: string; readonly SesRegion: string },
  options: cloudwatch.MetricOptions = {},
): cloudwatch.Metric {
  const [domainName, region] = DOMAIN_DIMENSIONS;
  const dimensionsMap = { [domainName]: DomainName, [region]: SesRegion };
  return metric(scope, { metricName, dimensionsMap, statistic: cloudwatch.Stats.MINIMUM, ...options });
}

/** A metric of a stack that a watch sends. */
export function stackMetric(
  scope: Construct,
  metricName: StackMetric,
  options: cloudwatch.MetricOptions,
): cloudwatch.Metric {
  const [stackName] = STACK_DIMENSIONS;
  return metric(scope, { metricName, dimensionsMap: { [stackName]: Stack.of(scope).stackName }, ...options });
}

function metric(
  scope: Construct,
  props: cloudwatch.MetricOptions & Pick<cloudwatch.MetricProps, 'metricName'>,
): cloudwatch.Metric {
  return new cloudwatch.Metric({ namespace: METRIC_NAMESPACE, period: PERIOD, ...props }).attachTo(scope);
}

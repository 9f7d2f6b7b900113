import {
  DOMAIN_DIMENSIONS,
  DomainMetric,
  METRIC_NAMESPACE,
  STACK_DIMENSIONS,
  StackMetric,
} from '../../lib/shared/metrics';

/**
 * Sends metrics to CloudWatch by a line of the log, which takes no permission.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
function send(dimensions: { readonly [name: string]: string }, values: { readonly [name: string]: number }): void {
  const metrics = Object.keys(values).map((Name) => ({ Name }));
  const line = JSON.stringify({
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{ Namespace: METRIC_NAMESPACE, Dimensions: [Object.keys(dimensions)], Metrics: metrics }],
    },
    ...dimensions,
    ...values,
  });
  // console.log puts the time and the request in front of it.
  process.stdout.write(`${line}\n`);
}

export function sendOfDomain(
  domainName: string,
  region: string,
  values: { readonly [M in DomainMetric]?: number },
): void {
  const [name, place] = DOMAIN_DIMENSIONS;
  if (Object.keys(values).length > 0) {
    send({ [name]: domainName, [place]: region }, values);
  }
}

export function sendOfStack(stackName: string, values: { readonly [M in StackMetric]: number }): void {
  const [name] = STACK_DIMENSIONS;
  send({ [name]: stackName }, values);
}

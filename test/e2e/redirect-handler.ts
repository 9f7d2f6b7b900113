import type { Stack } from 'aws-cdk-lib';
import type { Function } from 'aws-cdk-lib/aws-lambda';

/** Has the handler of a stack call some services, named as in `AWS_ENDPOINT_URL_SES`, at a URL; returns its function. */
export function redirectHandler(stack: Stack, services: readonly string[], url: string): Function {
  const handler = stack.node.findChild('EasyDkimProvider').node.findChild('Handler') as Function;
  services.forEach((service) => handler.addEnvironment(`AWS_ENDPOINT_URL_${service}`, url));
  return handler;
}

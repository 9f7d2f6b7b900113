import type { Stack } from 'aws-cdk-lib';
import type { Function } from 'aws-cdk-lib/aws-lambda';

/** The function that handles the domains of a stack. */
export function handlerOf(stack: Stack): Function {
  return stack.node.findChild('EasyDkimProvider').node.findChild('Handler') as Function;
}

/** Has the handler of a stack call AWS at a URL. */
export function redirectHandler(stack: Stack, url: string): void {
  const services = ['SES', 'SESV2', 'ROUTE_53', 'CLOUDFORMATION'];
  services.forEach((service) => handlerOf(stack).addEnvironment(`AWS_ENDPOINT_URL_${service}`, url));
}

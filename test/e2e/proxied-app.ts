/** One domain, whose handler calls AWS by way of the proxy at the context key `proxy`, with `timeout` seconds to do it. */
import { App, Duration, Stack } from 'aws-cdk-lib';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { EasyDkimDomain } from '../../lib';
import { text, zoneOf } from './context';
import { handlerOf, redirectHandler } from './handler-of';

const app = new App();
const stack = new Stack(app, 'Proxied', {
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});
new EasyDkimDomain(stack, 'Mail', {
  hostedZone: zoneOf(stack),
  ttl: Duration.seconds(Number(text(stack, 'ttl') ?? 1800)),
});
redirectHandler(stack, text(stack, 'proxy')!);
(handlerOf(stack).node.defaultChild as CfnFunction).timeout = Number(text(stack, 'timeout') ?? 900);

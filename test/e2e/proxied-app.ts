/** One domain, whose handler calls SES and Route 53 by way of the proxy at the context key `proxy`. */
import { App, Stack } from 'aws-cdk-lib';
import { findOrMakeZone, text } from '../../bin/context';
import { Duration } from 'aws-cdk-lib';
import { EasyDkimDomain } from '../../lib';
import { redirectHandler } from './redirect-handler';

const app = new App();
const stack = new Stack(app, 'Proxied', {
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});
new EasyDkimDomain(stack, 'Mail', {
  hostedZone: findOrMakeZone(stack),
  ttl: Duration.seconds(Number(text(stack, 'ttl') ?? 1800)),
});
redirectHandler(stack, ['SES', 'SESV2', 'ROUTE_53', 'CLOUDFORMATION'], text(stack, 'proxy')!);

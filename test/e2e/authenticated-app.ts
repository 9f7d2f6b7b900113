/** The stack of the example app, whose handler calls SES by way of the proxy at the context key `ses`. */
import { App } from 'aws-cdk-lib';
import { text } from '../../examples/apps/context';
import { ExampleStack } from '../../examples/apps/example-stack';
import { redirectHandler } from './redirect-handler';

const app = new App();
const stack = new ExampleStack(app, 'Authenticated', {
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});
redirectHandler(stack, ['SES', 'SESV2'], text(app, 'ses')!);

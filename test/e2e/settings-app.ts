/** One domain, and the settings at the context key `settings`, if any. */
import { App, CustomResource, Stack } from 'aws-cdk-lib';
import { EasyDkimDomain } from '../../lib';
import { SETTINGS_RESOURCE_TYPE } from '../../lib/shared/contract';
import { text, zoneOf } from './context';
import { handlerOf } from './handler-of';

const app = new App();
const stack = new Stack(app, 'Settings', {
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});
const mail = new EasyDkimDomain(stack, 'Mail', { hostedZone: zoneOf(stack) });
const settings = text(stack, 'settings');
if (settings !== undefined) {
  new CustomResource(stack, 'Settings', {
    resourceType: SETTINGS_RESOURCE_TYPE,
    serviceToken: handlerOf(stack).functionArn,
    properties: {
      DomainName: mail.emailIdentityName,
      SesRegion: stack.region,
      RemovalPolicy: 'destroy',
      ...(JSON.parse(settings) as object),
    },
  });
}

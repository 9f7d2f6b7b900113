/** One domain, and a watch that repairs it. */
import { App, Stack } from 'aws-cdk-lib';
import { EasyDkimDomain, EasyDkimWatch } from '../../lib';
import { zoneOf } from './context';

const app = new App();
const stack = new Stack(app, 'Watched', {
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});
new EasyDkimDomain(stack, 'Mail', { hostedZone: zoneOf(stack) });
new EasyDkimWatch(stack, 'Watch', { repair: true });

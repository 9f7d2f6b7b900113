/** One domain with DMARC, and with MAIL FROM if the context key `mailFromDomain` is given. */
import { App, Stack } from 'aws-cdk-lib';
import { type DmarcPolicy, EasyDkimDomain } from '../../lib';
import { text, zoneOf } from './context';

const app = new App();
const stack = new Stack(app, 'Authenticated', {
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});
const domainName = text(app, 'mailFromDomain');
new EasyDkimDomain(stack, 'Mail', {
  hostedZone: zoneOf(stack),
  mailFrom: domainName === undefined ? undefined : { domainName },
  dmarc: { policy: text(app, 'dmarcPolicy') as DmarcPolicy, rua: [text(app, 'dmarcReports')!] },
});

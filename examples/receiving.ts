#!/usr/bin/env node
/**
 * A domain that also receives: its name goes wherever the CDK takes one, here to the recipients of an SES
 * receipt rule, which is then deployed after the domain.
 *
 *   npx cdk synth --app 'npx tsx examples/receiving.ts'
 */
import { App, Stack } from 'aws-cdk-lib';
import { HostedZone, MxRecord } from 'aws-cdk-lib/aws-route53';
import { ReceiptRuleSet } from 'aws-cdk-lib/aws-ses';
import { EasyDkimDomain } from 'cdk-ses-easy-dkim';

const app = new App();
const stack = new Stack(app, 'Mail', { env: { account: '111122223333', region: 'eu-west-1' } });

const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  zoneName: 'example.com',
});
const mail = new EasyDkimDomain(stack, 'Domain', { hostedZone });

new ReceiptRuleSet(stack, 'Received', { rules: [{ recipients: [mail.emailIdentityName], scanEnabled: true }] });
new MxRecord(stack, 'Mx', {
  zone: hostedZone,
  values: [{ hostName: 'inbound-smtp.eu-west-1.amazonaws.com', priority: 10 }],
});

app.synth();

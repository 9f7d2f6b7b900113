#!/usr/bin/env node
/**
 * The whole main job: a domain with its own hosted zone.
 *
 *   npx cdk synth --app 'npx tsx examples/plain-domain.ts'
 *
 * In your own app, `HostedZone.fromLookup(stack, 'Zone', { domainName: 'example.com' })` saves you the
 * id of the zone.
 */
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { EasyDkimDomain } from 'cdk-ses-easy-dkim';

const app = new App();
const stack = new Stack(app, 'Mail', { env: { account: '111122223333', region: 'eu-west-1' } });

const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  zoneName: 'example.com',
});
const mail = new EasyDkimDomain(stack, 'Domain', { hostedZone });

new CfnOutput(stack, 'From', { value: `no-reply@${mail.emailIdentityName}` });

app.synth();

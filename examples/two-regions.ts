#!/usr/bin/env node
/**
 * One domain that sends from two Regions. Each Region has keys of its own, so each gets three records,
 * side by side in the one hosted zone.
 *
 *   npx cdk synth --app 'npx tsx examples/two-regions.ts'
 */
import { App, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { EasyDkimDomain } from 'cdk-ses-easy-dkim';

const app = new App();
const stack = new Stack(app, 'Mail', { env: { account: '111122223333', region: 'eu-west-1' } });

const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  zoneName: 'example.com',
});
for (const sesRegion of ['eu-west-1', 'us-east-1']) {
  new EasyDkimDomain(stack, `Domain-${sesRegion}`, { hostedZone, sesRegion });
}

app.synth();

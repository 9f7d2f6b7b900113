#!/usr/bin/env node
/**
 * One domain that sends from two Regions. Each Region has its own keys, so each gets three records,
 * side by side in the one hosted zone.
 *
 *   npx cdk deploy --app 'npx tsx examples/two-regions.ts' -c hostedZoneId=Z0123456789ABCDEFGHIJ -c zoneName=example.com
 */
import { App, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { EasyDkimDomain } from 'cdk-ses-easy-dkim';

const app = new App();
const stack = new Stack(app, 'Mail', {
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});

const context = (key: string, otherwise: string) => String(app.node.tryGetContext(key) ?? otherwise);
const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: context('hostedZoneId', 'Z0123456789ABCDEFGHIJ'),
  zoneName: context('zoneName', 'example.com'),
});
for (const sesRegion of ['eu-west-1', 'us-east-1']) {
  new EasyDkimDomain(stack, `Domain-${sesRegion}`, { hostedZone, sesRegion });
}

app.synth();

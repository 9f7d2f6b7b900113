#!/usr/bin/env node
/**
 * One domain whose mail is sent from two Regions, in one stack and one hosted zone:
 *
 *   npx cdk deploy --app 'npx tsx examples/apps/two-regions.ts' -c hostedZoneId=Z0123456789ABCDEFGHIJ -c zoneName=example.com
 *
 * Without context it makes a hosted zone of its own for example.com.
 */
import { App, Stack } from 'aws-cdk-lib';
import { EasyDkimDomain } from '../../lib';
import { findOrMakeZone, text } from './context';

const app = new App();
const stack = new Stack(app, 'TwoRegionsExample', {
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});
const hostedZone = findOrMakeZone(stack);
for (const sesRegion of ['eu-west-1', 'us-east-1']) {
  new EasyDkimDomain(stack, `Mail-${sesRegion}`, { hostedZone, domainName: text(stack, 'domainName'), sesRegion });
}

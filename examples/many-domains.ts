#!/usr/bin/env node
/**
 * Many domains from a list, each with its own hosted zone. They share one Lambda function. A stack
 * has at most 200 outputs, so the domains add none.
 *
 *   npx cdk synth --app 'npx tsx examples/many-domains.ts'
 */
import { App, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { EasyDkimDomain } from 'cdk-ses-easy-dkim';

const HOSTED_ZONES = {
  'example.com': 'Z0123456789ABCDEFGHI1',
  'example.net': 'Z0123456789ABCDEFGHI2',
  'example.org': 'Z0123456789ABCDEFGHI3',
};

const app = new App();
const stack = new Stack(app, 'Mail', { env: { account: '111122223333', region: 'eu-west-1' } });

for (const [zoneName, hostedZoneId] of Object.entries(HOSTED_ZONES)) {
  const hostedZone = HostedZone.fromHostedZoneAttributes(stack, `Zone-${zoneName}`, { hostedZoneId, zoneName });
  new EasyDkimDomain(stack, zoneName, { hostedZone, outputs: false });
}

app.synth();

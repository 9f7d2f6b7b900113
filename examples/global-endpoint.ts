#!/usr/bin/env node
/**
 * One domain that sends from two Regions with one set of keys and records, and an SES global endpoint in front of both.
 *
 *   npx cdk synth --app 'npx tsx examples/global-endpoint.ts'
 */
import { App, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { CfnMultiRegionEndpoint } from 'aws-cdk-lib/aws-ses';
import { EasyDkimDomain } from 'cdk-ses-easy-dkim';

const SECONDARY = 'us-east-1';

const app = new App();
const stack = new Stack(app, 'Mail', { env: { account: '111122223333', region: 'eu-west-1' } });

const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  zoneName: 'example.com',
});
const mail = new EasyDkimDomain(stack, 'Domain', {
  hostedZone,
  replicaRegions: [SECONDARY],
  mailFrom: { domainName: 'bounce.example.com' },
  replicateSettings: true,
  dmarc: {},
});

// The application names the id of the endpoint in SendEmail: `aws sesv2 get-multi-region-endpoint` tells it.
const endpoint = new CfnMultiRegionEndpoint(stack, 'Endpoint', {
  endpointName: 'mail',
  details: { routeDetails: [{ region: SECONDARY }] },
});
endpoint.node.addDependency(mail);

app.synth();

#!/usr/bin/env node
/**
 * A domain below the name of the hosted zone that gets its records.
 *
 *   npx cdk synth --app 'npx tsx examples/subdomain.ts'
 */
import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { EasyDkimDomain } from 'cdk-ses-easy-dkim';

const app = new App();
const stack = new Stack(app, 'Mail', { env: { account: '111122223333', region: 'eu-west-1' } });

const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  zoneName: 'example.com',
});
const mail = new EasyDkimDomain(stack, 'Domain', { hostedZone, domainName: 'mail.example.com' });

const sender = new iam.Role(stack, 'Sender', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
mail.grantSendEmail(sender);

app.synth();

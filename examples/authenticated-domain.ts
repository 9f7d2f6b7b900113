#!/usr/bin/env node
/**
 * A domain for bulk mail: DKIM, SPF with its own MAIL FROM domain, and DMARC. SES reports bounces and complaints to SNS
 * topics rather than by e-mail, and publishes metrics through a configuration set.
 *
 *   npx cdk synth --app 'npx tsx examples/authenticated-domain.ts'
 */
import { App, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { CloudWatchDimensionSource, ConfigurationSet, EmailSendingEvent, EventDestination } from 'aws-cdk-lib/aws-ses';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { DmarcPolicy, EasyDkimDomain } from 'cdk-ses-easy-dkim';

const app = new App();
const stack = new Stack(app, 'Mail', { env: { account: '111122223333', region: 'eu-west-1' } });

const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  zoneName: 'example.com',
});

const configurationSet = new ConfigurationSet(stack, 'ConfigurationSet');
configurationSet.addEventDestination('Metrics', {
  destination: EventDestination.cloudWatchDimensions([
    { name: 'purpose', source: CloudWatchDimensionSource.MESSAGE_TAG, defaultValue: 'unknown' },
  ]),
  events: [EmailSendingEvent.SEND, EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT],
});

const problems = new Topic(stack, 'Problems');
problems.addSubscription(new EmailSubscription('postmaster@example.com'));

new EasyDkimDomain(stack, 'Domain', {
  hostedZone,
  mailFrom: { domainName: 'bounce.example.com' },
  // Once the reports show that all good mail passes: DmarcPolicy.QUARANTINE, then DmarcPolicy.REJECT.
  dmarc: { policy: DmarcPolicy.NONE, rua: ['dmarc-reports@example.com'] },
  configurationSet,
  feedbackForwarding: false,
  notifications: { bounces: problems, complaints: problems },
});

app.synth();

#!/usr/bin/env node
/**
 * A domain that is looked after: when a record goes missing, or SES stops signing, an alarm tells a topic.
 *
 *   npx cdk synth --app 'npx tsx examples/watched-domain.ts'
 */
import { App, Stack } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { EasyDkimDomain, EasyDkimWatch } from 'cdk-ses-easy-dkim';

const app = new App();
const stack = new Stack(app, 'Mail', { env: { account: '111122223333', region: 'eu-west-1' } });

const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  zoneName: 'example.com',
});
new EasyDkimDomain(stack, 'Domain', { hostedZone, mailFrom: { domainName: 'bounce.example.com' }, dmarc: {} });

const problems = new Topic(stack, 'Problems');
problems.addSubscription(new EmailSubscription('postmaster@example.com'));

const watch = new EasyDkimWatch(stack, 'Watch');
const alarm = watch.metricDomainsNotReady().createAlarm(stack, 'NotReady', {
  alarmDescription: 'A domain is not as it was deployed: the log of the function says what to do.',
  comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
  threshold: 0,
  evaluationPeriods: 1,
  // A watch that says nothing for half a day does not look any more.
  treatMissingData: TreatMissingData.BREACHING,
});
alarm.addAlarmAction(new SnsAction(problems));

app.synth();

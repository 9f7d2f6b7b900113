#!/usr/bin/env node
/**
 * The example app. With no context it is self-contained: it makes its own hosted zone for
 * example.com. With `domainName`, `hostedZoneId` and `zoneName` it deploys into a zone that exists:
 *
 *   npx cdk deploy -c domainName=mail.example.com -c hostedZoneId=Z0123456789ABCDEFGHIJ -c zoneName=example.com
 *
 * Further keys: `ttl` and `waitForVerification` (seconds), `sesRegion`, `delegationRoleArn`, `overwriteRecords=true`,
 * `removalPolicy=retain`, `mailFromDomain`, `dmarcPolicy` and `dmarcReports` (addresses, separated by commas),
 * `configurationSet` (a name), `problemsTopicArn`, `feedbackForwarding=false`, and `otherDnsProvider=true` for a domain
 * without a hosted zone.
 */
import { App, Duration, RemovalPolicy, Stack, StackProps } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { DmarcPolicy, EasyDkimDomain, EasyDkimWatch } from '../lib';

/** One domain, with the props taken from the context of the app, so that each can be tried on the command line. */
export class ExampleStack extends Stack {
  public constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    new EasyDkimDomain(this, 'Mail', {
      hostedZone: flag(this, 'otherDnsProvider') ? undefined : findOrMakeZone(this),
      domainName: text(this, 'domainName'),
      sesRegion: text(this, 'sesRegion'),
      ttl: this.seconds('ttl'),
      waitForVerification: this.seconds('waitForVerification'),
      overwriteRecords: flag(this, 'overwriteRecords'),
      removalPolicy: text(this, 'removalPolicy') as RemovalPolicy | undefined,
      delegationRole: this.optional('delegationRoleArn', (arn) =>
        iam.Role.fromRoleArn(this, 'DelegationRole', arn, { mutable: false }),
      ),
      mailFrom: this.optional('mailFromDomain', (domainName) => ({ domainName })),
      dmarc: this.optional('dmarcPolicy', (policy) => ({
        policy: policy as DmarcPolicy,
        rua: this.optional('dmarcReports', (addresses) => addresses.split(',')),
      })),
      configurationSet: this.optional('configurationSet', (name) =>
        ses.ConfigurationSet.fromConfigurationSetName(this, 'ConfigurationSet', name),
      ),
      feedbackForwarding: this.optional('feedbackForwarding', () => flag(this, 'feedbackForwarding')),
      notifications: this.optional('problemsTopicArn', (arn) => {
        const problems = sns.Topic.fromTopicArn(this, 'Problems', arn);
        return { bounces: problems, complaints: problems };
      }),
    });
    this.optional('watchEvery', (minutes) => {
      const schedule = events.Schedule.rate(Duration.minutes(Number(minutes)));
      return new EasyDkimWatch(this, 'Watch', { schedule, repair: true });
    });
  }

  private optional<Prop>(key: string, make: (value: string) => Prop): Prop | undefined {
    const value = text(this, key);
    return value === undefined ? undefined : make(value);
  }

  private seconds(key: string): Duration | undefined {
    return this.optional(key, (value) => Duration.seconds(Number(value)));
  }
}

/** A value given on the command line with `-c key=value`. */
function text(scope: Construct, key: string): string | undefined {
  return scope.node.tryGetContext(key) as string | undefined;
}

/** Whether a key is given as `true`. */
function flag(scope: Construct, key: string): boolean {
  return String(text(scope, key)) === 'true';
}

/** The hosted zone of the context keys `hostedZoneId` and `zoneName`, or one of its own for example.com. */
function findOrMakeZone(scope: Construct): route53.IHostedZone {
  const hostedZoneId = text(scope, 'hostedZoneId');
  const zoneName = text(scope, 'zoneName');
  if (hostedZoneId === undefined && zoneName === undefined) {
    return new route53.PublicHostedZone(scope, 'Zone', { zoneName: 'example.com' });
  }
  if (hostedZoneId === undefined || zoneName === undefined) {
    throw new Error('Give both -c hostedZoneId=… and -c zoneName=…, or neither for an example zone of its own.');
  }
  return route53.HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId, zoneName });
}

const app = new App();
new ExampleStack(app, 'EasyDkimExample', {
  env: { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION },
});

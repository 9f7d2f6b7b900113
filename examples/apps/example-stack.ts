import { Duration, RemovalPolicy, Stack, StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { DmarcPolicy, EasyDkimDomain } from '../../lib';
import { findOrMakeZone, flag, text } from './context';

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
  }

  private optional<Prop>(key: string, make: (value: string) => Prop): Prop | undefined {
    const value = text(this, key);
    return value === undefined ? undefined : make(value);
  }

  private seconds(key: string): Duration | undefined {
    return this.optional(key, (value) => Duration.seconds(Number(value)));
  }
}

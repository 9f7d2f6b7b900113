import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as route53 from 'aws-cdk-lib/aws-route53';
import type * as ses from 'aws-cdk-lib/aws-ses';
import { DmarcOptions } from './dmarc-options';
import { EasyDkimFunctionOptions } from './function-options';
import { MailFromOptions } from './mail-from-options';
import { NotificationOptions } from './notification-options';

/**
 * Properties of an `EasyDkimDomain`.
 */
export interface EasyDkimDomainProps {
  /**
   * The public hosted zone that gets the records.
   *
   * A zone imported by `HostedZone.fromHostedZoneId()` has no name: give `domainName` with it.
   *
   * @default - none: the DNS of `domainName` is not in Route 53, and its records are for you to copy from the stack
   * output `DnsRecords`
   */
  readonly hostedZone?: route53.IHostedZone;

  /**
   * The domain that is to send mail: the hosted zone's name or a name below it. Required without a hosted zone.
   *
   * Upper case and a trailing dot are normalized, internationalized names are turned into their
   * ASCII form.
   *
   * @default - the name of the hosted zone
   * @see https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
   */
  readonly domainName?: string;

  /**
   * How long resolvers may keep the records: whole seconds, at least one.
   *
   * @default Duration.minutes(30)
   */
  readonly ttl?: Duration;

  /**
   * The Region whose SES sends the domain's mail. Identities, and where their keys are, belong to a
   * Region.
   *
   * @default - the Region of the stack
   * @see https://docs.aws.amazon.com/ses/latest/dg/regions.html
   */
  readonly sesRegion?: string;

  /**
   * The role to assume for writing to a hosted zone of another account. An `EasyDkimDelegationRole`
   * in that account is made for it.
   *
   * @default - none: the hosted zone is in the account of the stack
   */
  readonly delegationRole?: iam.IRoleRef;

  /**
   * How long the deployment waits for SES to verify the domain: at most 14 minutes. When the time is
   * up, the resource fails and the deployment is rolled back. Whatever depends on this construct can
   * rely on a verified domain.
   *
   * SES looks for the records by itself, which takes minutes as a rule and up to 72 hours. Without a hosted zone it
   * can find only what you have put into DNS before: wait in a later deployment than the first.
   *
   * @default - do not wait
   */
  readonly waitForVerification?: Duration;

  /**
   * What becomes of the identity, its settings and the records when this construct is removed, or gets another
   * domain, zone or Region: `DESTROY` removes what this library made and no other construct uses, `RETAIN` keeps
   * everything. What was there before is kept in any case.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether to replace a record that has the name and type of one of the domain's records and another value. Of TXT
   * records only another SPF or DMARC record is replaced.
   *
   * @default false - such a record fails the deployment, and nothing is changed
   */
  readonly overwriteRecords?: boolean;

  /**
   * Whether to add outputs to the stack: six for the tokens and the DKIM records, or without a hosted zone the one
   * output `DnsRecords` with all records in the form of a zone file. CloudFormation allows 200 in a stack.
   *
   * @default true
   */
  readonly outputs?: boolean;

  /**
   * A MAIL FROM domain of the domain's own, with its MX and SPF records.
   *
   * @default - SES's setting is left as it is; a new identity has a MAIL FROM below amazonses.com, with which SPF
   * passes but is not aligned
   * @see https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
   */
  readonly mailFrom?: MailFromOptions;

  /**
   * The DMARC record of the domain; `{}` asks receivers for nothing, which is enough for them to accept mail in bulk.
   *
   * @default - no DMARC record is written
   * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dmarc.html
   */
  readonly dmarc?: DmarcOptions;

  /**
   * The configuration set, in the Region of SES, for mail that names none.
   *
   * @default - SES's setting is left as it is; a new identity has none
   * @see https://docs.aws.amazon.com/ses/latest/dg/managing-configuration-sets.html#default-config-sets
   */
  readonly configurationSet?: ses.IConfigurationSet;

  /**
   * Whether SES forwards bounces and complaints by e-mail to the sender. `false` needs topics for both in
   * `notifications`: SES wants you to hear of them in one way at least.
   *
   * @default - SES's setting is left as it is; a new identity has it on
   * @see https://docs.aws.amazon.com/ses/latest/dg/monitor-sending-activity-using-notifications-email.html
   */
  readonly feedbackForwarding?: boolean;

  /**
   * The SNS topics for bounces, complaints and deliveries.
   *
   * @default - SES's settings are left as they are; a new identity has none
   */
  readonly notifications?: NotificationOptions;

  /**
   * Any text, such as "2" or a date. With another one than in the last deployment, the deployment looks at the identity,
   * its settings and the records anew: what this library made, and somebody has changed or removed since, is put right.
   * CloudFormation sees no drift in them.
   *
   * @default - the deployment leaves them alone as long as no prop changes
   */
  readonly revision?: string;

  /**
   * Options of the Lambda function that all `EasyDkimDomain`s of the stack share, such as its VPC. The first of them has
   * to have them.
   *
   * @default - a function outside of VPCs, with a log of its own that is kept for three months
   */
  readonly functionOptions?: EasyDkimFunctionOptions;
}

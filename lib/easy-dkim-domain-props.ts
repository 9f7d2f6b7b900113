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
   * The public hosted zone to write the records to.
   *
   * A zone imported by `HostedZone.fromHostedZoneId()` has no name: give `domainName` with it.
   *
   * @default - the DNS of the domain is not in Route 53; copy the records from the stack output `DnsRecords`
   */
  readonly hostedZone?: route53.IHostedZone;

  /**
   * The domain to send mail from: the hosted zone's name or a name below it. Required without a hosted zone.
   *
   * Upper case and a trailing dot are normalized, and an internationalized name is turned into its ASCII form.
   *
   * @default - the name of the hosted zone
   * @see https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
   */
  readonly domainName?: string;

  /**
   * How long resolvers may cache the records: whole seconds, at least one.
   *
   * @default Duration.minutes(30)
   */
  readonly ttl?: Duration;

  /**
   * The Region whose SES sends the domain's mail. Identities and their keys belong to a Region.
   *
   * @default - the Region of the stack
   * @see https://docs.aws.amazon.com/ses/latest/dg/regions.html
   */
  readonly sesRegion?: string;

  /**
   * Other Regions to send the domain's mail from with the same keys, by Deterministic Easy DKIM: each gets a replica of the
   * identity, which needs no DNS records of its own. Grants cover the replicas, and they are removed before the identity.
   *
   * A replica that exists already is used and stays. An identity that signs in another way fails the deployment.
   *
   * @default - the identity is in one Region
   * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-deed.html
   */
  readonly replicaRegions?: string[];

  /**
   * Whether the replicas also get the settings of `mailFrom` and `feedbackForwarding`. Configuration sets and topics belong to
   * one Region, so no replica gets them.
   *
   * @default false - SES's settings of a replica stay as they are; a new one has none
   */
  readonly replicateSettings?: boolean;

  /**
   * The role to assume to write to a hosted zone in another account. Create it there with `EasyDkimDelegationRole`.
   *
   * @default - the hosted zone is in the account of the stack
   */
  readonly delegationRole?: iam.IRole;

  /**
   * How long the deployment waits for SES to verify the domain: at most 14 minutes. When the time is up, the resource
   * fails and the deployment is rolled back. Whatever depends on this construct can rely on a verified domain.
   *
   * With `mailFrom`, the deployment then waits up to the same time again for SES to find the MX record of the MAIL FROM
   * domain.
   *
   * SES usually verifies a domain within minutes, but it can take up to 72 hours. Without a hosted zone, SES finds only
   * what you have put into DNS: deploy once without waiting, add the records, then wait in a later deployment.
   *
   * @default - do not wait
   */
  readonly waitForVerification?: Duration;

  /**
   * What happens to the identity, its settings and the records when this construct is removed, or moves to another
   * domain, zone or Region. `DESTROY` removes what this library made and no other construct uses. `RETAIN` keeps
   * everything. What was there before is kept unless `takeOwnership` is set.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether to replace records that have the name and type of one of the domain's records, but a different value. Among
   * TXT records, only other SPF and DMARC records are replaced.
   *
   * @default false - such a record fails the deployment, and nothing changes
   */
  readonly overwriteRecords?: boolean;

  /**
   * Whether to take over the identity and records that existed before: they are then deleted with this construct. Only
   * records with exactly the value that this construct would write are taken over.
   *
   * Set it in a deployment of its own: it takes effect in an update that leaves the domain and its records as they are. If
   * you remove it, they count as made by others again. They stay while another construct without it uses them.
   *
   * @default false - what existed before stays when this construct is removed
   */
  readonly takeOwnership?: boolean;

  /**
   * The length of the keys that SES signs with.
   *
   * On an identity that this construct alone uses and that was made or taken over by this library, an update changes the
   * keys: SES makes new tokens, and their records are written at once, before the old ones go. Until SES has found them,
   * mail may go unsigned. SES allows this once in 24 hours, so a rollback keeps the new keys. For any other identity,
   * another length fails the deployment, and the keys stay.
   *
   * @default - 2,048 bits for a new identity, as SES has it; one that exists keeps its keys
   * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim.html
   */
  readonly signingKeyLength?: ses.EasyDkimSigningKeyLength;

  /**
   * Whether to add stack outputs: three tokens and three DKIM records or, without a hosted zone, one output `DnsRecords`
   * with all records as a zone file. CloudFormation allows 200 outputs in a stack.
   *
   * @default true
   */
  readonly outputs?: boolean;

  /**
   * A custom MAIL FROM domain, with its MX and SPF records.
   *
   * @default - SES's setting stays as it is; a new identity uses a MAIL FROM domain below amazonses.com, with which SPF
   * passes but is not aligned
   * @see https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
   */
  readonly mailFrom?: MailFromOptions;

  /**
   * The DMARC record of the domain. `{}` writes `v=DMARC1; p=none`, which is enough for bulk senders.
   *
   * @default - no DMARC record is written
   * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dmarc.html
   */
  readonly dmarc?: DmarcOptions;

  /**
   * The default configuration set: SES uses it for mail that names no other. It must be in the Region of SES.
   *
   * @default - SES's setting stays as it is; a new identity has none
   * @see https://docs.aws.amazon.com/ses/latest/dg/managing-configuration-sets.html#default-config-sets
   */
  readonly configurationSet?: ses.IConfigurationSet;

  /**
   * Whether SES forwards bounces and complaints by e-mail to the sender. With `false`, give topics for both in
   * `notifications`: SES requires one or the other.
   *
   * @default - SES's setting stays as it is; for a new identity it is on
   * @see https://docs.aws.amazon.com/ses/latest/dg/monitor-sending-activity-using-notifications-email.html
   */
  readonly feedbackForwarding?: boolean;

  /**
   * The SNS topics for bounces, complaints and deliveries.
   *
   * @default - SES's settings stay as they are; a new identity has none
   */
  readonly notifications?: NotificationOptions;

  /**
   * Any text, such as "2" or a date. Change it to have the next deployment check the identity, its settings and the records
   * again, and restore what this library made and somebody has changed or removed. CloudFormation does not detect drift in
   * them.
   *
   * @default - the deployment leaves them alone as long as no prop changes
   */
  readonly revision?: string;

  /**
   * Options of the Lambda function that all `EasyDkimDomain`s of the stack share, such as its VPC. Give them to the first
   * one.
   *
   * @default - the function is not in a VPC, and its log is kept for three months
   */
  readonly functionOptions?: EasyDkimFunctionOptions;
}

import type * as sns from 'aws-cdk-lib/aws-sns';

/**
 * The SNS topics that SES tells what became of a domain's mail: standard topics in the Region of SES.
 *
 * SES is allowed to publish to a topic that the app makes. An imported topic has to allow it by itself.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/configure-sns-notifications.html
 */
export interface NotificationOptions {
  /**
   * The topic for bounces.
   *
   * @default - SES's setting is left as it is
   */
  readonly bounces?: sns.ITopic;

  /**
   * The topic for complaints.
   *
   * @default - SES's setting is left as it is
   */
  readonly complaints?: sns.ITopic;

  /**
   * The topic for deliveries.
   *
   * @default - SES's setting is left as it is
   */
  readonly deliveries?: sns.ITopic;

  /**
   * Whether the notifications have the headers of the mail.
   *
   * @default false
   */
  readonly includeHeaders?: boolean;
}

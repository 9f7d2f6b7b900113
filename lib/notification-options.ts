import type * as sns from 'aws-cdk-lib/aws-sns';

/**
 * SNS topics to which SES publishes bounces, complaints and deliveries of the domain's mail. They must be standard topics
 * in the Region of SES.
 *
 * The construct lets SES publish to a topic that your app creates. The policy of an imported topic must already allow it.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/configure-sns-notifications.html
 */
export interface NotificationOptions {
  /**
   * The topic for bounces.
   *
   * @default - SES's setting stays as it is
   */
  readonly bounces?: sns.ITopic;

  /**
   * The topic for complaints.
   *
   * @default - SES's setting stays as it is
   */
  readonly complaints?: sns.ITopic;

  /**
   * The topic for deliveries.
   *
   * @default - SES's setting stays as it is
   */
  readonly deliveries?: sns.ITopic;

  /**
   * Whether notifications include the headers of the mail.
   *
   * @default false
   */
  readonly includeHeaders?: boolean;
}

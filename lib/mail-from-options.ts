import type * as ses from 'aws-cdk-lib/aws-ses';

/**
 * A custom MAIL FROM domain: bounces go there, and receivers check SPF against it.
 *
 * It gets an MX record and an SPF record. SPF is then aligned with your domain, which DMARC requires.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
 */
export interface MailFromOptions {
  /**
   * The full name of the MAIL FROM domain, such as `bounce.example.com`. It must be below the domain. Do not use it to
   * receive mail or in From addresses.
   */
  readonly domainName: string;

  /**
   * What SES does with your mail while it cannot find the MX record: `USE_DEFAULT_VALUE` sends it with a MAIL FROM domain
   * of Amazon SES, `REJECT_MESSAGE` rejects it.
   *
   * @default ses.MailFromBehaviorOnMxFailure.USE_DEFAULT_VALUE
   */
  readonly behaviorOnMxFailure?: ses.MailFromBehaviorOnMxFailure;
}

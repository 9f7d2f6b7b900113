import type * as ses from 'aws-cdk-lib/aws-ses';

/**
 * A custom MAIL FROM domain: where bounces go, and what SPF is checked for.
 *
 * It gets an MX and a TXT record, with which SPF is aligned with the domain, as DMARC asks for.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
 */
export interface MailFromOptions {
  /**
   * The full name of the MAIL FROM domain, such as `bounce.example.com`: a name below the domain, at which no mail
   * is received and from which none is sent otherwise.
   */
  readonly domainName: string;

  /**
   * What SES does with mail as long as it does not find the MX record: `USE_DEFAULT_VALUE` sends it with a MAIL FROM
   * of SES's own, `REJECT_MESSAGE` refuses it.
   *
   * @default ses.MailFromBehaviorOnMxFailure.USE_DEFAULT_VALUE
   */
  readonly behaviorOnMxFailure?: ses.MailFromBehaviorOnMxFailure;
}

/**
 * One of the three CNAME records that SES looks for to verify a domain's DKIM.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy.html
 */
export interface DkimRecord {
  /**
   * The full name of the record, without a trailing dot: `<token>._domainkey.<domain>`.
   */
  readonly name: string;

  /**
   * The host that the record points to, where SES publishes the key, such as `<token>.dkim.amazonses.com`.
   */
  readonly value: string;
}

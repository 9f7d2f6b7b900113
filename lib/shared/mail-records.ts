/**
 * What the MX record of a custom MAIL FROM domain says: SES takes the bounces itself, in its own Region.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
 */
export function mailFromMx(region: string): string {
  return `10 feedback-smtp.${region}.amazonses.com`;
}

/** The domain whose SPF record has the addresses that SES sends from. */
export const SES_SPF_DOMAIN = 'amazonses.com';

/** What the SPF record of a custom MAIL FROM domain says. */
export const MAIL_FROM_SPF = `v=spf1 include:${SES_SPF_DOMAIN} ~all`;

/** The name of the DMARC record of a domain. */
export function dmarcRecordName(domainName: string): string {
  return `_dmarc.${domainName}`;
}

/** The longest DMARC record: the physical resource id has it, which CloudFormation limits to 1 KB. */
export const MAX_DMARC_LENGTH = 480;

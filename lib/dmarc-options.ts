/**
 * What receivers should do with mail from the domain that passes neither DKIM nor SPF with an aligned domain.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.7
 */
export enum DmarcPolicy {
  /**
   * Deliver the mail; failures appear only in the reports.
   */
  NONE = 'none',

  /**
   * Treat the mail as suspicious, which usually means the spam folder.
   */
  QUARANTINE = 'quarantine',

  /**
   * Refuse the mail.
   */
  REJECT = 'reject',
}

/**
 * How closely the domain authenticated by DKIM or SPF must match the domain of the From address.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.4
 */
export enum DmarcAlignment {
  /**
   * Both belong to the same organization. One may be a subdomain of the other.
   */
  RELAXED = 'r',

  /**
   * Both are exactly the same.
   */
  STRICT = 's',
}

/**
 * The DMARC record of a domain: the TXT record `_dmarc.<domain>`.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dmarc.html
 */
export interface DmarcOptions {
  /**
   * What receivers should do with mail that fails. Start with `NONE`, read the reports, and tighten it later.
   *
   * @default DmarcPolicy.NONE
   */
  readonly policy?: DmarcPolicy;

  /**
   * The policy for subdomains.
   *
   * @default - the same policy
   */
  readonly subdomainPolicy?: DmarcPolicy;

  /**
   * The policy for subdomains that do not exist in DNS. Forgers like to invent them.
   *
   * @default - the policy for subdomains
   * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.7
   */
  readonly nonExistentSubdomainPolicy?: DmarcPolicy;

  /**
   * Whether you are still testing the policies. Receivers then apply `QUARANTINE` instead of `REJECT` and `NONE` instead of
   * `QUARANTINE`, and send reports as usual.
   *
   * @default false
   * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.7
   */
  readonly testing?: boolean;

  /**
   * E-mail addresses for the daily aggregate reports, with or without `mailto:`.
   *
   * An address in another organization's domain needs a record in that domain that allows it:
   * `<this domain>._report._dmarc.<that domain>`.
   *
   * @default - no aggregate reports
   * @see https://www.rfc-editor.org/rfc/rfc9990#section-4
   */
  readonly rua?: string[];

  /**
   * E-mail addresses for reports on single messages, with or without `mailto:`. Few receivers send them.
   *
   * @default - no failure reports
   * @see https://www.rfc-editor.org/rfc/rfc9991
   */
  readonly ruf?: string[];

  /**
   * How closely the domain of the DKIM signature, which is this domain, must match the domain of the From address.
   *
   * @default DmarcAlignment.RELAXED
   */
  readonly dkimAlignment?: DmarcAlignment;

  /**
   * How closely the MAIL FROM domain must match the domain of the From address. SES requires it to be a subdomain, so SPF
   * is never aligned with `STRICT`.
   *
   * @default DmarcAlignment.RELAXED
   */
  readonly spfAlignment?: DmarcAlignment;
}

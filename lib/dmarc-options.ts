/**
 * What receivers are asked to do with mail that is neither DKIM- nor SPF-aligned with the domain that it claims to be
 * from.
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
 * How exactly the domain that DKIM or SPF has authenticated has to be that of the From address.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.4
 */
export enum DmarcAlignment {
  /**
   * Both belong to one organization: one may be a subdomain of the other.
   */
  RELAXED = 'r',

  /**
   * Both are the same name.
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
   * What receivers are asked to do with mail that fails.
   *
   * @default DmarcPolicy.NONE
   */
  readonly policy?: DmarcPolicy;

  /**
   * The policy for the domains below this one.
   *
   * @default - the same policy
   */
  readonly subdomainPolicy?: DmarcPolicy;

  /**
   * The policy for names below this domain that do not exist in DNS: forgers like to make them up.
   *
   * @default - the policy for subdomains
   * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.7
   */
  readonly nonExistentSubdomainPolicy?: DmarcPolicy;

  /**
   * Whether the policies are only being tested: receivers then apply `QUARANTINE` instead of `REJECT`, and `NONE` instead
   * of `QUARANTINE`, and send their reports as usual.
   *
   * @default false
   * @see https://www.rfc-editor.org/rfc/rfc9989#section-4.7
   */
  readonly testing?: boolean;

  /**
   * E-mail addresses for the daily aggregate reports, with or without `mailto:`.
   *
   * An address in another organization's domain has to be allowed by a record there:
   * `<this domain>._report._dmarc.<that domain>`.
   *
   * @default - no aggregate reports
   * @see https://www.rfc-editor.org/rfc/rfc9990#section-4
   */
  readonly rua?: string[];

  /**
   * E-mail addresses for reports on single messages, with or without `mailto:`. Few receivers send such reports.
   *
   * @default - no failure reports
   * @see https://www.rfc-editor.org/rfc/rfc9991
   */
  readonly ruf?: string[];

  /**
   * How exactly the domain of the DKIM signature, which is this one, has to be that of the From address.
   *
   * @default DmarcAlignment.RELAXED
   */
  readonly dkimAlignment?: DmarcAlignment;

  /**
   * How exactly the MAIL FROM domain has to be that of the From address. SES wants it to be a subdomain, so that SPF
   * is never strictly aligned.
   *
   * @default DmarcAlignment.RELAXED
   */
  readonly spfAlignment?: DmarcAlignment;
}

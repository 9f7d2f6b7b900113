/**
 * What receivers are asked to do with mail that is neither DKIM- nor SPF-aligned with the domain that it claims to be
 * from.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7489#section-6.3
 */
export enum DmarcPolicy {
  /**
   * To deliver it all the same: only the reports tell of it.
   */
  NONE = 'none',

  /**
   * To treat it as suspicious, which mostly means the spam folder.
   */
  QUARANTINE = 'quarantine',

  /**
   * To refuse it.
   */
  REJECT = 'reject',
}

/**
 * How exactly the domain that DKIM or SPF has authenticated has to be that of the From address.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7489#section-3.1
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
   * To how much of the failing mail the policy applies, in percent: a whole number from 0 to 100.
   *
   * @default 100
   */
  readonly percentage?: number;

  /**
   * E-mail addresses for the daily aggregate reports, with or without `mailto:`.
   *
   * An address in another organization's domain has to be allowed by a record there.
   *
   * @default - no aggregate reports
   * @see https://www.rfc-editor.org/rfc/rfc7489#section-7.1
   */
  readonly rua?: string[];

  /**
   * E-mail addresses for reports on single messages, with or without `mailto:`. Few receivers send such reports.
   *
   * @default - no failure reports
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

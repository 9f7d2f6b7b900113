/** What to check, and whom to ask. */
export interface CheckOptions {
  /**
   * The Region of SES.
   *
   * @default - `AWS_REGION`, `AWS_DEFAULT_REGION`, or the Region of the AWS profile
   */
  readonly region?: string;

  /**
   * The custom MAIL FROM domain, a name below the domain; `false` if there is none.
   *
   * @default - what SES says; unknown if SES is not asked
   */
  readonly mailFromDomain?: string | false;

  /**
   * The Easy DKIM tokens, such as the outputs of an `EasyDkimDomain`.
   *
   * @default - what SES says; unknown if SES is not asked
   */
  readonly dkimTokens?: readonly string[];

  /**
   * The DNS resolvers to ask: IP addresses, with a port if it is not 53, such as `1.1.1.1`,
   * `127.0.0.1:5353` or `[::1]:5353`.
   *
   * @default - those of the system
   */
  readonly resolvers?: readonly string[];

  /**
   * Milliseconds to wait for an answer of a DNS resolver, which is asked twice; 600,000 at most.
   *
   * @default 3000
   */
  readonly timeout?: number;

  /**
   * Whether to ask SES for its view of the identity, with the AWS credentials that the SDK finds by
   * itself; needs `ses:GetEmailIdentity`. Without credentials the rest is still checked.
   *
   * @default true
   */
  readonly ses?: boolean;
}

/** An option, or the domain itself, that cannot be used; the message says why and what to give. */
export class InvalidOptionError extends Error {
  public override readonly name = 'InvalidOptionError';
}

/**
 * Where SES publishes the DKIM keys, by Region.
 *
 * Source: the "DKIM domains" table of the AWS General Reference, as cited by the Terraform modules
 * that carry it; read on 2026-11-23. SES's own word (`SigningHostedZone` of `GetEmailIdentity`) comes
 * before this table, which serves where SES does not give one.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains
 * @see https://docs.aws.amazon.com/ses/latest/dg/regions.html#region-dkim
 */
export const REGIONS_WITH_OWN_DKIM_DOMAIN: ReadonlySet<string> = new Set([
  'af-south-1',
  'ap-northeast-3',
  'ap-south-2',
  'ap-southeast-3',
  'ap-southeast-5',
  'ca-west-1',
  'eu-central-2',
  'eu-south-1',
  'il-central-1',
  'me-central-1',
  'us-gov-east-1',
]);

/** Where the host names of SES end, as a pattern: the European Sovereign Cloud has a domain of its own. */
export const SES_DOMAIN = 'amazonses\\.(?:com|eu)';

const SES_DKIM_DOMAIN = new RegExp(`^dkim(?:\\.[a-z0-9-]+)?\\.${SES_DOMAIN}$`);

/** Whether a name is the DKIM domain of some Region. */
export function isDkimDomain(name: string): boolean {
  return SES_DKIM_DOMAIN.test(name);
}

/** The DKIM domain of every other Region. */
export const DEFAULT_DKIM_DOMAIN = 'dkim.amazonses.com';

/** The documented DKIM domain of a Region: the target of its CNAME records is `<token>.<DKIM domain>`. */
export function documentedDkimDomain(region: string): string {
  return REGIONS_WITH_OWN_DKIM_DOMAIN.has(region) ? `dkim.${region}.amazonses.com` : DEFAULT_DKIM_DOMAIN;
}

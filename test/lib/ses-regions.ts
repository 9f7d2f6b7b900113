/**
 * Where SES is, and which of these Regions share its default DKIM domain.
 *
 * Source of the Regions: `data/endpoints.json` of botocore 1.43.106, service `email`. Of the DKIM domains: AWS's
 * table, by way of the sources that lib/shared/dkim-hosts.ts names. Both read on 2026-11-23. How to refresh
 * this: `npm run regions`.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/ses.html
 */
export const REGIONS_WITH_DEFAULT_DKIM_DOMAIN = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  // The European Sovereign Cloud: its DKIM domain was not found, so that SES's own word alone is to be trusted.
  'eusc-de-east-1',
  'me-south-1',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  // Not among the exceptions of the table, and named nowhere.
  'us-gov-west-1',
  'us-west-1',
  'us-west-2',
];

/** Regions where SES has an endpoint. */
export const SES_REGIONS = [
  'af-south-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-5',
  'ca-central-1',
  'ca-west-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'eusc-de-east-1',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-gov-east-1',
  'us-gov-west-1',
  'us-west-1',
  'us-west-2',
];

export { REGIONS_WITHOUT_SES } from '../../lib/private/props/regions-without-ses';

/**
 * Regions that had no SES on 2026-11-23. How to refresh this: `npm run regions`.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/ses.html
 */
export const REGIONS_WITHOUT_SES = [
  'ap-east-1',
  'ap-east-2',
  'ap-southeast-4',
  'ap-southeast-6',
  'ap-southeast-7',
  'cn-north-1',
  'cn-northwest-1',
  'eu-isoe-west-1',
  'eu-south-2',
  'me-west-1',
  'mx-central-1',
  'us-iso-east-1',
  'us-iso-west-1',
  'us-isob-east-1',
  'us-isob-west-1',
  'us-isof-east-1',
  'us-isof-south-1',
];

/**
 * What the local run can show. `zoneName`: the hosted zone that is made for it beforehand; without one
 * the app makes its own and gives its id as the output `HostedZoneId`. `domains`: what must be there
 * after the deployment.
 */
export const oneDomain = {
  zoneName: 'example.com',
  context: { domainName: 'mail.example.com' },
  domains: () => [{ name: 'mail.example.com' }],
};

/** Identities in two Regions, and their records side by side in one zone. */
export const twoRegions = {
  app: 'npx tsx bin/two-regions.ts',
  zoneName: 'example.com',
  context: {},
  domains: () => [
    { name: 'example.com', region: 'eu-west-1' },
    { name: 'example.com', region: 'us-east-1' },
  ],
};

/** The zone behind a role that the Lambda assumes, and a wait for the verification. */
export const crossAccount = {
  app: 'npx tsx bin/cross-account.ts',
  context: {},
  domains: () => [{ name: 'mail.example.com' }],
};

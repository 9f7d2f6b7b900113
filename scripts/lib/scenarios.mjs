/**
 * What the local run can show. `zoneName`: the hosted zone that is made for it beforehand. `domains`: what must be
 * there after the deployment; `further` are records besides those of DKIM. `check`: the domain that the check of
 * this project is run on. `isWatched`: whether a record is to go missing and come back. `sesExtras`: whether it takes what MiniStack's SES lacks.
 */
export const oneDomain = {
  zoneName: 'example.com',
  context: () => ({ domainName: 'mail.example.com' }),
  domains: () => [{ name: 'mail.example.com' }],
};

/** MAIL FROM with SPF, and DMARC: all that receivers ask of who sends in bulk. */
export const authenticated = {
  sesExtras: true,
  zoneName: 'example.com',
  context: () => ({
    domainName: 'mail.example.com',
    mailFromDomain: 'bounce.mail.example.com',
    dmarcPolicy: 'quarantine',
    dmarcReports: 'dmarc@example.com',
  }),
  domains: (region) => [
    {
      name: 'mail.example.com',
      mailFrom: 'bounce.mail.example.com',
      further: [
        { name: 'bounce.mail.example.com', type: 'MX', value: `10 feedback-smtp.${region}.amazonses.com` },
        { name: 'bounce.mail.example.com', type: 'TXT', value: '"v=spf1 include:amazonses.com ~all"' },
        {
          name: '_dmarc.mail.example.com',
          type: 'TXT',
          value: '"v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"',
        },
      ],
    },
  ],
  check: 'mail.example.com',
};

/** A domain that loses a record, and a watch that puts it back. */
export const watched = {
  ...oneDomain,
  sesExtras: true,
  context: () => ({ domainName: 'mail.example.com', watchEvery: '1' }),
  isWatched: true,
};

/** Identities in two Regions, and their records side by side in one zone. */
export const twoRegions = {
  app: 'npx tsx examples/two-regions.ts',
  zoneName: 'example.com',
  context: () => ({}),
  domains: () => [
    { name: 'example.com', region: 'eu-west-1' },
    { name: 'example.com', region: 'us-east-1' },
  ],
};

/** The zone behind a role that the Lambda assumes, and a wait for the verification. */
export const crossAccount = {
  sesExtras: true,
  app: 'npx tsx examples/cross-account.ts',
  zoneName: 'example.com',
  context: (account) => ({ dnsAccount: account, mailAccount: account }),
  domains: () => [{ name: 'mail.example.com' }],
};

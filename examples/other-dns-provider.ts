#!/usr/bin/env node
/**
 * A domain whose DNS is not in Route 53. The output DnsRecords has its records as a zone file, which you
 * import at the DNS provider. Until they are there, SES does not verify the domain.
 *
 *   npx cdk synth --app 'npx tsx examples/other-dns-provider.ts'
 */
import { App, Stack } from 'aws-cdk-lib';
import { EasyDkimDomain } from 'cdk-ses-easy-dkim';

const app = new App();
const stack = new Stack(app, 'Mail', { env: { account: '111122223333', region: 'eu-west-1' } });

new EasyDkimDomain(stack, 'Domain', {
  domainName: 'example.com',
  mailFrom: { domainName: 'bounce.example.com' },
  dmarc: { rua: ['dmarc-reports@example.com'] },
});

app.synth();

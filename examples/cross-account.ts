#!/usr/bin/env node
/**
 * The hosted zone in one account, SES in another. Deploy Dns first, then Mail.
 *
 *   npx cdk synth --app 'npx tsx examples/cross-account.ts'
 */
import { App, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { EasyDkimDelegationRole, EasyDkimDomain } from 'cdk-ses-easy-dkim';

const DNS_ACCOUNT = '444455556666';
const MAIL_ACCOUNT = '111122223333';
const ZONE = { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'example.com' };
const DOMAIN_NAME = 'mail.example.com';
const ROLE_NAME = 'mail-dkim-delegation';

const app = new App();

const dns = new Stack(app, 'Dns', { env: { account: DNS_ACCOUNT, region: 'us-east-1' } });
new EasyDkimDelegationRole(dns, 'Delegation', {
  hostedZone: HostedZone.fromHostedZoneAttributes(dns, 'Zone', ZONE),
  assumedBy: new iam.AccountPrincipal(MAIL_ACCOUNT),
  domainNames: [DOMAIN_NAME],
  roleName: ROLE_NAME,
});

const mail = new Stack(app, 'Mail', { env: { account: MAIL_ACCOUNT, region: 'eu-west-1' } });
new EasyDkimDomain(mail, 'Domain', {
  hostedZone: HostedZone.fromHostedZoneAttributes(mail, 'Zone', ZONE),
  domainName: DOMAIN_NAME,
  delegationRole: iam.Role.fromRoleArn(mail, 'Delegation', `arn:aws:iam::${DNS_ACCOUNT}:role/${ROLE_NAME}`),
});

app.synth();

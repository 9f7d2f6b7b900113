#!/usr/bin/env node
/**
 * The hosted zone in one account, SES in another: a stack for each side. Credentials for both accounts deploy both:
 *
 *   npx cdk deploy --all --app 'npx tsx examples/cross-account.ts' -c hostedZoneId=Z0123456789ABCDEFGHIJ \
 *     -c dnsAccount=444455556666 -c mailAccount=111122223333
 */
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { EasyDkimDelegationRole, EasyDkimDomain } from 'cdk-ses-easy-dkim';

const DOMAIN_NAME = 'mail.example.com';
const ROLE_NAME = 'mail-dkim-delegation';

const app = new App();
const context = (key: string, otherwise: string) => String(app.node.tryGetContext(key) ?? otherwise);
const region = process.env.CDK_DEFAULT_REGION;
const dnsAccount = context('dnsAccount', '444455556666');
const mailAccount = context('mailAccount', '111122223333');
const zone = { hostedZoneId: context('hostedZoneId', 'Z0123456789ABCDEFGHIJ'), zoneName: 'example.com' };

// The account that owns the zone lets the other one write the DKIM records of one domain.
const dns = new Stack(app, 'Dns', { env: { account: dnsAccount, region } });
new EasyDkimDelegationRole(dns, 'Delegation', {
  hostedZone: HostedZone.fromHostedZoneAttributes(dns, 'Zone', zone),
  assumedBy: new iam.AccountPrincipal(mailAccount),
  domainNames: [DOMAIN_NAME],
  roleName: ROLE_NAME,
});

const mail = new Stack(app, 'Mail', { env: { account: mailAccount, region } });
mail.node.addDependency(dns);
const domain = new EasyDkimDomain(mail, 'Domain', {
  hostedZone: HostedZone.fromHostedZoneAttributes(mail, 'Zone', zone),
  domainName: DOMAIN_NAME,
  delegationRole: iam.Role.fromRoleArn(mail, 'Delegation', `arn:aws:iam::${dnsAccount}:role/${ROLE_NAME}`),
  waitForVerification: Duration.minutes(10),
});
// Whatever depends on the domain is deployed when it is verified.
new CfnOutput(mail, 'From', { value: `no-reply@${domain.emailIdentityName}` });

app.synth();

#!/usr/bin/env node
/**
 * A domain from which others may send: another account (only from its own addresses), all accounts of the
 * organization, and the Cognito user pools of this account.
 *
 *   npx cdk synth --app 'npx tsx examples/sender-accounts.ts'
 */
import { App, Stack } from 'aws-cdk-lib';
import { AccountPrincipal, OrganizationPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { EasyDkimDomain } from 'cdk-ses-easy-dkim';

const app = new App();
const stack = new Stack(app, 'Senders', { env: { account: '111122223333', region: 'eu-west-1' } });

const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  zoneName: 'example.com',
});
const mail = new EasyDkimDomain(stack, 'Domain', { hostedZone });

mail.grantSendEmail(new OrganizationPrincipal('o-1234567890'));
mail.grantSendEmail(
  new ServicePrincipal('cognito-idp.amazonaws.com', {
    conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
  }),
);
mail.addToResourcePolicy(
  new PolicyStatement({
    actions: ['ses:SendEmail', 'ses:SendRawEmail'],
    principals: [new AccountPrincipal('444455556666')],
    conditions: { StringLike: { 'ses:FromAddress': 'news*@example.com' } },
  }),
);

app.synth();

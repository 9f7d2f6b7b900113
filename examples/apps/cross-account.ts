#!/usr/bin/env node
/**
 * The hosted zone in one account, SES in another: a stack for each side.
 *
 *   npx cdk deploy Dns --app 'npx tsx examples/apps/cross-account.ts' -c dnsAccount=444455556666 -c mailAccount=111122223333
 *   npx cdk deploy Mail --app 'npx tsx examples/apps/cross-account.ts' -c dnsAccount=444455556666 -c mailAccount=111122223333 \
 *     -c hostedZoneId=<the output HostedZoneId of Dns>
 *
 * Without context both are in the account of the command line, and one `cdk deploy --all` does it.
 */
import { App, CfnOutput, Duration, Stack, StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { EasyDkimDelegationRole, EasyDkimDomain } from '../../lib';
import { text } from './context';

const ZONE_NAME = 'example.com';
const DOMAIN_NAME = 'mail.example.com';

/** The account that owns the zone lets the other one write the DKIM records of one domain. */
class DnsStack extends Stack {
  public readonly hostedZone: route53.PublicHostedZone;
  public readonly delegationRole: EasyDkimDelegationRole;

  public constructor(scope: Construct, id: string, props: StackProps & { readonly mailAccount?: string }) {
    super(scope, id, props);
    this.hostedZone = new route53.PublicHostedZone(this, 'Zone', { zoneName: ZONE_NAME });
    this.delegationRole = new EasyDkimDelegationRole(this, 'MailDelegation', {
      hostedZone: this.hostedZone,
      assumedBy: new iam.AccountPrincipal(props.mailAccount ?? this.account),
      domainNames: [DOMAIN_NAME],
      roleName: 'mail-dkim-delegation',
    });
    new CfnOutput(this, 'HostedZoneId', { value: this.hostedZone.hostedZoneId });
  }
}

interface MailStackProps extends StackProps {
  readonly hostedZoneId: string;
  readonly delegationRole: iam.IRole;
}

/** The account that sends mail; its function does so from a domain that is verified. */
class MailStack extends Stack {
  public constructor(scope: Construct, id: string, props: MailStackProps) {
    super(scope, id, props);
    const { hostedZoneId, delegationRole } = props;
    const mail = new EasyDkimDomain(this, 'Mail', {
      hostedZone: route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName: ZONE_NAME }),
      domainName: DOMAIN_NAME,
      delegationRole,
      waitForVerification: Duration.minutes(10),
    });
    const sender = new lambda.Function(this, 'Sender', {
      runtime: lambda.Runtime.NODEJS_LATEST,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => process.env.FROM;'),
      environment: { FROM: `no-reply@${mail.emailIdentityName}` },
    });
    mail.grantSendEmail(sender);
    new CfnOutput(this, 'From', { value: `no-reply@${mail.emailIdentityName}` });
  }
}

const app = new App();
const region = process.env.CDK_DEFAULT_REGION;
const dnsAccount = text(app, 'dnsAccount') ?? process.env.CDK_DEFAULT_ACCOUNT;
const mailAccount = text(app, 'mailAccount') ?? process.env.CDK_DEFAULT_ACCOUNT;

const dns = new DnsStack(app, 'Dns', { env: { account: dnsAccount, region }, mailAccount });
new MailStack(app, 'Mail', {
  env: { account: mailAccount, region },
  hostedZoneId: text(app, 'hostedZoneId') ?? dns.hostedZone.hostedZoneId,
  delegationRole: dns.delegationRole,
});

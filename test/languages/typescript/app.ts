/** The app that every language writes: both constructs, with the fewest props and with all of them. */
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as ses from 'aws-cdk-lib/aws-ses';
import { EasyDkimDelegationRole, EasyDkimDomain } from 'cdk-ses-easy-dkim';

const app = new App({ analyticsReporting: false });
const stack = new Stack(app, 'Mail', { env: { account: '111122223333', region: 'eu-west-1' } });
const hostedZone = new route53.PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' });

const plain = new EasyDkimDomain(stack, 'Plain', {
  hostedZone,
  functionOptions: { logRetention: logs.RetentionDays.ONE_YEAR, tracing: lambda.Tracing.ACTIVE },
});

const full = new EasyDkimDomain(stack, 'Full', {
  hostedZone: route53.HostedZone.fromHostedZoneAttributes(stack, 'OtherZone', {
    hostedZoneId: 'Z0123456789ABCDEFGHIJ',
    zoneName: 'example.org',
  }),
  domainName: 'mail.example.org',
  ttl: Duration.minutes(5),
  sesRegion: 'us-east-1',
  replicaRegions: ['eu-north-1'],
  delegationRole: iam.Role.fromRoleArn(stack, 'Delegation', 'arn:aws:iam::444455556666:role/mail-dkim-delegation'),
  waitForVerification: Duration.minutes(10),
  removalPolicy: RemovalPolicy.RETAIN,
  takeOwnership: true,
  signingKeyLength: ses.EasyDkimSigningKeyLength.RSA_2048_BIT,
  overwriteRecords: true,
  outputs: false,
  revision: '2',
});

new EasyDkimDelegationRole(stack, 'WholeZone', { hostedZone, assumedBy: new iam.AccountPrincipal('444455556666') });

new EasyDkimDelegationRole(stack, 'OneDomain', {
  hostedZone,
  assumedBy: new iam.AccountPrincipal('444455556666'),
  domainNames: ['mail.example.com', 'news.example.com'],
  roleName: 'mail-dkim-delegation',
});

const sender = new iam.Role(stack, 'Sender', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
plain.grantSendEmail(sender);
plain.grantSendEmail(new iam.AccountPrincipal('444455556666'));
plain.addToResourcePolicy(
  new iam.PolicyStatement({
    actions: ['ses:SendEmail'],
    principals: [new iam.OrganizationPrincipal('o-1234567890')],
  }),
);
full.grant(sender, 'ses:SendTemplatedEmail', 'ses:SendBulkTemplatedEmail');

const attributes = {
  DomainName: full.domainName,
  IdentityName: full.emailIdentityName,
  IdentityArn: full.emailIdentityArn,
  Status: full.verificationStatus,
};
for (const [id, value] of Object.entries(attributes)) {
  new CfnOutput(stack, id, { value });
}
full.dkimTokens.forEach((value, index) => {
  new CfnOutput(stack, `Token${index}`, { value });
});
full.dkimRecords.forEach(({ name, value }, index) => {
  new CfnOutput(stack, `RecordName${index}`, { value: name });
  new CfnOutput(stack, `RecordValue${index}`, { value });
});

app.synth();

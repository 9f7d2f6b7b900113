#!/usr/bin/env node
/**
 * A Cognito user pool that sends its mail through SES. Cognito refuses an identity that is not verified
 * yet: the deployment waits for that, then creates the user pool.
 *
 *   npx cdk synth --app 'npx tsx examples/cognito.ts'
 */
import { App, Duration, Stack } from 'aws-cdk-lib';
import { UserPool, UserPoolEmail } from 'aws-cdk-lib/aws-cognito';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { EasyDkimDomain } from 'cdk-ses-easy-dkim';

const app = new App();
const stack = new Stack(app, 'Users', { env: { account: '111122223333', region: 'eu-west-1' } });

const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  zoneName: 'example.com',
});
const mail = new EasyDkimDomain(stack, 'Domain', { hostedZone, waitForVerification: Duration.minutes(10) });

new UserPool(stack, 'UserPool', {
  selfSignUpEnabled: true,
  signInAliases: { email: true },
  autoVerify: { email: true },
  email: UserPoolEmail.withSES({
    fromEmail: `no-reply@${mail.emailIdentityName}`,
    sesRegion: 'eu-west-1',
    sesVerifiedDomain: mail.emailIdentityName,
  }),
});

app.synth();

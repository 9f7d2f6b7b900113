/**
 * A domain on real AWS: `npm run integ` deploys this, and then the assertions, which ask SES and Route 53 what came
 * to be. The file is named, and laid out, as integ-runner takes it.
 */
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { EasyDkimDomain } from '../lib';

const zoneName = variable('HOSTED_ZONE_NAME');

// The assertions' stack is made after the domain's, and goes before it.
const app = new App({ context: { '@aws-cdk/core:defaultCrossStackReferences': 'strong' } });
const stack = new Stack(app, 'EasyDkimInteg');
const hostedZone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', {
  hostedZoneId: variable('HOSTED_ZONE_ID'),
  zoneName,
});
// A name of its own, below that of the zone, which may be in use.
const mail = new EasyDkimDomain(stack, 'Mail', { hostedZone, domainName: `easy-dkim-integ.${zoneName}` });

const { assertions } = new IntegTest(app, 'Test', { testCases: [stack] });

assertions.awsApiCall('sesv2', 'getEmailIdentity', { EmailIdentity: mail.emailIdentityName }).expect(
  ExpectedResult.objectLike({
    IdentityType: 'DOMAIN',
    DkimAttributes: { SigningEnabled: true, SigningAttributesOrigin: 'AWS_SES', Tokens: mail.dkimTokens },
  }),
);

for (const { name, value } of mail.dkimRecords) {
  assertions
    .awsApiCall('route53', 'listResourceRecordSets', {
      HostedZoneId: hostedZone.hostedZoneId,
      StartRecordName: name,
      StartRecordType: 'CNAME',
      MaxItems: 1,
    })
    .expect(
      ExpectedResult.objectLike({
        ResourceRecordSets: [{ Name: `${name}.`, Type: 'CNAME', TTL: 1800, ResourceRecords: [{ Value: value }] }],
      }),
    );
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`Set ${name}: the test needs a public hosted zone of yours, HOSTED_ZONE_ID and HOSTED_ZONE_NAME.`);
  }
  return value;
}

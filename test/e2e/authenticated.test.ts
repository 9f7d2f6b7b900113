import { GetEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { Aws, type Cdk, cdkFor, describeE2e, dkimCnames, E2E, SES_URL } from './support';

jest.setTimeout(180_000);

describeE2e('a domain with MAIL FROM, SPF and DMARC, deployed by the CDK CLI', () => {
  const aws = new Aws();
  const domain = 'authenticated.example.com';
  const mailFrom = `bounce.${domain}`;
  const theirs = '"owner-verification=of others"';
  const spf = '"v=spf1 include:amazonses.com ~all"';
  const mx = `${mailFrom} 1800 MX 10 feedback-smtp.${E2E?.AWS_REGION}.amazonses.com`;
  const dmarc = (policy: string) => `_dmarc.${domain} 1800 TXT "v=DMARC1; p=${policy}; rua=mailto:dmarc@example.com"`;
  let cdk: Cdk;
  let zoneId: string;
  let context: Record<string, string>;

  beforeAll(async () => {
    cdk = await cdkFor('authenticated', 'test/e2e/authenticated-app.ts');
    zoneId = await aws.createZone(domain);
    await aws.createRecordSet(zoneId, 'TXT', mailFrom, [theirs]);
    context = { hostedZoneId: zoneId, zoneName: domain, dmarcReports: 'dmarc@example.com' };
  });

  async function mailFromInSes(): Promise<string | undefined> {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const ses = new SESv2Client({ endpoint: SES_URL, region: E2E?.AWS_REGION, credentials });
    const { MailFromAttributes } = await ses.send(new GetEmailIdentityCommand({ EmailIdentity: domain }));
    return MailFromAttributes?.MailFromDomain;
  }

  test('has all its records, and shares the TXT record set of others', async () => {
    await cdk.deploy({ ...context, dmarcPolicy: 'none', mailFromDomain: mailFrom });

    expect(await aws.cnames(zoneId)).toEqual(dkimCnames(domain, await aws.dkimTokens(domain)));
    expect(await aws.furtherRecords(zoneId)).toEqual([dmarc('none'), mx, `${mailFrom} 300 TXT ${theirs} ${spf}`]);
    expect(await mailFromInSes()).toBe(mailFrom);
  });

  test('changes its DMARC policy, and nothing else', async () => {
    await cdk.deploy({ ...context, dmarcPolicy: 'reject', mailFromDomain: mailFrom });

    expect(await aws.furtherRecords(zoneId)).toEqual([dmarc('reject'), mx, `${mailFrom} 300 TXT ${theirs} ${spf}`]);
  });

  test('gives MAIL FROM up', async () => {
    await cdk.deploy({ ...context, dmarcPolicy: 'reject' });

    expect(await aws.furtherRecords(zoneId)).toEqual([dmarc('reject'), `${mailFrom} 300 TXT ${theirs}`]);
    expect(await mailFromInSes()).toBeUndefined();
  });

  test('leaves what others had there', async () => {
    await cdk.destroy({ ...context, dmarcPolicy: 'reject' });

    expect(await aws.cnames(zoneId)).toEqual([]);
    expect(await aws.furtherRecords(zoneId)).toEqual([`${mailFrom} 300 TXT ${theirs}`]);
    expect(await aws.identities()).not.toContain(domain);
  });
});

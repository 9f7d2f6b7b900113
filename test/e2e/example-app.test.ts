import { Aws, type Cdk, cdkFor, describeE2e, dkimCnames } from './support';

jest.setTimeout(180_000);

describeE2e('the example app, deployed by the CDK CLI', () => {
  const aws = new Aws();
  let cdk: Cdk;
  const context = { domainName: 'Mail.E2E.example.com.', hostedZoneId: '', zoneName: 'e2e.example.com' };
  const domain = 'mail.e2e.example.com';

  beforeAll(async () => {
    cdk = await cdkFor('example');
    context.hostedZoneId = await aws.createZone('e2e.example.com');
  });

  test('makes the identity and its three records, and gives them as outputs', async () => {
    const { EasyDkimExample: outputs } = await cdk.deploy(context);

    const tokens = await aws.dkimTokens(domain);
    expect(tokens).toHaveLength(3);
    expect(await aws.identities()).toContain(domain);
    expect(await aws.cnames(context.hostedZoneId)).toEqual(dkimCnames(domain, tokens));
    expect(Object.values(outputs).sort()).toEqual(
      tokens.flatMap((token) => [token, `${token}._domainkey.${domain} CNAME ${token}.dkim.amazonses.com`]).sort(),
    );
  });

  test('changes the TTL in place', async () => {
    await cdk.deploy({ ...context, ttl: '60' });

    expect(await aws.cnames(context.hostedZoneId)).toEqual(dkimCnames(domain, await aws.dkimTokens(domain), 60));
  });

  test('moves to another domain and leaves nothing of the former one', async () => {
    const moved = 'news.e2e.example.com';
    await cdk.deploy({ ...context, domainName: moved });

    expect(await aws.cnames(context.hostedZoneId)).toEqual(dkimCnames(moved, await aws.dkimTokens(moved)));
    expect(await aws.identities()).toContain(moved);
    expect(await aws.identities()).not.toContain(domain);
  });

  test('is destroyed without a trace', async () => {
    await cdk.destroy(context);

    expect(await aws.cnames(context.hostedZoneId)).toEqual([]);
    expect(await aws.identities()).not.toContain('news.e2e.example.com');
  });

  test("fails on somebody else's record with a reason that says what to do, and changes nothing", async () => {
    const domainName = 'taken.e2e.example.com';
    const [token] = await aws.futureTokens(domainName);
    const name = `${token}._domainkey.${domainName}`;
    await aws.createCname(context.hostedZoneId, name, 'elsewhere.example.net');

    const failure = await cdk.failureToDeploy({ ...context, domainName });

    expect(failure?.replace(/\s+/g, ' ')).toContain(
      `Easy DKIM for ${domainName} (SES in us-east-1, hosted zone ${context.hostedZoneId}): The record ${name} exists ` +
        `in hosted zone ${context.hostedZoneId} with a different value: it is CNAME elsewhere.example.net and should be ` +
        `CNAME ${token}.dkim.amazonses.com. Set overwriteRecords: true to replace it`,
    );
    expect(await aws.cnames(context.hostedZoneId)).toEqual([`${name} 300 elsewhere.example.net`]);
    expect(await aws.identities()).not.toContain(domainName);

    await cdk.deploy({ ...context, domainName, overwriteRecords: 'true' });
    expect(await aws.cnames(context.hostedZoneId)).toEqual(dkimCnames(domainName, await aws.dkimTokens(domainName)));
    await cdk.destroy(context);
  });
});

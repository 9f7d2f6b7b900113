import { Aws, Cdk, describeE2e, dkimCnames } from './support';

jest.setTimeout(180_000);

describeE2e('the example of two Regions', () => {
  const aws = new Aws();
  const cdk = new Cdk('npx tsx examples/apps/two-regions.ts');
  const domain = 'regions.example.com';

  test('has an identity in each Region, and the records of both in one zone', async () => {
    const context = { domainName: domain, hostedZoneId: await aws.createZone(domain), zoneName: domain };
    await cdk.deploy(context);

    const regions = ['eu-west-1', 'us-east-1'].map((region) => new Aws(region));
    const tokens = await Promise.all(regions.map((region) => region.dkimTokens(domain)));
    for (const region of regions) {
      expect(await region.identities()).toContain(domain);
    }
    expect(await aws.cnames(context.hostedZoneId)).toEqual(dkimCnames(domain, [...new Set(tokens.flat())]));

    await cdk.destroy(context);
    for (const region of regions) {
      expect(await region.identities()).not.toContain(domain);
    }
    expect(await aws.cnames(context.hostedZoneId)).toEqual([]);
  });
});

describeE2e('the example of two accounts', () => {
  const aws = new Aws();
  const cdk = new Cdk('npx tsx examples/apps/cross-account.ts');
  const domain = 'mail.example.com';

  test('writes through the delegation role, waits, and gives what depends on it a verified domain', async () => {
    const { Dns, Mail } = await cdk.deploy({});

    expect(await aws.cnames(Dns.HostedZoneId)).toEqual(dkimCnames(domain, await aws.dkimTokens(domain)));
    expect(Mail.From).toBe(`no-reply@${domain}`);

    await cdk.destroy({});
    expect(await aws.identities()).not.toContain(domain);
  });
});

import { Aws, cdkFor, describeE2e, dkimCnames, E2E } from './support';

jest.setTimeout(180_000);

describeE2e('the example of two Regions', () => {
  const aws = new Aws();
  const domain = 'regions.example.com';

  test('has an identity in each Region, and the records of both in one zone', async () => {
    const cdk = await cdkFor('two-regions', 'examples/two-regions.ts');
    const context = { hostedZoneId: await aws.createZone(domain), zoneName: domain };
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
  const domain = 'mail.example.com';

  test('writes through the delegation role, waits, and gives what depends on it a verified domain', async () => {
    const cdk = await cdkFor('cross-account', 'examples/cross-account.ts');
    const account = E2E!.CDK_DEFAULT_ACCOUNT!;
    const hostedZoneId = await aws.createZone('example.com');
    const context = { hostedZoneId, dnsAccount: account, mailAccount: account };
    const { Mail } = await cdk.deploy(context);

    expect(await aws.cnames(hostedZoneId)).toEqual(dkimCnames(domain, await aws.dkimTokens(domain)));
    expect(Mail.From).toBe(`no-reply@${domain}`);

    await cdk.destroy(context);
    expect(await aws.identities()).not.toContain(domain);
    expect(await aws.cnames(hostedZoneId)).toEqual([]);
  });
});

import { Aws, type Cdk, cdkFor, describeE2e, dkimCnames } from './support';
import { FaultProxy, type Fault } from './fault-proxy';

jest.setTimeout(240_000);

describeE2e('between a deployment and AWS', () => {
  const domain = 'faults.example.com';
  const aws = new Aws();
  let cdk: Cdk;
  let proxy: FaultProxy;
  let context: Record<string, string>;

  beforeAll(async () => {
    cdk = await cdkFor('faults', 'test/e2e/proxied-app.ts');
  });

  beforeEach(async () => {
    proxy = await FaultProxy.start();
    context = { hostedZoneId: await aws.createZone(domain), zoneName: domain, proxy: proxy.url };
  });

  afterEach(() => proxy.stop());

  /** Plans the faults, runs the step, and expects that every fault has hit. */
  async function through(faults: Record<string, Fault[]>, step: () => Promise<unknown>): Promise<void> {
    proxy.plan = new Map(Object.entries(faults).map(([operation, kinds]) => [operation, [...kinds]]));
    proxy.hits.length = 0;
    await step();
    expect(proxy.hits.sort()).toEqual(
      Object.entries(faults)
        .flatMap(([operation, kinds]) => kinds.map((kind) => `${operation} ${kind}`))
        .sort(),
    );
  }

  test('throttles, errors and broken connections do no harm', async () => {
    await through(
      {
        CreateEmailIdentity: ['throttle', 'dropBefore'],
        VerifyDomainDkim: ['throttle', 'dropAfter'],
        ListResourceRecordSets: ['error500'],
        ChangeResourceRecordSets: ['dropBefore', 'dropAfter'],
        GetChange: ['throttle', 'dropBefore'],
      },
      () => cdk.deploy(context),
    );
    const tokens = await aws.dkimTokens(domain);
    expect(await aws.cnames(context.hostedZoneId)).toEqual(dkimCnames(domain, tokens));

    await through({ ListResourceRecordSets: ['throttle'], ChangeResourceRecordSets: ['error500', 'dropAfter'] }, () =>
      cdk.deploy({ ...context, ttl: '60' }),
    );
    expect(await aws.cnames(context.hostedZoneId)).toEqual(dkimCnames(domain, tokens, 60));

    await through(
      {
        DescribeStackResource: ['throttle'],
        GetEmailIdentity: ['dropBefore'],
        TagResource: ['dropAfter'],
        DeleteEmailIdentity: ['throttle', 'dropAfter'],
        ListResourceRecordSets: ['dropBefore'],
        ChangeResourceRecordSets: ['dropAfter'],
      },
      () => cdk.destroy(context),
    );
    expect(await aws.cnames(context.hostedZoneId)).toEqual([]);
    expect(await aws.identities()).not.toContain(domain);
  });

  test('a denial fails the deployment with the reason, and leaves nothing', async () => {
    proxy.denied.add('ChangeResourceRecordSets');
    // The handler does not hear that it has made the identity: its claim on it tells.
    proxy.plan.set('CreateEmailIdentity', ['dropAfter']);

    // Denials are retried for 45 seconds, or as long as there is time.
    const failure = await cdk.failureToDeploy({ ...context, timeout: '10' });

    expect(failure?.replace(/\s+/g, ' ')).toContain(
      `Easy DKIM for ${domain} (SES in us-east-1, hosted zone ${context.hostedZoneId}): Route 53 ChangeResourceRecordSets ` +
        `for hosted zone ${context.hostedZoneId} failed: AccessDenied`,
    );
    expect(await aws.cnames(context.hostedZoneId)).toEqual([]);
    expect(await aws.identities()).not.toContain(domain);
    await cdk.destroy(context);
  });
});

import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { ChangeResourceRecordSetsCommand, type ResourceRecordSet, Route53Client } from '@aws-sdk/client-route-53';
import { Aws, type Cdk, cdkFor, describeE2e, E2E } from './support';

jest.setTimeout(240_000);

describeE2e('a watch, deployed by the CDK CLI', () => {
  const zoneName = 'watched.example.com';
  const client = {
    endpoint: E2E?.AWS_ENDPOINT_URL,
    region: E2E?.AWS_REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const aws = new Aws();
  let cdk: Cdk;
  let context: Record<string, string>;

  beforeAll(async () => {
    cdk = await cdkFor('watch', 'test/e2e/watch-app.ts');
    context = { hostedZoneId: await aws.createZone(zoneName), zoneName };
  });

  it('puts a record back that somebody has deleted, by what CloudFormation shows of the deployment', async () => {
    await cdk.deploy(context);
    const deployed = await aws.cnames(context.hostedZoneId);
    await deleteCname(deployed[0]);
    expect(await aws.cnames(context.hostedZoneId)).toHaveLength(2);

    await invokeWatch();

    expect(await aws.cnames(context.hostedZoneId)).toEqual(deployed);
    await cdk.destroy(context);
    expect(await aws.cnames(context.hostedZoneId)).toEqual([]);
  });

  async function deleteCname(line: string): Promise<void> {
    const [Name, ttl, Value] = line.split(' ');
    const record: ResourceRecordSet = { Name, Type: 'CNAME', TTL: Number(ttl), ResourceRecords: [{ Value }] };
    await new Route53Client(client).send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: context.hostedZoneId,
        ChangeBatch: { Changes: [{ Action: 'DELETE', ResourceRecordSet: record }] },
      }),
    );
  }

  /** As the rule does on its schedule, which would take its time. */
  async function invokeWatch(): Promise<void> {
    const { StackResources = [] } = await new CloudFormationClient(client).send(
      new DescribeStackResourcesCommand({ StackName: 'Watched' }),
    );
    const handler = StackResources.find(({ ResourceType }) => ResourceType === 'AWS::Lambda::Function')!;
    const url = `${E2E!.AWS_ENDPOINT_URL}/2015-03-31/functions/${handler.PhysicalResourceId}/invocations`;
    const response = await fetch(url, {
      method: 'POST',
      // The emulator looks for the Region here.
      headers: { authorization: `AWS4-HMAC-SHA256 Credential=test/20270101/${E2E!.AWS_REGION}/lambda/aws4_request` },
      body: JSON.stringify({ Watch: { StackId: handler.StackId, Repair: true } }),
    });
    expect([response.status, await response.text()]).toEqual([200, 'null']);
  }
});

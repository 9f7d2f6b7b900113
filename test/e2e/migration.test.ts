/**
 * Moves a domain from each peer's construct to ours, on the way that docs/migration.md shows. Run by
 * `npm run test:migration`, which installs the peers.
 *
 * The emulator gives a domain the same tokens each time, so that they alone prove nothing: what proves
 * that nothing is made anew is that our handler may not write, and that CloudFormation deletes nothing. It may try to
 * make the identity, which SES refuses while there is one, and tag it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, paginateDescribeStackEvents, StackEvent } from '@aws-sdk/client-cloudformation';
import { ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { SESClient, VerifyDomainDkimCommand } from '@aws-sdk/client-ses';
import { FaultProxy } from './fault-proxy';
import { Domain, PEERS } from './migration/peers';
import { Aws, type Cdk, cdkFor, describeE2e, dkimCnames, E2E, SES_URL } from './support';

jest.setTimeout(180_000);

const STACKS = Object.keys(PEERS);
const WRITES = ['VerifyDomainDkim', 'DeleteEmailIdentity', 'ChangeResourceRecordSets'];

const client = {
  endpoint: E2E?.AWS_ENDPOINT_URL,
  region: E2E?.AWS_REGION,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};

test('the guide shows the very code that is tested', () => {
  const text = (...path: string[]) => readFileSync(join(__dirname, ...path), 'utf8');
  expect(text('..', '..', 'docs', 'migration.md')).toContain(text('migration', 'keep.ts'));
});

(process.env.MIGRATION_PEERS ? describeE2e : describe.skip)('a domain that moves to EasyDkimDomain', () => {
  const aws = new Aws();
  const domains: Record<string, Domain> = {};
  let cdk: Cdk;
  let proxy: FaultProxy;
  let watch: Watch | undefined;

  const context = (phase: string) => ({ phase, domains: JSON.stringify(domains), proxy: proxy.url });

  async function deploy(phase: string): Promise<void> {
    await cdk.deploy(context(phase), ['--concurrency', String(STACKS.length)]);
  }

  async function expectAllAsBefore(): Promise<void> {
    expect(proxy.hits).toEqual([]);
    expect([...watch!.missing]).toEqual([]);
    for (const { name, zoneId, tokens } of Object.values(domains)) {
      expect(await aws.cnames(zoneId)).toEqual(dkimCnames(name, tokens));
      expect(await aws.identities()).toContain(name);
      expect(await aws.dkimTokens(name)).toEqual(tokens);
    }
  }

  beforeAll(async () => {
    cdk = await cdkFor('migration', 'test/e2e/migration/app.ts');
    proxy = await FaultProxy.start();
    for (const stack of STACKS) {
      const name = `${stack.toLowerCase()}.example`;
      domains[stack] = { name, zoneId: await aws.createZone(name), tokens: await aws.futureTokens(name) };
    }
    await deploy('old');
    await giveTokens(domains.EmailIdentity.name);
    watch = new Watch(aws, Object.values(domains));
    await expectAllAsBefore();
    WRITES.forEach((operation) => proxy.denied.add(operation));
  });

  afterAll(async () => {
    await watch?.stop();
    await proxy.stop();
  });

  test('is kept by CloudFormation, found, and used, without a change to identity or records', async () => {
    await deploy('kept');
    await deploy('moved');

    await expectAllAsBefore();
    const events = (await Promise.all(STACKS.map(eventsOf))).flat();
    const ends = (status: string) => typesOf(events.filter(({ ResourceStatus }) => ResourceStatus === status));
    const kept = [
      'AWS::CloudFormation::CustomResource',
      'AWS::Route53::RecordSet',
      'AWS::SES::EmailIdentity',
      'Custom::AWS',
    ];
    expect(ends('DELETE_SKIPPED')).toEqual(kept);
    expect(ends('DELETE_COMPLETE').filter((type) => kept.includes(type))).toEqual([]);
    expect(ends('DELETE_FAILED')).toEqual([]);
  });

  test('leaves what else the old construct made to whoever declares it by its logical id', async () => {
    expect(await typesIn(domains.VerifySesDomain)).toEqual(expect.arrayContaining(['MX', 'TXT']));
  });

  test('is taken over without a change to identity or records', async () => {
    await deploy('owned');

    await expectAllAsBefore();
  });

  test('goes with the new construct if that has taken it over, and else stays', async () => {
    await watch!.stop();
    proxy.denied.clear();
    await cdk.destroy(context('owned'));

    const { VerifySesDomain: kept, ...owned } = domains;
    expect(await aws.cnames(kept.zoneId)).toEqual(dkimCnames(kept.name, kept.tokens));
    expect(await aws.identities()).toContain(kept.name);
    for (const { name, zoneId } of Object.values(owned)) {
      expect(await aws.cnames(zoneId)).toEqual([]);
      expect(await aws.identities()).not.toContain(name);
    }
    // The MX record is the stack's, the TXT record is nobody's.
    expect(await typesIn(domains.VerifySesDomain)).not.toContain('MX');
    expect(await typesIn(domains.VerifySesDomain)).toContain('TXT');
  });
});

/** Looks at the records again and again, and notes what it does not find as it was. */
class Watch {
  readonly missing = new Set<string>();
  private stopped = false;
  private readonly done: Promise<void>;

  constructor(aws: Aws, domains: readonly Domain[]) {
    this.done = this.run(aws, domains);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.done;
  }

  private async run(aws: Aws, domains: readonly Domain[]): Promise<void> {
    while (!this.stopped) {
      for (const { name, zoneId, tokens } of domains) {
        const found = await aws.cnames(zoneId);
        if (found.join() !== dkimCnames(name, tokens).join()) this.missing.add(`${name} has ${found.length} of 3`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function eventsOf(stack: string): Promise<StackEvent[]> {
  const events: StackEvent[] = [];
  const pages = paginateDescribeStackEvents({ client: new CloudFormationClient(client) }, { StackName: stack });
  for await (const { StackEvents = [] } of pages) {
    events.push(...StackEvents);
  }
  return events;
}

function typesOf(events: readonly StackEvent[]): string[] {
  return [...new Set(events.map(({ ResourceType = '' }) => ResourceType))].sort();
}

async function typesIn({ zoneId }: Domain): Promise<string[]> {
  const request = new ListResourceRecordSetsCommand({ HostedZoneId: zoneId });
  const { ResourceRecordSets = [] } = await new Route53Client(client).send(request);
  return ResourceRecordSets.map(({ Type = '' }) => Type);
}

/** On AWS an identity that CloudFormation made has tokens, and signs. In the emulator it has none. */
async function giveTokens(domain: string): Promise<void> {
  await new SESClient({ ...client, endpoint: SES_URL }).send(new VerifyDomainDkimCommand({ Domain: domain }));
}

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import {
  DeleteIdentityCommand,
  GetIdentityDkimAttributesCommand,
  ListIdentitiesCommand,
  SESClient,
  VerifyDomainDkimCommand,
} from '@aws-sdk/client-ses';
import type { Cdk } from '../../scripts/lib/cdk.mjs' with { 'resolution-mode': 'import' };

export type { Cdk };

/** The environment of the emulator, which `npm test` starts. */
export const E2E =
  process.env.E2E_ENV === undefined ? undefined : (JSON.parse(process.env.E2E_ENV) as NodeJS.ProcessEnv);

/** Where the emulator has all of SES; other calls are passed on. */
export const SES_URL = E2E?.AWS_ENDPOINT_URL_SES ?? E2E?.AWS_ENDPOINT_URL;

/** Without an emulator these tests are skipped; `npm test` says why. */
export const describeE2e = E2E ? describe : describe.skip;

/** The real CDK CLI on an app of this project, by default that of cdk.json; `name` is that of its logs. */
export async function cdkFor(name: string, app?: string): Promise<Cdk> {
  const { Cdk } = await import('../../scripts/lib/cdk.mjs');
  const folder = mkdtempSync(join(tmpdir(), 'easy-dkim-e2e-'));
  // The validation of templates takes seconds, and so does a change set; test/lib has the first, the app of cdk.json the
  // second.
  const quick = { CDK_VALIDATION: 'false', ...(app && { CDK_METHOD: 'direct' }) };
  const environment = { ...process.env, ...E2E, ...quick };
  return new Cdk({ name, folder, environment, app: app && `node --import tsx ${app}` });
}

/** What Route 53 and SES hold, read with the SDK. */
export class Aws {
  private readonly route53: Route53Client;

  /** @param account the access key id: the emulator takes twelve digits for an account */
  constructor(
    private readonly region = E2E?.AWS_REGION,
    private readonly account = 'test',
  ) {
    this.route53 = new Route53Client(this.config());
  }

  async createZone(name: string): Promise<string> {
    const { HostedZone } = await this.route53.send(
      new CreateHostedZoneCommand({ Name: name, CallerReference: `${Date.now()}-${Math.random()}` }),
    );
    return HostedZone!.Id!.replace('/hostedzone/', '');
  }

  /** The CNAME records of a zone, as `<name> <ttl> <value>`. */
  async cnames(zoneId: string): Promise<string[]> {
    const sets = await this.recordSets(zoneId);
    return sets
      .filter(({ Type }) => Type === 'CNAME')
      .map(({ Name, TTL, ResourceRecords }) => `${Name} ${TTL} ${ResourceRecords?.[0].Value}`.replaceAll('. ', ' '))
      .sort();
  }

  /** The record sets of a zone that are neither CNAMEs nor its own NS and SOA, as `<name> <ttl> <type> <values>`. */
  async furtherRecords(zoneId: string): Promise<string[]> {
    const sets = await this.recordSets(zoneId);
    return sets
      .filter(({ Type }) => !['CNAME', 'NS', 'SOA'].includes(Type!))
      .map(({ Name, TTL, Type, ResourceRecords = [] }) =>
        [Name!.replace(/\.$/, ''), TTL, Type, ...ResourceRecords.map(({ Value }) => Value)].join(' '),
      )
      .sort();
  }

  createCname(zoneId: string, name: string, value: string): Promise<void> {
    return this.createRecordSet(zoneId, 'CNAME', name, [value]);
  }

  async createRecordSet(zoneId: string, type: 'CNAME' | 'TXT', name: string, values: string[]): Promise<void> {
    await this.route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        ChangeBatch: {
          Changes: [
            {
              Action: 'CREATE',
              ResourceRecordSet: {
                Name: name,
                Type: type,
                TTL: 300,
                ResourceRecords: values.map((Value) => ({ Value })),
              },
            },
          ],
        },
      }),
    );
  }

  /** The tokens that the domain will have: the emulator gives the same ones again. */
  async futureTokens(domain: string): Promise<string[]> {
    const { DkimTokens = [] } = await this.ses().send(new VerifyDomainDkimCommand({ Domain: domain }));
    await this.ses().send(new DeleteIdentityCommand({ Identity: domain }));
    return DkimTokens;
  }

  async identities(): Promise<string[]> {
    const { Identities = [] } = await this.ses().send(new ListIdentitiesCommand({}));
    return Identities;
  }

  async dkimTokens(domain: string): Promise<string[]> {
    const { DkimAttributes } = await this.ses().send(new GetIdentityDkimAttributesCommand({ Identities: [domain] }));
    return DkimAttributes?.[domain]?.DkimTokens ?? [];
  }

  private async recordSets(zoneId: string): Promise<ResourceRecordSet[]> {
    const { ResourceRecordSets = [] } = await this.route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }),
    );
    return ResourceRecordSets;
  }

  private ses(): SESClient {
    return new SESClient({ ...this.config(), endpoint: SES_URL });
  }

  private config() {
    return {
      endpoint: E2E?.AWS_ENDPOINT_URL,
      region: this.region,
      credentials: { accessKeyId: this.account, secretAccessKey: 'test' },
    };
  }
}

/** The three records that a domain with these tokens has, as {@link Aws.cnames} gives them. */
export function dkimCnames(domain: string, tokens: readonly string[], ttl = 1800): string[] {
  return tokens.map((token) => `${token}._domainkey.${domain} ${ttl} ${token}.dkim.amazonses.com`).sort();
}

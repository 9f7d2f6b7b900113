import type { ResourceProperties } from '../../lib/shared/contract';
import type { Wish } from './plan';

export const STACK_REGION = 'eu-west-1';
export const ACCOUNT = '111111111111';
export const DNS_ACCOUNT = '222222222222';

/** The resources of each stack. The first ones of the two stacks may be for one identity. */
export const RESOURCES = [
  { logicalId: 'Mail', domains: ['example.com', 'mail.example.com'], regions: ['eu-west-1', 'eu-south-1'] },
  { logicalId: 'News', domains: ['example.com', 'news.example.com'], regions: ['us-east-1'] },
] as const;

export const STACKS = ['Test', 'Other'].map(
  (name) => `arn:aws:cloudformation:eu-west-1:111111111111:stack/${name}/0001`,
);

export const DOMAINS = ['example.com', 'mail.example.com', 'news.example.com'];
export const REGIONS = ['eu-west-1', 'eu-south-1', 'us-east-1'];

/** Two zones of one name, one of the subdomain, and one of another account. */
export const ZONES = [
  { id: 'Z0FIRST', name: 'example.com', account: ACCOUNT },
  { id: 'Z0SECOND', name: 'example.com', account: ACCOUNT },
  { id: 'Z0NESTED', name: 'mail.example.com', account: ACCOUNT },
  { id: 'Z0FOREIGN', name: 'example.com', account: DNS_ACCOUNT },
] as const;

export const ROLE = `arn:aws:iam::${DNS_ACCOUNT}:role/easy-dkim`;

export const DMARC = { watch: 'v=DMARC1; p=none', reject: 'v=DMARC1; p=reject; sp=none' } as const;

/** What CloudFormation sends for a resource whose wishes so far add up to the given one. */
export function toProperties(resource: number, wish: Wish): ResourceProperties {
  const { domains, regions } = RESOURCES[resource];
  const domain = at(domains, wish.domain);
  const chosen = at(ZONES, wish.zone);
  const fits = domain === chosen.name || domain.endsWith(`.${chosen.name}`);
  const zone = fits ? chosen : ZONES[0];
  const { defect = 'none', dmarc = 'none', keys = 'none' } = wish;
  const prefix = wish.mailFrom ?? 'none';
  const mailFrom = prefix === 'none' || resource === 0 ? prefix : `${prefix}-${resource}`;
  const role = zone.account === ACCOUNT || defect === 'no role' ? undefined : ROLE;
  return withoutUndefined({
    DomainName: defect === 'bad domain' ? `${domain}/` : domain,
    SesRegion: at(regions, wish.region),
    ...(!wish.elsewhere && {
      HostedZoneId: defect === 'no such zone' ? 'Z0NOWHERE' : defect === 'other zone' ? otherZone(domain) : zone.id,
      HostedZoneName: wish.zoneNameKnown === false || defect === 'other zone' ? undefined : zone.name,
    }),
    Ttl: defect === 'bad ttl' ? '0' : (wish.ttl ?? '1800'),
    OverwriteRecords: wish.overwrite ? 'true' : 'false',
    RemovalPolicy: wish.retain ? 'retain' : 'destroy',
    TakeOwnership: wish.takeOwnership ? 'true' : undefined,
    DelegationRoleArn: defect === 'bad role' ? 'arn:aws:iam::2:role/x' : wish.elsewhere ? undefined : role,
    MailFromDomain: mailFrom === 'none' ? undefined : `${mailFrom}.${domain}`,
    // Where two resources have one domain, one of them has its DMARC record.
    DmarcRecord: resource > 0 || dmarc === 'none' ? undefined : DMARC[dmarc],
    SigningKeyLength: keys === 'none' ? undefined : keys,
    WaitForVerification: wish.wait === undefined || wish.wait === 'none' ? undefined : wish.wait,
  } as const);
}

/** A zone that cannot hold the domain; only the zone itself says so, as its name is not known. */
function otherZone(domain: string): string {
  return domain === 'mail.example.com' ? 'Z0NOWHERE' : 'Z0NESTED';
}

export function at<T>(values: readonly T[], index = 0): T {
  return values[index % values.length];
}

/** What CloudFormation sends has no fields without a value. */
function withoutUndefined<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

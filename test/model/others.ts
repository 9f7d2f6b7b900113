import type { FakeAws, Identity } from '../fakes/fake-aws';
import type { ActPlan, IdentityAct, RecordAct, Setup, SigningHost } from './plan';
import { ACCOUNT, at, DOMAINS, REGIONS, ZONES } from './places';
import { documentedDkimDomain } from '../../lib/private/dkim-domains';

/** Everybody else in the account: they change identities, records, zones, policies and SES itself. */
export class Others {
  /** The operations that a policy denies. */
  readonly denied = new Set<string>();
  private remakes = 0;

  constructor(
    private readonly fake: FakeAws,
    setup: Setup,
    private readonly advance: (ms: number) => void,
  ) {
    this.setSes(setup.sesv2, setup.signingHost);
  }

  act(plan: ActPlan): void {
    switch (plan.on) {
      case 'identity':
        this.actOnIdentity(at(REGIONS, plan.region), at(DOMAINS, plan.domain), plan.what);
        break;
      case 'record':
        this.actOnRecord(plan, plan.what);
        break;
      case 'zone':
        this.fake.removeZone(at(ZONES, plan.zone).id);
        break;
      case 'ses':
        this.setSes(plan.sesv2, plan.signingHost);
        break;
      case 'policy':
        this.denied.clear();
        if (plan.denied !== null) this.denied.add(plan.denied);
        break;
      case 'time':
        this.advance(plan.hours * 3_600_000);
        break;
    }
  }

  /** The tokens that an identity has, or would get. */
  tokens(region: string, domain: string): readonly string[] {
    const { fake } = this;
    const tokens = fake.identity(region, domain)?.tokens ?? [];
    return tokens.length === 3 ? tokens : fake.identities.easyDkimTokens(ACCOUNT, region, domain);
  }

  private setSes(sesv2: Setup['sesv2'], signingHost: SigningHost): void {
    const { fake } = this;
    fake.sesv2 = sesv2;
    fake.signingHostedZoneFor = (region) => hostOf(region, signingHost);
    for (const region of REGIONS) {
      for (const identity of fake.identities.in(ACCOUNT, region).values()) {
        identity.signingHostedZone = hostOf(region, signingHost);
      }
    }
  }

  private actOnIdentity(region: string, domain: string, what: IdentityAct): void {
    const { fake } = this;
    const identity = fake.identity(region, domain);
    const make = (partial: Partial<Identity>) => {
      if (!identity) fake.addIdentity(region, domain, partial);
    };
    switch (what) {
      case 'make':
        return make({});
      case 'make pending':
        return make({ dkimStatus: 'Pending' });
      case 'make without DKIM':
        return make({ dkimStatus: 'NotStarted', verificationStatus: 'Success' });
      case 'make failed':
        return make({ dkimStatus: 'Failed' });
      case 'make BYODKIM':
        return make({ origin: 'EXTERNAL' });
      case 'make failed BYODKIM':
        return make({ origin: 'EXTERNAL', dkimStatus: 'Failed' });
      case 'make replica':
        return make({ origin: 'AWS_SES_US_EAST_2' });
      case 'remove':
        fake.removeIdentity(region, domain);
        return;
      case 'remake':
        fake.removeIdentity(region, domain);
        fake.addIdentity(region, domain);
        return;
      case 'verify':
        if (identity) fake.setDkimStatus(region, domain, 'Success');
        return;
      case 'give up':
        if (identity) fake.setDkimStatus(region, domain, 'Failed');
        return;
    }
  }

  private actOnRecord(
    place: { readonly domain: number; readonly region: number; readonly zone: number; readonly token: number },
    what: RecordAct,
  ): void {
    const { fake } = this;
    const [region, domain] = [at(REGIONS, place.region), at(DOMAINS, place.domain)];
    const { id: zoneId, name: zoneName } = at(ZONES, place.zone);
    const zone = fake.zones.get(zoneId);
    if (!zone || (domain !== zoneName && !domain.endsWith(`.${zoneName}`))) return;
    const token = at(this.tokens(region, domain), place.token);
    const name = `${token}._domainkey.${domain}`;
    const present = fake.records(zoneId).find((record) => record.name === name);
    const right = `${token}.${fake.signingHostedZoneFor(region) ?? documentedDkimDomain(region)}`;
    const clear = () => {
      for (const { type, setIdentifier } of zone.named(`${name}.`))
        fake.removeRecord(zoneId, name, type, setIdentifier);
    };
    const put = (type: string, value: string, further: object = {}) => {
      clear();
      fake.putRecord(zoneId, { name, type, ttl: 600, values: [value], ...further });
    };
    switch (what) {
      case 'remove':
        return clear();
      case 'put right':
        return put('CNAME', right);
      case 'put right with dot':
        return put('CNAME', `${right.toUpperCase()}.`);
      case 'put wrong':
        this.remakes += 1;
        return put('CNAME', `other${this.remakes}.example.net`);
      case 'change TTL':
        if (present?.type === 'CNAME') fake.putRecord(zoneId, { ...present, ttl: present.ttl + 1 });
        return;
      case 'put TXT':
        return put('TXT', '"v=DKIM1"');
      case 'put weighted':
        return put('CNAME', right, { setIdentifier: 'one', weight: 1 });
      case 'put neighbour':
        fake.putRecord(zoneId, { name: `_domainkey.${domain}`, type: 'TXT', ttl: 600, values: ['"o=-"'] });
        fake.putRecord(zoneId, {
          name: `other._domainkey.${domain}`,
          type: 'CNAME',
          ttl: 600,
          values: ['example.net'],
        });
        return;
    }
  }
}

function hostOf(region: string, host: SigningHost): string | undefined {
  switch (host) {
    case 'documented':
      return documentedDkimDomain(region);
    case 'cell':
      return `dkim.${region}.cell2.amazonses.com`;
    case 'unsaid':
      return undefined;
  }
}

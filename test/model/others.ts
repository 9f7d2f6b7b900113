import type { SigningKeyLength } from '../../lib/shared/contract';
import type { FakeAws, Identity } from '../fakes/fake-aws';
import type { Zone } from '../fakes/zones';
import { CLAIM_PREFIX } from '../../lib/shared/claim-tags';
import type { ActPlan, IdentityAct, RecordAct, SettingsAct, Setup, SigningHost, TagAct } from './plan';
import { FURTHER_RECORDS, type FurtherRecord, kindOfTxt } from './further-records';
import { ACCOUNT, at, DMARC, DOMAINS, REGIONS, ZONES } from './places';
import { PARENT_ORIGIN } from './replicas';
import { documentedDkimDomain } from '../../lib/shared/dkim-hosts';

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
      case 'settings':
        this.actOnSettings(at(REGIONS, plan.region), at(DOMAINS, plan.domain), plan.what);
        break;
      case 'tags':
        this.actOnTags(at(REGIONS, plan.region), at(DOMAINS, plan.domain), plan.what);
        break;
      case 'keys':
        this.changeKeys(at(REGIONS, plan.region), at(DOMAINS, plan.domain), plan.length);
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
    // SES keeps the parent of a replica.
    if (/^re(move|make)$/.test(what) && fake.identities.hasReplicas(ACCOUNT, region, domain)) return;
    const make = (partial: Partial<Identity>) => {
      if (!identity) fake.addIdentity(region, domain, partial);
    };
    switch (what) {
      case 'make':
        return make({ keyLength: 'RSA_2048_BIT' });
      case 'make pending':
        return make({ dkimStatus: 'Pending', keyLength: 'RSA_1024_BIT' });
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
      case 'replicate':
        return make(fake.identities.replicaOf(ACCOUNT, PARENT_ORIGIN, domain));
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

  private changeKeys(region: string, domain: string, length: SigningKeyLength): void {
    const { fake } = this;
    const identity = fake.identity(region, domain);
    if (identity?.origin !== 'AWS_SES' || identity.tokens.length !== 3) return;
    if (identity.keyLength === length || fake.identities.hasNewKeys(identity)) return;
    fake.identities.renewKeys(ACCOUNT, region, identity, length);
  }

  private actOnTags(region: string, domain: string, what: TagAct): void {
    const identity = this.fake.identity(region, domain);
    if (!identity) return;
    const isClaim = (key: string) => key.startsWith(CLAIM_PREFIX);
    const { tags } = identity;
    switch (what) {
      case 'remove claims':
        identity.tags = Object.fromEntries(Object.entries(tags).filter(([key]) => !isClaim(key)));
        return;
      case 'remove all':
        identity.tags = {};
        return;
      case 'edit claim': {
        const keys = Object.keys(tags).filter(isClaim);
        // Any of them, as time has it.
        const key = keys.at(Math.floor(this.fake.clock.now() / 1_000) % keys.length);
        if (key) identity.tags = { ...tags, [key]: 'mine' };
        return;
      }
      case 'put theirs':
        identity.tags = { ...tags, theirs: 'yes' };
        return;
    }
  }

  private actOnSettings(region: string, domain: string, what: SettingsAct): void {
    const identity = this.fake.identity(region, domain);
    if (!identity) return;
    const topic = `arn:aws:sns:${region}:111111111111:theirs`;
    const ours = `arn:aws:sns:${region}:111111111111:feedback`;
    switch (what) {
      case 'as ours':
        identity.mailFrom = { domain: `bounce.${domain}`, behavior: 'UseDefaultValue', status: 'Success' };
        identity.configurationSet = 'main';
        identity.topics = { Bounce: ours, Complaint: ours };
        return;
      case 'mail from':
        identity.mailFrom = { domain: `theirs.${domain}`, behavior: 'UseDefaultValue', status: 'Success' };
        return;
      case 'give up mail from':
        if (identity.mailFrom) identity.mailFrom.status = 'Failed';
        return;
      case 'configuration set':
        identity.configurationSet = 'theirs';
        return;
      case 'topics':
        identity.topics = { Bounce: topic, Complaint: topic };
        return;
      case 'no forwarding':
        identity.forwarding = identity.topics.Bounce === undefined || identity.topics.Complaint === undefined;
        return;
      case 'policy':
        identity.policies = { ...identity.policies, theirs: '{"Statement":[]}' };
        return;
      case 'reset':
        Object.assign(identity, {
          mailFrom: undefined,
          configurationSet: undefined,
          forwarding: true,
          topics: {},
          headers: [],
        });
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
    if (place.token > 2) return this.actOnFurtherRecord(zone, domain, at(FURTHER_RECORDS, place.token), what);
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

  private actOnFurtherRecord(zone: Zone, domain: string, id: FurtherRecord['id'], what: RecordAct): void {
    const { fake } = this;
    const name = id === 'dmarc' ? `_dmarc.${domain}` : `bounce.${domain}`;
    const type = id === 'mx' ? 'MX' : 'TXT';
    const present = zone.named(`${name}.`, type).at(0);
    const values = present?.values ?? [];
    const rest = type === 'MX' ? [] : values.filter((value) => kindOfTxt(value) !== id);
    const put = (value: string, further: object = {}) => {
      for (const set of zone.named(`${name}.`)) {
        if (set.type === type || set.type === 'CNAME') fake.removeRecord(zone.id, name, set.type, set.setIdentifier);
      }
      fake.putRecord(zone.id, { name, type, ttl: present?.ttl ?? 600, values: [...rest, value], ...further });
    };
    this.remakes += 1;
    switch (what) {
      case 'remove':
        for (const set of zone.named(`${name}.`)) fake.removeRecord(zone.id, name, set.type, set.setIdentifier);
        return;
      case 'put right':
        return put(RIGHT[id]);
      case 'put right with dot':
        return put(SERVING[id]);
      case 'put wrong':
        return put(WRONG[id].replace('#', String(this.remakes)));
      case 'change TTL':
        if (present) fake.putRecord(zone.id, { ...present, ttl: present.ttl + 1 });
        return;
      case 'put TXT':
        if (type === 'TXT' && !present?.setIdentifier && zone.named(`${name}.`, 'CNAME').length === 0) {
          fake.putRecord(zone.id, {
            name,
            type,
            ttl: present?.ttl ?? 600,
            values: [...values, `"text ${this.remakes}"`],
          });
        }
        return;
      case 'put weighted':
        return put(RIGHT[id], { setIdentifier: 'one', weight: 1 });
      case 'put neighbour':
        if (zone.named(`${name}.`).length === 0) {
          fake.putRecord(zone.id, { name, type: 'CNAME', ttl: 600, values: ['elsewhere.example.net'] });
        }
        return;
    }
  }
}

/** As we write it, as somebody else may write the same, and what contends with it. */
const RIGHT = {
  mx: '10 feedback-smtp.eu-west-1.amazonses.com',
  spf: '"v=spf1 include:amazonses.com ~all"',
  dmarc: `"${DMARC.watch}"`,
};
const SERVING = {
  mx: '10 Feedback-SMTP.us-east-1.amazonses.com.',
  spf: '"v=spf1 ip4:192.0.2.1 include:amazonses.com -all"',
  dmarc: '"v=DMARC1;p=none;"',
};
const WRONG = {
  mx: '10 mx#.example.net',
  spf: '"v=spf1 ip4:192.0.2.# -all"',
  dmarc: '"v=DMARC1; p=quarantine; rua=mailto:a#@example.net"',
};

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

import { createHash } from 'node:crypto';
import { AwsError, required, type Call } from './call';
import type { FakeAws } from './fake-aws';
import { element, escapeXml, list } from './xml';

export type DkimStatus = 'NotStarted' | 'Pending' | 'Success' | 'Failed' | 'TemporaryFailure';
export type VerificationStatus = DkimStatus;
export type KeyLength = 'RSA_1024_BIT' | 'RSA_2048_BIT';
export type DkimOrigin = 'AWS_SES' | 'EXTERNAL' | `AWS_SES_${string}`;

export interface Identity {
  domain: string;
  /** Easy DKIM: 3 tokens. BYODKIM: the selector. */
  tokens: string[];
  dkimStatus: DkimStatus;
  verificationStatus: VerificationStatus;
  signingEnabled: boolean;
  origin: DkimOrigin;
  /** Where SES publishes the keys; undefined: the v2 API gives none, as before December 2025. */
  signingHostedZone: string | undefined;
  /** Free-form: tells apart who made it. */
  madeBy: string;
  mailFrom: MailFrom | undefined;
  /** The name of the default configuration set. */
  configurationSet: string | undefined;
  /** Whether feedback is forwarded by mail. */
  forwarding: boolean;
  /** SNS topics by type of notification. */
  topics: Partial<Record<NotificationType, string>>;
  /** The types of notification that have the headers of the mail. */
  headers: NotificationType[];
  tags: Record<string, string>;
  /** Of Easy DKIM; undefined: the v2 API does not say. */
  keyLength?: KeyLength;
  /** When the keys were changed: milliseconds since the epoch. */
  keysChangedAt?: number;
  /** Why SES has not verified it. */
  errorType?: string;
  /** The texts of its policies, by name. */
  policies: Record<string, string>;
}

export interface MailFrom {
  domain: string;
  behavior: 'UseDefaultValue' | 'RejectMessage';
  status: DkimStatus;
}

const NOTIFICATION_TYPES = ['Bounce', 'Complaint', 'Delivery'] as const;
export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

const DAY = 24 * 3_600_000;

/** How the v2 API answers: `denied` refuses every call; `down` breaks every connection. */
export type SesV2Mode = 'on' | 'denied' | 'down';

/** The identities of all accounts and Regions. */
export class Identities {
  private readonly regions = new Map<string, Map<string, Identity>>();
  private readonly former = new Map<string, { deletions: number; tokens: string[] }>();

  constructor(
    private readonly fake: FakeAws,
    private readonly seed: string,
  ) {}

  in(account: string, region: string): Map<string, Identity> {
    const key = `${account} ${region}`;
    let identities = this.regions.get(key);
    if (!identities) this.regions.set(key, (identities = new Map<string, Identity>()));
    return identities;
  }

  /** Those of all accounts and Regions. */
  all(): { account: string; region: string; identity: Identity }[] {
    return [...this.regions].flatMap(([key, identities]) => {
      const [account = '', region = ''] = key.split(' ');
      return [...identities.values()].map((identity) => ({ account, region, identity }));
    });
  }

  /** The identity as SES sees it now: a pending one may have been verified meanwhile. */
  get(account: string, region: string, domain: string): Identity | undefined {
    const identity = this.regions.get(`${account} ${region}`)?.get(domain.toLowerCase());
    if (identity?.dkimStatus === 'Pending' && this.isVerified(identity)) {
      identity.dkimStatus = 'Success';
      identity.verificationStatus = 'Success';
    }
    return identity;
  }

  add(account: string, region: string, domain: string, partial: Partial<Identity>): Identity {
    const name = domain.toLowerCase();
    const { origin = 'AWS_SES', dkimStatus = 'Pending' } = partial;
    const identity: Identity = {
      domain: name,
      tokens: partial.tokens ?? this.tokens(account, region, name, origin, dkimStatus),
      dkimStatus,
      verificationStatus: dkimStatus === 'Success' ? 'Success' : 'Pending',
      signingEnabled: true,
      origin,
      signingHostedZone: this.fake.signingHostedZoneFor(region),
      madeBy: 'fake',
      mailFrom: undefined,
      configurationSet: undefined,
      forwarding: true,
      topics: {},
      headers: [],
      tags: {},
      policies: {},
      ...partial,
    };
    this.in(account, region).set(name, identity);
    return identity;
  }

  /** What a Deterministic Easy DKIM replica has of its parent, or why SES does not verify it. */
  replicaOf(account: string, origin: DkimOrigin, domain: string): Partial<Identity> {
    const parentRegion = origin.slice('AWS_SES_'.length).toLowerCase().replaceAll('_', '-');
    const parent = this.get(account, parentRegion, domain);
    const errorType = replicationError(parent);
    return errorType === undefined
      ? { origin, tokens: [...parent!.tokens], signingHostedZone: parent!.signingHostedZone }
      : { origin, tokens: [], dkimStatus: 'Failed', errorType };
  }

  /** SES keeps a parent as long as there are replicas of it. */
  hasReplicas(account: string, region: string, domain: string): boolean {
    const origin = `AWS_SES_${region.toUpperCase().replaceAll('-', '_')}`;
    return this.all().some(
      (each) => each.account === account && each.identity.domain === domain && each.identity.origin === origin,
    );
  }

  delete(account: string, region: string, domain: string): boolean {
    const name = domain.toLowerCase();
    const key = `${account} ${region} ${name}`;
    const identities = this.in(account, region);
    const tokens = identities.get(name)?.tokens;
    if (!tokens) return false;
    this.former.set(key, {
      deletions: (this.former.get(key)?.deletions ?? 0) + 1,
      tokens,
    });
    return identities.delete(name);
  }

  /** Keys of another length, with other tokens. */
  renewKeys(account: string, region: string, identity: Identity, keyLength: KeyLength): void {
    const tokens = this.renewTokens(account, region, identity.domain);
    const keysChangedAt = this.fake.clock.now();
    Object.assign(identity, { keyLength, tokens, origin: 'AWS_SES', dkimStatus: 'Pending', keysChangedAt });
  }

  /** Whether SES would not change the keys of an identity again yet. */
  hasNewKeys({ keysChangedAt = -Infinity }: Identity): boolean {
    return this.fake.clock.now() - keysChangedAt < DAY;
  }

  /** Other tokens for an identity that stays. */
  renewTokens(account: string, region: string, domain: string): string[] {
    const key = `${account} ${region} ${domain}`;
    this.former.set(key, { deletions: (this.former.get(key)?.deletions ?? 0) + 1, tokens: [] });
    return this.easyDkimTokens(account, region, domain);
  }

  /** Deterministic, so that a failing random run can be repeated with its seed. */
  easyDkimTokens(account: string, region: string, domain: string): string[] {
    const key = `${account} ${region} ${domain}`;
    const former = this.former.get(key);
    if (this.fake.reviveTokens && former?.tokens.length === 3) return [...former.tokens];
    const incarnation = former?.deletions ?? 0;
    return [1, 2, 3].map((n) =>
      createHash('sha256')
        .update(`${this.seed} ${key} ${String(incarnation)} ${String(n)}`)
        .digest('hex')
        .slice(0, 32),
    );
  }

  private tokens(account: string, region: string, domain: string, origin: DkimOrigin, status: DkimStatus): string[] {
    if (origin === 'EXTERNAL') return ['selector1'];
    return status === 'NotStarted' ? [] : this.easyDkimTokens(account, region, domain);
  }

  private isVerified(identity: Identity): boolean {
    const { verifyAfterMs, clock, zones } = this.fake;
    if (verifyAfterMs === undefined || identity.origin === 'EXTERNAL') return false;
    return identity.tokens.every((token) => {
      const since = zones.publicCnameSince(`${token}._domainkey.${identity.domain}.`, (target) =>
        pointsToKey(target, token, identity.signingHostedZone),
      );
      return since !== undefined && clock.now() >= since + verifyAfterMs;
    });
  }
}

function replicationError(parent: Identity | undefined): string | undefined {
  if (parent === undefined) return 'REPLICATION_PRIMARY_NOT_FOUND';
  if (parent.origin === 'EXTERNAL') return 'REPLICATION_PRIMARY_BYO_DKIM_NOT_SUPPORTED';
  return parent.origin === 'AWS_SES' ? undefined : 'REPLICATION_REPLICA_AS_PRIMARY_NOT_SUPPORTED';
}

function pointsToKey(target: string, token: string, signingHostedZone: string | undefined) {
  const name = target.toLowerCase().replace(/\.$/, '');
  if (signingHostedZone) return name === `${token}.${signingHostedZone}`;
  return name.startsWith(`${token}.dkim.`) && name.endsWith('amazonses.com');
}

type Operation = (fake: FakeAws, call: Call) => string;

/** SES v1, by operation: the inner XML of its `<...Result>`. */
export const sesOperations: Record<string, Operation> = {
  VerifyDomainDkim(fake, call) {
    const domain = validDomain(required(call, 'Domain'));
    const { account, region } = call;
    let identity = fake.identities.get(account, region, domain);
    if (!identity) {
      const madeBy = call.roleArn ?? account;
      identity = fake.identities.add(account, region, domain, { madeBy });
    } else if (identity.origin !== 'AWS_SES' || identity.tokens.length !== 3) {
      // What SES does to a BYODKIM identity or a replica is not documented: assume the worst, that
      // its signing is switched, so that a test sees the damage.
      identity.origin = 'AWS_SES';
      identity.dkimStatus = 'Pending';
      identity.tokens = fake.identities.easyDkimTokens(account, region, domain);
    }
    return list('DkimTokens', identity.tokens);
  },

  GetIdentityVerificationAttributes(fake, call) {
    const entries = identitiesOf(call).map((name) => {
      const identity = fake.identities.get(call.account, call.region, name);
      if (!identity) return '';
      return entry(name, element('VerificationStatus', identity.verificationStatus));
    });
    return `<VerificationAttributes>${entries.join('')}</VerificationAttributes>`;
  },

  GetIdentityDkimAttributes(fake, call) {
    const entries = identitiesOf(call).map((name) => {
      const identity = fake.identities.get(call.account, call.region, name);
      return entry(
        name,
        element('DkimEnabled', identity?.signingEnabled ?? false) +
          element('DkimVerificationStatus', identity?.dkimStatus ?? 'NotStarted') +
          list('DkimTokens', identity?.tokens ?? []),
      );
    });
    return `<DkimAttributes>${entries.join('')}</DkimAttributes>`;
  },

  DeleteIdentity(fake, call) {
    fake.identities.delete(call.account, call.region, required(call, 'Identity'));
    return '';
  },

  GetIdentityMailFromDomainAttributes(fake, call) {
    const entries = identitiesOf(call).map((name) => {
      const mailFrom = fake.identities.get(call.account, call.region, name)?.mailFrom;
      if (!mailFrom) return '';
      return entry(
        name,
        element('MailFromDomain', mailFrom.domain) +
          element('MailFromDomainStatus', mailFrom.status) +
          element('BehaviorOnMXFailure', mailFrom.behavior),
      );
    });
    return `<MailFromDomainAttributes>${entries.join('')}</MailFromDomainAttributes>`;
  },

  GetIdentityNotificationAttributes(fake, call) {
    const entries = identitiesOf(call).map((name) => {
      const identity = fake.identities.get(call.account, call.region, name);
      if (!identity) return '';
      const { topics, headers, forwarding } = identity;
      const each = NOTIFICATION_TYPES.map(
        (type) =>
          element(`${type}Topic`, topics[type]) +
          element(`HeadersIn${type}NotificationsEnabled`, headers.includes(type)),
      );
      return entry(name, element('ForwardingEnabled', forwarding) + each.join(''));
    });
    return `<NotificationAttributes>${entries.join('')}</NotificationAttributes>`;
  },

  SetIdentityMailFromDomain(fake, call) {
    const identity = knownIdentity(fake, call, (name) => `Identity <${name}> does not exist.`);
    const { MailFromDomain, BehaviorOnMXFailure: behavior = 'UseDefaultValue' } = call.params;
    const domain = MailFromDomain as string | undefined;
    if (domain === undefined) {
      identity.mailFrom = undefined;
      return '';
    }
    if (!domain.endsWith(`.${identity.domain}`)) {
      throw invalid(
        `Provided MAIL-FROM domain <${domain}> is not subdomain of the domain of the identity <${identity.domain}>.`,
      );
    }
    identity.mailFrom = { domain, behavior: behavior as MailFrom['behavior'], status: 'Pending' };
    return '';
  },

  SetIdentityFeedbackForwardingEnabled(fake, call) {
    const identity = knownIdentity(fake, call, notVerified);
    const forwarding = required(call, 'ForwardingEnabled') === 'true';
    requireFeedback(forwarding, identity.topics);
    identity.forwarding = forwarding;
    return '';
  },

  SetIdentityNotificationTopic(fake, call) {
    const identity = knownIdentity(fake, call, notVerified);
    const type = required(call, 'NotificationType') as NotificationType;
    const topic = call.params.SnsTopic as string | undefined;
    if (topic !== undefined && !topic.startsWith(`arn:aws:sns:${call.region}:`)) {
      throw invalid(`Invalid SNS topic <${topic}>.`);
    }
    const topics = { ...identity.topics, [type]: topic };
    requireFeedback(identity.forwarding, topics);
    identity.topics = topics;
    return '';
  },

  SetIdentityHeadersInNotificationsEnabled(fake, call) {
    const identity = knownIdentity(fake, call, notVerified);
    const type = required(call, 'NotificationType') as NotificationType;
    const others = identity.headers.filter((other) => other !== type);
    const enabled = required(call, 'Enabled') === 'true';
    // Documented for the console only: assume the worst.
    if (enabled && identity.topics[type] === undefined) throw invalid(`No SNS topic is set for ${type}.`);
    identity.headers = enabled ? [...others, type] : others;
    return '';
  },
};

function knownIdentity(fake: FakeAws, call: Call, unknown: (name: string) => string): Identity {
  const name = required(call, 'Identity');
  const identity = fake.identities.get(call.account, call.region, name);
  if (!identity) throw invalid(unknown(name));
  return identity;
}

function notVerified(name: string): string {
  return `Identity ${name} is invalid. Must be a verified email address or domain.`;
}

/** Bounces and complaints are told of in one way at least. */
export function requireFeedback(
  forwarding: boolean,
  { Bounce, Complaint }: Identity['topics'],
  refusal: (message: string) => AwsError = invalid,
): void {
  if (!forwarding && (Bounce === undefined || Complaint === undefined)) {
    throw refusal('Feedback forwarding can be disabled only while bounces and complaints have an SNS topic.');
  }
}

function invalid(message: string): AwsError {
  return new AwsError(400, 'InvalidParameterValue', message);
}

function identitiesOf(call: Call): string[] {
  return call.params.Identities ?? [];
}

function entry(key: string, value: string): string {
  return `<entry><key>${escapeXml(key)}</key><value>${value}</value></entry>`;
}

export function upperSnake(status: string): string {
  return status.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

/** SES refuses a trailing dot among others. */
export function validDomain(domain: string): string {
  if (/^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/i.test(domain)) return domain;
  throw new AwsError(400, 'InvalidParameterValue', `Invalid domain name ${domain}.`);
}

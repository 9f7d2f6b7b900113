import type { FakeAws } from '../fakes/fake-aws';
import { kindOfTxt } from './further-records';
import { ACCOUNT, REGIONS } from './places';

/**
 * Who made something. `limbo`: we did, but nobody can know any more, so that it may stay or go; every
 * reason to put something there is an exemption, and counted.
 */
export type Origin = 'others' | 'ours' | 'limbo';

/** A run of the handler, as far as it matters for what it makes. */
export interface Maker {
  readonly requestId: string;
  readonly environment: number;
  readonly run: number;
}

/** An identity or a record set, as it is now. */
export interface Item {
  readonly key: string;
  /** For an identity its signing and tokens, for a record set its values. */
  readonly content: string;
  /** Of record sets. */
  readonly ttl?: number;
  readonly origin: Origin;
  /** Who of ours made it, or replaced what was there. */
  readonly madeBy?: Maker;
  /** Who of ours gave it the content that it has. */
  readonly writtenBy?: Maker;
  /** What others had in its place before. */
  readonly replaced?: Item;
  /** The claims of the resources that have taken it over from others. */
  readonly takers?: readonly string[];
  /** The same of what others have changed since. */
  readonly formerTakers?: readonly string[];
}

export interface Difference {
  readonly key: string;
  readonly before?: Item;
  readonly after?: Item;
}

export function identityKey(region: string, domain: string): string {
  return `identity ${region} ${domain}`;
}

export function recordKey(zoneId: string, name: string, type = 'CNAME', setIdentifier = ''): string {
  return `record ${zoneId} ${name} ${type} ${setIdentifier}`;
}

/**
 * Keeps who made which identity and record, by looking at what is there after everything that
 * happens. It never asks the handler, whose word is what is tested.
 */
export class Ledger {
  private items = new Map<string, Item>();
  private readonly everOurs = new Set<string>();

  constructor(private readonly fake: FakeAws) {}

  get(key: string): Item | undefined {
    return this.items.get(key);
  }

  all(): Item[] {
    return [...this.items.values()];
  }

  ours(): Item[] {
    return this.all().filter(({ origin }) => origin === 'ours');
  }

  mark(item: Item, origin: Origin): void {
    this.items.set(item.key, { ...item, origin });
  }

  /** One of us is about to make something: whether it has, nobody knows once the run is killed. */
  announce(content: Content): void {
    this.everOurs.add(essence(content));
  }

  /** What a new resource has replaced is gone for good: only an Update is taken back by another. */
  forgetReplaced(item: Item): void {
    this.items.set(item.key, { ...item, replaced: undefined });
  }

  /** A resource takes over what others have made. */
  take(item: Item, claim: string): void {
    const origin = item.origin === 'limbo' ? 'limbo' : 'ours';
    this.items.set(item.key, { ...item, origin, takers: [...(item.takers ?? []), claim] });
    this.everOurs.add(essence(item));
  }

  /** A resource that has taken something over does not want it any more. */
  giveBack(item: Item, claim: string, to: Origin): void {
    const origin = item.origin === 'limbo' ? 'limbo' : to;
    const takers = item.takers?.filter((each) => each !== claim) ?? [];
    this.items.set(item.key, takers.length > 0 ? { ...item, takers } : { ...item, origin, takers: undefined });
  }

  /**
   * Enters what has changed, as done by a run of the handler, or by others.
   *
   * @param isSame whether they have only changed what stays whose it was: the keys of an identity
   */
  enter(maker: Maker | 'others', isSame = false): Difference[] {
    const differences: Difference[] = [];
    const present = this.look();
    for (const [key, before] of this.items) {
      if (!present.has(key)) {
        this.items.delete(key);
        differences.push({ key, before });
      }
    }
    for (const [key, now] of present) {
      const before = this.items.get(key);
      if (before?.content === now.content && before.ttl === now.ttl) continue;
      const { origin, madeBy, replaced, takers, formerTakers } =
        maker === 'others' ? (isSame && before) || this.byOthers(now, before) : byUs(now, before, maker);
      const writtenBy = maker === 'others' || before?.content === now.content ? before?.writtenBy : maker;
      const after = { ...now, origin, madeBy, replaced, takers, formerTakers, writtenBy };
      if (after.origin === 'ours') this.everOurs.add(essence(now));
      this.items.set(key, after);
      differences.push({ key, before, after });
    }
    return differences;
  }

  private byOthers(now: Content, before: Item | undefined): Provenance {
    if (before?.content === now.content) return before;
    // A record that leads to the key of the same token elsewhere is still the same record.
    if (before && now.key.includes(' CNAME ') && essence(before) === essence(now)) return before;
    // What others make just as we had made it cannot be told from ours.
    const formerTakers = before?.takers ?? before?.formerTakers;
    return { origin: this.everOurs.has(essence(now)) ? 'limbo' : 'others', formerTakers };
  }

  private look(): Map<string, Content> {
    const { fake } = this;
    const present = new Map<string, Content>();
    for (const region of REGIONS) {
      for (const { domain, origin, tokens } of fake.identities.in(ACCOUNT, region).values()) {
        const key = identityKey(region, domain);
        present.set(key, { key, content: `${origin} ${tokens.join()}` });
      }
    }
    for (const zone of fake.zones.all()) {
      for (const { name, type, setIdentifier, values, ttl } of zone.records) {
        const key = recordKey(zone.id, name, type, setIdentifier);
        if (type !== 'TXT') present.set(key, { key, content: values.map(plain).join(), ttl });
        // The values of one TXT record set can be of different people.
        for (const value of type === 'TXT' ? values : []) {
          const first = `${key} ${kindOfTxt(value)}`;
          const part = present.has(first) ? `${first} again ${value}` : first;
          present.set(part, { key: part, content: plain(value), ttl });
        }
      }
    }
    return present;
  }
}

type Content = Pick<Item, 'key' | 'content' | 'ttl'>;
type Provenance = Pick<Item, 'origin' | 'madeBy' | 'replaced' | 'takers' | 'formerTakers'>;

function byUs(now: Content, before: Item | undefined, madeBy: Maker): Provenance {
  if (before === undefined) return { origin: 'ours', madeBy };
  const { replaced } = before;
  if (replaced && replaced.content === now.content && replaced.ttl === now.ttl) return replaced;
  // It is not known for whom it is changed: whether it stays ours depends on how that ends.
  if (before.takers && before.content !== now.content && now.key.startsWith('record'))
    return { origin: 'limbo', madeBy };
  // Setting up DKIM for an identity of others does not make it ours.
  if (before.content === now.content || before.origin !== 'others' || now.key.startsWith('identity')) return before;
  return { origin: 'ours', madeBy, replaced: before };
}

/**
 * What makes that it is the same one again: the tokens of an identity, the token that a record leads to, an MX record of
 * whatever Region.
 */
function essence({ key, content }: Content): string {
  if (key.includes(' CNAME ')) return `${key} ${content.split('.')[0]}`;
  return `${key} ${content.replace(/^10 feedback-smtp\..*/, 'any Region')}`;
}

/** Host names are the same with and without the trailing dot, and in any case. */
export function plain(value: string): string {
  return value.toLowerCase().replace(/\.$/, '');
}

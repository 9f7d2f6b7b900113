/** A record set as Route 53 stores it. */
export interface RecordSet {
  /** Without the trailing dot, lower case, other characters than a-z 0-9 - _ . in octal. */
  name: string;
  type: string;
  ttl: number;
  values: string[];
  setIdentifier?: string;
  weight?: number;
}

export interface StoredRecordSet extends RecordSet {
  sortKey: string;
  /** When it got these values. */
  since: number;
}

export interface ZoneOptions {
  id: string;
  name: string;
  account?: string;
  /** A private zone's records verify no identity. */
  private?: boolean;
}

/** A copy that has a record set's fields only. */
export function copyRecord(record: RecordSet): RecordSet {
  const { name, type, ttl, values, setIdentifier, weight } = record;
  return {
    name,
    type,
    ttl,
    values: [...values],
    ...(setIdentifier === undefined ? {} : { setIdentifier }),
    ...(weight === undefined ? {} : { weight }),
  };
}

/** Lower case, with the trailing dot and octal escapes: as Route 53 answers it. */
export function normalizeName(name: string): string {
  const lower = name.toLowerCase().replace(/\.$/, '');
  // A backslash with three digits is an escape already.
  const escaped = lower.replace(/\\[0-7]{3}|[^a-z0-9_.-]/g, (text) => (text.length > 1 ? text : octal(text)));
  return `${escaped}.`;
}

function octal(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

const startKey = (name: string, type: string) =>
  `${normalizeName(name).slice(0, -1).split('.').reverse().join('.')}.\0${type}`;

/** Route 53's order: labels reversed, with the trailing dot; then type; then set identifier. */
export function sortKey(name: string, type: string, setIdentifier = ''): string {
  return `${startKey(name, type)}\0${setIdentifier}`;
}

export class Zone {
  readonly id: string;
  /** With the trailing dot. */
  readonly name: string;
  readonly account: string;
  readonly private: boolean;
  /** In Route 53's order, so that listing and looking up cost no sort. */
  readonly records: StoredRecordSet[] = [];

  constructor(options: ZoneOptions & { account: string }) {
    this.id = options.id.replace(/^\/?hostedzone\//, '');
    this.name = normalizeName(options.name);
    this.account = options.account;
    this.private = options.private ?? false;
  }

  holds(name: string): boolean {
    return name === this.name || name.endsWith(`.${this.name}`);
  }

  /** Index of the first record at or after the key. */
  position(key: string): number {
    let low = 0;
    let high = this.records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.records.at(middle)?.sortKey ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  get(key: string): StoredRecordSet | undefined {
    const record = this.records.at(this.position(key));
    return record?.sortKey === key ? record : undefined;
  }

  /** All records of a name, or of a name and type. */
  named(name: string, type?: string): StoredRecordSet[] {
    const whole = startKey(name, type ?? '');
    const prefix = type === undefined ? whole : `${whole}\0`;
    const found: StoredRecordSet[] = [];
    for (let i = this.position(prefix); i < this.records.length; i += 1) {
      const record = this.records.at(i);
      if (!record?.sortKey.startsWith(prefix)) break;
      found.push(record);
    }
    return found;
  }

  put(record: RecordSet, since: number): void {
    const key = sortKey(record.name, record.type, record.setIdentifier);
    const position = this.position(key);
    const former = this.get(key);
    const unchanged = former?.values.join('\n') === record.values.join('\n');
    this.records.splice(position, former ? 1 : 0, {
      ...copyRecord(record),
      name: normalizeName(record.name).slice(0, -1),
      sortKey: key,
      since: former && unchanged ? former.since : since,
    });
  }

  remove(key: string): boolean {
    const position = this.position(key);
    if (this.records.at(position)?.sortKey !== key) return false;
    this.records.splice(position, 1);
    return true;
  }
}

/** The hosted zones of all accounts. */
export class Zones {
  private readonly byId = new Map<string, Zone>();
  private readonly byName = new Map<string, Set<Zone>>();

  add(zone: Zone): Zone {
    this.remove(zone.id);
    this.byId.set(zone.id, zone);
    const sameName = this.byName.get(zone.name) ?? new Set<Zone>();
    this.byName.set(zone.name, sameName.add(zone));
    return zone;
  }

  get(id: string): Zone | undefined {
    return this.byId.get(id);
  }

  all(): Zone[] {
    return [...this.byId.values()];
  }

  remove(id: string): boolean {
    const zone = this.byId.get(id);
    if (zone) this.byName.get(zone.name)?.delete(zone);
    return this.byId.delete(id);
  }

  /** Since when a public zone has had a CNAME under that name with such a target. */
  publicCnameSince(name: string, accepts: (target: string) => boolean): number | undefined {
    for (let suffix = name; suffix !== ''; suffix = suffix.slice(suffix.indexOf('.') + 1)) {
      for (const zone of this.byName.get(suffix) ?? []) {
        if (zone.private) continue;
        const record = zone.named(name, 'CNAME').find(({ values }) => values.length === 1 && accepts(values[0] ?? ''));
        if (record) return record.since;
      }
    }
    return undefined;
  }
}

import { isIPv6 } from 'node:net';
import {
  MAX_SPF_LOOKUPS,
  ownLookups,
  parseSpf,
  passedOn,
  reachedMechanisms,
  isSpf,
  type SpfRecord,
} from './spf-record';

/** Addresses from the first to the last of them. */
interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

/** The IP addresses that pass. */
export interface SpfReach {
  readonly ip4: readonly Range[];
  readonly ip6: readonly Range[];
}

const BITS = { ip4: 32, ip6: 128 } as const;

/** Whoever lets half of all addresses pass lets anyone pass. Of IPv6, 2000::/3 is all that is in use. */
const HALF = { ip4: 2n ** 31n, ip6: 2n ** 124n } as const;

/** The addresses of `a` and `mx` are not known, but with so short a prefix they do not matter. */
const SHORTEST = { ip4: 1, ip6: 4 } as const;

/**
 * Whether an SPF record does what the wanted one is for, as far as the text alone can say: it has no error, lets those
 * pass who have to, and does not let everyone pass.
 */
export function spfSatisfies(found: string, wanted: string): boolean {
  const record = parseSpf(found);
  const passed = passedOn(record);
  return (
    isSpf(found) &&
    record.errors.length === 0 &&
    ownLookups(record) <= MAX_SPF_LOOKUPS &&
    passedOn(parseSpf(wanted)).every((domain) => passed.includes(domain)) &&
    !isEveryone(reachOf(record))
  );
}

/** The addresses that the mechanisms of a record itself let pass. */
export function reachOf(record: SpfRecord): SpfReach {
  const passing = reachedMechanisms(record).filter(({ qualifier }) => qualifier === '+');
  const ranges = (version: 'ip4' | 'ip6') =>
    passing.flatMap(({ name, address, prefix4, prefix6 }) => {
      const bits = version === 'ip4' ? prefix4 : prefix6;
      const isEveryone =
        name === 'all' || ((name === 'a' || name === 'mx') && bits !== undefined && bits <= SHORTEST[version]);
      if (isEveryone) return [network(0n, 0, BITS[version])];
      return name === version ? [network(toNumber(address!), bits ?? BITS[version], BITS[version])] : [];
    });
  return { ip4: ranges('ip4'), ip6: ranges('ip6') };
}

/** Whether addresses are so many that anyone can send: all of them, or half, in one range or in several. */
export function isEveryone({ ip4, ip6 }: SpfReach): boolean {
  return count(ip4) >= HALF.ip4 || count(ip6) >= HALF.ip6;
}

/** How many different addresses there are in ranges. */
function count(ranges: readonly Range[]): bigint {
  const inOrder = [...ranges].sort((one, other) => (one.first < other.first ? -1 : 1));
  let total = 0n;
  let next = 0n;
  for (const { first, last } of inOrder) {
    const from = first > next ? first : next;
    if (last >= from) {
      total += last - from + 1n;
      next = last + 1n;
    }
  }
  return total;
}

function network(address: bigint, prefix: number, bits: number): Range {
  const size = 2n ** BigInt(bits - prefix);
  const first = (address / size) * size;
  return { first, last: first + size - 1n };
}

function toNumber(address: string): bigint {
  if (!isIPv6(address)) {
    return address.split('.').reduce((number, byte) => number * 256n + BigInt(byte), 0n);
  }
  const [, front, ip4] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address) ?? [undefined, address];
  const tail =
    ip4 === undefined
      ? ''
      : toNumber(ip4)
          .toString(16)
          .padStart(8, '0')
          .replace(/^(.{4})/, '$1:');
  const [head, rest] = `${front}${tail}`.split('::').map((half) => half.split(':').filter((one) => one !== ''));
  const groups =
    rest === undefined ? head : [...head, ...Array<string>(8 - head.length - rest.length).fill('0'), ...rest];
  return groups.reduce((number, group) => number * 65_536n + BigInt(`0x${group}`), 0n);
}

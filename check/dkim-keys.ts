import { parseDkimKey, type DkimKey } from '../lib/shared/dkim-key';
import { dkimParent } from '../lib/shared/record-names';
import { describeFailure, failureRemark, type Lookup } from './dns';
import { finding, type Finding, type Problem, type Remark } from './report';

/** What there is at the end of the record of one selector. */
export interface SelectorKey {
  readonly selector: string;
  /** The name that has the key. */
  readonly name: string;
  readonly lookup: Lookup<string>;
}

/** A DKIM key with fewer bits is not accepted by large receivers. */
const FEWEST_BITS = 1024;

/** What RFC 8301, section 3.2, recommends, and SES uses unless told otherwise. */
const ENOUGH_BITS = 2048;

type Key =
  | { readonly state: 'active'; readonly key: Extract<DkimKey, { state: 'valid' }> }
  | { readonly state: 'empty' | 'revoked' }
  | { readonly state: 'failed'; readonly remark: Remark; readonly text: string }
  | { readonly state: 'useless'; readonly problem: Problem; readonly reason: string };

/**
 * Judges the keys of all selectors as a set: SES signs with one of them, and the others may be empty.
 *
 * @param sesStatus what SES says of DKIM, if it was asked
 * @see https://aws.amazon.com/blogs/messaging-and-targeting/dkim-troubleshooting-series-your-dkim-status-is-pending/
 */
export function judgeKeys(domain: string, selectors: readonly SelectorKey[], sesStatus: string | undefined): Finding {
  const keys = selectors.map((one) => ({ ...one, ...readKey(one) }));
  const found = keys.map((one) => `${one.selector}: ${describe(one)}`).join('; ');
  const subject = {
    check: 'dkim-keys',
    name: dkimParent(domain),
    found,
    expected: 'at least one active key',
  } as const;
  const failures = keys.flatMap((one) => (one.state === 'failed' ? [one.remark] : []));
  const active = keys.filter((one) => one.state === 'active');
  const useless = keys.filter((one) => one.state === 'useless');
  if (active.length > 0) {
    return finding(
      subject,
      ...active.flatMap(({ name, key }) => judgeActive(name, key)),
      ...useless.map(({ name, problem, reason }): Remark => {
        return { verdict: 'warn', problem, remedy: `The key at ${name} cannot be used (${reason}).` };
      }),
      ...failures,
      ...(keys.some(({ state }) => state === 'empty' || state === 'revoked') ? [ROTATION] : []),
    );
  }
  if (failures.length > 0) return finding(subject, ...failures);
  return finding(subject, ...(useless.length > 0 ? useless.map(judgeUseless) : [judgeMissing(keys, sesStatus)]));
}

/** Worth a word: an empty selector looks like a fault, but is normal. */
const ROTATION: Remark = {
  verdict: 'pass',
  problem: 'key-missing',
  remedy: 'Leave the empty selectors as they are: SES uses one key at a time, and needs the others to change it.',
};

function readKey({ name, lookup }: SelectorKey): Key {
  if (lookup.state === 'failed') {
    return { state: 'failed', remark: failureRemark(lookup.problem, name), text: describeFailure(lookup.problem) };
  }
  const texts = lookup.state === 'found' ? lookup.records : [];
  const [key, ...others] = texts.map(parseDkimKey).filter(({ state }) => state !== 'none');
  if (key === undefined) return { state: 'empty' };
  if (others.length > 0) return { state: 'useless', problem: 'doubled', reason: `${others.length + 1} keys` };
  switch (key.state) {
    case 'valid':
      return usable(key);
    case 'revoked':
      return { state: 'revoked' };
    default:
      return { state: 'useless', problem: 'key-invalid', reason: key.state === 'invalid' ? key.reason : 'no key' };
  }
}

function usable(key: Extract<DkimKey, { state: 'valid' }>): Key {
  if (key.type === 'rsa' && key.bits < FEWEST_BITS) {
    return { state: 'useless', problem: 'key-weak', reason: `RSA key of ${key.bits} bits` };
  }
  return key.allowsSha256
    ? { state: 'active', key }
    : { state: 'useless', problem: 'key-invalid', reason: 'its h= does not allow SHA-256, with which SES signs' };
}

function describe(key: Key): string {
  switch (key.state) {
    case 'active':
      return `${key.key.type === 'rsa' ? 'RSA' : 'Ed25519'} key of ${key.key.bits} bits${key.key.testing ? ', for testing' : ''}`;
    case 'empty':
      return 'no key';
    case 'revoked':
      return 'a withdrawn key (p= is empty)';
    case 'failed':
      return key.text;
    case 'useless':
      return key.reason;
  }
}

function judgeActive(name: string, { type, bits, testing }: Extract<DkimKey, { state: 'valid' }>): Remark[] {
  const remarks: Remark[] = [];
  if (type === 'rsa' && bits < ENOUGH_BITS) {
    remarks.push({
      verdict: 'warn',
      problem: 'key-short',
      remedy: `Use a key of ${ENOUGH_BITS} bits (NextSigningKeyLength RSA_2048_BIT): the one at ${name} has ${bits}.`,
    });
  }
  if (testing) {
    remarks.push({
      verdict: 'warn',
      problem: 'key-testing',
      remedy: `Remove t=y from the key at ${name}: it tells receivers that DKIM is only being tried out.`,
    });
  }
  return remarks;
}

function judgeUseless({ name, problem, reason }: { name: string; problem: Problem; reason: string }): Remark {
  const remedies: { readonly [problem in Problem]?: string } = {
    doubled: `Leave one key at ${name}, the one that signs.`,
    'key-weak': `Use a key of ${ENOUGH_BITS} bits: receivers ignore those under ${FEWEST_BITS}.`,
  };
  return {
    verdict: 'fail',
    problem,
    remedy: remedies[problem] ?? `Publish the public key at ${name} again, in full: ${reason}.`,
  };
}

function judgeMissing(keys: readonly (Key & SelectorKey)[], sesStatus: string | undefined): Remark {
  const isRevoked = keys.some(({ state }) => state === 'revoked');
  return {
    verdict: 'fail',
    problem: isRevoked ? 'key-revoked' : 'key-missing',
    remedy: `No selector has a key, so no signature can be verified: compare tokens and Region with what SES shows for the identity. ${hint(sesStatus)}`,
  };
}

/** What SES's own view says about keys that are not there. */
function hint(sesStatus: string | undefined): string {
  switch (sesStatus) {
    case undefined:
      return 'The first key of a new identity may take a few minutes.';
    case 'SUCCESS':
      return 'SES itself says SUCCESS, so the resolver may have cached old answers: run it again, or ask another with --resolver.';
    default:
      return `SES says ${sesStatus}: the first key of a new identity may take a few minutes.`;
  }
}

import { documentedDkimDomain } from '../lib/shared/dkim-hosts';
import { parseDkimKey, type DkimKey } from './dkim-key';
import { describeFailure, Dns, failureRemark, type Lookup } from './dns';
import { finding, type Finding, type Problem, type Remark, type Verdict } from './report';
import type { SesView } from './ses';
import type { Zone } from './zone';

/** Where the keys are to be. */
export interface DkimHost {
  readonly domain: string;
  /** SES says so itself, or AWS's table of Regions does, which knows nothing of cells. */
  readonly source: 'ses' | 'table';
}

/** What DNS has for one token. */
export interface DkimView {
  readonly token: string;
  readonly name: string;
  readonly cname: Lookup<string>;
  /** The texts at the target of the CNAME; without one, those at the name itself. */
  readonly key?: Lookup<string>;
  /** The name under which there is a CNAME whose writer gave the zone's name once too often. */
  readonly doubledName?: string;
  /** There is no such domain, and so no records of it. */
  readonly domainMissing?: true;
}

/** A DKIM key with fewer bits is not accepted by large receivers. */
const FEWEST_BITS = 1024;

const SES_DKIM_HOST = /^dkim(\.[a-z0-9-]+)?\.amazonses\.(com|eu)$/;

/** Where the keys are to be; undefined when neither SES nor the Region says. */
export function expectedDkimHost(ses: SesView | undefined, region: string | undefined): DkimHost | undefined {
  if (ses?.state === 'identity' && ses.signingHostedZone !== undefined) {
    return { domain: ses.signingHostedZone, source: 'ses' };
  }
  const keysIn = (ses?.state === 'identity' && ses.parentRegion) || region;
  return keysIn === undefined ? undefined : { domain: documentedDkimDomain(keysIn), source: 'table' };
}

export async function readDkim(dns: Dns, domain: string, token: string, zone: Promise<Zone>): Promise<DkimView> {
  const name = `${token}._domainkey.${domain}`;
  const cname = await dns.cname(name);
  if (cname.state === 'found') {
    return { token, name, cname, key: await dns.txt(cname.records[0]) };
  }
  const { state, name: zoneName } = await zone;
  if (cname.state === 'failed' || state !== 'exists') {
    return { token, name, cname, ...(state === 'nxdomain' && { domainMissing: true }) };
  }
  const doubledName = `${name}.${zoneName ?? domain}`;
  const [key, misplaced] = await Promise.all([dns.txt(name), dns.cname(doubledName)]);
  return { token, name, cname, key, ...(misplaced.state === 'found' && { doubledName }) };
}

/** The text at the selector of an identity that signs with its own key (BYODKIM), which has no CNAME. */
export async function readOwnKey(dns: Dns, domain: string, selector: string): Promise<Lookup<string>> {
  return dns.txt(`${selector}._domainkey.${domain}`);
}

export function judgeDkim(view: DkimView, host: DkimHost | undefined): Finding {
  const { token, name, cname } = view;
  const target = host === undefined ? `${token}.<DKIM domain of the Region>` : `${token}.${host.domain}`;
  const subject = { check: 'dkim', name, expected: `CNAME ${target}` } as const;
  const wanted = host === undefined ? 'the CNAME record that SES asks for' : `the CNAME record ${name} → ${target}`;

  if (cname.state === 'failed') {
    return finding({ ...subject, found: describeFailure(cname.problem) }, failureRemark(cname.problem, name));
  }
  if (cname.state === 'absent') {
    return judgeAbsent(subject, view, wanted);
  }

  const found = cname.records[0];
  const right = isRightHost(found, token, host);
  const { description, remarks } = judgeKey(view.key, found);
  const shown = { ...subject, found: `CNAME ${found}, ${description}` };
  if (right) {
    return finding(shown, ...remarks);
  }
  // SES publishes a key at one name only: where it is, is where it belongs, unless SES itself says otherwise.
  const works = remarks.length === 0 && host?.source === 'table' && isRightHost(found, token, undefined);
  return finding(
    shown,
    works
      ? remark(
          'warn',
          'wrong-host',
          `The key is there, although ${host.domain} is the documented host: compare with the records that SES shows for the identity.`,
        )
      : remark('fail', 'wrong-host', `Change it to ${wanted}.`),
  );
}

function judgeAbsent(
  subject: Pick<Finding, 'check' | 'name' | 'expected'>,
  { key, doubledName, domainMissing }: DkimView,
  wanted: string,
): Finding {
  const found = { ...subject, found: 'no CNAME record' };
  if (domainMissing) {
    return finding(
      found,
      remark('fail', 'domain-missing', `Make the domain exist in DNS first, then create ${wanted}.`),
    );
  }
  if (key?.state === 'found' && key.records.some((text) => parseDkimKey(text).state !== 'none')) {
    return finding(
      { ...found, found: 'a TXT record with a key in place of the CNAME' },
      remark('fail', 'wrong-type', `Replace it by ${wanted}: SES changes its keys, and only a CNAME follows.`),
    );
  }
  if (doubledName !== undefined) {
    return finding(
      { ...found, found: `no CNAME record, but one at ${doubledName}` },
      remark(
        'fail',
        'doubled-name',
        `The zone's name was appended twice: create ${wanted}, giving its name with a trailing dot or without the zone.`,
      ),
    );
  }
  return finding(found, remark('fail', 'missing', `Create ${wanted}.`));
}

function isRightHost(target: string, token: string, host: DkimHost | undefined): boolean {
  const [label, ...rest] = target.split('.');
  const domain = rest.join('.');
  return label === token && (host === undefined ? SES_DKIM_HOST.test(domain) : domain === host.domain);
}

export function judgeOwnKey(domain: string, selector: string, lookup: Lookup<string>): Finding {
  const name = `${selector}._domainkey.${domain}`;
  const { description, remarks } = judgeKey(lookup, name);
  return finding({ check: 'dkim', name, found: description, expected: 'a TXT record with the public key' }, ...remarks);
}

interface KeyJudgement {
  readonly description: string;
  readonly remarks: readonly Remark[];
}

function judgeKey(lookup: Lookup<string> | undefined, name: string): KeyJudgement {
  if (lookup?.state === 'failed') {
    return {
      description: `key: ${describeFailure(lookup.problem)}`,
      remarks: [failureRemark(lookup.problem, name)],
    };
  }
  const records = lookup?.state === 'found' ? lookup.records : [];
  const [key, ...others] = records.map(parseDkimKey).filter(({ state }) => state !== 'none');
  if (key === undefined) {
    return badKey(
      'key-missing',
      'no key there',
      `There is no key at ${name}: compare token and Region with what SES shows for the identity; the keys of a new one may take minutes.`,
    );
  }
  return others.length === 0
    ? judgeOneKey(key, name)
    : badKey('doubled', `${others.length + 1} keys there`, `Leave one key at ${name}, the one that signs.`);
}

function judgeOneKey(key: DkimKey, name: string): KeyJudgement {
  if (key.state === 'revoked') {
    return badKey(
      'key-revoked',
      'a revoked key (p= is empty)',
      `The key at ${name} was withdrawn: use the tokens that SES shows for the identity now.`,
    );
  }
  if (key.state !== 'valid') {
    const reason = key.state === 'invalid' ? `: ${key.reason}` : '';
    return badKey('key-invalid', `a key of no use${reason}`, `Publish the public key at ${name} anew, in full.`);
  }
  const description = `${key.type === 'rsa' ? 'RSA' : 'Ed25519'} key of ${key.bits} bits`;
  return key.type === 'rsa' && key.bits < FEWEST_BITS
    ? badKey('key-weak', description, `Use a key of 2048 bits: receivers ignore those under ${FEWEST_BITS}.`)
    : { description, remarks: [] };
}

function badKey(problem: Problem, description: string, remedy: string): KeyJudgement {
  return { description, remarks: [remark('fail', problem, remedy)] };
}

function remark(verdict: Verdict, problem: Problem, remedy: string): Remark {
  return { verdict, problem, remedy };
}

import { documentedDkimDomain, isDkimDomain } from '../lib/shared/dkim-hosts';
import { parseDkimKey } from '../lib/shared/dkim-key';
import { dkimRecordName } from '../lib/shared/record-names';
import { theRecord } from '../lib/shared/remedies';
import type { SelectorKey } from './dkim-keys';
import { describeFailure, failureRemark, type Dns, type Lookup } from './dns';
import { finding, type Finding, type Problem, type Remark, type Verdict } from './report';
import type { SesView } from './ses-view';
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
  /** The targets of the CNAME record, of the one at its target, and so on. */
  readonly chain: readonly string[];
  /** The last look for a CNAME record: what ended the chain. */
  readonly end: Lookup<string>;
  /** The texts at the end of the chain; without a CNAME record, those at the name itself. */
  readonly key?: Lookup<string>;
  /** The name under which there is a CNAME whose writer gave the zone's name once too often. */
  readonly doubledName?: string;
  /** There is no such domain, and so no records of it. */
  readonly domainMissing?: true;
}

/** Resolvers give up on longer chains. */
const MAX_CHAIN = 8;

/** Where the keys are to be; undefined when neither SES nor the Region says. */
export function expectedDkimHost(ses: SesView | undefined, region: string | undefined): DkimHost | undefined {
  if (ses?.state === 'identity' && ses.signingHostedZone !== undefined) {
    return { domain: ses.signingHostedZone, source: 'ses' };
  }
  const keysIn = (ses?.state === 'identity' && ses.parentRegion) || region;
  return keysIn === undefined ? undefined : { domain: documentedDkimDomain(keysIn), source: 'table' };
}

/** Looks up the record of a token, and the key that it leads to. */
export async function readDkim(dns: Dns, domain: string, token: string, zone: Promise<Zone>): Promise<DkimView> {
  const name = dkimRecordName(token, domain);
  const { chain, end } = await followCnames(dns, name);
  if (chain.length > 0) {
    return { token, name, chain, end, ...(end.state === 'absent' && { key: await dns.txt(chain.at(-1)!) }) };
  }
  const { state, name: zoneName } = await zone;
  if (end.state === 'failed' || state !== 'exists') {
    return { token, name, chain, end, ...(state === 'nxdomain' && { domainMissing: true }) };
  }
  const doubledName = `${name}.${zoneName ?? domain}`;
  const [key, misplaced] = await Promise.all([dns.txt(name), dns.cname(doubledName)]);
  return { token, name, chain, end, key, ...(misplaced.state === 'found' && { doubledName }) };
}

/** A target at SES ends the chain: what SES has there is not the user's to mend. */
async function followCnames(dns: Dns, name: string): Promise<Pick<DkimView, 'chain' | 'end'>> {
  const chain: string[] = [];
  let end = await dns.cname(name);
  while (end.state === 'found' && chain.length < MAX_CHAIN) {
    const [target] = end.records;
    chain.push(target);
    end = isAtSes(target) ? { state: 'absent', reason: 'nodata' } : await dns.cname(target);
  }
  return { chain, end };
}

/** Judges the record of a token, whatever key it leads to. */
export function judgeDkim(view: DkimView, host: DkimHost | undefined): Finding {
  const { token, name, chain, end } = view;
  const target = host === undefined ? `${token}.<DKIM domain of the Region>` : `${token}.${host.domain}`;
  const subject = { check: 'dkim', name, expected: `CNAME ${target}` } as const;
  const wanted =
    host === undefined ? 'the CNAME record that SES asks for' : theRecord({ name, type: 'CNAME', value: target });

  if (chain.length === 0) {
    return end.state === 'failed'
      ? finding({ ...subject, found: describeFailure(end.problem) }, failureRemark(end.problem, name))
      : judgeAbsent(subject, view, wanted);
  }
  const found = { ...subject, found: `CNAME ${chain.join(' → ')}` };
  if (end.state === 'failed') {
    return finding(
      { ...found, found: `${found.found}: ${describeFailure(end.problem)}` },
      failureRemark(end.problem, chain.at(-1)!),
    );
  }
  if (isRightHost(chain.at(-1)!, token, host)) {
    return chain.length === 1
      ? finding(found)
      : finding(
          found,
          remark(
            'warn',
            'indirect',
            `Make it ${wanted}: it works through other names (a chain of CNAMEs, or a DNAME), and any of them may change.`,
          ),
        );
  }
  // SES publishes a key at one name only: where it is, is where it belongs, unless SES itself says otherwise.
  const isElsewhere =
    host?.source === 'table' && isRightHost(chain.at(-1)!, token, undefined) && hasActiveKey(view.key);
  return finding(
    found,
    isElsewhere
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
      remark('fail', 'wrong-type', `Replace it with ${wanted}: SES changes its keys, and only a CNAME follows.`),
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

/** Where the key of a token is, if its record leads to SES. */
export function selectorKey(view: DkimView, host: DkimHost | undefined): SelectorKey | undefined {
  const { token, chain, key } = view;
  const name = chain.at(-1);
  return name !== undefined &&
    key !== undefined &&
    (isRightHost(name, token, host) || isRightHost(name, token, undefined))
    ? { selector: token, name, lookup: key }
    : undefined;
}

function hasActiveKey(lookup: Lookup<string> | undefined): boolean {
  return lookup?.state === 'found' && lookup.records.some((text) => parseDkimKey(text).state === 'valid');
}

function isRightHost(target: string, token: string, host: DkimHost | undefined): boolean {
  const { label, domain } = split(target);
  return label === token && (host === undefined ? isDkimDomain(domain) : domain === host.domain);
}

function isAtSes(target: string): boolean {
  return isDkimDomain(split(target).domain);
}

function split(target: string): { label: string; domain: string } {
  const dot = target.indexOf('.');
  return { label: target.slice(0, dot), domain: target.slice(dot + 1) };
}

function remark(verdict: Verdict, problem: Problem, remedy: string): Remark {
  return { verdict, problem, remedy };
}

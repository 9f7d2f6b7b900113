import { dkimRecordName } from '../lib/shared/record-names';
import type { CheckOptions } from './check-options';
import { expectedDkimHost, judgeDkim, readDkim, selectorKey } from './dkim';
import { judgeKeys, type SelectorKey } from './dkim-keys';
import { judgeDmarc } from './dmarc';
import { readConsents } from './dmarc-reports';
import { appliedStep, readDmarc } from './dmarc-walk';
import type { Dns } from './dns';
import { readOptions } from './resolved-options';
import { judgeMx, noMailFrom, readMailFrom, unknownMailFrom } from './mail-from';
import { finding, letSesBeAskedOrGive, worst, type CheckReport, type Finding } from './report';
import { judgeSes } from './ses';
import { askSes, type SesView } from './ses-view';
import { judgeSpf } from './spf';
import { readSpf } from './spf-tree';
import { findZone, judgeZone, type Zone } from './zone';

/**
 * Checks that mail which SES sends from a domain passes DKIM, SPF and DMARC: the DKIM records and
 * their keys, MX and SPF of the MAIL FROM domain and the DMARC record in DNS, and the identity in SES.
 *
 * It only looks, and changes nothing. What cannot be looked up is a finding of its own (`unknown`).
 *
 * @param domain the domain that the identity in SES is for
 * @returns the findings, each with its verdict and what to do
 * @throws InvalidOptionError when the domain or an option cannot be used
 */
export async function checkDomain(domain: string, options: CheckOptions = {}): Promise<CheckReport> {
  const given = readOptions(domain, options);
  const { dns } = given;
  // Nothing waits for more than it needs: resolvers that do not answer take their time.
  const zone = findZone(dns, given.domain);
  const dmarc = readDmarc(dns, given.domain);
  const consents = dmarc.then((steps) => readConsents(dns, appliedStep(steps)));
  const ses = options.ses === false ? undefined : await askSes(given.domain, given.region);
  const region = ses?.region ?? given.region;
  const mailFrom = given.mailFrom ?? mailFromOf(ses);

  const [dkim, returnPath] = await Promise.all([
    checkDkim(dns, given.domain, given.tokens, ses, region, zone),
    checkMailFrom(dns, given.domain, mailFrom, ses, region),
  ]);
  const findings = [
    judgeZone(given.domain, await zone),
    ...(ses === undefined ? [] : judgeSes(given.domain, ses, given.mailFrom)),
    ...dkim,
    ...returnPath,
    judgeDmarc(await dmarc, await consents, mailFrom || undefined, await zone),
  ];
  return {
    domain: given.domain,
    ...(region !== undefined && { region }),
    ...(mailFrom && { mailFromDomain: mailFrom }),
    resolvers: dns.servers,
    verdict: worst(findings),
    findings,
  };
}

/** What SES says of the custom MAIL FROM domain: `false` if there is none, undefined if it says nothing. */
function mailFromOf(ses: SesView | undefined): string | false | undefined {
  return ses?.state === 'identity' ? (ses.mailFrom?.domain ?? false) : undefined;
}

async function checkDkim(
  dns: Dns,
  domain: string,
  given: readonly string[] | undefined,
  ses: SesView | undefined,
  region: string | undefined,
  zone: Promise<Zone>,
): Promise<Finding[]> {
  const identity = ses?.state === 'identity' ? ses : undefined;
  const tokens = given ?? identity?.tokens;
  if (tokens === undefined) {
    return [unknownTokens(domain, ses !== undefined)];
  }
  if (given === undefined && identity?.ownKey) {
    return [judgeKeys(domain, await readOwnKeys(dns, domain, tokens), identity.dkimStatus)];
  }
  const host = expectedDkimHost(ses, region);
  const views = await Promise.all(tokens.map((token) => readDkim(dns, domain, token, zone)));
  const keys = views.map((view) => selectorKey(view, host)).filter((key) => key !== undefined);
  return [
    ...views.map((view) => judgeDkim(view, host)),
    // Without a record that leads to SES there is nothing to say of keys.
    ...(keys.length === 0 ? [] : [judgeKeys(domain, keys, identity?.dkimStatus)]),
  ];
}

/** The keys of an identity that signs with its own (BYODKIM), which has no CNAME records. */
function readOwnKeys(dns: Dns, domain: string, selectors: readonly string[]): Promise<SelectorKey[]> {
  return Promise.all(
    selectors.map(async (selector) => {
      const name = dkimRecordName(selector, domain);
      return { selector, name, lookup: await dns.txt(name) };
    }),
  );
}

function unknownTokens(domain: string, sesIsAsked: boolean): Finding {
  return finding(
    {
      check: 'dkim',
      name: dkimRecordName('<token>', domain),
      found: 'the tokens are not known: only SES knows them',
      expected: 'three CNAME records with keys',
    },
    {
      verdict: 'unknown',
      problem: 'not-given',
      remedy: `${letSesBeAskedOrGive(sesIsAsked)} --tokens: the outputs of the stack show them.`,
    },
  );
}

async function checkMailFrom(
  dns: Dns,
  domain: string,
  mailFrom: string | false | undefined,
  ses: SesView | undefined,
  region: string | undefined,
): Promise<Finding[]> {
  if (!mailFrom) {
    return [mailFrom === false ? noMailFrom(domain) : unknownMailFrom(domain, ses !== undefined)];
  }
  const [mx, spf] = await Promise.all([readMailFrom(dns, mailFrom), readSpf(dns, mailFrom)]);
  return [judgeMx(mailFrom, mx, region), judgeSpf(spf)];
}

import { documentedDkimDomain } from '../../lib/shared/dkim-hosts';
import type { Aws } from '../aws/clients';
import { DkimStatus, requireThreeTokens, Ses } from '../aws/ses';
import type { Freshness } from '../events/freshness';
import type { HostedZone } from '../aws/route53';
import { plannedClaim, restoredClaim } from './claim-plan';
import { IDENTITY } from './claims';
import type { DomainRun } from './domain-run';
import { enterIdentity } from './entering';
import { IdentityClaims } from './identity-claims';
import { refuseForeignSigning, refuseSwitchedOff } from './identity';
import { sameTokens } from './record-plan';
import { refuseConflicts } from './record-setup';
import { changeKeys, otherLength, refuseOtherKeys, refuseToChange, whyKept } from './signing-keys';

/**
 * Makes the identity, or uses the one that is there, with a claim on it.
 *
 * @returns the DKIM status
 */
export async function applyIdentity(run: DomainRun, aws: Aws, freshness: Freshness): Promise<DkimStatus> {
  const { config, known, log } = run;
  const { domainName, region } = config;
  const { ses } = aws;
  const claims = (run.claims = new IdentityClaims(aws, config, log));
  const birth =
    known === undefined ? { ...plannedClaim(run, run.eventClaim, []), made: [IDENTITY] } : restoredClaim(run, known);
  const entered = await enterIdentity(claims, birth, config.tags, freshness, known !== undefined, (signing) => {
    refuseForeignSigning(signing, domainName, region);
    if (known === undefined) {
      refuseSwitchedOff(signing, domainName, region);
      if (claims.own(run.eventClaim) === undefined) {
        refuseOtherKeys(otherLength(signing, config, run.event), config);
      }
    }
  });
  run.isAnew = known !== undefined && entered.earlier === undefined;
  if (run.event.RequestType === 'Create' && run.isFirstHere && entered.isOfEarlierRun) {
    run.claimedElsewhere = entered.earlier;
  }
  run.earlier = entered.isNew ? undefined : claims.own(run.eventClaim);
  run.madeIdentity ||= entered.isNew || run.earlier?.made.includes(IDENTITY) === true;
  run.noteIdentity();

  const { signing } = entered;
  if (signing.keyLength === 'RSA_1024_BIT') {
    log('short-key', { domainName, region, keyLength: signing.keyLength });
  }
  const ready = !entered.isNew && signing.tokens.length > 0 && !/^(NotStarted|Failed)$/.test(signing.status);
  run.tokens = ready ? signing.tokens : await verify(ses, domainName, freshness);
  const unchanged = known !== undefined && sameTokens(known.tokens, run.tokens);
  run.dkimDomain = chooseDkimDomain(
    run,
    signing.hostedZone ?? (await hostedZoneAfter(ses, domainName, ready)),
    unchanged ? known.dkimDomain : undefined,
  );
  return ready ? signing.status : 'Pending';
}

async function verify(ses: Ses, domainName: string, freshness: Freshness): Promise<readonly string[]> {
  await freshness.require();
  return ses.verifyDomainDkim(domainName);
}

/** Where the keys are may be known only once DKIM is set up. */
async function hostedZoneAfter(ses: Ses, domainName: string, wasSetUp: boolean): Promise<string | undefined> {
  return wasSetUp ? undefined : (await ses.findIdentity(domainName))?.signing.hostedZone;
}

/** SES's own word first, then what it said before, then the table. */
export function chooseDkimDomain(
  { config, log }: DomainRun,
  signingHostedZone: string | undefined,
  before: string | undefined,
): string {
  const [dkimDomain, source] =
    signingHostedZone !== undefined && /^[a-z0-9.-]+$/i.test(signingHostedZone)
      ? [signingHostedZone.toLowerCase().replace(/\.$/, ''), 'SES']
      : before !== undefined
        ? [before, 'earlier deployment']
        : [documentedDkimDomain(config.region), 'table of Regions'];
  log('dkim-domain', { dkimDomain, source });
  return dkimDomain;
}

/**
 * Gives the identity keys of the wanted length. That cannot be taken back, so it waits until nothing else is in the way.
 *
 * @returns the DKIM status of new keys; what the user has to know when they stay as they are
 */
export async function applySigningKeys(
  run: DomainRun,
  aws: Aws,
  zone: HostedZone | undefined,
  freshness: Freshness,
): Promise<{ readonly status?: DkimStatus; readonly remark?: string }> {
  const { config, event, known, log } = run;
  const claims = run.claims!;
  const length = otherLength(claims.found!.signing, config, event);
  if (known === undefined || run.madeIdentity || length === undefined) {
    return {};
  }
  const remark = await whyKept(length, config, event, !sameTokens(known.tokens, run.tokens), aws.deadline, log);
  if (remark !== undefined) {
    return { remark };
  }
  if (zone !== undefined) {
    await refuseConflicts(run, zone);
  }
  const replicaRegions = await claims.replicaRegions();
  await freshness.require();
  await claims.reread();
  refuseToChange(length, config, known, claims, replicaRegions, event);
  log('change-keys', { ...length });
  // Whatever comes of it, only SES knows the tokens now.
  run.hasChangedKeys = true;
  run.tokens = [];
  const { tokens, status, hostedZone } = await changeKeys(aws.ses, config.domainName, length.wanted);
  run.tokens = requireThreeTokens(tokens, config.domainName, config.region);
  run.dkimDomain = chooseDkimDomain(run, hostedZone, run.dkimDomain);
  return { status };
}

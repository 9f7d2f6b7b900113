import type { DomainState } from '../../lambda/domain/physical-id';
import type { Call, FakeAws } from '../fakes/fake-aws';
import { configOf } from './excuses';
import { furtherRecords } from './further-records';
import { type Incident } from './incident';
import { identityKey, type Difference, type Item, recordKey } from './ledger';
import { Violation } from './violation';

/** Judges a call that has just taken effect: no moment may be wrong, not only the end. */
export function judgeEffect(
  fake: FakeAws,
  incident: Incident,
  call: Call,
  differences: readonly Difference[],
  uses: readonly DomainState[],
): void {
  for (const difference of differences) {
    const what = `${call.operation} on ${incident.type} ${incident.event.RequestId}: ${show(difference)}`;
    // The end of an update that is rolled back brings an MX or a DMARC record of ours back.
    const movesBack =
      / (MX |TXT {2}dmarc)$/.test(difference.key) && ['ours', 'limbo'].includes(difference.before?.origin ?? '');
    if (incident.type === 'Delete' && difference.after !== undefined && !movesBack) {
      throw new Violation('Delete never creates', what);
    }
    if (incident.type === 'Delete' && incident.retains) throw new Violation('retained', what);
    if (incident.late && !incident.blind) throw new Violation('late events change nothing', what);
    if (isOfUnclaimed(fake, incident, difference)) throw new Violation('others untouched', what);
    if (!mayTouch(incident, difference)) throw new Violation('others untouched', what);
    const used = uses.find((use) => breaks(fake, incident, use, difference));
    if (used) throw new Violation('records while in use', `${used.domainName} in ${used.zoneId}: ${what}`);
  }
}

/** Whether an identity that somebody may have made anew, with the tokens it had, loses a DKIM record. */
function isOfUnclaimed(
  fake: FakeAws,
  { unclaimed, meanwhile, previous }: Incident,
  { key, after }: Difference,
): boolean {
  if (!unclaimed || meanwhile || previous?.zoneId === undefined || after !== undefined) return false;
  const { region, domainName, zoneId } = previous;
  const { tokens = [] } = fake.identity(region, domainName) ?? {};
  return tokens.some((token) => key === recordKey(zoneId, `${token}._domainkey.${domainName}`));
}

function mayTouch(incident: Incident, { key, before, after }: Difference): boolean {
  if (before?.origin !== 'others') return true;
  // What others make meanwhile, just as a run that was killed had claimed it, cannot be told from what that has made.
  const looksOurs = incident.killed > 0 && incident.meanwhile;
  if (after === undefined) return looksOurs && incident.differences.some((each) => keepsContent(each, key));
  if (key.includes(' TXT ') && before.content === after.content) {
    // The TTL is that of the record set, which it shares with what the user has us overwrite.
    return true;
  }
  if (key.startsWith('identity')) {
    // DKIM may be set up where there is none; the signing that is there stays.
    return before.content === 'AWS_SES ' && after.content.startsWith('AWS_SES ');
  }
  if (before.content === after.content) return looksOurs;
  return configOf(incident)?.overwriteRecords === true || isRepair(incident, key, before);
}

/** Whether a run has taken a record for its own, and given it another TTL. */
function keepsContent({ key, before, after }: Difference, of: string): boolean {
  return key === of && before !== undefined && before.content === after?.content;
}

/** An Update may bring back the value of a record that we had made or taken over, whoever has changed it since. */
function isRepair(incident: Incident, key: string, { formerTakers = [] }: Item): boolean {
  const { previous } = incident;
  if (incident.type !== 'Update' || previous?.zoneId === undefined) return false;
  if (configOf(incident)?.takeOwnership && formerTakers.includes(previous.claim)) return true;
  const { domainName, zoneId, ownedRecords } = previous;
  return (
    ownedRecords.some((token) => key === recordKey(zoneId, `${token}._domainkey.${domainName}`)) ||
    furtherRecords(previous).some((record) => record.key === key && ownedRecords.includes(record.id))
  );
}

/** Whether a domain in use loses its identity or one of its records, which it had before the event. */
function breaks(fake: FakeAws, incident: Incident, use: DomainState, { key, before, after }: Difference): boolean {
  if (before === undefined || incident.made(before)) return false;
  // Whose a record is can be told no longer; the identity has a claim of whoever uses it, even one that cannot be read.
  if (before.origin === 'limbo' && key.startsWith('record')) return false;
  const { region, domainName, zoneId, tokens } = use;
  // Where somebody has deleted the identity, nothing is in use.
  if (key !== identityKey(region, domainName) && fake.identity(region, domainName) === undefined) return false;
  if (key === identityKey(region, domainName)) {
    return after === undefined && before.content === `AWS_SES ${tokens.join()}`;
  }
  if (zoneId === undefined) return false;
  if (furtherRecords(use).some((record) => record.key === key)) return after === undefined;
  const token = tokens.find((each) => key === recordKey(zoneId, `${each}._domainkey.${domainName}`));
  if (token === undefined) return false;
  if (after === undefined) return true;
  const host = fake.identity(region, domainName)?.signingHostedZone;
  const right = (item: Item) => host !== undefined && item.content === `${token}.${host}`;
  const restored = incident.differences.some(
    (earlier) => earlier.key === key && earlier.before?.content === after.content,
  );
  if (restored) return false;
  const wordOfSes = incident.heardSes && fake.sesv2 === 'on' && !incident.meanwhile;
  return right(before) && !right(after) && wordOfSes;
}

export function show({ key, before, after }: Difference): string {
  return `${key}: ${showItem(before)} becomes ${showItem(after)}`;
}

function showItem(item: Item | undefined): string {
  if (item === undefined) return 'nothing';
  return `"${item.content}"${item.ttl === undefined ? '' : ` for ${item.ttl} s`} (${item.origin})`;
}

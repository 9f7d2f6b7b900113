/** The invariants, each with the promise of the design that it watches over. */
export const INVARIANTS = {
  'others untouched': 'P1: what others made is neither changed nor deleted, unless a prop says so',
  'id tells the truth': 'P1, P2: the physical id claims all that we made, and nothing else',
  'nothing left': 'P2: what we made is in use, or gone',
  retained: 'P2: RETAIN deletes nothing',
  'claims tell the truth': 'P10: what is in use has its claim on the identity, which is marked as ours if we made it',
  'late events change nothing':
    'P11: an event that CloudFormation does not wait for any more makes and deletes nothing',
  'answered once': 'P3: one answer to every event, and the same one to its repetitions',
  'in time': 'P3: the answer comes before the Lambda times out',
  'reason helps': 'P3: a failure says what failed, for which domain, zone and Region',
  'at rest after the answer': 'P3: no call and no timer outlives the run',
  'no failure without a cause': 'P4, P7: what passes is survived, what is gone already is no failure',
  stable: 'P4: doing it again changes neither ids nor tokens nor anything in AWS',
  'takes back what is cancelled':
    'P2: a Create or Update that CloudFormation has cancelled leaves nothing of what it made',
  'failed means undone': 'P4: a failed run takes back what it made, and a failed Update keeps the id',
  'records while in use': 'P5, P10: no moment without the identity and the records of a domain in use',
  'Delete never creates': 'P6: no VerifyDomainDkim on Delete, and no record but one that goes back to what it was',
  'set up as answered': 'P4: what a success announces is there, in full',
  'keys only when asked':
    'P1, P5: an update that asks for it changes the keys of an identity that is ours alone, and no rollback does',
  'new keys have their records':
    'P5: the records of keys that nobody can take back are in the zone, whatever else fails',
  'least privilege': 'P8: only the records and settings of the domain, and no deletion with RETAIN',
  'missing is noticed': 'P12: a watch says that a record of a domain in use is missing',
  'put back what is missing': 'P12: a watch that repairs puts back the records that we had made',
  'steps aside': 'P12: a watch leaves alone what is being deployed',
  'no secrets in the log': 'P3: neither the response URL nor credentials are logged',
} as const;

export type Invariant = keyof typeof INVARIANTS;

/** An invariant does not hold. */
export class Violation extends Error {
  constructor(
    readonly invariant: Invariant,
    detail: string,
  ) {
    super(`${invariant}: ${detail}`);
    this.name = 'Violation';
  }
}

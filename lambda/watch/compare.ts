import { MailRecord, mailRecords } from '../../lib/shared/mail-records';
import { Settings, showSetting } from '../../lib/shared/settings';
import { changeRecord, createRecord, remarksOnDkim, remarksOnMailFrom } from '../../lib/shared/remedies';
import type { Identity } from '../aws/ses';
import { readClaims, tagKey } from '../domain/claims';
import type { DomainState } from '../domain/physical-id';
import { NOTHING_MADE, planRecords, sameTokens } from '../domain/record-plan';
import { RecordSet, sameName } from '../domain/record-set';
import { Failure } from '../events/failure';
import { planSettings } from '../settings/plan';
import type { CheckId, Finding } from './finding';

/** What can be done about what only a deployment knows how to make. */
export const DEPLOY_AGAIN = 'Deploy its EasyDkimDomain again, with another revision.';

/** The identity and its DKIM, as SES sees them. */
export function compareIdentity(
  name: string,
  subject: { readonly domainName: string; readonly region: string },
  identity: Identity | undefined,
): readonly Finding[] {
  if (identity === undefined) {
    const expected = 'an identity that is verified for sending';
    const found = 'no such identity';
    return [
      { check: 'ses-identity', name, found, expected, verdict: 'fail', remedy: DEPLOY_AGAIN, metric: 'DkimReady' },
    ];
  }
  const { tokens, status, enabled, origin = 'AWS_SES' } = identity.signing;
  const kind = origin === 'AWS_SES' ? 'Easy DKIM' : origin;
  const remarks = remarksOnDkim(subject, tokens, status, enabled !== false);
  return [
    {
      check: 'ses-dkim',
      name,
      found: [kind, upperSnake(status), ...(enabled === false ? ['signing disabled'] : [])].join(', '),
      expected: 'DKIM that is verified and signs',
      ...judgement(remarks),
      metric: 'DkimReady',
    },
  ];
}

/** @param wanted the MAIL FROM domain that was deployed */
export function compareMailFrom(name: string, wanted: string, { settings, mailFromStatus = '' }: Identity): Finding {
  const { MailFrom: mailFrom } = settings;
  const expected = `${wanted}, SUCCESS`;
  const subject = { check: 'ses-mail-from', name, expected, metric: 'MailFromReady' } as const;
  if (mailFrom?.domainName !== wanted) {
    const found = mailFrom?.domainName ?? 'no MAIL FROM domain';
    return { ...subject, found, verdict: 'fail', remedy: `Set ${wanted} for the identity.` };
  }
  const remarks = remarksOnMailFrom(mailFromStatus, mailFrom.behavior === 'RejectMessage');
  return { ...subject, found: `${wanted}, ${upperSnake(mailFromStatus)}`, ...judgement(remarks) };
}

/** The records of a domain in its hosted zone. */
export function compareRecords(
  state: DomainState,
  identity: Identity | undefined,
  existing: readonly RecordSet[],
): readonly Finding[] {
  const tokens = identity?.signing.tokens ?? [];
  const others: readonly Finding[] =
    tokens.length === 0 || sameTokens(tokens, state.tokens)
      ? []
      : [
          {
            check: 'dkim',
            name: state.domainName,
            found: `records for the tokens ${state.tokens.join(', ')}`,
            expected: `records for the tokens ${tokens.join(', ')}, which SES has now`,
            verdict: 'fail',
            remedy: DEPLOY_AGAIN,
            metric: 'RecordsInPlace',
          },
        ];
  return [...mailRecords(state).map((record) => compareRecord(record, existing)), ...others];
}

function compareRecord(record: MailRecord, existing: readonly RecordSet[]): Finding {
  const { id, name, type, value } = record;
  const subject = {
    check: CHECKS[id] ?? 'dkim',
    name,
    expected: `${type} ${value}`,
    metric: 'RecordsInPlace',
  } as const;
  switch (stateOf(record, existing)) {
    case 'in place':
      return { ...subject, found: subject.expected, verdict: 'pass', remedy: '' };
    case 'missing': {
      const found = `no ${id in CHECKS ? id.toUpperCase() : type} record`;
      return { ...subject, found, verdict: 'fail', remedy: createRecord(record) };
    }
    case 'different': {
      const sets = existing.filter((set) => sameName(set.name, name));
      const found = sets.map((set) => `${set.type} ${set.values.join(', ')}`).join('; ');
      return { ...subject, found, verdict: 'fail', remedy: changeRecord(record) };
    }
  }
}

const CHECKS: { readonly [id: string]: CheckId | undefined } = { mx: 'mail-from', spf: 'spf', dmarc: 'dmarc' };

/** Whether a record does what it is for, as such a deployment would see it. */
export function stateOf(record: MailRecord, existing: readonly RecordSet[]): 'in place' | 'missing' | 'different' {
  try {
    return planRecords({ ...NOTHING_MADE, records: [record] }, existing).changes.length === 0 ? 'in place' : 'missing';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return 'different';
  }
}

/** @param present what SES has of the wanted settings */
export function compareSettings(name: string, wanted: Settings, present: Settings): readonly Finding[] {
  const samePolicy = isSamePolicy(wanted.SendingPolicy, present.SendingPolicy);
  const found = samePolicy ? { ...present, SendingPolicy: wanted.SendingPolicy } : present;
  const steps = planSettings({ wanted, former: {}, present: found });
  // Another MAIL FROM domain is told with its status.
  const hasOther = present.MailFrom?.domainName !== wanted.MailFrom?.domainName;
  return steps
    .filter(({ setting }) => setting !== 'MailFrom' || !hasOther)
    .map(({ setting, from, to }) => ({
      check: 'settings',
      name,
      found: `${setting}: ${showSetting(from)}`,
      expected: `${setting}: ${showSetting(to)}`,
      verdict: 'fail',
      remedy: `Set ${setting} again, or deploy what it should be.`,
    }));
}

/** Whether two texts are one policy: what CloudFormation shows may be in another order than what the handler got. */
function isSamePolicy(one: string | null = null, other: string | null = null): boolean {
  return one !== null && other !== null && inOrder(JSON.parse(one)) === inOrder(JSON.parse(other));
}

function inOrder(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(String(value));
  }
  const entries = Object.entries(value).map(([key, each]) => `${key}:${inOrder(each)}`);
  return `{${entries.sort().join()}}`;
}

/** The tag by which a resource of the stack says that it uses the identity. */
export function compareClaim(name: string, claim: string, { tags }: Identity): readonly Finding[] {
  return readClaims(tags).some(({ id }) => id === claim)
    ? []
    : [
        {
          check: 'tag',
          name,
          found: 'no such tag',
          expected: tagKey(claim),
          verdict: 'warn',
          remedy: `${DEPLOY_AGAIN} Without the tag nothing is repaired, and nothing is removed with the stack.`,
        },
      ];
}

function judgement(
  remarks: readonly { readonly verdict: 'warn' | 'fail'; readonly remedy: string }[],
): Pick<Finding, 'verdict' | 'remedy'> {
  const [worst] = remarks.filter(({ verdict }) => verdict === 'fail').concat(remarks);
  return { verdict: worst?.verdict ?? 'pass', remedy: remarks.map(({ remedy }) => remedy).join(' ') };
}

/** A status in the words of the SES v2 API, which the check has. */
function upperSnake(status: string): string {
  return status.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

import fc from 'fast-check';
import type { Claim } from '../../lambda/domain/claims';
import type { DomainState } from '../../lambda/domain/physical-id';
import { mailRecords } from '../../lib/shared/mail-records';
import type { RecordSet } from '../../lambda/domain/record-set';
import {
  Change,
  planRecords,
  planRemoval,
  planUndo,
  RecordPlan,
  recordsToRemove,
  DesiredRecords,
  Remaining,
} from '../../lambda/domain/record-plan';

const TOKENS = ['tok1', 'tok2', 'tok3'];
const CLAIM = '0a1b2c3d4e-0a1b2c3d4e5f';
const nameOf = (token: string) => `${token}._domainkey.example.com`;
const valueOf = (token: string) => `${token}.dkim.amazonses.com`;

const source = {
  domainName: 'example.com',
  region: 'eu-west-1',
  tokens: TOKENS,
  dkimDomain: 'dkim.amazonses.com',
};

const desired: DesiredRecords = {
  records: mailRecords(source),
  zoneId: 'Z0EXAMPLE',
  ttl: 1800,
  overwriteRecords: false,
  owned: [],
  inherited: [],
  former: [],
  unconfirmed: [],
};

const cname = (name: string, value: string, ttl = 1800): RecordSet => ({
  name,
  type: 'CNAME',
  ttl,
  values: [value],
  simple: true,
});

/** Any zone: of each token's name, there may be nothing, the right record in some form, or something else. */
const zones = fc
  .tuple(
    ...TOKENS.map((token) =>
      fc.constantFrom<RecordSet[]>(
        [],
        [cname(nameOf(token), valueOf(token))],
        [cname(nameOf(token), valueOf(token), 60)],
        [cname(nameOf(token), `${valueOf(token).toUpperCase()}.`)],
        [cname(nameOf(token), 'elsewhere.example.net')],
        [{ ...cname(nameOf(token), valueOf(token)), simple: false }],
        [{ ...cname(nameOf(token), '"v=DKIM1"'), type: 'TXT' }],
      ),
    ),
  )
  .map((sets) => [...sets.flat(), cname('other._domainkey.example.com', 'other.example.net')]);

const anyWishes = fc.record({
  owned: fc.subarray(TOKENS),
  overwriteRecords: fc.boolean(),
  ttl: fc.constantFrom(60, 1800),
});

/** What Route 53 does with a batch that it takes; it takes none that does not fit. */
function apply(changes: readonly Change[], zone: readonly RecordSet[]): RecordSet[] {
  const after = new Map(zone.map((set) => [`${set.name} ${set.type}`, set]));
  for (const { action, record } of changes) {
    const key = `${record.name} ${record.type}`;
    const present = after.get(key);
    expect(action === 'CREATE').toBe(action !== 'UPSERT' && present === undefined);
    if (action === 'DELETE') {
      expect(record).toMatchObject({ ttl: present?.ttl, values: present?.values });
      after.delete(key);
    } else {
      after.set(key, record);
    }
  }
  return sorted([...after.values()]);
}

function sorted(sets: readonly RecordSet[]): RecordSet[] {
  return [...sets].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The plan, or undefined when there is a conflict. */
function tryPlan(given: DesiredRecords, zone: readonly RecordSet[]): RecordPlan | undefined {
  try {
    return planRecords(given, zone);
  } catch (error) {
    expect((error as Error).message).toMatch(/^The record tok\d\._domainkey\.example\.com exists in hosted zone Z0EX/);
    return undefined;
  }
}

/** Holds for every plan for every zone. */
function forEveryPlan(check: (plan: RecordPlan, given: DesiredRecords, zone: RecordSet[]) => void): void {
  fc.assert(
    fc.property(anyWishes, zones, (some, zone) => {
      const given = { ...desired, ...some };
      const plan = tryPlan(given, zone);
      if (plan) check(plan, given, zone);
    }),
    { numRuns: 500 },
  );
}

describe('every plan for the records', () => {
  it('has all three in place, each with the right value', () => {
    forEveryPlan(({ changes }, _, zone) => {
      const after = apply(changes, zone);
      for (const token of TOKENS) {
        const sets = after.filter(({ name }) => name === nameOf(token));
        expect(sets.map(({ values }) => values.map((value) => value.toLowerCase().replace(/\.$/, '')))).toEqual([
          [valueOf(token)],
        ]);
      }
    });
  });

  it('touches no other name', () => {
    forEveryPlan(({ changes }) => {
      expect(TOKENS.map(nameOf)).toEqual(expect.arrayContaining(changes.map(({ record }) => record.name)));
    });
  });

  it('changes what is not ours only when told to overwrite it', () => {
    forEveryPlan(({ changes }, { owned, overwriteRecords }, zone) => {
      const touched = changes.map(({ record }) => record.name);
      for (const token of TOKENS.filter((candidate) => !owned.includes(candidate))) {
        const there = zone.find(({ name }) => name === nameOf(token));
        const right = there?.values[0].toLowerCase().startsWith(valueOf(token));
        if (there && (right || !overwriteRecords)) expect(touched).not.toContain(nameOf(token));
      }
    });
  });

  it('makes ours what it writes, and keeps what was', () => {
    forEveryPlan(({ changes, owned: ours }, { owned }) => {
      const written = TOKENS.filter((token) => changes.some(({ record }) => record.name === nameOf(token)));
      expect(ours).toEqual(TOKENS.filter((token) => written.includes(token) || owned.includes(token)));
    });
  });

  it('gives our records the TTL that is wished for', () => {
    forEveryPlan(({ changes, owned }, { ttl }, zone) => {
      const after = apply(changes, zone);
      for (const token of owned) {
        expect(after.find(({ name }) => name === nameOf(token))?.ttl).toBe(ttl);
      }
    });
  });

  it('can be undone', () => {
    forEveryPlan(({ changes, sent }, _, zone) => {
      const after = apply(changes, zone);
      expect(apply(planUndo(sent, after, false), after)).toEqual(sorted(zone));
    });
  });

  it('leaves nothing to do', () => {
    forEveryPlan(({ changes, owned, found }, given, zone) => {
      const again = planRecords({ ...given, owned }, apply(changes, zone));
      expect(again).toEqual({ changes: [], sent: [], owned, found });
    });
  });
});

describe('records that others of ours have made', () => {
  const inherited = TOKENS.slice(0, 2);

  it('are ours, too, if they are as we make them', () => {
    const zone = [
      cname(nameOf('tok1'), valueOf('tok1')),
      cname(nameOf('tok2'), valueOf('tok2'), 60),
      cname(nameOf('tok3'), valueOf('tok3')),
    ];

    expect(planRecords({ ...desired, inherited }, zone)).toEqual({
      changes: [],
      sent: [],
      owned: inherited,
      found: ['tok3'],
    });
  });

  it('are not changed when they have another value', () => {
    const zone = [cname(nameOf('tok1'), 'elsewhere.example.net')];

    expect(tryPlan({ ...desired, inherited }, zone)).toBeUndefined();
  });
});

describe('records that a lost try of ours may have written', () => {
  const written = TOKENS.map((token) => cname(nameOf(token), valueOf(token)));

  it('are written again, and are ours', () => {
    const plan = planRecords({ ...desired, unconfirmed: TOKENS }, written);

    expect(plan.changes.map(({ action }) => action)).toEqual(['UPSERT', 'UPSERT', 'UPSERT']);
    expect(plan.owned).toEqual(TOKENS);
  });

  it('are removed when that is undone', () => {
    const { sent } = planRecords({ ...desired, unconfirmed: TOKENS }, written);

    expect(apply(planUndo(sent, written, false), written)).toEqual([]);
  });
});

describe('the removal of records', () => {
  const state: DomainState = {
    region: 'eu-west-1',
    domainName: 'example.com',
    zoneId: 'Z0EXAMPLE',
    dkimDomain: 'dkim.amazonses.com',
    tokens: TOKENS,
    claim: CLAIM,
    ownedRecords: TOKENS,
  };
  const zone = TOKENS.map((token) => cname(nameOf(token), valueOf(token), 77));
  const nobody: Remaining = { claims: [], elsewhere: [], shown: undefined, tokens: TOKENS };
  const removal = (given: DomainState, existing: readonly RecordSet[], remaining = nobody) =>
    planRemoval(recordsToRemove(given, remaining), existing);
  const removed = (remaining: Partial<Remaining> = {}) =>
    removal(state, zone, { ...nobody, ...remaining }).map(({ record }) => record.name);
  const other: Claim = { id: '5f5f5f5f5f-5f5f5f5f5f5f', made: [], found: [], by: 'Other/Mail', zoneId: 'Z0EXAMPLE' };

  it('brings back the zone as it was before the plan, but for what was overwritten', () => {
    forEveryPlan(({ changes, owned: ownedRecords }, { owned, overwriteRecords }, before) => {
      if (owned.length > 0 || overwriteRecords) return;
      const after = apply(changes, before);

      expect(apply(removal({ ...state, ownedRecords }, after), after)).toEqual(sorted(before));
    });
  });

  it('never touches what is not owned', () => {
    fc.assert(
      fc.property(zones, fc.subarray(TOKENS), (any, ownedRecords) => {
        const names = removal({ ...state, ownedRecords }, any).map(({ record }) => record.name);
        expect(ownedRecords.map(nameOf)).toEqual(expect.arrayContaining(names));
      }),
    );
  });

  it('names the TTL and the value that are there, as Route 53 wants it', () => {
    const [{ record }] = removal(state, [cname(nameOf('tok1'), 'TOK1.dkim.amazonses.com.', 5)]);

    expect(record).toMatchObject({ ttl: 5, values: ['TOK1.dkim.amazonses.com.'] });
  });

  it.each<[string, Partial<DomainState>, string[]]>([
    ['all is in use', {}, []],
    ['all is in use, for another Region of SES', { region: 'us-east-1' }, []],
    ['all is in use, and somebody else made it', { ownedRecords: [] }, []],
    ['two of the tokens are in use', { tokens: ['tok1', 'tok2', 'new'] }, ['tok3']],
    ['it moved to another zone', { zoneId: 'Z1OTHER' }, TOKENS],
    ['it moved to another domain', { domainName: 'mail.example.com' }, TOKENS],
    ['it is the very one that goes', { claim: CLAIM }, TOKENS],
  ])('spares what the resource has now: %s', (_, difference, tokens) => {
    const shown = { ...state, claim: '0a1b2c3d4e-ffffffffffff', ...difference };

    expect(removed({ shown })).toEqual(tokens.map(nameOf));
  });

  it.each<[string, Partial<Remaining>, string[]]>([
    ['that it has made, too', { claims: [{ ...other, made: ['1', '2', '3'] }] }, []],
    ['that it has found', { claims: [{ ...other, found: ['1', '2', '3'] }] }, []],
    ['but not the one that it does not use', { claims: [{ ...other, made: ['1'], found: ['3'] }] }, ['tok2']],
    ['although somebody has edited its tag', { claims: [{ ...other, unreadable: true }] }, []],
    ['but not in another zone', { claims: [{ ...other, zoneId: 'Z1OTHER', made: ['1', '2', '3'] }] }, TOKENS],
    ['but not once it is leaving itself', { claims: [{ ...other, made: ['1', '2', '3'], leavingSince: 1 }] }, TOKENS],
    [
      'but not those of former tokens',
      { claims: [{ ...other, made: ['1', '2', '3'] }], tokens: ['a', 'b', 'c'] },
      TOKENS,
    ],
    ['when SES shows no tokens', { claims: [{ ...other, made: ['1', '2', '3'] }], tokens: [] }, []],
  ])('spares what another construct uses %s', (_, remaining, tokens) => {
    expect(removed(remaining)).toEqual(tokens.map(nameOf));
  });

  it('takes all that we made when the resource goes', () => {
    expect(removed()).toEqual(TOKENS.map(nameOf));
  });

  it.each([
    ['another value', cname(nameOf('tok1'), 'elsewhere.example.net')],
    ['a second value', { ...cname(nameOf('tok1'), valueOf('tok1')), values: [valueOf('tok1'), 'x.example.net'] }],
    ['a routing policy', { ...cname(nameOf('tok1'), valueOf('tok1')), simple: false }],
    ['another type', { ...cname(nameOf('tok1'), valueOf('tok1')), type: 'TXT' }],
    ['the key of another token', cname(nameOf('tok1'), valueOf('tok10'))],
  ])('leaves a record that has %s by now', (_, set) => {
    expect(removal(state, [set])).toEqual([]);
  });
});

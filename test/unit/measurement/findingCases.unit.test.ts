import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingClosed } from '../../../schemas/events/measurement.ts';
import type { FindingOutcome } from '../../../schemas/measurement.ts';
import { factKeys, findingsOf, refusalOf, stateOf } from '../../../services/measurement/domain/cases.ts';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { suspicionsOf } from '../../../services/measurement/domain/guards/index.ts';
import type { CaseAct } from '../../../services/measurement/domain/ledgers.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { World } from '../../../services/measurement/domain/world.ts';
import { FIRM, stock } from './facts.ts';
import {
  about,
  asOf,
  contract,
  copied,
  FIRST,
  file,
  found,
  held,
  LEADER,
  months,
  nominated,
  OTHER,
  OTHER_LEADER,
  PROVIDER,
  SAMPLE,
  SECOND,
  subsidy,
} from './guardFacts.ts';

const FURTHER: readonly (readonly [code: string, facts: readonly Fact[], further: readonly Fact[]])[] = [
  [
    'COUNTED_IN_TWO_CITIES',
    [nominated(), nominated({ programme: SECOND, cityCode: '320500' })],
    [nominated({ programme: 'sme-330200-2024', cityCode: '330200' })],
  ],
  [
    'COUNTED_IN_TWO_CHAINS',
    [nominated(), nominated({ platform: 'other', leaderUscc: OTHER_LEADER })],
    [nominated({ platform: 'third', leaderUscc: SAMPLE })],
  ],
  ['COPIED_TWICE', [copied(SAMPLE), copied(OTHER)], [copied(PROVIDER)]],
  [
    'FILE_REUSED',
    [file('a', { sha256: '1'.repeat(64) }), file('b', { sha256: '1'.repeat(64) }, OTHER)],
    [file('c', { sha256: '1'.repeat(64) }, SAMPLE)],
  ],
  [
    'EVIDENCE_MISMATCHED',
    [contract(), file('a', { counterpartyUscc: OTHER })],
    [file('b', { counterpartyUscc: LEADER })],
  ],
  [
    'ALREADY_FUNDED',
    [subsidy('paid', FIRST, 5), subsidy('paid', SECOND, 5)],
    [subsidy('paid', 'sme-330200-2024', 5)],
  ],
  [
    'SUBSIDY_UNRESERVED',
    [subsidy('reserved', FIRST, 5), subsidy('paid', FIRST, 6)],
    [subsidy('paid', FIRST, 7)],
  ],
  [
    'STOCK_REPORTED_TWICE',
    [held(LEADER, 'consignment', 5), ...months(['2024-03', 5, 5])],
    [held(LEADER, 'consignment', 5, '2024-05'), ...months(['2024-05', 5, 5])],
  ],
  [
    'SNAPSHOT_CONFLICT',
    [held(LEADER, 'own', 5), held(OTHER_LEADER, 'own', 6)],
    [held(LEADER, 'own', 5, '2024-05'), held(OTHER_LEADER, 'own', 6, '2024-05')],
  ],
  [
    'CLOSED_TWICE',
    [stock('a', '2024-03', [1, 2, 3]), stock('b', '2024-03', [1, 9, 3], { timeMs: 1 })],
    [stock('c', '2024-03', [1, 8, 3], { timeMs: 2 })],
  ],
  ['LEDGER_BROKEN', months(['2024-02', 5, 6], ['2024-03', 7, 7]), months(['2024-04', 8, 8])],
  ['MONTHS_MISSING', months(['2024-01', 5, 5], ['2024-03', 5, 5]), months(['2024-05', 5, 5])],
  [
    'CURRENCY_CHANGED',
    [stock('a', '2024-02', [1, 1, 1]), stock('b', '2024-03', [1, 1, 1], { currency: 'USD' })],
    [stock('c', '2024-04', [1, 1, 1])],
  ],
];

describe('a closure stands for the facts that it was decided upon', () => {
  /** What is found under one id after it was closed upon some facts. */
  const afterClosure = (
    code: string,
    upon: readonly Fact[],
    now: readonly Fact[],
    outcome: FindingOutcome,
  ) => {
    const closed = found(upon).find((one) => one.code === code);
    const closedMs = Date.parse('2024-08-01T00:00:00Z');
    const act: CaseAct = {
      ...{ act: 'closed', timeMs: closedMs, identity: 'close', actor: 'Li', text: 'because', outcome },
      facts: factKeys(closed?.facts ?? [], outcome),
    };
    const id = closed?.id ?? '';
    const models = { ...foldModels(now), finding_cases: new Map([[id, { _id: id, acts: [act] }]]) };
    const world = new World(models, asOf);
    return findingsOf(world, suspicionsOf(world)).find((one) => one.id === id);
  };

  it.each(FURTHER)('%s: a further one opens it again, with its record', (code, facts, further) => {
    expect(afterClosure(code, facts, facts, 'upheld')).toMatchObject({ state: 'closed', outcome: 'upheld' });
    const again = afterClosure(code, facts, [...facts, ...further], 'upheld');
    expect(again).toMatchObject({
      state: 'open',
      outcome: null,
      history: [{ act: 'closed', actor: 'Li' }, { act: 'reopened' }],
    });
    // It is to be answered from then on, not from when it was raised first.
    expect((again?.dueOn ?? '') > '2024-08-01').toBe(true);
    // And the day does not run on with what joins later, nor depend on the order of arrival.
    const raised = (all: readonly Fact[]) => found(all).find((one) => one.code === code)?.facts ?? [];
    const firstMs = Math.min(...raised(facts).map(({ timeMs }) => timeMs));
    const later = further.map((one) => ({ ...one, timeMs: one.timeMs + 1e10 }));
    if (code !== 'CLOSED_TWICE')
      expect(Math.min(...raised([...facts, ...later]).map(({ timeMs }) => timeMs))).toBe(firstMs);
  });

  it('a dismissal holds for what merely goes on from month to month; any other outcome does not', () => {
    const both = (period: string) => [
      held(LEADER, 'consignment', 5, period),
      stock(`own/${period}`, period, [5, 5, 10]),
    ];
    const [upon, next] = [both('2024-03'), both('2024-04')];
    const now = [...upon, ...next];
    expect(afterClosure('STOCK_REPORTED_TWICE', upon, now, 'dismissed')).toMatchObject({ state: 'closed' });
    expect(afterClosure('STOCK_REPORTED_TWICE', upon, now, 'mended')).toMatchObject({ state: 'open' });
  });
});

describe('the facts that an act is recorded with', () => {
  const facts = (keys: readonly string[], run?: string) =>
    keys.map((key) => ({ key, timeMs: 1, ...(run === undefined ? {} : { run }) }));
  const closedUpon = (keys: string[]): CaseAct => ({
    ...{ act: 'closed', timeMs: 2, identity: 'c', actor: 'Li', text: 'because', outcome: 'upheld' },
    facts: keys,
  });

  it.each([
    ['one key is longer than an event takes', 1, 3_000],
    ['they are more than an event takes', 20_000, 60],
  ])('fit into an event where %s, and the closure stands for each', (_name, count, length) => {
    const all = facts(Array.from({ length: count }, (_, at) => `${at}`.padEnd(length, '事')));
    const data = {
      ...{ findingId: 'X/1', actor: { name: 'Li', role: 'bureau' }, outcome: 'upheld', text: 'because' },
      facts: factKeys(all),
    };
    expect(findingClosed.data.safeParse(data).error).toBeUndefined();
    expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(900_000);
    const acts = [closedUpon(data.facts)];
    expect(stateOf(acts, all).state).toBe('closed');
    expect(stateOf(acts, [...all, ...facts(['another'])])).toMatchObject({
      state: 'open',
      record: [{}, { act: 'reopened', text: 'another', furtherFacts: 1 }],
    });
  });

  it('are those beyond the closure, whether or not somebody has acted since: a dismissed run stays covered', () => {
    const run = 'from 2024-03';
    const dismissed = closedUpon(factKeys(facts(['2024-03'], run), 'dismissed'));
    const now = [...facts(['2024-03', '2024-04'], run), ...facts(['2024-09'], 'from 2024-09')];
    const replied: CaseAct = { ...dismissed, act: 'replied', timeMs: 3, facts: factKeys(now) };
    for (const acts of [[dismissed], [dismissed, replied]])
      expect(stateOf(acts, now).record[1]).toMatchObject({
        act: 'reopened',
        text: '2024-09',
        furtherFacts: 1,
      });
    // What was recorded before long keys had marks stands as it did.
    expect(stateOf([closedUpon(['x'.repeat(400)])], facts(['x'.repeat(400)])).state).toBe('closed');
  });
});

describe('what people do about a finding', () => {
  const LI = { name: 'Li', role: 'bureau' } as const;
  const act = (name: CaseAct['act'], timeMs: number, fields: Partial<CaseAct> = {}): CaseAct => ({
    act: name,
    timeMs,
    identity: `${name}${timeMs}`,
    actor: 'Li',
    text: 'because',
    ...fields,
  });

  it('goes from open to replied, closed, appealed and closed again', () => {
    const acts = [
      act('replied', 1),
      act('closed', 2, { outcome: 'upheld' }),
      act('appealed', 3, { actor: 'Wu' }),
    ];
    expect(acts.map((_, index) => stateOf(acts.slice(0, index + 1)).state)).toEqual([
      'replied',
      'closed',
      'appealed',
    ]);
    expect(stateOf([...acts, act('closed', 4, { outcome: 'dismissed', actor: 'Zhao' })])).toMatchObject({
      state: 'closed',
      outcome: 'dismissed',
    });
  });

  it('that is appealed is to be answered anew from then on, and stays appealed until it is decided', () => {
    const assigned = act('assigned', 1, { owner: 'Wang', dueOn: '2024-05-01' });
    const appealed = [assigned, act('closed', 2, { outcome: 'upheld' }), act('appealed', 3)];
    expect(stateOf(appealed)).toMatchObject({ state: 'appealed', owner: 'Wang', dueOn: null, anewMs: 3 });
    expect(stateOf([...appealed, act('replied', 4)])).toMatchObject({
      state: 'appealed',
      dueOn: null,
      anewMs: 3,
    });
    const late = Date.UTC(2024, 5, 1);
    const acts = [act('closed', 2, { outcome: 'upheld' }), act('appealed', late)];
    const id = `MONTHS_MISSING/${FIRM}`;
    const models = foldModels([nominated(), ...months(['2024-01', 5, 5], ['2024-03', 5, 5])]);
    const world = new World({ ...models, finding_cases: new Map([[id, { _id: id, acts }]]) }, asOf);
    expect(findingsOf(world, suspicionsOf(world))).toMatchObject([
      { state: 'appealed', dueOn: '2024-07-31' },
    ]);
  });

  it('is refused out of turn, and what was recorded out of turn changes nothing', () => {
    expect(refusalOf(undefined, 'appealed', LI)).toBe('FINDING_NOT_OPEN');
    expect(refusalOf({ _id: 'x', acts: [act('closed', 1)] }, 'replied', LI)).toBe('FINDING_NOT_OPEN');
    expect(refusalOf({ _id: 'x', acts: [act('closed', 1)] }, 'appealed', LI)).toBeNull();
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<CaseAct['act']>('replied', 'closed', 'appealed', 'assigned')),
        (names) => {
          const acts: CaseAct[] = [];
          for (const [index, name] of names.entries()) {
            const before = stateOf(acts);
            const refused = refusalOf({ _id: 'x', acts }, name, LI) !== null;
            acts.push(act(name, index));
            if (refused) expect(stateOf(acts)).toEqual(before);
          }
        },
      ),
    );
  });

  it('an appeal is decided by neither who took the decision nor who appealed, and nothing by a firm concerned', () => {
    const acts = [act('closed', 1, { outcome: 'upheld' }), act('appealed', 2, { actor: 'Wu' })];
    const known = { _id: 'x', acts };
    const by = (name: string) => ({ name, role: 'bureau' }) as const;
    expect(['Li', ' li', 'Wu', 'Zhao'].map((name) => refusalOf(known, 'closed', by(name)))).toEqual([
      'SEPARATION_OF_DUTIES',
      'SEPARATION_OF_DUTIES',
      'SEPARATION_OF_DUTIES',
      null,
    ]);
    expect(refusalOf(undefined, 'closed', { name: 'Sun', role: 'leader' })).toBe('SEPARATION_OF_DUTIES');
    expect(refusalOf(undefined, 'replied', { name: 'Sun', role: 'leader' })).toBeNull();
    // One recorded all the same, by two at once, decides nothing.
    expect(stateOf([...acts, act('closed', 3, { outcome: 'upheld' })]).state).toBe('appealed');
  });

  it('shows with the finding: owner, due date, history; and stays when the facts are mended', () => {
    const event = about(
      'close',
      'finding.closed.v1',
      {
        findingId: `MONTHS_MISSING/${FIRM}`,
        actor: { name: 'Li', role: 'bureau' },
        outcome: 'mended',
        text: 'handed in',
      },
      null,
    );
    const gaps = months(['2024-01', 5, 5], ['2024-03', 5, 5]);
    const world = new World(foldModels([nominated(), ...gaps]), asOf);
    expect(findingsOf(world, suspicionsOf(world))).toMatchObject([
      { state: 'open', owner: 'bureau:510100', raisedOn: '2024-04-05', dueOn: '2024-06-04', isOverdue: true },
    ]);
    // Closes that come every month do not put the day off.
    const later = new World(foldModels([nominated(), ...gaps, ...months(['2024-04', 5, 5])]), asOf);
    expect(findingsOf(later, suspicionsOf(later))).toMatchObject([{ raisedOn: '2024-04-05' }]);
    const mended = new World(foldModels([event, ...months(['2024-01', 5, 5])]), asOf);
    expect(findingsOf(mended, suspicionsOf(mended))).toMatchObject([
      {
        code: 'MONTHS_MISSING',
        state: 'closed',
        outcome: 'mended',
        isCurrent: false,
        history: [{ actor: 'Li' }],
      },
    ]);
  });
});

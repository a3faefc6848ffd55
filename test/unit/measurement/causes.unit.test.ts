import { describe, expect, it } from 'vitest';
import { firmState, RecordedSince, type Since } from '../../../services/measurement/domain/causes.ts';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { testUscc } from '../../support/events.ts';
import { FIRM, fact, report, stock } from './facts.ts';

const PERIOD = '2024-03';
const LEADER = testUscc(502);
const [NEIGHBOUR, NEWCOMER] = [testUscc(503), testUscc(504)];
const TURNS = `inventory-turns/v1/region:510100/${PERIOD}`;
const TARGET = `target/510100/${PERIOD}`;

const onboarding = (id: string, type: string, firm: string, data: Fact['data'] = {}): Fact =>
  fact({
    id,
    type: `onboarding.${type}.v1`,
    firm,
    timeMs: Date.parse('2024-03-20T00:00:00Z'),
    data: { supplierUscc: firm, programme: 'p', platform: 'iip', ...data },
  });
const nominated = (firm: string, cityCode = '510100', id = `n/${firm}`): Fact =>
  onboarding(id, 'supplier-nominated', firm, { leaderUscc: LEADER, cityCode, industryCode: '3670' });
const plan = fact({
  id: 'plan',
  type: 'target.plan-published.v1',
  firm: null,
  timeMs: Date.parse('2023-06-01T00:00:00Z'),
  data: {
    programme: 'p',
    cityCode: '510100',
    planVersion: 1,
    targetFirms: 10,
    windowFrom: '2023-06-01',
    windowTo: '2025-05-31',
  },
});

/** The causes of a figure, as ids with how they bear, after `since` came to what was known before. */
function causes(known: readonly Fact[], since: readonly Fact[], figureId: string, isGone = false): string[] {
  const now = [...known, ...since];
  const usccs = [...new Set(since.flatMap(({ firm }) => firm ?? []))];
  const recorded = new RecordedSince(
    PERIOD,
    since.map((one): Since<string> => ({ event: one.correlationId, about: one })),
    usccs.map((uscc) => ({ uscc, before: firmState(uscc, known), after: firmState(uscc, now) })),
    foldModels(now).target_plans,
  );
  return recorded.causesOf(figureId, isGone).map(({ event, bears }) => `${event} ${bears}`);
}

describe('causes of a restatement', () => {
  const known = [nominated(FIRM), nominated(NEIGHBOUR), stock('first', PERIOD, [8, 6, 3])];

  it('are the reports that the KPI is made of, of firms of the group, that changed what the firm brings in', () => {
    const since = [
      ...[505, 506, 507].map((serial) => nominated(testUscc(serial))),
      onboarding('contract', 'contract-signed', FIRM, { signedOn: '2024-03-20' }),
      report('energy', 'energy.reported.v2', { carriers: [{ energyWh: 5 }] }),
      stock('elsewhere', PERIOD, [8, 6, 9], { firm: testUscc(508) }),
      stock('other month', '2024-02', [8, 6, 9]),
      stock('superseded', PERIOD, [8, 6, 9], { timeMs: Date.parse('2024-04-01T00:00:00Z') }),
    ];
    expect(causes(known, since, TURNS)).toEqual([]);
    const late = stock('late', PERIOD, [8, 6, 9], { timeMs: Date.parse('2024-04-09T00:00:00Z') });
    expect(causes(known, [...since, late], TURNS)).toEqual(['superseded report', 'late report']);
  });

  it('are nominations only where the firm brings something in or takes it along; reports come first', () => {
    const itsOwn = stock('own', PERIOD, [8, 6, 4], { firm: NEWCOMER });
    const second = nominated(NEWCOMER, '320500', 'n/second');
    const entering = [nominated(NEWCOMER), { ...second, data: { ...second.data, programme: 'q' } }];
    expect(causes([...known, itsOwn], entering, TURNS)).toEqual([`n/${NEWCOMER} membership`]);
    const applied = { ...nominated(NEWCOMER), type: 'onboarding.supplier-applied.v1' };
    expect(causes([...known, itsOwn], [applied], TURNS)).toEqual([`n/${NEWCOMER} membership`]);
    expect(causes(known, entering, TURNS)).toEqual([]);
    expect(causes(known, [nominated(NEWCOMER), itsOwn], TURNS)).toEqual([
      'own report',
      `n/${NEWCOMER} membership`,
    ]);
    const moved = { ...nominated(FIRM, '320500', 'moved'), timeMs: Date.parse('2024-03-01T00:00:00Z') };
    expect(causes(known, [moved], TURNS)).toEqual(['moved membership']);
    expect(causes(known, [nominated(FIRM, '320500', 'named too')], TURNS)).toEqual([]);
    expect(causes(known, [nominated(FIRM, '510100', 'again')], TURNS)).toEqual([]);
    // Nothing but what changed: a report that a later one superseded, a nomination that moved nobody.
    const superseded = { ...itsOwn, correlationId: 'superseded', timeMs: Date.parse('2024-04-01T00:00:00Z') };
    expect(causes([...known, itsOwn], [nominated(NEWCOMER), superseded], TURNS)).toEqual([
      `n/${NEWCOMER} membership`,
    ]);
    const late = stock('late', PERIOD, [8, 6, 9], { timeMs: Date.parse('2024-04-09T00:00:00Z') });
    expect(causes(known, [nominated(FIRM, '510100', 'again'), late], TURNS)).toEqual(['late report']);
  });

  it('of a figure that is gone are what put firms elsewhere, even those that brought nothing in', () => {
    const moved = {
      ...nominated(NEIGHBOUR, '320500', 'moved'),
      timeMs: Date.parse('2024-03-01T00:00:00Z'),
    };
    expect(causes(known, [moved], TURNS)).toEqual([]);
    expect(causes(known, [moved], TURNS, true)).toEqual(['moved membership']);
  });

  it('of a target’s share are its plan and what firms count by, if they count otherwise now', () => {
    const closed = (firm: string, status = 'ACCEPTED') =>
      onboarding(`closed/${firm}`, 'closed', firm, { status, stage: 'ACCEPTED' });
    const proven = [
      onboarding('contract', 'contract-signed', FIRM, { signedOn: '2024-03-01' }),
      onboarding('live', 'go-live-confirmed', FIRM, { liveOn: '2024-03-02' }),
      onboarding('used', 'use-sustained', FIRM, {}),
      onboarding('rated', 'level-assessed', FIRM, { level: 2, raterUscc: testUscc(505) }),
      onboarding('audited', 'finance-audited', FIRM, { outcome: 'matched' }),
    ];
    const since = [closed(NEIGHBOUR, 'FAILED'), closed(NEWCOMER), closed(FIRM)];
    expect(causes([...known, plan, ...proven], since, TARGET)).toEqual([`closed/${FIRM} target`]);
    expect(causes([...known, plan], since, TARGET)).toEqual([]);
    const stated = onboarding('worse', 'level-assessed', FIRM, { level: 1, raterUscc: testUscc(505) });
    expect(causes([...known, plan, ...proven, closed(FIRM)], [stated], TARGET)).toEqual(['worse target']);
    const [used] = proven.filter(({ type }) => type === 'onboarding.use-sustained.v1');
    const others = proven.filter((one) => one !== used);
    expect(causes([...known, plan, ...others, closed(FIRM)], [used!], TARGET)).toEqual(['used target']);
    const reopening = onboarding('reopened', 'reopened', FIRM, { closing: closed(FIRM).identity });
    expect(causes([...known, plan, ...proven, closed(FIRM)], [reopening], TARGET)).toEqual([
      'reopened target',
    ]);
    const replanned = { ...plan, correlationId: 'plan 2', data: { ...plan.data, planVersion: 2 } };
    expect(causes([...known, plan], [replanned], TARGET)).toEqual(['plan 2 target']);
    const ofAnother = {
      ...plan,
      identity: 'q',
      correlationId: 'plan q',
      data: { ...plan.data, programme: 'q', windowFrom: '2024-01-01' },
    };
    expect(causes([...known, plan], [ofAnother], TARGET)).toEqual([]);
    expect(causes([...known, plan], [ofAnother], `target/510100/programme:q/${PERIOD}`)).toEqual([
      'plan q target',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { periodsBetween } from '../../../schemas/time.ts';
import { freezeBaseline } from '../../../services/measurement/domain/baseline.ts';
import { chainOfLeader, displacementOf } from '../../../services/measurement/domain/chains.ts';
import { ClaimFile } from '../../../services/measurement/domain/claimSchema.ts';
import { judgeClaim } from '../../../services/measurement/domain/claims.ts';
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { monthsOf } from '../../../services/measurement/domain/figures.ts';
import { baselineFinding } from '../../../services/measurement/domain/findings.ts';
import { shownValue } from '../../../services/measurement/domain/ratio.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { World } from '../../../services/measurement/domain/world.ts';
import { testUscc } from '../../support/events.ts';
import { FIRM, fact, leaderFrozen, stock } from './facts.ts';

const [LEADER, OUTSIDE, SILENT] = [601, 602, 603].map(testUscc) as [string, string, string];
const PROGRAMME = 'sme-510100-2023';
const YUAN = 1_000;

/** Sales stay; stock goes from `before` to `after` with the contract month. */
const ledger = (firm: string, before: number, after: number): Fact[] =>
  periodsBetween('2022-09', '2025-01').map((period) => {
    const level = YUAN * (period < '2023-09' ? before : after);
    const close = stock(period, period, [level, level, 100 * YUAN], { timeMs: Date.parse(`${period}-28`) });
    return { ...close, firm, identity: `/supplier/${firm}/erp ${period}` };
  });
const trades = (supplier: string): Fact =>
  fact({
    id: `r/${supplier}`,
    type: 'relation.declared.v1',
    firm: supplier,
    data: { buyerUscc: LEADER, supplierUscc: supplier, validFrom: '2022-01-01' },
  });
const onboarding = (type: string, data: Record<string, unknown>): Fact =>
  fact({
    id: type,
    type,
    timeMs: Date.parse('2023-09-10T00:00:00Z'),
    data: { supplierUscc: FIRM, platform: 'iip', programme: PROGRAMME, ...data },
  });

/** A leader's stock goes from 100 to 82; one supplier has a baseline, one never took part, one reports nothing. */
function chain(supplierAfter: number, outsideAfter: number, more: readonly Fact[] = []): World {
  const own = ledger(FIRM, 50, supplierAfter);
  const leaders = ledger(LEADER, 100, 82);
  const frozen = freezeBaseline(monthsOf([...foldModels(own).kpi.values()]), '2023-09');
  const facts = [
    fact({
      id: 'l',
      type: 'leader.registered.v1',
      firm: LEADER,
      data: { leaderUscc: LEADER, name: '整车厂' },
    }),
    onboarding('onboarding.supplier-nominated.v1', {
      leaderUscc: LEADER,
      cityCode: '510100',
      industryCode: '3670',
    }),
    onboarding('onboarding.contract-signed.v1', { signedOn: '2023-09-10' }),
    onboarding('onboarding.go-live-confirmed.v1', { liveOn: '2023-09-20' }),
    onboarding('baseline.frozen.v1', { contractMonth: '2023-09', figuresSha256: '', ...frozen }),
    leaderFrozen(LEADER, '2023-09', leaders),
    ...[OUTSIDE, SILENT].map(trades),
    ...own,
    ...leaders,
    ...ledger(OUTSIDE, 50, outsideAfter),
    ...more,
  ];
  return new World(foldModels(facts), new Date('2025-03-01T00:00:00Z'));
}

describe('stock that a leader moved', () => {
  it('is seen at suppliers that never took part too: the chain keeps nothing', () => {
    const found = chainOfLeader(chain(50, 68), LEADER);
    expect(found.leader.change).toBeCloseTo(100 / 82 - 1, 6);
    expect(found.suppliers.change).toBeCloseTo(0, 6);
    expect(found.others).toMatchObject({ firms: 1, change: expect.closeTo(50 / 68 - 1, 6) });
    expect(found.chain).toMatchObject({ firms: 3, change: expect.closeTo(0, 6) });
    expect(found.unmeasured).toBe(1);
  });

  it('is measured against what was frozen: a leader’s later word about the months before moves nothing and is found', () => {
    const late = ledger(LEADER, 60, 82).filter(({ period }) => period < '2023-09');
    const restated = late.map((one) => ({
      ...one,
      timeMs: Date.parse('2024-06-01'),
      identity: `${one.identity} again`,
    }));
    const [before, after] = [chain(50, 68), chain(50, 68, restated)];
    expect(chainOfLeader(after, LEADER).leader).toEqual(chainOfLeader(before, LEADER).leader);
    const findings = [before, after].map((world) =>
      baselineFinding(world.leaderBaseline(LEADER)!, world.months(LEADER)),
    );
    expect(findings).toMatchObject([
      null,
      { _id: `BASELINE_CORRECTED/LEADER/${LEADER}`, entities: [LEADER] },
    ]);
    const august = findings[1]?.evidence.find(
      ({ month, kpi }) => month === '2023-08' && kpi === 'inventoryTurns',
    );
    expect(shownValue(august!.frozen)! / shownValue(august!.now)!).toBeCloseTo(60 / 100, 10);
  });

  it('is shown with every gain of a supplier, as with the claim that is about it', () => {
    const world = chain(40, 78);
    const [shown] = displacementOf(world, [FIRM]);
    expect(shown).toMatchObject({
      leaderUscc: LEADER,
      suppliers: expect.closeTo(0.25, 6),
      others: expect.closeTo(50 / 78 - 1, 6),
      chain: expect.closeTo(0, 6),
      unmeasured: 1,
      figureId: `turns/${LEADER}/chain`,
    });
    const [claim] = ClaimFile.parse({
      scenario: 's',
      claims: [
        {
          id: 'gain',
          who: 'w',
          title: { zh: '声明', en: 'claim' },
          claimed: 0.25,
          unit: 'ratio',
          tolerance: 0.01,
          comparison: 'about',
          measure: { kind: 'gain', kpis: ['inventoryTurns'], entities: {} },
          source: 's',
          grade: 'e',
        },
      ],
    }).claims;
    const judged = judgeClaim(claim!, world);
    expect(judged.displacement).toEqual([shown]);
    expect(judged.children).toContain(`turns/${LEADER}/chain`);
    expect(judged.reason).toContain(
      'leader +22.0 %, suppliers +25.0 %, those without a baseline −35.9 %, together',
    );
    expect(displacementOf(world, [SILENT])).toHaveLength(1);
    expect(displacementOf(world, [testUscc(604)])).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { largestRatios, quantile, signedSums } from '../../../services/audit/domain/bootstrap.ts';
import { chiSquaredUpperTail } from '../../../services/audit/domain/distributions.ts';
import { randomStream, shuffle, standardNormal } from '../../../services/audit/domain/random.ts';
import { DEFAULT_OPTIONS, estimate } from '../../../services/audit/index.ts';
import { type Noise, type SimulatedUnit, simulatePanel, unitsOf } from '../../support/simulatedPanel.ts';

const NOISE: Noise = { shock: 0.4, walk: 0.1 };
const draws = (count: number) => Array.from({ length: count }, (_, index) => 100 + index);

/** Share of the seeds in which something holds. */
function shareOf(count: number, holds: (seed: number) => boolean): number {
  return draws(count).filter(holds).length / count;
}

describe('chi-squared upper tail (values from SciPy)', () => {
  it.each([
    [3.84, 1, 0.05004352124870519],
    [170, 165, 0.37861260818560094],
    [0.5, 10, 0.999993388289439],
    [400, 165, 1.5151538892594153e-21],
  ])('P(X > %f) with %i degrees of freedom', (statistic, df, expected) => {
    expect(chiSquaredUpperTail(statistic, df) / expected).toBeCloseTo(1, 9);
  });
});

describe('multiplier bootstrap', () => {
  it('equals the plain product of signs and columns', () => {
    const random = randomStream(1, 'columns');
    const columns = Array.from({ length: 5 }, () =>
      Float64Array.from({ length: 19 }, () => standardNormal(random)),
    );
    const sums = signedSums(columns, 64, randomStream(2, 'signs'), [
      { start: 0, end: 11 },
      { start: 11, end: 19 },
    ]);
    // The signs themselves, from columns that pick one row each.
    const signs = signedSums(
      Array.from({ length: 19 }, (_, row) =>
        Float64Array.from({ length: 19 }, (_, at) => (at === row ? 1 : 0)),
      ),
      64,
      randomStream(2, 'signs'),
      [
        { start: 0, end: 11 },
        { start: 11, end: 19 },
      ],
    );
    for (let draw = 0; draw < 64; draw++) {
      columns.forEach((column, k) => {
        const plain = column.reduce((sum, value, row) => sum + value * signs[draw * 19 + row]!, 0);
        expect(sums[draw * 5 + k]).toBeCloseTo(plain, 10);
      });
    }
    expect(new Set(signs)).toEqual(new Set([-1, 1]));
  });

  it('gives about 1.96 for one column and 2.77 for ten independent ones', () => {
    const columns = Array.from({ length: 10 }, (_, k) =>
      Float64Array.from({ length: 400 }, (_, row) => (row % 10 === k ? 1 : 0)),
    );
    const criticalValue = (chosen: Float64Array[]) => {
      const errors = chosen.map(() => Math.sqrt(40));
      return quantile(largestRatios(signedSums(chosen, 4000, randomStream(5, 'signs')), errors), 0.95);
    };
    expect(Math.abs(criticalValue(columns.slice(0, 1)) - 1.96)).toBeLessThan(0.2);
    expect(Math.abs(criticalValue(columns) - 2.77)).toBeLessThan(0.2);
  });
});

describe('random stream', () => {
  it('depends on seed and purpose alone and is uniform enough', () => {
    const first = randomStream(9, 'a');
    expect(randomStream(9, 'a').uint32()).toBe(first.uint32());
    expect(randomStream(9, 'b').uint32()).not.toBe(randomStream(9, 'a').uint32());
    const stream = randomStream(3, 'mean');
    const mean = draws(4000).reduce((sum) => sum + stream.uniform(), 0) / 4000;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
    expect(shuffle([1, 2, 3, 4, 5], randomStream(1, 'x')).sort()).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('small Monte-Carlo, wide bounds (the large one is in docs/audit-method.md)', () => {
  const units = (effect: number, extra: (cohort: number, time: number) => number = () => 0) =>
    unitsOf(
      [
        [5, 15],
        [7, 15],
        [9, 15],
        [0, 60],
      ],
      (cohort, time) => (time >= cohort ? effect : 0) + extra(cohort, time),
    );
  const estimateOf = (design: readonly SimulatedUnit[], seed: number) =>
    estimate(simulatePanel(design, 10, NOISE, randomStream(seed, 'panel')), { ...DEFAULT_OPTIONS, seed });

  it('intervals cover the true effect', () => {
    const covered = shareOf(60, (seed) => {
      const { low, high } = estimateOf(units(0.3), seed).simple;
      return (low ?? 0) <= 0.3 && 0.3 <= (high ?? 0);
    });
    expect(covered).toBeGreaterThan(0.85);
  });

  it('the placebo test seldom rejects parallel trends and often finds diverging ones', () => {
    const rejects = (design: readonly SimulatedUnit[]) =>
      shareOf(60, (seed) => estimateOf(design, seed).refusal?.code === 'PLACEBO_REJECTED');
    expect(rejects(units(0.3))).toBeLessThan(0.15);
    expect(rejects(units(0.3, (_, time) => 0.15 * time))).toBeGreaterThan(0.8);
  });

  it('finds the slope that it calls detectable about as often as it says', () => {
    const slope = estimateOf(units(0), 1).pretrend.calibrated.detectableSlope ?? 0;
    const found = shareOf(
      60,
      (seed) =>
        (estimateOf(
          units(0, (_, time) => slope * time),
          seed,
        ).pretrend.calibrated.p ?? 1) <= 0.05,
    );
    expect(found).toBeGreaterThan(0.6);
    expect(found).toBeLessThan(0.95);
  });
});

describe('few leaders', () => {
  const leaders = (cohorts: readonly number[]) =>
    cohorts.flatMap((cohort, cluster) =>
      Array.from(
        { length: 6 },
        (): SimulatedUnit => ({
          cohort,
          cluster,
          effect: cohort === 0 ? undefined : (time) => (time >= cohort ? 2 : 0),
        }),
      ),
    );
  const run = (cohorts: readonly number[]) =>
    estimate(
      simulatePanel(leaders(cohorts), 8, { ...NOISE, clusterWalk: 0.1 }, randomStream(4, 'leaders')),
      DEFAULT_OPTIONS,
    );

  it('are judged by randomisation, with the number of permutations and the floor of p', () => {
    const { randomisation, refusal } = run([4, 4, 6, 0, 0, 0, 0]);
    expect(randomisation).toMatchObject({
      exchanged: 'between clusters',
      exhaustive: true,
      permutations: 105,
    });
    expect(randomisation?.floor).toBeLessThanOrEqual(0.05);
    expect(randomisation?.p).toBeLessThanOrEqual(0.05);
    expect(refusal).toBeNull();
  });

  it('are refused where p cannot fall below 0.05', () => {
    const { randomisation, refusal, alsoRefused } = run([4, 4, 0, 0]);
    expect(randomisation?.floor).toBeGreaterThan(0.05);
    expect([refusal, ...alsoRefused].map((entry) => entry?.code)).toContain('TOO_FEW_CLUSTERS');
  });

  it('are left out one at a time', () => {
    expect(run([4, 4, 6, 0, 0, 0, 0]).leaveOneOut?.map(({ cluster }) => cluster)).toEqual(['c0', 'c1', 'c2']);
  });
});

import { describe, expect, it } from 'vitest';
import { estimateResult } from '../../../schemas/api/audit.ts';
import { DEFAULT_OPTIONS, estimate } from '../../../services/audit/index.ts';
import { goldenPanel } from './support.ts';

const near = (value: number | null | undefined, expected: number) => expect(value).toBeCloseTo(expected, 12);

describe('six suppliers over four quarters, two cohorts', () => {
  const result = estimate(goldenPanel(), { ...DEFAULT_OPTIONS, bootstrap: 199 });
  const att = (group: number, time: number) =>
    result.attgt.find((cell) => cell.group === group && cell.time === time)?.att;

  it('gives the group-time effects', () => {
    near(att(2, 2), 0.3);
    near(att(2, 3), 0.7);
    near(att(2, 4), 0.8);
    near(att(3, 2), 0.0);
    near(att(3, 3), 0.4);
    near(att(3, 4), 0.7);
    expect(result.attgt).toHaveLength(6);
  });

  it('gives the aggregates', () => {
    near(result.simple.att, 0.58);
    near(result.dynamic.egt.find((row) => row.e === 0)?.att, 0.35);
    near(result.dynamic.egt.find((row) => row.e === 1)?.att, 0.7);
    near(result.dynamic.egt.find((row) => row.e === 2)?.att, 0.8);
    near(result.group.groups[0]?.att, 0.6);
    near(result.group.groups[1]?.att, 0.55);
    near(result.group.overall.att, 0.575);
  });

  it('gives the misleading two-way fixed-effects figure as such', () => {
    near(result.twfe.att, 0.45);
    expect(result.warnings.some((warning) => warning.includes('two-way'))).toBe(true);
  });

  it('refuses: four treated and two control units', () => {
    expect(result.refusal?.code).toBe('TOO_FEW_TREATED');
    expect(result.alsoRefused.map((refusal) => refusal.code)).toEqual([]);
  });

  it('has no Wald test where its covariance is singular, and no placebo where nothing varies', () => {
    expect(result.pretrend.wald).toBeNull();
    expect(result.pretrend.calibrated).toMatchObject({ leads: 0, p: null, detectableSlope: null });
  });

  it('fits its schema', () => {
    expect(estimateResult.safeParse(JSON.parse(JSON.stringify(result))).error).toBeUndefined();
  });
});

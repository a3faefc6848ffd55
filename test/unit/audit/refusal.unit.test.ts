import { describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS, describeEstimate, estimate } from '../../../services/audit/index.ts';
import { expectChineseSentence } from '../../support/chinese.ts';
import { type Observation, panelOf } from './support.ts';

interface Design {
  readonly cohorts: readonly (readonly [cohort: number, count: number])[];
  readonly periods?: number;
  readonly row?: (row: Observation) => Observation | null;
}

/** Parallel paths with some wobble and an effect of one. */
function panel(
  { cohorts, periods = 8, row: change = (row) => row }: Design,
  extra: Parameters<typeof panelOf>[1] = {},
) {
  const rows: Observation[] = [];
  let unit = 0;
  for (const [cohort, count] of cohorts) {
    for (let index = 0; index < count; index++) {
      unit++;
      for (let time = 1; time <= periods; time++) {
        const wobble = ((unit * 31 + time * 17 + unit * time * 7) % 23) / 50;
        const made = change({
          unit: `u${unit}`,
          time,
          outcome: (unit % 9) + 0.1 * time + wobble + (cohort > 0 && time >= cohort ? 1 : 0),
          cohort,
        });
        if (made !== null) rows.push(made);
      }
    }
  }
  return panelOf(rows, extra);
}

const codes = (design: Design, extra: Parameters<typeof panelOf>[1] = {}, options = {}) => {
  const result = estimate(panel(design, extra), { ...DEFAULT_OPTIONS, ...options });
  // Whatever is said is said in Chinese as well.
  expect(result.warningsZh).toHaveLength(result.warnings.length);
  for (const warning of result.warningsZh ?? []) expectChineseSentence(warning);
  for (const refusal of [result.refusal, ...result.alsoRefused])
    if (refusal !== null)
      for (const text of [refusal.reasonZh, refusal.remedyZh]) expectChineseSentence(text);
  return [result.refusal, ...result.alsoRefused].flatMap((refusal) => refusal?.code ?? []);
};

describe('an audit is refused', () => {
  const sound: Design['cohorts'] = [
    [4, 12],
    [6, 12],
    [0, 24],
  ];

  it('not at all where the panel is sound', () => {
    expect(codes({ cohorts: sound })).toEqual([]);
  });

  it('with fewer than two periods before treatment in every cohort', () => {
    expect(
      codes({
        cohorts: [
          [2, 12],
          [0, 24],
        ],
      }),
    ).toEqual(['TOO_FEW_PRE_PERIODS']);
    expect(
      codes({
        cohorts: [
          [3, 12],
          [0, 24],
        ],
      }),
    ).toEqual([]);
    expect(
      codes(
        {
          cohorts: [
            [3, 12],
            [0, 24],
          ],
        },
        {},
        { anticipation: 1 },
      ),
    ).toEqual(['TOO_FEW_PRE_PERIODS']);
  });

  it('with fewer than five treated or control units, in total over the cohorts', () => {
    expect(
      codes({
        cohorts: [
          [4, 2],
          [6, 2],
          [0, 24],
        ],
      }),
    ).toContain('TOO_FEW_TREATED');
    expect(
      codes({
        cohorts: [
          [4, 3],
          [6, 2],
          [0, 24],
        ],
      }),
    ).not.toContain('TOO_FEW_TREATED');
    expect(
      codes({
        cohorts: [
          [4, 12],
          [0, 4],
        ],
      }),
    ).toContain('TOO_FEW_CONTROLS');
    expect(
      codes({
        cohorts: [
          [4, 12],
          [0, 5],
        ],
      }),
    ).not.toContain('TOO_FEW_CONTROLS');
  });

  it('with more than a fifth of the baselines missing', () => {
    const without = (count: number) => (row: Observation) =>
      row.cohort === 4 && row.time < 4 && Number(row.unit.slice(1)) <= count
        ? { ...row, outcome: '' as const }
        : row;
    expect(
      codes({
        cohorts: [
          [4, 10],
          [0, 24],
        ],
        row: without(2),
      }),
    ).not.toContain('BASELINES_MISSING');
    expect(
      codes({
        cohorts: [
          [4, 10],
          [0, 24],
        ],
        row: without(3),
      }),
    ).toContain('BASELINES_MISSING');
  });

  it('where treated units were already drifting away', () => {
    const drifting = (row: Observation) => ({
      ...row,
      outcome: Number(row.outcome) + (row.cohort === 0 ? 0 : 0.3 * row.time),
    });
    expect(codes({ cohorts: sound, row: drifting })).toEqual(['PLACEBO_REJECTED']);
  });

  it('where the definition of the outcome changes', () => {
    const row = (observation: Observation) => ({
      ...observation,
      definition: observation.time > 6 ? 'turns.v2' : 'turns.v1',
    });
    expect(codes({ cohorts: sound, row }, { definition: 'definition' })).toEqual(['DEFINITION_CHANGED']);
  });

  it('where treated units switch to another source at treatment, unless a period measured both ways bounds the shift', () => {
    const switching = (bridge: boolean) => (row: Observation) => {
      const label =
        row.cohort === 0 || row.time < Number(row.cohort)
          ? 'self'
          : bridge && row.time === row.cohort
            ? 'self+platform'
            : 'platform';
      return { ...row, source: label };
    };
    expect(codes({ cohorts: sound, row: switching(false) }, { measurement: 'source' })).toEqual([
      'MEASUREMENT_CHANGED',
    ]);
    expect(codes({ cohorts: sound, row: switching(true) }, { measurement: 'source' })).toEqual([]);
    const apart = (row: Observation) => ({ ...row, source: row.cohort === 0 ? 'self' : 'platform' });
    expect(codes({ cohorts: sound, row: apart }, { measurement: 'source' })).toEqual(['MEASUREMENT_CHANGED']);
  });

  it('with cells and aggregates printed all the same, and no verdict in prose', () => {
    const refused = estimate(
      panel({
        cohorts: [
          [2, 12],
          [0, 24],
        ],
      }),
      DEFAULT_OPTIONS,
    );
    expect(refused.simple.att).toBeCloseTo(1, 1);
    const prose = describeEstimate(refused).join('\n');
    expect(prose).toContain('Refused (TOO_FEW_PRE_PERIODS)');
    expect(prose).not.toMatch(/raised|lowered|No effect/);
    const sure = describeEstimate(estimate(panel({ cohorts: sound }), DEFAULT_OPTIONS)).join('\n');
    expect(sure).toContain('raised the outcome');
    expect(sure).toContain('not rejected');
    expect(sure).not.toMatch(/confirmed/);
  });
});

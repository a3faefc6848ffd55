import { describe, expect, it } from 'vitest';
import { sampleResult } from '../../../schemas/api/audit.ts';
import {
  discoverySampleSize,
  drawSample,
  estimationSampleSize,
  extrapolate,
  type FrameRow,
  frameOf,
  parseMustRules,
} from '../../../services/audit/index.ts';

const COLUMNS = ['id', 'district', 'level', 'score', 'hash'];
const rows: FrameRow[] = Array.from({ length: 100 }, (_, index) => ({
  id: `F${index}`,
  cells: {
    id: `F${index}`,
    district: index < 60 ? 'north' : 'south',
    level: String(1 + (index % 4)),
    score: String(index),
    hash: index < 3 ? 'same' : `h${index}`,
  },
}));
const frame = frameOf(COLUMNS, rows);
const draw = (changes = {}) =>
  drawSample(frame, { n: 20, seed: 7, strata: ['district'], must: [], ...changes });

describe('audit sample', () => {
  it('draws in proportion to the strata', () => {
    const result = draw();
    expect(result.drawn).toHaveLength(20);
    expect(new Set(result.drawn).size).toBe(20);
    expect(result.strata.map(({ drawn }) => drawn)).toEqual([12, 8]);
    expect(sampleResult.safeParse(result).error).toBeUndefined();
  });

  it('depends on the seed and the frame alone, not on the order of the rows', () => {
    expect(
      drawSample(frameOf(COLUMNS, [...rows].reverse()), { n: 20, seed: 7, strata: ['district'], must: [] }),
    ).toEqual(draw());
    expect(draw({ seed: 8 }).drawn).not.toEqual(draw().drawn);
    expect(draw({ seed: 8 }).frameHash).toBe(draw().frameHash);
    const changed = rows.map((row) =>
      row.id === 'F5' ? { ...row, cells: { ...row.cells, score: '6' } } : row,
    );
    expect(
      drawSample(frameOf(COLUMNS, changed), { n: 20, seed: 7, strata: [], must: [] }).frameHash,
    ).not.toBe(draw().frameHash);
  });

  it('adds what a rule includes to the random draw', () => {
    const result = draw({ must: parseMustRules('score=38..42, hash=shared, id=F99') });
    expect(result.mustInclude).toEqual(['F0', 'F1', 'F2', 'F38', 'F39', 'F40', 'F41', 'F42', 'F99']);
    expect(result.drawn).toHaveLength(20);
    expect(result.drawn.filter((id) => result.mustInclude.includes(id))).toEqual([]);
    expect(draw({ must: parseMustRules('level=2.0') }).mustInclude).toHaveLength(25);
  });

  it('says what does not fit', () => {
    expect(() => draw({ n: 101 })).toThrow(/only 100 are left/);
    expect(() => draw({ strata: ['city'] })).toThrow(/no column "city"/);
    expect(() => draw({ must: parseMustRules('city=1') })).toThrow(/no column "city"/);
    expect(() => draw({ must: parseMustRules('district=1..2') })).toThrow(
      /Column "district", firm "F0": "north" is not a number/,
    );
    expect(() => parseMustRules('score above 3')).toThrow(/not a rule/);
    expect(() => frameOf(COLUMNS, [...rows, rows[0]!])).toThrow(/"F0" more than once/);
  });
});

describe('sample size', () => {
  it('to find a bad file', () => {
    expect(discoverySampleSize(482, 0.05, 0.95)).toBe(54);
    expect(discoverySampleSize(482, 0.1, 0.95)).toBe(28);
    expect(discoverySampleSize(10, 0.05, 0.95)).toBe(10);
  });

  it('to estimate a share within five points', () => {
    expect(estimationSampleSize(482, 0.05)).toBe(215);
    expect(estimationSampleSize(3117, 0.05)).toBe(343);
  });
});

describe('extrapolation', () => {
  // Bounds from SciPy's hypergeometric distribution.
  it('bounds the bad files of the population exactly', () => {
    expect(extrapolate(482, 54, 0)).toMatchObject({ estimate: 0, low: 0, high: 30 });
    expect(extrapolate(100, 20, 2)).toMatchObject({ estimate: 10, low: 2, high: 29 });
    expect(extrapolate(482, 215, 11)).toMatchObject({ low: 16, high: 38 });
    expect(extrapolate(482, 482, 17)).toMatchObject({ estimate: 17, low: 17, high: 17 });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  drawIdOf,
  drawSample,
  evaluateDraw,
  frameOf,
  MUST_RULES,
  parseMustRules,
  readResultRows,
  readResults,
  STRATA,
} from '../../../services/audit/index.ts';
import { testUscc } from '../../support/events.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainlight-draw-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const COLUMNS = ['id', 'district', 'provider', 'subsidy', 'level', 'score', 'sharedEvidence', 'outcomeJump'];
const frame = frameOf(
  COLUMNS,
  Array.from({ length: 60 }, (_, index) => {
    const id = testUscc(index);
    const cells = {
      id,
      district: `d${index % 3}`,
      provider: `p${index % 2}`,
      subsidy: index % 5 === 0 ? 'no' : 'yes',
      level: index === 1 ? '2' : '3',
      score: index === 2 ? '41.5' : '66',
      sharedEvidence: index === 3 ? 'yes' : 'no',
      outcomeJump: index === 4 ? 'yes' : 'no',
    };
    return { id, cells };
  }),
);
const draw = (seed: number, n = 20) =>
  drawSample(frame, { n, seed, strata: STRATA, must: parseMustRules(MUST_RULES) });

describe('a draw from accepted firms', () => {
  it('always includes level 2 exactly, scores at the edge, shared evidence and a jump in the last month', () => {
    expect(draw(1).mustInclude).toEqual([1, 2, 3, 4].map(testUscc).sort());
  });

  it('draws none at random where the rules include some, and says then what was checked alone', () => {
    const results = (usccs: readonly string[]) => new Map(usccs.map((uscc) => [uscc, 'sound' as const]));
    const must = parseMustRules(MUST_RULES);
    const enough = draw(1, 0);
    expect(enough).toMatchObject({ n: 0, drawn: [], mustInclude: [1, 2, 3, 4].map(testUscc).sort() });
    expect(evaluateDraw({ ...enough, drawId: 'a' }, results(enough.mustInclude))).toMatchObject({
      open: [],
      random: null,
      total: null,
    });

    const ruled = frameOf(
      COLUMNS,
      frame.rows.slice(0, 3).map(({ id, cells }) => ({ id, cells: { ...cells, level: '2' } })),
    );
    const all = drawSample(ruled, { n: 0, seed: 1, strata: STRATA, must });
    expect(all).toMatchObject({ drawn: [], population: 3, strata: [] });
    expect(all.mustInclude).toHaveLength(3);
    const checked = results(all.mustInclude.slice(0, 2)).set(all.mustInclude[0] ?? '', 'faulty' as never);
    expect(evaluateDraw({ ...all, drawId: 'a' }, checked).total).toEqual({
      ...{ estimate: 1, low: 1, high: 2, confidence: 1 },
    });
    expect(() => drawSample(frame, { n: 0, seed: 1, strata: STRATA, must: [] })).toThrow(/no rule includes/);
  });

  it('has a name that frame, seed, size and rules decide', () => {
    expect(drawIdOf(draw(1), MUST_RULES)).toBe(drawIdOf(draw(1), MUST_RULES));
    const others = [
      drawIdOf(draw(2), MUST_RULES),
      drawIdOf(draw(1, 21), MUST_RULES),
      drawIdOf(draw(1), 'level=2'),
    ];
    expect(new Set([drawIdOf(draw(1), MUST_RULES), ...others]).size).toBe(4);
  });
});

describe('results that auditors hand in', () => {
  const sample = draw(1);
  const recorded = {
    drawId: 'a'.repeat(16),
    drawn: sample.drawn,
    mustInclude: sample.mustInclude,
    population: 60,
  };
  const [first = '', second = ''] = sample.drawn;

  it('are read from CSV and JSON alike; firms not done yet may be left empty', () => {
    const csv = file('r.csv', `uscc,result,comment\n${first},sound,\n${second},,\n`);
    const json = file('r.json', JSON.stringify([{ uscc: first, result: 'sound' }]));
    const wanted = [{ uscc: first, result: 'sound', comment: null }];
    expect(readResults(readResultRows(csv), recorded)).toEqual(wanted);
    expect(readResults(readResultRows(json), recorded)).toEqual(wanted);
  });

  it.each([
    ['a firm that was not drawn', `${first},sound,\n91510112MA0000007K,sound,\n`, /Row 3, column "uscc"/],
    ['a firm twice', `${first},sound,\n${first},sound,\n`, /Row 3, column "uscc": .* row 2 already/],
    ['another word', `${first},good,\n`, /Row 2, column "result": "good"/],
    [
      'a faulty firm without a comment',
      `${first},,\n${second},faulty,\n`.replace(`${first},,\n`, `${first},sound,\n`),
      /Row 3, column "comment"/,
    ],
    ['rows after an empty one', `${first},,\n${second},bad,\n`, /Row 3, column "result"/],
  ])('are refused by row and column: %s', (_, rows, message) => {
    const path = file('bad.csv', `uscc,result,comment\n${rows}`);
    expect(() => readResults(readResultRows(path), recorded)).toThrow(message);
  });

  it('without the needed columns are refused', () => {
    expect(() => readResultRows(file('c.csv', 'firm,result\nx,sound\n'))).toThrow(/no column "uscc"/);
  });

  it('extrapolate the random part exactly and count the firms chosen by rule one by one', () => {
    const results = new Map<string, 'sound' | 'faulty'>([
      ...sample.drawn.map((uscc, index): [string, 'sound' | 'faulty'] => [
        uscc,
        index < 2 ? 'faulty' : 'sound',
      ]),
      [sample.mustInclude[0] ?? '', 'faulty'],
    ]);
    const { random, byRule, total, open } = evaluateDraw(recorded, results);
    expect(random).toMatchObject({ population: 56, drawn: 20, faulty: 2 });
    // Hypergeometric, worked out elsewhere: P(X ≤ 2) is 3.2 % with 15 of 56 faulty, and 2.0 % with 16.
    expect(random?.estimate).toBeCloseTo(5.6, 12);
    expect([random?.low, random?.high]).toEqual([2, 15]);
    expect(byRule).toEqual({ checked: 1, faulty: 1, of: 4 });
    expect(total).toMatchObject({ low: 3, high: 19, confidence: 0.95 });
    expect(open).toHaveLength(3);
  });

  it('say nothing before the first', () => {
    expect(evaluateDraw(recorded, new Map())).toMatchObject({ random: null, total: null });
  });
});

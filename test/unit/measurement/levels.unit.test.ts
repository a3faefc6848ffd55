import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeLevel } from '../../../schemas/levelRule.ts';
import { judgeStated, LEVEL_EDITIONS, levelChange } from '../../../services/measurement/domain/levels.ts';

const { '2022': older, '2024': latest } = LEVEL_EDITIONS;
const binding = latest.scenes.filter(({ kind }) => kind === 'binding').map(({ id }) => id);
const guiding = latest.scenes.filter(({ kind }) => kind === 'guiding').map(({ id }) => id);

/** So many binding and guiding scenes at a level; later rows win. */
const scenes = (...rows: readonly (readonly [level: number, binding: number, guiding: number])[]) =>
  Object.fromEntries(
    rows.flatMap(([level, ofBinding, ofGuiding]) =>
      [...binding.slice(0, ofBinding), ...guiding.slice(0, ofGuiding)].map((id) => [id, level] as const),
    ),
  );

describe('the digital level', () => {
  it('has ten binding and six guiding scenes in the edition of 2024, and twenty points for results', () => {
    expect([binding.length, guiding.length]).toEqual([10, 6]);
    expect(latest.parts.map(({ points }) => points)).toEqual([50, 30, 20]);
    expect(latest.parts.at(-1)?.questions.map(({ points }) => points)).toEqual([7, 7, 3, 3]);
  });

  it.each([
    ['43 points, 7 scenes at L2, 4 of them binding', 43, scenes([2, 4, 3]), 2],
    ['78 points, 9 scenes at L2 (5 binding), 5 at L3', 78, scenes([2, 5, 4], [3, 3, 2]), 2],
    ['39.9 points, every scene at L3', 39.9, scenes([3, 10, 6]), 1],
    ['80 points, 10 scenes at L4, 6 binding', 80, scenes([4, 6, 4]), 4],
    ['80 points, 10 scenes at L4, 5 binding', 80, scenes([4, 5, 5]), 3],
    ['19.9 points, every scene at L4', 19.9, scenes([4, 10, 6]), 0],
    ['20 points, 5 scenes', 20, scenes([1, 3, 2]), 0],
  ])('%s', (_name, score, judged, level) => {
    expect(judgeLevel(latest, { score, scenes: judged }).level).toBe(level);
  });

  it('says what keeps it from the next level, and which scenes are nearest', () => {
    const verdict = judgeLevel(latest, { score: 78, scenes: scenes([2, 5, 4], [3, 3, 2]) });
    expect(verdict.explanation).toContain('L2 because 5 of the 8 scenes needed stand at L3');
    expect(verdict.next).toMatchObject({ level: 3 });
    expect(verdict.next?.scenes[0]).toMatchObject({ kind: 'binding', at: 2 });
    expect(judgeLevel(latest, { score: 90, scenes: scenes([4, 10, 6]) }).next).toBeNull();
  });

  it('is not known by a score alone in the edition of 2024, and is in that of 2022', () => {
    expect(judgeLevel(latest, { score: 65 })).toMatchObject({ level: null, atMost: 3 });
    expect(judgeLevel(latest, { score: 5 })).toMatchObject({ level: 0 });
    for (const [score, level] of [
      [19.9, 0],
      [20, 1],
      [40, 2],
      [59.9, 2],
      [60, 3],
      [80, 4],
    ] as const)
      expect(judgeLevel(older, { score }).level).toBe(level);
  });

  it.each([
    ['2024', 45, 2, undefined, true],
    ['2024', 45, 1, undefined, true],
    ['2024', 45, 3, undefined, false],
    ['2024', 45, 2, scenes([2, 10, 6]), true],
    ['2024', 45, 1, scenes([2, 10, 6]), false],
    ['2022', 45, 1, undefined, false],
  ] as const)('by edition %s with %s points, stated as %s', (edition, score, level, judged, isConsistent) => {
    expect(judgeStated({ edition, score, level, ...(judged && { scenes: judged }) })).toMatchObject({
      isConsistent,
    });
  });

  it('never falls when points or scenes rise', () => {
    const sheet = fc.record({
      score: fc.integer({ min: 0, max: 90 }),
      levels: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 16, maxLength: 16 }),
      raised: fc.nat({ max: 15 }),
    });
    fc.assert(
      fc.property(sheet, ({ score, levels, raised }) => {
        const of = (all: readonly number[]) =>
          Object.fromEntries(latest.scenes.map(({ id }, index) => [id, all[index] ?? 0]));
        const before = judgeLevel(latest, { score, scenes: of(levels) }).level!;
        const more = levels.map((level, index) => (index === raised ? level + 1 : level));
        expect(judgeLevel(latest, { score: score + 5, scenes: of(more) }).level).toBeGreaterThanOrEqual(
          before,
        );
      }),
    );
  });

  it('is never subtracted across editions', () => {
    const before = { edition: '2022', score: 30.1, level: 1 };
    const after = { edition: '2024', score: 45.3, level: 2 };
    expect(levelChange(before, after)).toMatchObject({ refusal: 'LEVEL_EDITIONS_DIFFER' });
    expect(levelChange({ ...before, edition: '2024' }, after)).toEqual({ points: 15.2, levels: 1 });
  });
});

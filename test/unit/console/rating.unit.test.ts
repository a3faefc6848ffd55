import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../../schemas/events/index.ts';
import { LevelEdition } from '../../../schemas/levelEdition.ts';
import { eventOf } from '../../../services/console/src/api/statements.ts';
import {
  EDITIONS,
  EMPTY_SHEET,
  editionOf,
  judgeSheet,
  type RatingSheet,
  ratingOf,
} from '../../../services/console/src/suppliers/rating.ts';
import { testUscc } from '../../support/events.ts';

const target = { supplierUscc: testUscc(61), platform: 'huanyu', programme: 'sichuan-1' };
const scenesAt = (level: string) => Object.fromEntries(EDITIONS[0].scenes.map(({ id }) => [id, level]));
const FULL: RatingSheet = {
  ...EMPTY_SHEET,
  assessedOn: '2025-06-20',
  raterUscc: ` ${testUscc(62).toLowerCase()}`,
  points: { foundation: '20.1', management: '12.2', results: '10' },
  scenes: scenesAt('2'),
};
const dataOf = (sheet: RatingSheet): Record<string, unknown> =>
  (
    eventOf(ratingOf(sheet, target, 'cq'), { id: 'one', at: new Date(0) }) as {
      data: Record<string, unknown>;
    }
  ).data;

describe('a rater’s sheet', () => {
  it('is judged by the indicators of 2024 unless the rater says otherwise', () => {
    expect(EDITIONS.map((one) => LevelEdition.parse(one).edition)).toEqual(['2024', '2022']);
    expect(editionOf(EMPTY_SHEET).edition).toBe('2024');
  });

  it('is an event that ingest takes, with the level that follows from points and scenes', () => {
    const statement = ratingOf(FULL, target, 'cq');
    expect(statement).toMatchObject({ source: '/rater/cq', type: 'onboarding.level-assessed.v1' });
    const data = dataOf(FULL);
    expect(EVENT_TYPES.get(statement.type)?.data.safeParse(data).error).toBeUndefined();
    expect(data).toEqual({
      ...target,
      ...{ assessedOn: '2025-06-20', raterUscc: testUscc(62), edition: '2024', score: 42.3, level: 2 },
      scenes: Object.fromEntries(EDITIONS[0].scenes.map(({ id }) => [id, 2])),
    });
  });

  it('stands at nothing where nothing is filled in, and says how much that is', () => {
    expect(judgeSheet(EMPTY_SHEET)).toMatchObject({ score: 0, blanks: 19, verdict: { level: 0 } });
    const some = { ...FULL, scenes: { ...FULL.scenes, quality: '' } };
    expect(judgeSheet(some).blanks).toBe(1);
    expect(judgeSheet(some).scenes).not.toHaveProperty('quality');
  });

  it('of the edition of 2022 is one score without scenes; what was typed for the other stays out', () => {
    const older = { ...FULL, edition: '2022', points: { ...FULL.points, whole: '61' } };
    expect(judgeSheet(older).blanks).toBe(0);
    expect(dataOf(older)).toMatchObject({ edition: '2022', score: 61, level: 3 });
    expect(dataOf(older)).not.toHaveProperty('scenes');
  });
});

import { describe, expect, it } from 'vitest';
import { ProgrammeLevel } from '../../../schemas/api/levels.ts';
import { judgeLevel } from '../../../schemas/levelRule.ts';
import edition2024 from '../../../schemas/levels/2024.json' with { type: 'json' };
import type { Tenancy } from '../../../schemas/tenancy.ts';
import { programmeLevel } from '../../../services/gateway/domain/programmeLevel.ts';
import { readProgrammeLevels } from '../../../services/gateway/reads/levels.ts';
import { testUscc } from '../../support/events.ts';

const FIRM = testUscc(71);
const AT = '2025-06-20T08:00:00.000Z';
const BINDING = edition2024.scenes.filter(({ kind }) => kind === 'binding').map(({ id }) => id);
/** @param at2 how many binding scenes stand at L2; the others stand at L1 */
const rated = (level: number, score: number, at2: number | null, programme = 'sme') => ({
  ...{ kind: 'on-site' as const, programme, at: AT, edition: '2024' as const, score, level },
  ...{ by: '/rater/cq', event: '/rater/cq r', isConsistent: true },
  computed: judgeLevel(edition2024, {
    score,
    ...(at2 === null ? {} : { scenes: Object.fromEntries(BINDING.map((id, at) => [id, at < at2 ? 2 : 1])) }),
  }),
});

describe('a rating on site beside what its programme asks for', () => {
  it('is above or at the target where rater and sheet say so, and lacks nothing', () => {
    expect(ProgrammeLevel.parse(programmeLevel(rated(2, 47, 6), 2))).toEqual({
      ...{ programme: 'sme', target: 2, at: AT, edition: '2024', score: 47, level: 2, computed: 2 },
      ...{ isBelow: false, lacking: [], nearest: [] },
    });
  });

  it('says what is missing where it stands below, with the scenes that are nearest', () => {
    const below = programmeLevel(rated(1, 38.5, 5), 2);
    expect(below).toMatchObject({ isBelow: true, computed: 1, target: 2 });
    expect(below.lacking).toEqual([
      { what: 'score', found: 38.5, needed: 40 },
      { what: 'scenes', found: 5, needed: 6 },
    ]);
    expect(below.nearest).toHaveLength(3);
    expect(below.nearest.every(({ at }) => at === 1)).toBe(true);
  });

  it('stands below also where the rater says enough and the sheet comes to less', () => {
    expect(programmeLevel(rated(2, 47, 4), 2)).toMatchObject({
      ...{ isBelow: true, level: 2, computed: 1 },
      lacking: [{ what: 'scenes', found: 4, needed: 6 }],
    });
  });

  it('does not take scenes that nobody judged for scenes that stand at nothing', () => {
    expect(programmeLevel(rated(2, 47, null), 2)).toMatchObject({
      isBelow: false,
      computed: null,
      lacking: [],
    });
    expect(programmeLevel(rated(1, 30, null), 2)).toMatchObject({
      ...{ isBelow: true, computed: null, nearest: [] },
      lacking: [{ what: 'score', found: 30, needed: 40 }],
    });
  });

  it('is the last one of each programme that the firm is in, told to everybody but the leader', async () => {
    const records = [
      rated(1, 30, 3),
      rated(2, 47, 6),
      rated(0, 5, 0, 'other'),
      { ...rated(1, 30, 3), kind: 'self' },
    ];
    const reader = (tenancy: Tenancy) => ({
      ...{ db: null as never, today: '2025-07-01', principal: { subject: 'a', name: 'A', tenancy } },
      cache: { get: async () => ({ records }) as never, forget: () => undefined },
    });
    const onboardings = [
      { programme: 'sme', programmeVersion: 'city-1' },
      { programme: 'unrated', programmeVersion: 'city-1' },
    ] as never;
    const read = (tenancy: Tenancy) => readProgrammeLevels(reader(tenancy), FIRM, onboardings);
    const told: readonly Tenancy[] = [
      { role: 'operator' },
      { role: 'bureau', region: '510000' },
      { role: 'supplier', firms: [FIRM] },
    ];
    for (const tenancy of told)
      expect(await read(tenancy), tenancy.role).toMatchObject([{ programme: 'sme', level: 2, target: 2 }]);
    expect(await read({ role: 'leader', firms: [testUscc(72)] })).toEqual([]);
  });
});

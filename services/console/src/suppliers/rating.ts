import { judgeLevel, type LevelVerdict } from '../../../../schemas/levelRule.ts';
import edition2022 from '../../../../schemas/levels/2022.json';
import edition2024 from '../../../../schemas/levels/2024.json';
import type { ActTarget } from '../api/acts.ts';
import type { Statement } from '../api/statements.ts';

/** The indicators by which a rater judges, the current ones first. */
export const EDITIONS = [edition2024, edition2022] as const;

export const LEVELS = [0, 1, 2, 3, 4];

/** A rater's sheet as it was typed. */
export interface RatingSheet {
  readonly edition: string;
  /** The day of the visit. */
  readonly assessedOn: string;
  readonly raterUscc: string;
  /** Part id → points. */
  readonly points: Readonly<Record<string, string>>;
  /** Scene id → level. */
  readonly scenes: Readonly<Record<string, string>>;
}

export const EMPTY_SHEET: RatingSheet = {
  edition: edition2024.edition,
  assessedOn: '',
  raterUscc: '',
  points: {},
  scenes: {},
};

export const editionOf = ({ edition }: RatingSheet): (typeof EDITIONS)[number] =>
  EDITIONS.find((one) => one.edition === edition) ?? edition2024;

/** What the scenes of an edition are called; an edition that is not known names none. */
export const sceneNames = (edition: string, language: string): ReadonlyMap<string, string> =>
  new Map(
    EDITIONS.find((one) => one.edition === edition)?.scenes.map(({ id, name }) => [
      id,
      language === 'en' ? name.en : name.zh,
    ]),
  );

interface Judged {
  readonly score: number;
  /** Undefined for an edition that judges no scenes. */
  readonly scenes: Readonly<Record<string, number>> | undefined;
  readonly verdict: LevelVerdict;
  /** How many parts and scenes have nothing yet; they stand at 0 in the verdict. */
  readonly blanks: number;
}

/** The level that follows from what the sheet says so far, by the rule of its edition. */
export function judgeSheet(sheet: RatingSheet): Judged {
  const { parts, scenes: asked, rule } = editionOf(sheet);
  const points = parts.map(({ id }) => sheet.points[id] ?? '');
  const levels = asked.map(({ id }) => [id, sheet.scenes[id] ?? ''] as const);
  // In tenths, so that the parts add up exactly.
  const score = points.reduce((sum, typed) => sum + Math.round(Number(typed) * 10), 0) / 10;
  const judged = levels
    .filter(([, typed]) => typed !== '')
    .map(([id, typed]) => [id, Number(typed)] as const);
  const scenes = asked.length === 0 ? undefined : Object.fromEntries(judged);
  return {
    score,
    scenes,
    verdict: judgeLevel({ scenes: asked, rule }, scenes === undefined ? { score } : { score, scenes }),
    blanks: points.filter((typed) => typed === '').length + levels.length - judged.length,
  };
}

/** The sheet as the rater's statement; the level is the one that follows from it. */
export function ratingOf(sheet: RatingSheet, target: ActTarget, rater: string): Statement {
  const { score, scenes, verdict } = judgeSheet(sheet);
  return {
    type: 'onboarding.level-assessed.v1',
    source: `/rater/${rater}`,
    target,
    data: {
      assessedOn: sheet.assessedOn,
      raterUscc: sheet.raterUscc.trim().toUpperCase(),
      edition: sheet.edition,
      score,
      level: verdict.level,
      ...(scenes === undefined ? {} : { scenes }),
    },
  };
}

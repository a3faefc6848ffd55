import type { ErrorCode } from '../../../schemas/errors.ts';
import { LevelEdition } from '../../../schemas/levelEdition.ts';
import { judgeLevel, type LevelVerdict } from '../../../schemas/levelRule.ts';
import edition2022 from '../../../schemas/levels/2022.json' with { type: 'json' };
import edition2024 from '../../../schemas/levels/2024.json' with { type: 'json' };
import { text, whole } from './facts.ts';

/** The indicators of each edition, checked against their schema. */
export const LEVEL_EDITIONS = {
  '2022': LevelEdition.parse(edition2022),
  '2024': LevelEdition.parse(edition2024),
} as const;
export type LevelEditionName = keyof typeof LEVEL_EDITIONS;

const isEdition = (name: string): name is LevelEditionName => Object.hasOwn(LEVEL_EDITIONS, name);

/** An assessment as it was stated, beside what follows from its own score and scenes. */
export interface StatedLevel {
  readonly edition: LevelEditionName;
  readonly score: number;
  readonly stated: number;
  readonly computed: LevelVerdict;
  /** Whether the stated level can follow from the sheet. */
  readonly isConsistent: boolean;
}

/** null where the edition is not known. */
export function judgeStated(data: Readonly<Record<string, unknown>>): StatedLevel | null {
  const edition = text(data.edition);
  if (!isEdition(edition)) return null;
  const [score, stated] = [whole(data.score) ?? 0, whole(data.level) ?? 0];
  const scenes = data.scenes as Readonly<Record<string, number>> | undefined;
  const computed = judgeLevel(LEVEL_EDITIONS[edition], {
    score,
    ...(scenes === undefined ? {} : { scenes }),
  });
  const isConsistent = computed.level === null ? stated <= computed.atMost : stated === computed.level;
  return { edition, score, stated, computed, isConsistent };
}

export interface Assessed {
  readonly edition: string;
  readonly score: number;
  readonly level: number;
}

/** Difference of two assessments; a typed refusal across editions, whose points do not mean the same. */
export function levelChange(
  before: Assessed,
  after: Assessed,
):
  | { readonly points: number; readonly levels: number }
  | { readonly refusal: ErrorCode; readonly reason: string } {
  if (before.edition !== after.edition)
    return {
      refusal: 'LEVEL_EDITIONS_DIFFER',
      reason: `assessed by edition ${before.edition} before and ${after.edition} after`,
    };
  const tenths = (value: number): number => Math.round(value * 10);
  return {
    points: (tenths(after.score) - tenths(before.score)) / 10,
    levels: after.level - before.level,
  };
}

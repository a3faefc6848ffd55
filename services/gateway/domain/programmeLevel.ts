import type { ProgrammeLevel } from '../../../schemas/api/levels.ts';
import type { LevelVerdict } from '../../../schemas/levelRule.ts';

type Rated = Pick<ProgrammeLevel, 'programme' | 'at' | 'edition' | 'score' | 'level'> & {
  readonly computed: LevelVerdict;
};

const CONDITIONS = ['score', 'scenes', 'binding'] as const;
/** How many scenes are named: what is nearest is begun with. */
const NEAREST = 3;

/**
 * A rating on site held against the level that a programme asks for. It stands below where the rater said less, and also where the rater
 * said enough and the sheet comes to less.
 */
export function programmeLevel({ computed, ...rated }: Rated, target: number): ProgrammeLevel {
  const { programme, at, edition, score, level } = rated;
  const rung = computed.rungs.find((one) => one.level === target);
  // Scenes that nobody judged are not scenes that stand at nothing.
  const known = computed.level === null ? CONDITIONS.slice(0, 1) : CONDITIONS;
  const { next } = computed;
  return {
    ...{ programme, target, at, edition, score, level },
    computed: computed.level,
    isBelow: level < target || (computed.level ?? computed.atMost) < target,
    lacking: known.flatMap((what) => {
      const counted = rung?.[what];
      return counted && counted.found < counted.needed ? [{ what, ...counted }] : [];
    }),
    nearest: next?.level === target ? next.scenes.slice(0, NEAREST).map(({ id, at }) => ({ id, at })) : [],
  };
}

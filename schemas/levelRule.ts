import type { Rung } from './levelEdition.ts';

/** What the rule needs of an edition. */
export interface LevelRule {
  readonly scenes: readonly { readonly id: string; readonly kind: string }[];
  readonly rule: { readonly levels: readonly Rung[] };
}

/** What a sheet says: the score, and each scene's own level where the scenes were judged. */
export interface LevelSheet {
  /** 0 to 100. */
  readonly score: number;
  /** Scene id → level 0 to 4; scenes that are not named stand at 0. Undefined: the scenes are not known. */
  readonly scenes?: Readonly<Record<string, number>>;
}

export interface RungResult {
  readonly level: number;
  readonly isMet: boolean;
  readonly score: { readonly needed: number; readonly found: number };
  readonly scenes: { readonly needed: number; readonly found: number } | null;
  readonly binding: { readonly needed: number; readonly found: number } | null;
}

export interface LevelVerdict {
  /** 0 to 4; null where the rule asks for scenes that are not known. */
  readonly level: number | null;
  /** The highest level that the score alone lets through. */
  readonly atMost: number;
  readonly explanation: string;
  /** From the highest level down. */
  readonly rungs: readonly RungResult[];
  /** What the next level lacks; null at the highest, or where the level is not known. */
  readonly next: {
    readonly level: number;
    readonly missing: readonly string[];
    /** Scenes below it, nearest first, binding ones before guiding ones. */
    readonly scenes: readonly { readonly id: string; readonly kind: string; readonly at: number }[];
  } | null;
}

/**
 * Judges a sheet by the rule of its edition, from the highest level down; a level needs its score, enough scenes at that
 * level or above, and enough binding ones among them. Example (2024): 78 points, 9 scenes at L2 of which 5 binding, 5 at
 * L3 → L2, because 5 of the 8 scenes needed stand at L3.
 */
export function judgeLevel(edition: LevelRule, sheet: LevelSheet): LevelVerdict {
  const rungs = edition.rule.levels.map((rung) => resultOf(edition, rung, sheet));
  const atMost = rungs.find(({ score }) => score.found >= score.needed)?.level ?? 0;
  const needsScenes = edition.rule.levels.some(({ leastScenes }) => leastScenes > 0);
  if (needsScenes && sheet.scenes === undefined && atMost > 0)
    return {
      level: null,
      atMost,
      explanation: `L${atMost} at most by ${sheet.score} points; which level it is depends on the scenes, which are not known`,
      rungs,
      next: null,
    };
  const level = rungs.find(({ isMet }) => isMet)?.level ?? 0;
  const above = rungs.find((rung) => rung.level === level + 1);
  const missing = above === undefined ? [] : missingOf(above);
  return {
    level,
    atMost,
    explanation:
      above === undefined
        ? `L${level}, the highest level: ${describe(rungs.find((rung) => rung.level === level))}`
        : `L${level} because ${missing.join(' and ')}`,
    rungs,
    next:
      above === undefined
        ? null
        : { level: above.level, missing, scenes: below(edition, sheet, above.level) },
  };
}

function resultOf(edition: LevelRule, rung: Rung, sheet: LevelSheet): RungResult {
  const reached = edition.scenes.filter(({ id }) => (sheet.scenes?.[id] ?? 0) >= rung.level);
  const binding = reached.filter(({ kind }) => kind === 'binding').length;
  const asked = rung.leastScenes > 0;
  return {
    level: rung.level,
    isMet:
      sheet.score >= rung.leastScore && reached.length >= rung.leastScenes && binding >= rung.leastBinding,
    score: { needed: rung.leastScore, found: sheet.score },
    scenes: asked ? { needed: rung.leastScenes, found: reached.length } : null,
    binding: asked ? { needed: rung.leastBinding, found: binding } : null,
  };
}

function missingOf({ level, score, scenes, binding }: RungResult): string[] {
  return [
    ...(score.found < score.needed
      ? [`${score.found} of the ${score.needed} points needed for L${level} are reached`]
      : []),
    ...(scenes !== null && scenes.found < scenes.needed
      ? [`${scenes.found} of the ${scenes.needed} scenes needed stand at L${level}`]
      : []),
    ...(binding !== null && binding.found < binding.needed
      ? [`${binding.found} of the ${binding.needed} binding scenes needed stand at L${level}`]
      : []),
  ];
}

const describe = (rung: RungResult | undefined): string =>
  rung === undefined
    ? 'no rule'
    : [
        `${rung.score.found} points`,
        ...(rung.scenes === null ? [] : [`${rung.scenes.found} scenes`]),
        ...(rung.binding === null ? [] : [`${rung.binding.found} of them binding`]),
      ].join(', ');

function below(edition: LevelRule, sheet: LevelSheet, level: number) {
  return edition.scenes
    .map(({ id, kind }) => ({ id, kind, at: sheet.scenes?.[id] ?? 0 }))
    .filter(({ at }) => at < level)
    .sort((a, b) => b.at - a.at || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0));
}

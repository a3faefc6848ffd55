import { NULL_REASONS } from '../domain/kpi.ts';
import { PAYBACK, paybackBehind, paybackOf, savingKpis, whyNoPayback } from '../domain/payback.ts';
import { shownValue } from '../domain/ratio.ts';
import type { World } from '../domain/world.ts';
import { span } from './evidence.ts';
import { inChinese, type Opened } from './explainFirm.ts';
import { figureIdOf } from './read.ts';

/** A firm's payback with its contract, the subsidies paid, and its months of cost and revenue, those before as frozen; null for a firm of which nothing is known. */
export function openPayback(world: World, uscc: string): Opened | null {
  if (!world.models.firms.has(uscc) && !world.hasMonths(uscc)) return null;
  const payback = paybackOf(world, uscc);
  const reason = whyNoPayback(payback);
  const support = paybackBehind(world, uscc);
  const periods = support.flatMap((one) => ('kinds' in one ? one.periods : []));
  const sides = savingKpis().flatMap((kpi) => {
    const change = world.improvement(kpi, uscc);
    return change === undefined ? [] : [change.before, change.after];
  });
  const classes = [...new Set(sides.flatMap(({ sourceClass }) => sourceClass?.split('+') ?? []))].sort();
  const grades = sides.flatMap(({ grade }) => grade ?? []).sort();
  return {
    figure: {
      definition: PAYBACK.definition,
      formula: PAYBACK.formula,
      zh: inChinese(PAYBACK.zh.definition, PAYBACK.zh.formula),
      version: PAYBACK.version,
      unit: PAYBACK.unit,
      value: (payback?.years && shownValue(payback.years)) ?? null,
      reason: reason === null ? null : NULL_REASONS[reason],
      numerator: payback?.years?.numerator ?? null,
      denominator: payback?.years?.denominator ?? null,
      window: span([...new Set(periods)].sort()),
      entities: [uscc],
      grade: grades.at(-1) ?? null,
      sourceClass: classes.join('+') || null,
      children: savingKpis().map((kpi) => figureIdOf(kpi, uscc, 'improvement')),
    },
    support,
  };
}

import { frozenMonths } from './baseline.ts';
import { type MonthsOf, monthFigure } from './figures.ts';
import { KPIS } from './kpis.ts';
import type { Baseline } from './records.ts';
import type { SlotClass } from './slots.ts';

export interface CorrectedMonth {
  readonly kpi: string;
  readonly month: string;
  readonly frozen: { readonly numerator: number | null; readonly denominator: number | null };
  readonly now: { readonly numerator: number | null; readonly denominator: number | null };
}

/** Data behind a frozen baseline changed later; the baseline stays, both values are shown. */
export interface BaselineFinding {
  /** `BASELINE_CORRECTED/<programme>/<USCC>` */
  readonly _id: string;
  readonly code: 'BASELINE_CORRECTED';
  readonly severity: 'warning';
  readonly state: 'open';
  readonly entities: readonly string[];
  readonly programme: string;
  readonly evidence: readonly CorrectedMonth[];
}

export const baselineFindingId = (baseline: Pick<Baseline, '_id'>): string =>
  `BASELINE_CORRECTED/${baseline._id}`;

/** Compares every frozen month with what the same source classes state now; null where nothing changed. */
export function baselineFinding(baseline: Baseline, months: MonthsOf): BaselineFinding | null {
  const { frozen } = baseline;
  if (frozen === undefined) return null;
  const evidence = KPIS.flatMap((kpi) =>
    frozenMonths(frozen, kpi).flatMap((then): CorrectedMonth[] => {
      const classes = (then.sourceClass?.split('+') ?? []) as SlotClass[];
      const now = monthFigure(kpi, months(then.period), then.period, classes);
      if (now.numerator === then.numerator && now.denominator === then.denominator) return [];
      return [
        {
          kpi: kpi.id,
          month: then.period,
          frozen: { numerator: then.numerator, denominator: then.denominator },
          now: { numerator: now.numerator, denominator: now.denominator },
        },
      ];
    }),
  );
  if (evidence.length === 0) return null;
  return {
    _id: baselineFindingId(baseline),
    code: 'BASELINE_CORRECTED',
    severity: 'warning',
    state: 'open',
    entities: [baseline.firm],
    programme: baseline.programme,
    evidence,
  };
}

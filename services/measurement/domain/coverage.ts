import { APPROVAL_KPIS } from './approvals.ts';
import { APPROVAL_TYPE } from './firmYear.ts';
import { KPIS } from './kpis.ts';
import { typeOfKind } from './slots.ts';

/** Whether a stream's event types are enough for a KPI. */
export interface KpiCoverage {
  readonly id: string;
  readonly definition: string;
  readonly computable: boolean;
  /** Event types that the KPI is computed from. */
  readonly needs: readonly string[];
  readonly missing: readonly string[];
}

/** For every KPI whether events of these types are enough to compute it, and which types are missing. */
export function coverageOf(types: ReadonlySet<string>): KpiCoverage[] {
  const needed = [
    ...KPIS.map(({ id, definition, kinds }) => ({
      id,
      definition,
      needs: [...new Set(kinds.map(typeOfKind))],
    })),
    ...Object.entries(APPROVAL_KPIS).map(([id, { definition }]) => ({
      id,
      definition,
      needs: [APPROVAL_TYPE],
    })),
  ];
  return needed.map((kpi) => {
    const missing = kpi.needs.filter((type) => !types.has(type));
    return { ...kpi, missing, computable: missing.length === 0 };
  });
}

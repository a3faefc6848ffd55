import { AUTHORITY } from '../../../schemas/authority.ts';
import { APPROVAL_KPI_IDS, APPROVAL_KPIS } from './approvals.ts';
import { APPROVAL_TYPE } from './firmYear.ts';
import { type KpiWordsZh, NULL_REASONS, type NullReason } from './kpi.ts';
import { KPIS } from './kpis.ts';
import { PAYBACK, PAYBACK_TYPES } from './payback.ts';
import type { Grade, SlotClass } from './slots.ts';
import { typeOfKind } from './slots.ts';

/** A KPI as it is published: what it means, what it needs, and what makes it null. */
export interface KpiEntry {
  readonly id: string;
  readonly slug: string;
  readonly version: number;
  readonly definition: string;
  readonly formula: string;
  readonly zh: KpiWordsZh;
  readonly source: string;
  readonly unit: string;
  readonly direction: 'up' | 'down';
  /** Event types that it needs, all of them. */
  readonly events: readonly string[];
  /** Source classes whose statements it is made of. */
  readonly sourceClasses: readonly string[];
  /** Evidence grades that it can have. */
  readonly grades: readonly Grade[];
  readonly nullWhen: readonly { readonly reason: NullReason; readonly explanation: string }[];
  /** How figures of several firms become one. */
  readonly pool: 'ratio' | 'values' | 'times';
  readonly levels: readonly string[];
}

const GRADES: Readonly<Record<SlotClass, readonly Grade[]>> = {
  platform: ['a'],
  chain: ['a'],
  supplier: ['c', 'd'],
};
const ALL_LEVELS = ['supplier', 'leader', 'suppliers', 'chain', 'district', 'zone', 'city', 'province'];

const classesOf = (types: readonly string[]): SlotClass[] =>
  (['platform', 'chain', 'supplier'] as const).filter((sourceClass) =>
    types.every((type) => AUTHORITY.some((row) => row.type === type && row.sourceClass === sourceClass)),
  );

const statersOf = (type: string): string[] =>
  AUTHORITY.flatMap((row) => (row.type === type ? row.sourceClass : []));

const reasons = (nullWhen: readonly NullReason[]): KpiEntry['nullWhen'] =>
  nullWhen.map((reason) => ({ reason, explanation: NULL_REASONS[reason] }));

/** Every KPI that is measured. */
export function kpiRegistry(): KpiEntry[] {
  const measured = KPIS.map(({ month: _m, combine: _c, kinds, nullWhen, ...kpi }): KpiEntry => {
    const events = [...new Set(kinds.map(typeOfKind))];
    const sourceClasses = classesOf(events);
    const grades = [...new Set(sourceClasses.flatMap((one) => GRADES[one]))].sort();
    return { ...kpi, events, sourceClasses, grades, nullWhen: reasons(nullWhen), levels: ALL_LEVELS };
  });
  const approvals = APPROVAL_KPI_IDS.map((id): KpiEntry => {
    const { compute: _, clock: __, ...kpi } = APPROVAL_KPIS[id];
    return {
      ...kpi,
      id,
      direction: 'down',
      events: [APPROVAL_TYPE],
      sourceClasses: ['chain'],
      grades: ['a'],
      nullWhen: reasons(['NO_APPROVALS']),
      pool: 'times',
      levels: ['supplier'],
    };
  });
  const money = ['cost.reported.v1', 'revenue.reported.v1'];
  const payback: KpiEntry = {
    ...PAYBACK,
    events: PAYBACK_TYPES,
    sourceClasses: [...new Set(PAYBACK_TYPES.flatMap((type) => statersOf(type)))].sort(),
    grades: [...new Set(classesOf(money).flatMap((one) => GRADES[one]))].sort(),
    nullWhen: reasons(PAYBACK.nullWhen),
    pool: 'ratio',
    levels: ['supplier'],
  };
  return [...measured, ...approvals, payback];
}

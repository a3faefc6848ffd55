import type { LongPanel, NumberColumn, TextColumn } from '../longPanel.ts';
import type { FrozenRow } from './livePanel.ts';

/** The panel that the frozen rows make; exactly what reading their CSV back gives. */
export function longPanelOf(rows: readonly FrozenRow[], cluster: 'unit' | 'chain'): LongPanel {
  const texts = (name: string, read: (row: FrozenRow) => string): TextColumn => {
    const codeOf = new Map<string, number>();
    const codes = Int32Array.from(rows, (row) => {
      const value = read(row);
      const code = codeOf.get(value) ?? codeOf.size;
      codeOf.set(value, code);
      return code;
    });
    return { name, codes, values: [...codeOf.keys()] };
  };
  const numbers = (name: string, read: (row: FrozenRow) => number | null): NumberColumn => ({
    name,
    values: Float64Array.from(rows, (row) => read(row) ?? Number.NaN),
  });
  return {
    rows: rows.length,
    unit: texts('unit', (row) => row.unit),
    time: numbers('time', (row) => row.time),
    outcome: numbers('outcome', (row) => row.outcome),
    cohort: numbers('cohort', (row) => row.cohort),
    covariates: [],
    cluster: cluster === 'chain' ? texts('chain', (row) => row.chain) : null,
    tier: texts('tier', (row) => String(row.tier)),
    definition: texts('definition', (row) => row.definition),
    measurement: texts('measurement', (row) => row.measurement),
  };
}

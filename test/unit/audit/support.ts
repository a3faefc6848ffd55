import { type PanelColumns, parsePanelCsv } from '../../../services/audit/index.ts';

export interface Observation {
  readonly unit: string;
  readonly time: number;
  readonly outcome: number | '';
  readonly cohort: number | '';
  readonly [extra: string]: string | number;
}

/** The rows as CSV, columns in the order of the first row's keys. */
export function toCsv(rows: readonly Observation[]): string {
  const header = Object.keys(rows[0] ?? {});
  return `${[header, ...rows.map((row) => header.map((name) => row[name]))].map((cells) => cells.join(',')).join('\n')}\n`;
}

export function panelOf(
  rows: readonly Observation[],
  extra: Omit<Partial<PanelColumns>, 'unit' | 'time' | 'outcome' | 'cohort'> = {},
) {
  return parsePanelCsv(Buffer.from(toCsv(rows)), {
    unit: 'unit',
    time: 'time',
    outcome: 'outcome',
    cohort: 'cohort',
    ...extra,
  });
}

const GOLDEN: Record<string, { cohort: number; outcomes: number[] }> = {
  S1: { cohort: 2, outcomes: [4.0, 4.6, 5.1, 5.4] },
  S2: { cohort: 2, outcomes: [5.0, 5.4, 6.1, 6.4] },
  S3: { cohort: 3, outcomes: [3.0, 3.2, 3.9, 4.3] },
  S4: { cohort: 3, outcomes: [6.0, 6.2, 6.7, 7.3] },
  S5: { cohort: 0, outcomes: [4.0, 4.2, 4.4, 4.6] },
  S6: { cohort: 0, outcomes: [5.0, 5.2, 5.4, 5.6] },
};

export function goldenRows(): Observation[] {
  return Object.entries(GOLDEN).flatMap(([unit, { cohort, outcomes }]) =>
    outcomes.map((outcome, index) => ({ unit, time: index + 1, outcome, cohort })),
  );
}

export const goldenPanel = () => panelOf(goldenRows());

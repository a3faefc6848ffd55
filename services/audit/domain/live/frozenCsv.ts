import type { SpilloverOptions } from '../spillover.ts';
import type { FrozenEdge, FrozenRow } from './livePanel.ts';

const PANEL_COLUMNS = [
  'unit',
  'month',
  'time',
  'outcome',
  'cohort',
  'chain',
  'tier',
  'numerator',
  'denominator',
  'definition',
  'measurement',
  'reason',
] as const satisfies readonly (keyof FrozenRow)[];

const EDGE_COLUMNS = [
  'supplier',
  'buyer',
  'from',
  'until',
  'orders',
  'amountFen',
  'volumeFen',
] as const satisfies readonly (keyof FrozenEdge)[];

const cell = (value: string | number | null): string => {
  const text = value === null ? '' : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

function csv<Column extends string>(
  columns: readonly Column[],
  rows: readonly Readonly<Record<Column, string | number | null>>[],
): string {
  return `${[columns.join(','), ...rows.map((row) => columns.map((column) => cell(row[column])).join(','))].join('\n')}\n`;
}

/** The frozen panel, numbers in full precision. */
export const panelCsv = (rows: readonly FrozenRow[]): string => csv(PANEL_COLUMNS, rows);
/** The frozen network: the first two columns are the edge. */
export const edgesCsv = (edges: readonly FrozenEdge[]): string => csv(EDGE_COLUMNS, edges);

/** The command that gives the same estimates from the frozen files. */
export const recomputeCommand = (
  names: { readonly panel: string; readonly edges: string },
  { anticipation, bootstrap, seed }: SpilloverOptions,
): string =>
  `npm run --silent cli -- audit spillover --csv ${names.panel} --edges ${names.edges} --volume volumeFen --unit unit --time time --outcome outcome --cohort cohort --tier tier --definition definition --measurement measurement --anticipation ${anticipation} --bootstrap ${bootstrap} --seed ${seed} --json`;

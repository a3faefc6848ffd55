import { ChainlightError } from '../../../schemas/errors.ts';
import type { LongPanel, NumberColumn, TextColumn } from '../domain/longPanel.ts';
import { type ColumnRequest, type ReadColumn, readBytes, readCsvColumns } from './csvColumns.ts';

export interface PanelColumns {
  readonly unit: string;
  readonly time: string;
  readonly outcome: string;
  readonly cohort: string;
  readonly covariates?: readonly string[];
  readonly cluster?: string;
  readonly tier?: string;
  readonly definition?: string;
  readonly measurement?: string;
}

/** Reads a panel from a CSV file. Throws BAD_INPUT, naming row and column, where the file does not fit. */
export function readPanelCsv(file: string, names: PanelColumns): LongPanel {
  return parsePanelCsv(readBytes(file), names);
}

export function parsePanelCsv(bytes: Buffer, names: PanelColumns): LongPanel {
  const covariates = names.covariates ?? [];
  const labels = [names.cluster, names.tier, names.definition, names.measurement];
  const text = (name: string): ColumnRequest => ({ name, kind: 'text' });
  const number = (name: string): ColumnRequest => ({ name, kind: 'number' });
  const { rows, columns } = readCsvColumns(bytes, [
    text(names.unit),
    number(names.time),
    number(names.outcome),
    number(names.cohort),
    ...covariates.map(number),
    ...labels.filter((name) => name !== undefined).map(text),
  ]);
  if (rows === 0) throw new ChainlightError('BAD_INPUT', 'The file has a header but no rows.');
  const label = (name: string | undefined) =>
    name === undefined
      ? null
      : filledText(columns.slice(4 + covariates.length).find((column) => column.name === name));
  return {
    rows,
    unit: filledText(columns[0]),
    time: asNumber(columns[1]),
    outcome: asNumber(columns[2]),
    cohort: asNumber(columns[3]),
    covariates: columns.slice(4, 4 + covariates.length).map(asNumber),
    cluster: label(names.cluster),
    tier: label(names.tier),
    definition: label(names.definition),
    measurement: label(names.measurement),
  };
}

function asNumber(column: ReadColumn | undefined): NumberColumn {
  if (column?.kind !== 'number') throw new ChainlightError('INTERNAL', 'A number column was asked for.');
  return column;
}

function filledText(column: ReadColumn | undefined): TextColumn {
  if (column?.kind !== 'text') throw new ChainlightError('INTERNAL', 'A text column was asked for.');
  const empty = column.values.indexOf('');
  if (empty !== -1) {
    const row = column.codes.indexOf(empty) + 2;
    throw new ChainlightError('BAD_INPUT', `Column "${column.name}", row ${row}: the cell is empty.`, {
      column: column.name,
      row,
    });
  }
  return column;
}

import { ChainlightError } from '../../../schemas/errors.ts';
import type { Frame, FrameRow } from './frame.ts';

/** A rule that puts a firm into the audit whatever the draw. */
export type MustRule =
  | { readonly kind: 'equals'; readonly column: string; readonly value: string }
  | { readonly kind: 'between'; readonly column: string; readonly low: number; readonly high: number }
  | { readonly kind: 'shared'; readonly column: string };

const RULE = /^(?<column>[^=]+)=(?<value>.+)$/;
const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)`;
const RANGE = new RegExp(`^(?<low>${NUMBER})\\.\\.(?<high>${NUMBER})$`);

/**
 * Rules separated by commas: `level=2` (equal, as numbers where both are), `score=38..42` (between, both ends included),
 * `evidenceHash=shared` (the value occurs with another firm too). Throws BAD_USAGE.
 */
export function parseMustRules(text: string): MustRule[] {
  return text
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part): MustRule => {
      const { column, value } = RULE.exec(part)?.groups ?? {};
      if (column === undefined || value === undefined) {
        throw new ChainlightError(
          'BAD_USAGE',
          `"${part}" is not a rule; write column=value, column=low..high or column=shared.`,
        );
      }
      const name = column.trim();
      const wanted = value.trim();
      const range = RANGE.exec(wanted)?.groups;
      if (range !== undefined)
        return { kind: 'between', column: name, low: Number(range.low), high: Number(range.high) };
      return wanted === 'shared'
        ? { kind: 'shared', column: name }
        : { kind: 'equals', column: name, value: wanted };
    });
}

/** Ids of the rows that some rule names, in the order of the ids. Throws BAD_INPUT on text where a rule compares numbers. */
export function mustInclude(frame: Frame, rules: readonly MustRule[]): string[] {
  const tests = rules.map((rule) => testOf(frame, rule));
  return frame.rows.filter((row) => tests.some((test) => test(row))).map((row) => row.id);
}

function testOf(frame: Frame, rule: MustRule): (row: FrameRow) => boolean {
  const cell = (row: FrameRow) => row.cells[rule.column] ?? '';
  switch (rule.kind) {
    case 'equals': {
      const wanted = Number(rule.value);
      return (row) =>
        cell(row) === rule.value ||
        (cell(row) !== '' && !Number.isNaN(wanted) && Number(cell(row)) === wanted);
    }
    case 'between':
      for (const row of frame.rows)
        if (Number.isNaN(Number(cell(row))))
          throw new ChainlightError(
            'BAD_INPUT',
            `Column "${rule.column}", firm "${row.id}": "${cell(row)}" is not a number, and a rule asks for ${rule.low} to ${rule.high}.`,
            { column: rule.column, id: row.id },
          );
      return (row) => cell(row) !== '' && Number(cell(row)) >= rule.low && Number(cell(row)) <= rule.high;
    case 'shared': {
      const counts = new Map<string, number>();
      for (const row of frame.rows) counts.set(cell(row), (counts.get(cell(row)) ?? 0) + 1);
      return (row) => cell(row) !== '' && (counts.get(cell(row)) ?? 0) > 1;
    }
    default: {
      const never: never = rule;
      return never;
    }
  }
}

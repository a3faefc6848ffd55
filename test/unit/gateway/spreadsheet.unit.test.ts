import { describe, expect, it } from 'vitest';
import { xlsxOf } from '../../../services/gateway/adapters/xlsx.ts';
import { csvOf, harmless } from '../../../services/gateway/domain/spreadsheet.ts';
import { readWorkbook } from '../../support/workbook.ts';

describe('a list as CSV', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1+1'])('does not let %j run', (text) => {
    expect(harmless(text)).toBe(`'${text}`);
  });

  it('keeps numbers as numbers, quotes what needs it, and leaves what is missing empty', () => {
    const sheet = {
      columns: ['name', 'change'],
      rows: [
        ['A, "B"', -0.5],
        ['=cmd()', null],
      ],
    } as const;
    expect(csvOf(sheet)).toBe('\uFEFFname,change\r\n"A, ""B""",-0.5\r\n\'=cmd(),\r\n');
  });
});

describe('a list as a workbook', () => {
  it('holds texts as texts, numbers as numbers, and computes nothing', async () => {
    const sheet = {
      columns: ['城市', 'share', 'note'],
      rows: [
        ['成都 & "高新"', 0.633, '=HYPERLINK("http://x")'],
        ['<b>', -12, null],
      ],
    } as const;
    const { rows, hasFormula } = readWorkbook(await xlsxOf(sheet, 'cities'));
    expect(rows[0]).toEqual(sheet.columns);
    expect(rows[1]).toEqual(sheet.rows[0]);
    expect(rows[2]?.slice(0, 2)).toEqual(['<b>', -12]);
    expect(rows[2]?.[2] ?? null).toBeNull();
    expect(hasFormula).toBe(false);
  });
});

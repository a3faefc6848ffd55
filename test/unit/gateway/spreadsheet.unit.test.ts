import { describe, expect, it } from 'vitest';
import { xlsxOf } from '../../../services/gateway/adapters/xlsx.ts';
import { csvOf, harmless } from '../../../services/gateway/domain/spreadsheet.ts';
import { funnelSheet } from '../../../services/gateway/reads/exports.ts';
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

describe('the funnel as a file', () => {
  const stage = {
    ...{ stage: 'NOMINATED', phase: 'early', entered: 6, done: 4, atRisk: 1, stalled: 0, failed: 1 },
    ...{ medianDays: 3, shareOfFailures: 1, failureShare: 1 / 6 },
  };
  const group = (key: string, firms: number, withheld?: 'FEWER_THAN_FIVE') => ({
    ...{ key, firms, onboardings: firms, failures: [], stages: withheld === undefined ? [stage] : [] },
    ...(withheld === undefined ? {} : { withheld }),
  });

  it('names a group that is withheld with its size and why, and what is not known by a word', () => {
    const groups = [group('few', 2, 'FEWER_THAN_FIVE'), group('', 6)];
    const funnel = { asOf: null, stages: [stage], failures: [], countedBy: 'onboarding', groups } as never;
    const { columns, rows } = funnelSheet('en', funnel);
    expect(rows.map((row) => [row[0], row[1], row[2], row[columns.indexOf('withheld')]])).toEqual([
      [null, null, 'NOMINATED', null],
      ['few', 2, null, 'FEWER_THAN_FIVE'],
      ['not known', 6, 'NOMINATED', null],
    ]);
    expect(funnelSheet('zh', funnel).rows[2]?.[0]).toBe('未说明');
  });
});

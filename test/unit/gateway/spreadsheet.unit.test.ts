import { describe, expect, it } from 'vitest';
import { csvOf, harmless } from '../../../services/gateway/domain/spreadsheet.ts';

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

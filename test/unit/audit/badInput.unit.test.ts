import { describe, expect, it } from 'vitest';
import { estimateResult } from '../../../schemas/api/audit.ts';
import { DEFAULT_OPTIONS, estimate, parsePanelCsv } from '../../../services/audit/index.ts';
import { goldenRows, type Observation, panelOf, toCsv } from './support.ts';

const COLUMNS = { unit: 'unit', time: 'time', outcome: 'outcome', cohort: 'cohort' };
const read = (
  csv: string,
  columns: Partial<typeof COLUMNS> & { cluster?: string; covariates?: string[] } = {},
) => estimate(parsePanelCsv(Buffer.from(csv), { ...COLUMNS, ...columns }), DEFAULT_OPTIONS);
const golden = goldenRows();
const csv = toCsv(golden);

describe('input that does not fit is refused with one clear message', () => {
  it.each([
    ['an unknown column', () => read(csv, { outcome: 'turns' }), /no column "turns".*"unit", "time"/],
    [
      'text in a number column',
      () => read(csv.replace('S2,3,6.1,2', 'S2,3,many,2')),
      /Column "outcome", row 8: "many" is not a number/,
    ],
    ['NaN as text', () => read(csv.replace('S2,3,6.1,2', 'S2,3,NaN,2')), /row 8: "NaN" is not a number/],
    [
      'an infinite number',
      () => read(csv.replace('S2,3,6.1,2', 'S2,3,1e999,2')),
      /row 8: "1e999" is not a number/,
    ],
    [
      'a fraction as time',
      () => read(csv.replace('S2,3,6.1,2', 'S2,2.5,6.1,2')),
      /Column "time", row 8: the time is 2.5/,
    ],
    [
      'an empty time',
      () => read(csv.replace('S2,3,6.1,2', 'S2,,6.1,2')),
      /Column "time", row 8: the time is empty/,
    ],
    ['a gap in time', () => read(csv.replaceAll(/,3,([\d.]+,\d)/g, ',9,$1')), /no row has time 3/],
    ['a fraction as cohort', () => read(csv.replaceAll(',6.1,2', ',6.1,2.5')), /Column "cohort", row 8/],
    [
      'a unit twice in one period',
      () => read(`${csv}S1,2,4.6,2\n`),
      /Unit "S1" has two rows for time 2: row 3 and row 26/,
    ],
    [
      'a cohort that changes',
      () => read(csv.replace('S2,3,6.1,2', 'S2,3,6.1,3')),
      /Column "cohort", row 8.*unit "S2"/,
    ],
    [
      'an empty unit',
      () => read(csv.replace('S2,3,6.1,2', ',3,6.1,2')),
      /Column "unit", row 8: the cell is empty/,
    ],
    [
      'a row of another width',
      () => read(csv.replace('S2,3,6.1,2', 'S2,3,6.1')),
      /Row 8 has 3 cells; the header has 4/,
    ],
    ['a column named twice', () => read(csv.replace('unit,time', 'time,time')), /two columns "time"/],
    ['a header alone', () => read('unit,time,outcome,cohort\n'), /no rows/],
    ['nothing at all', () => read(''), /empty/],
    [
      'text after a closing quote',
      () => read(csv.replace('S2,3,6.1,2', '"S2"x,3,6.1,2')),
      /Row 8 has text after a closing quote/,
    ],
    [
      'numbers whose squares overflow',
      () => read(csv.replace('S2,3,6.1,2', 'S2,3,6.1e200,2')),
      /Column "outcome", row 8: 6.1e\+200 is too large/,
    ],
    [
      'numbers whose squares vanish',
      () => read(csv.replaceAll(/,([\d.]+),(\d)\n/g, ',$1e-200,$2\n')),
      /Column "outcome", row \d+: 7.3e-200 is too small/,
    ],
    ['an open quote', () => read(csv.replace('S2,3,6.1,2', '"S2,3,6.1,2')), /quote that is never closed/],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message);
    expect(act).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  it('a cluster that changes within a unit', () => {
    const rows = golden.map((row) => ({ ...row, cluster: row.unit === 'S2' && row.time === 3 ? 'b' : 'a' }));
    expect(() => estimate(panelOf(rows, { cluster: 'cluster' }), DEFAULT_OPTIONS)).toThrow(
      /Column "cluster", row 8/,
    );
  });
});

describe('input that fits but carries no answer is refused as a result', () => {
  const only = (keep: (row: Observation) => boolean, options = {}) => {
    const result = estimate(panelOf(golden.filter(keep)), { ...DEFAULT_OPTIONS, bootstrap: 99, ...options });
    expect(estimateResult.safeParse(JSON.parse(JSON.stringify(result))).error).toBeUndefined();
    return result;
  };

  it('one cohort and nobody else', () => {
    const result = only((row) => row.cohort === 3, { control: 'notyet' });
    expect(result.refusal?.code).toBe('NO_CONTROLS');
    expect(result.simple).toMatchObject({ att: null, se: null });
    expect(result.attgt.every((cell) => cell.att === null && cell.reason !== undefined)).toBe(true);
  });

  it('never-treated controls wanted and none there', () => {
    expect(only((row) => row.cohort !== 0).refusal).toMatchObject({
      code: 'NO_CONTROLS',
      remedy: expect.stringContaining('not-yet-treated'),
    });
  });

  it('nobody treated', () => {
    expect(only((row) => row.cohort === 0).refusal?.code).toBe('NO_TREATED');
  });

  it('everybody treated from the start', () => {
    const result = estimate(panelOf(golden.map((row) => ({ ...row, cohort: 1 }))), DEFAULT_OPTIONS);
    expect(result.refusal?.code).toBe('NO_TREATED');
    expect(result.dropped.alwaysTreated).toBe(6);
  });

  it('a single period, a single unit, no outcome at all', () => {
    expect(only((row) => row.time === 2).refusal).not.toBeNull();
    expect(only((row) => row.unit === 'S1').refusal).not.toBeNull();
    const empty = estimate(panelOf(golden.map((row) => ({ ...row, outcome: '' as const }))), DEFAULT_OPTIONS);
    expect(empty.dropped.emptyOutcome).toBe(24);
    expect(empty.refusal).not.toBeNull();
  });

  it('one cluster alone: its error of zero by the formula is no certainty', () => {
    const rows = golden.flatMap((row) =>
      [0, 1, 2, 3, 4].map((copy) => ({
        ...row,
        unit: `${row.unit}${copy}`,
        outcome: Number(row.outcome) + ((row.time * copy * 7) % 5) / 10,
        district: 'a',
      })),
    );
    const result = estimate(panelOf(rows, { cluster: 'district' }), DEFAULT_OPTIONS);
    expect(result.simple).toMatchObject({ se: 0 });
    expect(result.refusal).toMatchObject({
      code: 'TOO_FEW_CLUSTERS',
      remedy: expect.stringContaining('unit'),
    });
  });

  it('says that nothing is left where every outcome is missing', () => {
    const empty = estimate(panelOf(golden.map((row) => ({ ...row, outcome: '' as const }))), DEFAULT_OPTIONS);
    expect(empty.refusal?.reason).toMatch(/^No unit is left: 24 rows/);
  });

  it('a constant outcome: no standard error above zero, no test, no number that is not one', () => {
    const result = estimate(panelOf(golden.map((row) => ({ ...row, outcome: 7 }))), {
      ...DEFAULT_OPTIONS,
      bootstrap: 99,
    });
    expect(result.simple).toMatchObject({ att: 0, se: 0 });
    expect(result.pretrend).toMatchObject({ wald: null, calibrated: { p: null } });
    expect(result.bootstrap?.criticalValue).toBeNull();
    expect(JSON.stringify(result)).not.toMatch(/NaN|Infinity/);
  });

  it('covariates that do not vary or that separate treated from controls', () => {
    const rows = golden.map((row) => ({ ...row, flat: 1, label: row.cohort === 0 ? 0 : 1 }));
    const flat = estimate(panelOf(rows, { covariates: ['flat'] }), DEFAULT_OPTIONS);
    expect(flat.attgt.every((cell) => cell.reason?.includes('collinear'))).toBe(true);
    const separated = estimate(panelOf(rows, { covariates: ['label'] }), DEFAULT_OPTIONS);
    expect(separated.refusal).not.toBeNull();
    expect(separated.simple.att).toBeNull();
  });
});

describe('odd but valid files', () => {
  it('quotes, CRLF, a byte-order mark, empty lines, blanks and other column orders change nothing', () => {
    const odd = `\ufeff"cohort",outcome,"unit",time\r\n\r\n${golden.map((row) => `${row.cohort || ''}, ${row.outcome} ,"${row.unit}",${row.time}.0`).join('\r\n')}`;
    expect(read(odd).attgt).toEqual(read(csv).attgt);
  });

  it('tabs and blanks around quoted and plain cells are no part of them', () => {
    expect(read(csv.replaceAll('S1,', '\t"S1" ,').replaceAll(',0\n', ',\t0 \r\n')).attgt).toEqual(
      read(csv).attgt,
    );
  });

  it('a comma or a doubled quote inside a quoted id', () => {
    const odd = csv.replaceAll('S1,', '"S1, ""the first""",');
    expect(read(odd).attgt).toEqual(read(csv).attgt);
  });

  it('an empty outcome drops the row and is counted', () => {
    const result = read(csv.replace('S5,4,4.6,0', 'S5,4,,0'));
    expect(result.dropped.emptyOutcome).toBe(1);
    expect(result.attgt.find((cell) => cell.group === 2 && cell.time === 4)?.nControl).toBe(1);
  });
});

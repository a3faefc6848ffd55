import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { spilloverResult } from '../../../schemas/api/audit.ts';
import { exposureOf } from '../../../services/audit/domain/exposure.ts';
import {
  DEFAULT_OPTIONS,
  type Edge,
  estimateSpillover,
  readEdgesCsv,
} from '../../../services/audit/index.ts';
import { type Observation, panelOf } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'chainlight-edges-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('exposure by volume of trade', () => {
  const never = Number.POSITIVE_INFINITY;
  const shares = (edges: readonly Edge[]) => [
    ...exposureOf(['a', 'b', 'c', 'd'], Float64Array.of(never, 4, never, 6), edges).treatedShare,
  ];

  it('is the share of a unit’s volume that it has with treated neighbours', () => {
    expect(
      shares([
        ['a', 'b', 30],
        ['a', 'c', 70],
        ['d', 'c', 70],
      ]),
    ).toEqual([0.3, 0, 0.5, 0]);
  });

  it('adds both directions of trade of one pair, and counts the neighbour once', () => {
    const edges: Edge[] = [
      ['a', 'b', 10],
      ['b', 'a', 20],
      ['a', 'c', 30],
    ];
    expect(shares(edges)[0]).toBe(0.5);
    const { treatedNeighbours } = exposureOf(['a', 'b', 'c'], Float64Array.of(never, 4, never), edges);
    expect([...treatedNeighbours]).toEqual([1, 0, 0]);
  });

  it('is not known where one volume is not, and where nothing was ordered', () => {
    expect(
      shares([
        ['a', 'b', 30],
        ['a', 'c', null],
      ])[0],
    ).toBeNaN();
    expect(shares([['a', 'b', 0]])[0]).toBeNaN();
    expect(shares([])[0]).toBeNaN();
  });
});

describe('the spillover by share of volume', () => {
  /** Partners of a treated unit and of an untreated one; the effect on a partner is its share with the treated one. */
  const rows: Observation[] = [];
  const edges: Edge[] = [];
  for (let index = 0; index < 60; index++) {
    const share = [0.2, 0.5, 0.9][index % 3] ?? 0;
    edges.push([`p${index}`, `t${index % 6}`, 100 * share], [`p${index}`, `o${index}`, 100 - 100 * share]);
    for (let time = 1; time <= 8; time++) {
      const wobble = ((time * 7 + index * 3) % 11) / 100;
      const late = time >= 5 ? 1 : 0;
      if (index < 6) rows.push({ unit: `t${index}`, time, outcome: 3 + wobble + late, cohort: 5 });
      rows.push({ unit: `p${index}`, time, outcome: 4 + wobble + late * share, cohort: 0 });
      rows.push({ unit: `o${index}`, time, outcome: 5 + wobble, cohort: 0 });
    }
  }

  it('finds the larger effect where more of the volume is with treated partners', () => {
    const result = estimateSpillover(panelOf(rows), edges, DEFAULT_OPTIONS);
    const bins = result.spillover.byVolumeShare ?? [];
    expect(bins.map(({ label, units }) => [label, units])).toEqual([
      ['up to 1/3', 20],
      ['over 1/3 to 2/3', 20],
      ['over 2/3', 20],
      ['not known', 0],
    ]);
    for (const [index, effect] of [0.2, 0.5, 0.9].entries()) expect(bins[index]?.att).toBeCloseTo(effect, 1);
    expect(bins[3]).toMatchObject({ att: null, reason: 'fewer than 5 exposed units' });
    expect(spilloverResult.safeParse(JSON.parse(JSON.stringify(result))).error).toBeUndefined();
  });

  it('is left out where no volume is given, and moves nothing else', () => {
    const plain = estimateSpillover(
      panelOf(rows),
      edges.map(([a, b]): Edge => [a, b]),
      DEFAULT_OPTIONS,
    );
    const { byVolumeShare, ...others } = estimateSpillover(panelOf(rows), edges, DEFAULT_OPTIONS).spillover;
    expect(plain.spillover).toEqual({ ...others, byVolumeShare: null });
    expect(byVolumeShare).not.toBeNull();
  });
});

describe('a file of edges', () => {
  const read = (content: string, volume?: string) => {
    const file = join(folder, 'edges.csv');
    writeFileSync(file, content);
    return readEdgesCsv(file, ['a', 'b', 'c'], volume);
  };

  it('has its volume in the column that is named; an empty cell is not known', () => {
    expect(read('x,y,from,fen\r\na,b,2023-01-01,12.5\r\nb,c,2023-01-01,\r\n', 'fen')).toEqual([
      ['a', 'b', 12.5],
      ['b', 'c', null],
    ]);
  });

  it('may have further columns that nobody asked for', () => {
    expect(read('a,b,hello\nb,c,there\n')).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ]);
  });

  it.each([
    ['an unknown column', 'x,y\na,b\n', /no column "fen".*"x", "y"/],
    ['text', 'x,y,fen\na,b,1\nb,c,many\n', /Column "fen", row 3 .*"many"/],
    ['a negative volume', 'x,y,fen\na,b,-1\n', /Column "fen", row 2/],
    ['an infinite volume', 'x,y,fen\na,b,1e999\n', /Column "fen", row 2/],
    ['an empty id', 'x,y,fen\na,,1\n', /row 2: a unit id is empty/],
  ])('is refused with %s', (_, content, message) => {
    expect(() => read(content, 'fen')).toThrow(message);
    expect(() => read(content, 'fen')).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });
});

import { describe, expect, it } from 'vitest';
import { spilloverResult } from '../../../schemas/api/audit.ts';
import { DEFAULT_OPTIONS, type Edge, estimate, estimateSpillover } from '../../../services/audit/index.ts';
import { type Observation, panelOf } from './support.ts';

/** Forty treated at 4 or 6, forty of their partners, forty others; no noise but what differs by unit and cancels. */
function network(direct: number, spillover: number): { rows: Observation[]; edges: Edge[] } {
  const rows: Observation[] = [];
  const edges: Edge[] = [];
  const add = (unit: string, cohort: number, start: number, effect: number) => {
    const level = unit.length + (rows.length % 7);
    for (let time = 1; time <= 8; time++) {
      const wobble = ((time * 7 + rows.length * 3) % 11) / 100;
      rows.push({
        unit,
        time,
        outcome: level + 0.1 * time + wobble + (start > 0 && time >= start ? effect : 0),
        cohort,
      });
    }
  };
  for (let index = 0; index < 40; index++) {
    const cohort = index % 2 === 0 ? 4 : 6;
    add(`treated${index}`, cohort, cohort, direct);
    add(`partner${index}`, 0, cohort, spillover);
    add(`other${index}`, 0, 0, 0);
    edges.push(
      index % 3 === 0 ? [`treated${index}`, `partner${index}`] : [`partner${index}`, `treated${index}`],
    );
  }
  return { rows, edges };
}

describe('spillover on a network of suppliers', () => {
  const { rows, edges } = network(1, 0.4);
  const options = { ...DEFAULT_OPTIONS, bootstrap: 99 };

  it('finds the planted direct and spillover effects', () => {
    const result = estimateSpillover(panelOf(rows), edges, options);
    expect(result.direct.simple.att).toBeCloseTo(1, 1);
    expect(result.spillover.simple.att).toBeCloseTo(0.4, 1);
    expect(result).toMatchObject({ nCleanControl: 40, nExposed: 40, ignoredEdges: 0, refusal: null });
    expect(result.spillover.egt.find((row) => row.e === 0)?.bandLow).toBeDefined();
    expect(spilloverResult.safeParse(JSON.parse(JSON.stringify(result))).error).toBeUndefined();
  });

  it('does not count exposed units as controls of the direct effect: they would bias it', () => {
    const naive = estimate(panelOf(rows), options);
    expect(naive.simple.att).toBeLessThan(0.9);
  });

  it('counts and ignores self-edges and edges to strangers; a repeated or turned edge is one edge', () => {
    const turned = edges.map(([a, b]): Edge => [b, a]);
    const odd: Edge[] = [
      ...edges,
      ...turned,
      ['other1', 'other1'],
      ['other1', 'stranger'],
      ['nobody', 'stranger'],
    ];
    const result = estimateSpillover(panelOf(rows), odd, options);
    expect(result.ignoredEdges).toBe(3);
    expect(result.nExposed).toBe(40);
    expect(result.spillover.byNeighbours.map((bin) => bin.units)).toEqual([40, 0, 0]);
  });

  it('starts exposure when the first neighbour is treated', () => {
    const result = estimateSpillover(
      panelOf(rows),
      [...edges, ['partner1', 'treated0'], ['partner1', 'treated2']],
      options,
    );
    const sizes = new Map(
      result.spillover.attgt.filter((cell) => cell.time === 8).map((cell) => [cell.group, cell.nTreated]),
    );
    expect(sizes).toEqual(
      new Map([
        [4, 21],
        [6, 19],
      ]),
    );
    expect(result.spillover.byNeighbours.map((bin) => bin.units)).toEqual([39, 0, 1]);
  });

  it('drops units treated from the start, yet lets them expose their neighbours', () => {
    const withFounder = [
      ...rows,
      ...Array.from(
        { length: 8 },
        (_, period): Observation => ({ unit: 'founder', time: period + 1, outcome: 5, cohort: 1 }),
      ),
    ];
    const result = estimateSpillover(panelOf(withFounder), [...edges, ['founder', 'other0']], options);
    expect(result.dropped).toMatchObject({ alwaysTreated: 1, alwaysExposed: 1 });
    expect(result.nCleanControl).toBe(39);
    expect(result.nExposed).toBe(41);
  });

  it('refuses where everybody is exposed, or nobody', () => {
    const all = rows.filter((row) => !row.unit.startsWith('other'));
    expect(estimateSpillover(panelOf(all), edges, options).refusal).toMatchObject({
      part: 'spillover',
      code: 'NO_CONTROLS',
    });
    expect(estimateSpillover(panelOf(rows), [], options).refusal).toMatchObject({
      part: 'spillover',
      code: 'NO_TREATED',
    });
  });
});

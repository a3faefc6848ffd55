import type { WaldTest } from '../../../schemas/api/audit.ts';
import { rangesOf } from './cellEstimate.ts';
import type { Cell } from './cells.ts';
import { chiSquaredUpperTail } from './distributions.ts';
import { quadraticFormInverse, squareMatrix } from './linearAlgebra.ts';
import { type Panel, sizeOf, type UnitRange } from './panel.ts';
import { sumByCluster } from './standardError.ts';

/** Influence on some cells over one stretch of rows; cells that share a column point to the same one. */
interface Stretch {
  readonly columns: Float64Array[];
  readonly indexOfKey: Map<string, number>;
  /** [cell, column] */
  readonly uses: [number, number][];
}

/**
 * Collects placebo cells for their joint Wald test. Influence is kept once per cohort and comparison: without covariates the
 * controls of all cohorts share a column for each pair of periods, so that a hundred cells need a few dozen columns.
 */
export class PlaceboCells {
  private readonly panel: Panel;
  private readonly estimates: number[] = [];
  private readonly groups: readonly UnitRange[];
  private readonly stretches: Stretch[];

  constructor(panel: Panel) {
    this.panel = panel;
    const whole = { start: 0, end: panel.units };
    this.groups =
      panel.cluster === null ? [...panel.cohorts, panel.never].filter((range) => sizeOf(range) > 0) : [whole];
    this.stretches = this.groups.map(() => ({ columns: [], indexOfKey: new Map(), uses: [] }));
  }

  add(cell: Cell, estimate: number, influence: Float64Array): void {
    const { panel } = this;
    const index = this.estimates.push(estimate) - 1;
    const touched = rangesOf(cell);
    const alone = panel.cluster !== null || panel.covariates.length > 0;
    const shared = `${cell.period} ${cell.base} ${cell.controls.map(({ start, end }) => `${start}-${end}`).join(' ')}`;
    this.groups.forEach((group, at) => {
      if (!touched.some((range) => range.start < group.end && group.start < range.end)) return;
      const stretch = this.stretches[at]!;
      const key = alone || group.start === cell.cohort.start ? `cell ${index}` : shared;
      let column = stretch.indexOfKey.get(key);
      if (column === undefined) {
        const values =
          panel.cluster === null ? influence.slice(group.start, group.end) : sumByCluster(panel, influence);
        column = stretch.columns.push(values) - 1;
        stretch.indexOfKey.set(key, column);
      }
      stretch.uses.push([index, column]);
    });
  }

  /**
   * Joint Wald test that all placebo cells are zero. Null where there are none or their covariance matrix is singular, as it
   * must be with no more clusters than cells.
   */
  test(): WaldTest | null {
    const size = this.estimates.length;
    const { units, clusters } = this.panel;
    if (size === 0 || clusters <= size) return null;
    const covariance = squareMatrix(size);
    for (const { columns, uses } of this.stretches) {
      const products = gram(columns);
      for (const [row, a] of uses) {
        for (const [column, b] of uses) {
          if (column <= row)
            covariance.values[row * size + column]! += products[a * columns.length + b]! / (units * units);
        }
      }
    }
    const statistic = quadraticFormInverse(covariance, this.estimates);
    return statistic === null ? null : { statistic, df: size, p: chiSquaredUpperTail(statistic, size) };
  }
}

/** All inner products of the columns, in row order. */
function gram(columns: readonly Float64Array[]): Float64Array {
  const width = columns.length;
  const products = new Float64Array(width * width);
  for (let a = 0; a < width; a++) {
    for (let b = 0; b <= a; b++) {
      const product = dot(columns[a]!, columns[b]!);
      products[a * width + b] = product;
      products[b * width + a] = product;
    }
  }
  return products;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

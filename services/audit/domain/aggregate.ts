import { rangesOf } from './cellEstimate.ts';
import type { Cell } from './cells.ts';
import { type Panel, sizeOf } from './panel.ts';

/** An estimate with the influence of every unit on it. */
export interface Aggregate {
  readonly att: number;
  readonly influence: Float64Array;
}

interface Entry {
  readonly cohortIndex: number;
  readonly share: number;
  readonly att: number;
}

/**
 * Averages cells with the cohorts' shares of units as weights: Σ p_g ATT / Σ p_g over its cells. The influence function
 * includes the estimation of the shares (Callaway and Sant'Anna 2021, corollary 2): a unit of cohort h adds
 * Σ over cells of h of (ATT − θ) / Σ p_g.
 */
export class WeightedCells {
  private readonly entries: Entry[] = [];
  private readonly panel: Panel;
  private readonly sum: Float64Array;

  constructor(panel: Panel) {
    this.panel = panel;
    this.sum = new Float64Array(panel.units);
  }

  get empty(): boolean {
    return this.entries.length === 0;
  }

  add(cell: Cell, att: number, influence: Float64Array): void {
    const share = sizeOf(cell.cohort) / this.panel.units;
    this.entries.push({ cohortIndex: this.panel.cohorts.indexOf(cell.cohort), share, att });
    const sum = this.sum;
    for (const { start, end } of rangesOf(cell)) {
      for (let unit = start; unit < end; unit++) sum[unit]! += share * influence[unit]!;
    }
  }

  /** Takes in all cells of another one, before that is finished. */
  addAll(other: WeightedCells): void {
    this.entries.push(...other.entries);
    const { sum } = this;
    for (let unit = 0; unit < sum.length; unit++) sum[unit]! += other.sum[unit]!;
  }

  /** The aggregate; call once, after the last `add`. */
  finish(): Aggregate | null {
    if (this.empty) return null;
    const total = this.entries.reduce((sum, entry) => sum + entry.share, 0);
    const att = this.entries.reduce((sum, entry) => sum + entry.share * entry.att, 0) / total;
    const influence = this.sum;
    for (let unit = 0; unit < influence.length; unit++) influence[unit]! /= total;
    for (const { cohortIndex, att: cellAtt } of this.entries) {
      const { start, end } = this.panel.cohorts[cohortIndex]!;
      const offset = (cellAtt - att) / total;
      for (let unit = start; unit < end; unit++) influence[unit]! += offset;
    }
    return { att, influence };
  }
}

/** The plain mean of some aggregates. */
export function meanOf(parts: readonly Aggregate[], units: number): Aggregate | null {
  if (parts.length === 0) return null;
  const influence = new Float64Array(units);
  for (const part of parts) {
    for (let unit = 0; unit < units; unit++) influence[unit]! += part.influence[unit]!;
  }
  for (let unit = 0; unit < units; unit++) influence[unit]! /= parts.length;
  return { att: parts.reduce((sum, part) => sum + part.att, 0) / parts.length, influence };
}

/** The mean over cohorts of their aggregates, weighted by share of units, with the estimation of the shares included. */
export function meanOfCohorts(
  parts: readonly { cohortIndex: number; aggregate: Aggregate }[],
  panel: Panel,
): Aggregate | null {
  if (parts.length === 0) return null;
  const share = (index: number) => sizeOf(panel.cohorts[index]!) / panel.units;
  const total = parts.reduce((sum, part) => sum + share(part.cohortIndex), 0);
  const att = parts.reduce((sum, part) => sum + share(part.cohortIndex) * part.aggregate.att, 0) / total;
  const influence = new Float64Array(panel.units);
  for (const { cohortIndex, aggregate } of parts) {
    const weight = share(cohortIndex) / total;
    for (let unit = 0; unit < panel.units; unit++) influence[unit]! += weight * aggregate.influence[unit]!;
    const { start, end } = panel.cohorts[cohortIndex]!;
    for (let unit = start; unit < end; unit++) influence[unit]! += (aggregate.att - att) / total;
  }
  return { att, influence };
}

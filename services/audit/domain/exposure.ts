/** Two unit ids that trade with one another, and how much (null: not known); direction does not matter. */
export type Edge = readonly [left: string, right: string, volume?: number | null];

export interface Exposure {
  /** Period in which the unit's first neighbour is treated, Infinity for never. */
  readonly start: Float64Array;
  /** Number of neighbours that are ever treated. */
  readonly treatedNeighbours: Int32Array;
  /** Share of the volume of a unit's edges that it has with ever-treated neighbours; NaN where some volume is not known, or all are zero. */
  readonly treatedShare: Float64Array;
  /** Edges with an id that is not in the panel, and self-edges. */
  readonly ignoredEdges: number;
}

/**
 * Exposure of each unit to the treatment of its neighbours. `cohort` is each unit's first treated period (Infinity for
 * never), those treated from the panel's start included: they expose their neighbours as well.
 */
export function exposureOf(
  unitIds: readonly string[],
  cohort: Float64Array,
  edges: readonly Edge[],
): Exposure {
  const indexOf = new Map(unitIds.map((id, index) => [id, index]));
  const start = new Float64Array(unitIds.length).fill(Number.POSITIVE_INFINITY);
  const treatedNeighbours = new Int32Array(unitIds.length);
  const volume = new Float64Array(unitIds.length);
  const treatedVolume = new Float64Array(unitIds.length);
  const seen = new Set<number>();
  let ignoredEdges = 0;
  const trade = (unit: number, neighbour: number, amount: number) => {
    volume[unit]! += amount;
    if (Number.isFinite(cohort[neighbour]!)) treatedVolume[unit]! += amount;
  };
  const expose = (unit: number, neighbour: number) => {
    if (!Number.isFinite(cohort[neighbour]!)) return;
    treatedNeighbours[unit]!++;
    start[unit] = Math.min(start[unit]!, cohort[neighbour]!);
  };
  for (const [left, right, amount] of edges) {
    const a = indexOf.get(left);
    const b = indexOf.get(right);
    if (a === undefined || b === undefined || a === b) {
      ignoredEdges++;
      continue;
    }
    // The same pair may stand twice, once for each direction of trade: volumes add up, the neighbour counts once.
    trade(a, b, amount ?? Number.NaN);
    trade(b, a, amount ?? Number.NaN);
    const pair = Math.min(a, b) * unitIds.length + Math.max(a, b);
    if (seen.has(pair)) continue;
    seen.add(pair);
    expose(a, b);
    expose(b, a);
  }
  const treatedShare = volume.map((total, unit) => treatedVolume[unit]! / total);
  return { start, treatedNeighbours, treatedShare, ignoredEdges };
}

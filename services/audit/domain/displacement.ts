export interface StockChange {
  readonly before: number;
  readonly after: number;
}

export interface Displacement {
  /** Change of the leader's own stock, as a share of it before. */
  readonly leader: number | null;
  readonly suppliers: number | null;
  readonly chain: number | null;
  /** Gain of turns at constant throughput, before / after − 1. */
  readonly leaderTurns: number | null;
  readonly chainTurns: number | null;
  /** Share of the leader's reduction that reappears with its suppliers; null where the leader's stock did not fall. */
  readonly displaced: number | null;
}

/**
 * Whether stock left the chain or moved from the leader's book to its suppliers'. All amounts in one currency and price
 * base. Leader 100 → 82 and suppliers 50 → 68: leader's turns +22 %, chain's gain zero, all of it displaced.
 */
export function displacementOf(leader: StockChange, suppliers: StockChange): Displacement {
  const chain = { before: leader.before + suppliers.before, after: leader.after + suppliers.after };
  const fall = leader.before - leader.after;
  return {
    leader: relativeChange(leader),
    suppliers: relativeChange(suppliers),
    chain: relativeChange(chain),
    leaderTurns: turnsGain(leader),
    chainTurns: turnsGain(chain),
    displaced: fall > 0 ? (suppliers.after - suppliers.before) / fall : null,
  };
}

const relativeChange = ({ before, after }: StockChange): number | null =>
  before > 0 ? after / before - 1 : null;
const turnsGain = ({ before, after }: StockChange): number | null =>
  before > 0 && after > 0 ? before / after - 1 : null;

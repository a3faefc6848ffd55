import type { Displacement } from '../../schemas/api/claims.ts';

const signed = (change: number | null): string =>
  change === null ? 'unknown' : `${change > 0 ? '+' : ''}${(100 * change).toFixed(1)} %`;

/** A line that stands beside a gain: how stock turned at the leader, its suppliers and both together. */
export const chainInWords = ({
  name,
  leader,
  suppliers,
  others,
  chain,
  unmeasured,
}: Omit<Displacement, 'leaderUscc' | 'figureId'>): string =>
  `inventory turns in the chain of ${name}: leader ${signed(leader)}, suppliers ${signed(suppliers)}, those without a baseline ${signed(others)}, together ${signed(chain)}; ${unmeasured} suppliers report no stock`;

import { chainTurns } from '../chains.ts';
import { bestSlot } from '../slots.ts';
import type { World } from '../world.ts';
import { type Guard, latest, suspicion } from './guard.ts';

/** A chain that keeps less than this share of its leader's gain only moved stock to its suppliers. */
const LEAST_KEPT = 0.5;
/** Gains below this are noise. */
const LEAST_GAIN = 0.02;

/** When the leader stated the last month of its own stock by then: the day on which the finding is due does not move with every event. */
function lastCloseMs(world: World, leader: string): number {
  const closes = world
    .statedPeriods(leader)
    .filter((period) => period <= world.lastPeriod)
    .flatMap((period) => bestSlot(world.months(leader)(period)?.slots?.inventory)?.slot.t ?? []);
  return latest(closes);
}

/** A leader turns its stock faster, and the chain as a whole (hardly) does: the stock went to its suppliers. */
export const stockDisplaced: Guard = (world) =>
  chainTurns(world).flatMap(({ leaderUscc, leader, suppliers, chain }) => {
    if (leader.change === null || chain.change === null || leader.change < LEAST_GAIN) return [];
    if (chain.change >= LEAST_KEPT * leader.change) return [];
    const side = ({ before, after, change, figureId }: typeof leader) => ({
      before,
      after,
      change,
      figureId,
    });
    return [
      suspicion(
        'STOCK_DISPLACED',
        'warning',
        leaderUscc,
        [leaderUscc],
        [{ leader: side(leader), suppliers: side(suppliers), chain: side(chain) }],
        lastCloseMs(world, leaderUscc),
      ),
    ];
  });

import { addMonths, startOfPeriod } from '../../../../schemas/time.ts';
import { chainOfLeader, chainTurns } from '../chains.ts';
import { bestSlot } from '../slots.ts';
import { World } from '../world.ts';
import { type FindingFact, type Guard, suspicion } from './guard.ts';

/** A chain that keeps less than this share of its leader's gain only moved stock to its suppliers. */
const LEAST_KEPT = 0.5;
/** Gains below this are noise. */
const LEAST_GAIN = 0.02;
/** What was moved to suppliers grows into another fact by steps of this much of the leader's turns. */
const STEP = 0.05;

/** How much of its gain a leader owes to stock that went to its suppliers; null where the chain keeps enough of it. */
function displacedShare({ leader, chain }: Pick<ReturnType<typeof chainOfLeader>, 'leader' | 'chain'>) {
  if (leader.change === null || chain.change === null || leader.change < LEAST_GAIN) return null;
  return chain.change >= LEAST_KEPT * leader.change ? null : leader.change - chain.change;
}

/** When the leader stated its stock of that month: the day on which the finding is due does not move with later events. */
function closedMs(world: World, leader: string, period: string): number {
  const close = bestSlot(world.months(leader)(period)?.slots?.inventory)?.slot.t;
  return close ?? startOfPeriod(addMonths(period, 1)).getTime();
}

/** The world as it was a month ago, and so on: each is made once for all leaders. Whoever asks stops where nothing shows. */
function* monthsBack(world: World, known: World[]): Generator<World> {
  yield world;
  for (let back = 0; ; back++) {
    // The instant at which the last month of the world before had not ended yet.
    known[back] ??= new World(world.models, startOfPeriod(addMonths(world.lastPeriod, -back)), world.years);
    yield known[back] as World;
  }
}

/** From which month on it showed without a break, and with which month it reached each further step. */
function factsSince(world: World, leader: string, known: World[]): FindingFact[] {
  const shown: { readonly period: string; readonly share: number }[] = [];
  for (const then of monthsBack(world, known)) {
    const share = displacedShare(chainOfLeader(then, leader));
    if (share === null) break;
    shown.unshift({ period: then.lastPeriod, share });
  }
  const [start] = shown;
  if (start === undefined) return [];
  const facts: FindingFact[] = [];
  for (const { period, share } of shown)
    while (share >= facts.length * STEP)
      facts.push({
        key: `since ${start.period} ${Math.round(facts.length * STEP * 100)} %`,
        timeMs: closedMs(world, leader, period),
      });
  return facts;
}

/** A leader turns its stock faster, and the chain as a whole (hardly) does: the stock went to its suppliers. */
export const stockDisplaced: Guard = (world) => {
  const earlier: World[] = [];
  return chainTurns(world).flatMap((found) => {
    if (displacedShare(found) === null) return [];
    const { leaderUscc, leader, suppliers, others, chain } = found;
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
        [{ leader: side(leader), suppliers: side(suppliers), others: side(others), chain: side(chain) }],
        factsSince(world, leaderUscc, earlier),
      ),
    ];
  });
};

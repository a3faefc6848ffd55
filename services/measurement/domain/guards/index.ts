import type { World } from '../world.ts';
import { stockDisplaced } from './displacement.ts';
import type { Guard, Suspicion } from './guard.ts';
import {
  contractOutsideWindow,
  copiedTwice,
  pilotAlsoCopied,
  subsidiaries,
  twoBatches,
  twoChains,
  twoCities,
} from './membership.ts';
import {
  alreadyFunded,
  contractReused,
  evidenceMismatched,
  fileReused,
  invoiceReused,
  paymentPaperReused,
} from './money.ts';
import { levelInconsistent } from './ratings.ts';
import { suspicionsOfMonths } from './stocks.ts';
import { paymentReused, subsidies } from './subsidies.ts';

export type { Suspicion } from './guard.ts';
export { suspicionsOfMonths } from './stocks.ts';

const GUARDS: readonly Guard[] = [
  twoCities,
  twoChains,
  twoBatches,
  pilotAlsoCopied,
  copiedTwice,
  subsidiaries,
  contractOutsideWindow,
  levelInconsistent,
  contractReused,
  invoiceReused,
  paymentPaperReused,
  fileReused,
  evidenceMismatched,
  alreadyFunded,
  subsidies,
  paymentReused,
  stockDisplaced,
];

/** What the guards find that look at firms, money and chains together; what a firm's own months show comes from `suspicionsOfMonths`. */
export const suspicionsAmong = (world: World): Suspicion[] => GUARDS.flatMap((guard) => guard(world));

/** Runs every guard over all that is known; in the order of their ids. */
export const suspicionsOf = (world: World): Suspicion[] =>
  [
    ...suspicionsAmong(world),
    ...[...world.years.firms()].flatMap((uscc) => suspicionsOfMonths(uscc, world.years.of(uscc))),
  ].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

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
  subsidyUnreserved,
} from './money.ts';
import {
  closedTwice,
  currencyChanged,
  ledgerBroken,
  monthsMissing,
  snapshotConflict,
  stockReportedTwice,
} from './stocks.ts';

export type { Suspicion } from './guard.ts';

const GUARDS: readonly Guard[] = [
  twoCities,
  twoChains,
  twoBatches,
  pilotAlsoCopied,
  copiedTwice,
  subsidiaries,
  contractOutsideWindow,
  contractReused,
  invoiceReused,
  fileReused,
  evidenceMismatched,
  alreadyFunded,
  subsidyUnreserved,
  stockReportedTwice,
  snapshotConflict,
  closedTwice,
  ledgerBroken,
  monthsMissing,
  currencyChanged,
  stockDisplaced,
];

/** Runs every guard over all that is known; in the order of their ids. */
export function suspicionsOf(world: World): Suspicion[] {
  return GUARDS.flatMap((guard) => guard(world)).sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

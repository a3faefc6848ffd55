import type { Db } from 'mongodb';
import type { OutcomeDisplacement } from '../../../schemas/events/acts.ts';
import { chainOfLeader, displacementIn } from '../domain/chains.ts';
import { FIRM_TYPES } from '../domain/firm.ts';
import { kpiOf } from '../domain/kpis.ts';
import { foldModels } from '../domain/readModels.ts';
import { BASELINE_TYPES, leaderBaselineId } from '../domain/records.ts';
import { typeOfKind } from '../domain/slots.ts';
import { World } from '../domain/world.ts';
import { standingFacts } from './eventLog.ts';
import { modelOf } from './store.ts';

/** What turns in a chain are made of, and who is in it. */
const CHAIN_TYPES: readonly string[] = [
  ...new Set([...FIRM_TYPES, ...BASELINE_TYPES, ...(kpiOf('inventoryTurns')?.kinds ?? []).map(typeOfKind)]),
];

/** One chain as a world of its own, from the events of its firms alone: all others need not be read. */
async function chainWorld(db: Db, leader: string, asOf: Date): Promise<World> {
  const suppliers = await modelOf(db, 'firms').distinct('_id', { chains: leader });
  const facts = await standingFacts(db, { types: CHAIN_TYPES, firms: [leader, ...suppliers] }, { asOf });
  return new World(foldModels(facts), asOf);
}

/**
 * How inventory had turned in a leader's chain by an instant, to stand beside the gain of a supplier with a contract. `undefined` for
 * whoever is no leader, `null` while the leader's baseline is being frozen, which the supplier's contract has made due.
 */
export async function displacementBy(
  db: Db,
  leader: string,
  asOf: Date,
): Promise<OutcomeDisplacement | null | undefined> {
  const [firm, baseline] = await Promise.all([
    modelOf(db, 'firms').findOne({ _id: leader }, { projection: { leader: 1 } }),
    modelOf(db, 'baselines').findOne(
      { _id: leaderBaselineId(leader) },
      { projection: { 'frozen.timeMs': 1 } },
    ),
  ]);
  if (firm?.leader === undefined) return undefined;
  if (baseline?.frozen === undefined) return null;
  const chain = chainOfLeader(await chainWorld(db, leader, asOf), leader);
  return {
    ...displacementIn(chain),
    asOf: asOf.toISOString(),
    supplierFirms: chain.suppliers.firms,
    otherFirms: chain.others.firms,
  };
}

import type { Db } from 'mongodb';
import { type Chain, type Displacement, displacementIn, displacementOf } from '../domain/chains.ts';
import { CHAIN_TYPES, FIRM_TYPES } from '../domain/firm.ts';
import { FIRM_YEAR_TYPES } from '../domain/firmYear.ts';
import { foldModels } from '../domain/readModels.ts';
import { BASELINE_TYPES } from '../domain/records.ts';
import { World } from '../domain/world.ts';
import { type Horizon, standingFacts } from './eventLog.ts';
import { modelOf } from './store.ts';
import { businessNow, loadWorldOfValues } from './worldStore.ts';

/** What a chain's turns are made of. */
const CHAIN_FIGURE_TYPES = [...new Set([...FIRM_TYPES, ...BASELINE_TYPES, ...FIRM_YEAR_TYPES])];

/**
 * How stock turned in the chains that a firm is in, to be shown with its gain: from the summary of today, or worked out for another
 * time.
 */
export async function readDisplacement(db: Db, uscc: string, horizon: Horizon = {}): Promise<Displacement[]> {
  if (horizon.asOf === undefined && horizon.knownAt === undefined) {
    const [firm, summary] = await Promise.all([
      modelOf(db, 'firms').findOne({ _id: uscc }, { projection: { chains: 1 } }),
      db.collection<{ _id: string; chains?: Chain[] }>('summaries').findOne({ _id: 'chains' }),
    ]);
    const chains = (summary?.chains ?? []).filter(({ leaderUscc }) => firm?.chains.includes(leaderUscc));
    if (summary !== null && chains.every(({ others }) => others !== undefined))
      return chains.map(displacementIn);
    return displacementOf(await loadWorldOfValues(db), [uscc]);
  }
  return displacementOf(await worldOfChains(db, uscc, horizon), [uscc]);
}

/** The world of then, cut to the chains that a firm was in: of all others only who traded with whom is read. */
async function worldOfChains(db: Db, uscc: string, horizon: Horizon): Promise<World> {
  const asOf = horizon.asOf ?? (await businessNow(db));
  const chained = new World(foldModels(await standingFacts(db, { types: CHAIN_TYPES }, horizon)), asOf);
  const firm = chained.models.firms.get(uscc);
  const leaders =
    firm === undefined ? [] : chained.leaders().filter(({ _id }) => chained.isInChain(firm, _id));
  const firms = new Set([
    uscc,
    ...leaders.flatMap(({ _id }) => [_id, ...chained.chainOf(_id).map((one) => one._id)]),
  ]);
  const facts = await standingFacts(db, { types: CHAIN_FIGURE_TYPES, firms: [...firms] }, horizon);
  return new World(foldModels(facts), asOf);
}

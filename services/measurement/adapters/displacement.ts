import type { Db } from 'mongodb';
import { type Chain, type Displacement, displacementIn, displacementOf } from '../domain/chains.ts';
import type { Horizon } from './eventLog.ts';
import { modelOf } from './store.ts';
import { loadWorldOfValues } from './worldStore.ts';

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
  }
  return displacementOf(await loadWorldOfValues(db, horizon), [uscc]);
}

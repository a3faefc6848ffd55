import type { Db } from 'mongodb';
import stringify from 'safe-stable-stringify';
import { type StreamPositions, streamClockOf } from '../../runtime/eventStore.ts';
import { readCursor } from '../../runtime/projector.ts';
import { CHAIN_PARTS, chainTurns } from '../domain/chains.ts';
import { judgeClaims } from '../domain/claims.ts';
import { cityTargets, type TargetThresholds } from '../domain/targets.ts';
import { measurementProjector } from './projector.ts';
import { loadClaims, loadWorldOfValues } from './worldStore.ts';

/** What the bureau's page shows, worked out ahead. */
export interface Summary {
  readonly _id: 'targets' | 'chains' | 'claims';
  /** The watermark it was worked out at. */
  readonly asOf: Date;
  /** How far the events had been read. */
  readonly positions: StreamPositions;
}

/**
 * Works out the summaries when events or the watermark have moved since `last`.
 * @returns the new mark to pass next time
 */
export async function refreshSummaries(
  db: Db,
  last: string | null,
  thresholds: TargetThresholds,
): Promise<string | null> {
  const clock = await streamClockOf(db).findOne({ _id: 'watermark' });
  const positions = await readCursor(db, measurementProjector.name);
  const mark = stringify([clock?.at, positions]) ?? '';
  if (clock === null || mark === last) return last;
  const world = await loadWorldOfValues(db);
  const common = { asOf: world.asOf, positions };
  const chains = chainTurns(world).map((chain) => ({
    ...chain,
    ...Object.fromEntries(
      CHAIN_PARTS.map((part) => {
        const { pooled: _, ...figure } = chain[part];
        return [part, figure];
      }),
    ),
  }));
  const claims = judgeClaims(await loadClaims(), world).map(({ entities, children: _, ...claim }) => ({
    ...claim,
    entityCount: entities.length,
  }));
  const summaries = [
    { _id: 'targets' as const, ...common, cities: cityTargets(world, thresholds) },
    { _id: 'chains' as const, ...common, chains },
    { _id: 'claims' as const, ...common, claims },
  ];
  await db.collection<Summary>('summaries').bulkWrite(
    summaries.map((summary) => ({
      replaceOne: { filter: { _id: summary._id }, replacement: { ...summary }, upsert: true },
    })),
    { ordered: false },
  );
  return mark;
}

import type { Db } from 'mongodb';
import { isSimulated, partitionsOf } from '../../runtime/eventStore.ts';
import type { Provenance } from '../domain/live/auditRun.ts';

/** Where the chains of events stand now, as `anchors export` writes them. */
export async function readProvenance(db: Db, knownAt: Date | undefined): Promise<Provenance> {
  const heads = await partitionsOf(db).find().sort({ _id: 1 }).toArray();
  return {
    knownAt: knownAt?.toISOString() ?? null,
    simulated: await isSimulated(db),
    anchors: heads.map(({ topic, partition, seq, head }) => ({ topic, partition, length: seq, head })),
  };
}

import type { UsccOverride, UsccOverrideList } from '../../../schemas/api/usccOverrides.ts';
import { usccOverridesOf } from '../../ingest/index.ts';
import type { Db } from '../../runtime/mongo.ts';

/** Every code of which an override was recorded, with what was last said of it; newest first. */
export async function readUsccOverrides(db: Db): Promise<UsccOverrideList> {
  const documents = await usccOverridesOf(db).find().sort({ at: -1, _id: 1 }).toArray();
  const items = documents.map(
    ({ _id: uscc, at, ...rest }): UsccOverride => ({ uscc, ...rest, at: at.toISOString() }),
  );
  return { items };
}

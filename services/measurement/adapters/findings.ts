import type { ClientSession, Db } from 'mongodb';
import { monthsOf } from '../domain/figures.ts';
import { baselineFinding, baselineFindingId } from '../domain/findings.ts';
import type { FirmYear } from '../domain/firmYear.ts';
import { findingsOf, inKeyOrder, modelOf } from './store.ts';

/** Brings the findings about frozen baselines of these firms up to date with the read models. */
export async function refreshFindings(
  db: Db,
  firms: readonly string[],
  session: ClientSession,
): Promise<void> {
  if (firms.length === 0) return;
  const baselines = await modelOf(db, 'baselines')
    .find({ firm: { $in: [...firms] }, frozen: { $exists: true } }, { session })
    .toArray();
  if (baselines.length === 0) return;
  const years = await modelOf(db, 'kpi')
    .find({ firm: { $in: baselines.map((baseline) => baseline.firm) } }, { session })
    .toArray();
  const byFirm = new Map<string, FirmYear[]>();
  for (const year of years) byFirm.set(year.firm, [...(byFirm.get(year.firm) ?? []), year]);
  await findingsOf(db).bulkWrite(
    baselines.map((baseline) => {
      const finding = baselineFinding(baseline, monthsOf(byFirm.get(baseline.firm) ?? []));
      return finding === null
        ? { deleteOne: { filter: { _id: baselineFindingId(baseline) } } }
        : { replaceOne: { filter: { _id: finding._id }, replacement: inKeyOrder(finding), upsert: true } };
    }),
    { session, ordered: false },
  );
}

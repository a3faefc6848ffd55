import type { Db } from 'mongodb';
import { KPIS } from '../domain/kpis.ts';
import { COLLECTION_NAMES, type Models } from '../domain/readModels.ts';
import { World } from '../domain/world.ts';
import { modelOf } from './store.ts';
import { businessNow } from './worldStore.ts';

/** Changes of one KPI against the frozen baselines, firm by firm; firms without a measurable change are left out. */
export interface ImprovementsOfKpi {
  readonly kpi: string;
  readonly unit: string;
  readonly direction: 'up' | 'down';
  /** USCC → after ÷ before − 1 */
  readonly changes: ReadonlyMap<string, number>;
}

/** The changes of many firms, from the read models of these firms alone. */
export async function readImprovements(db: Db, usccs: readonly string[]): Promise<ImprovementsOfKpi[]> {
  const firms = [...usccs];
  const [asOf, kpi, documents, baselines] = await Promise.all([
    businessNow(db),
    modelOf(db, 'kpi')
      .find({ firm: { $in: firms } })
      .toArray(),
    modelOf(db, 'firms')
      .find({ _id: { $in: firms } })
      .toArray(),
    modelOf(db, 'baselines')
      .find({ firm: { $in: firms } })
      .toArray(),
  ]);
  const byId = <Document extends { readonly _id: string }>(all: readonly Document[]) =>
    new Map(all.map((document) => [document._id, document]));
  const nothing = Object.fromEntries(COLLECTION_NAMES.map((name) => [name, new Map()])) as unknown as Models;
  const models: Models = { ...nothing, kpi: byId(kpi), firms: byId(documents), baselines: byId(baselines) };
  const world = new World(models, asOf);
  return KPIS.map((definition) => {
    const changes = new Map<string, number>();
    for (const uscc of firms) {
      const change = world.improvement(definition, uscc)?.change ?? null;
      if (change !== null) changes.set(uscc, change);
    }
    return { kpi: definition.id, unit: definition.unit, direction: definition.direction, changes };
  });
}

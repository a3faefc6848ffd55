import type { Collection, Db } from 'mongodb';
import type { Correction } from '../domain/corrections.ts';
import type { BaselineFinding } from '../domain/findings.ts';
import type { CollectionName, Documents } from '../domain/readModels.ts';
import type { Rollup } from '../domain/rollups.ts';

/** A read model's collection. */
export const modelOf = <Name extends CollectionName>(db: Db, name: Name): Collection<Documents[Name]> =>
  db.collection<Documents[Name]>(name);

export const correctionsOf = (db: Db): Collection<Correction> => db.collection<Correction>('corrections');
export const rollupsIn = (db: Db): Collection<Rollup> => db.collection<Rollup>('rollups');
export const findingsOf = (db: Db): Collection<BaselineFinding> => db.collection<BaselineFinding>('findings');

/** Gives an object's keys one order at every depth, so that equal documents are equal byte by byte. */
export function inKeyOrder<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(inKeyOrder) as Value;
  if (value === null || typeof value !== 'object') return value;
  const ordered: Record<string, unknown> = {};
  // No key is `__proto__`: intake refuses events that hold one.
  for (const key of Object.keys(value).sort()) {
    const inner = (value as Readonly<Record<string, unknown>>)[key];
    if (inner !== undefined) ordered[key] = inKeyOrder(inner);
  }
  return ordered as Value;
}

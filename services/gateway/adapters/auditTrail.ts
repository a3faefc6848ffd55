import type { Collection, Filter } from 'mongodb';
import type { AuditEntry, AuditPage, AuditQuery } from '../../../schemas/api/overview.ts';
import { regionPrefixOf, type Tenancy } from '../../../schemas/tenancy.ts';
import type { Db } from '../../runtime/mongo.ts';
import { cursorOf, positionOf } from '../domain/cursor.ts';

/** Who did or read what, when; documents are only ever added. */
export interface AuditDocument extends Omit<AuditEntry, 'id' | 'at'> {
  readonly _id: string;
  readonly at: Date;
}

export const auditTrailOf = (db: Db): Collection<AuditDocument> =>
  db.collection<AuditDocument>('audit_trail');

export async function ensureAuditIndexes(db: Db): Promise<void> {
  await auditTrailOf(db).createIndexes([
    { key: { at: -1, _id: -1 }, name: 'newest' },
    { key: { firms: 1, at: -1 }, name: 'firm' },
    { key: { subject: 1, at: -1 }, name: 'subject' },
  ]);
}

/** Newest first. */
export async function listAudit(
  trail: Collection<AuditDocument>,
  query: AuditQuery,
  tenancy: Tenancy,
): Promise<AuditPage> {
  const all: Filter<AuditDocument>[] = [visibleEntries(tenancy)];
  if (query.subject !== undefined) all.push({ subject: { $eq: query.subject } });
  if (query.operation !== undefined) all.push({ operation: { $eq: query.operation } });
  if (query.firm !== undefined) all.push({ firms: { $eq: query.firm } as never });
  const filter: Filter<AuditDocument> = { $and: all };
  const after = query.cursor === undefined ? [] : [olderThan(query.cursor)];
  const [total, documents] = await Promise.all([
    trail.countDocuments(filter),
    trail
      .find({ $and: [filter, ...after] })
      .sort({ at: -1, _id: -1 })
      .limit(query.limit + 1)
      .toArray(),
  ]);
  const shown = documents.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    total,
    items: shown.map(({ _id, at, ...rest }) => ({ id: _id, at: at.toISOString(), ...rest })),
    nextCursor:
      documents.length > query.limit && last !== undefined
        ? cursorOf([last.at.toISOString(), last._id])
        : null,
  };
}

function olderThan(cursor: string): Filter<AuditDocument> {
  const [at, id] = positionOf(cursor);
  const instant = new Date(String(at));
  return { $or: [{ at: { $lt: instant } }, { at: instant, _id: { $lt: id } }] };
}

/** A supplier sees who read or changed its own data; a bureau what the officials of its region did, or of its zone alone. */
function visibleEntries(tenancy: Tenancy): Filter<AuditDocument> {
  if (tenancy.role === 'operator') return {};
  if (tenancy.role === 'supplier') return { firms: { $in: tenancy.firms } as never };
  if (tenancy.role !== 'bureau') return { _id: { $in: [] } };
  const prefix = regionPrefixOf(tenancy.region);
  return {
    ...(prefix === '' ? {} : { jurisdiction: { $gte: prefix, $lt: `${prefix}~` } }),
    ...(tenancy.zone === undefined ? {} : { zone: { $eq: tenancy.zone } }),
  };
}

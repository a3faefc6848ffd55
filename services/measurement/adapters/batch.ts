import type { AnyBulkWriteOperation, ClientSession, Db } from 'mongodb';
import { ChainlightError } from '../../../schemas/errors.ts';
import { newestType } from '../../../schemas/events/versions.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { eventsOf, partitionKeyOf, partitionsOf, type StreamPositions } from '../../runtime/eventStore.ts';
import { readCursor } from '../../runtime/projector.ts';
import { correctionOf, MAX_CORRECTION_LEVELS, voidedIdentities } from '../domain/corrections.ts';
import { type Fact, factOf } from '../domain/facts.ts';
import type { FirmYear } from '../domain/firmYear.ts';
import {
  CORRECTION_TYPE,
  type CollectionName,
  type Documents,
  type EventSelection,
  foldDocument,
  MEASURED_TYPES,
  READ_MODELS,
  targetsOf,
} from '../domain/readModels.ts';
import { projectedCorrections, selectedEvents } from './eventLog.ts';
import { refreshFindings } from './findings.ts';
import { OpenDocuments, weightOf } from './openDocuments.ts';
import { refreshRollups } from './rollups.ts';
import { correctionsOf, inKeyOrder } from './store.ts';

/** Name of measurement's cursor. */
export const READER = 'measurement';
const RELEVANT: ReadonlySet<string> = new Set([...MEASURED_TYPES, CORRECTION_TYPE]);
/** A batch ends early when what it holds beside the documents kept open weighs more (`weightOf`): memory is bounded whatever the stream. */
const MAX_WEIGHT = 40_000;
/** The driver holds all of a write in its wire format at once: a large batch goes out in parts. */
const MAX_WRITE_OPERATIONS = 1_000;

/**
 * One batch: takes its events in parts, loads what they touch, folds, and writes every document once. Documents are folded
 * forward event by event; where only the events can decide (a correction, two statements of the same instant) the one
 * document is folded anew from the log.
 */
export class Batch {
  private readonly documents = new Map<CollectionName, Map<string, unknown>>();
  /** Firm-years as the database holds them; null for none. */
  private readonly before = new Map<string, FirmYear | null>();
  private readonly toRefold = new Map<CollectionName, Set<string>>();
  /** Highest seq taken of each partition. */
  private readonly taken: Record<string, number> = {};
  private hasCorrections: boolean | null = null;
  private weight = 0;

  constructor(
    private readonly db: Db,
    private readonly log: Db,
    private readonly session: ClientSession,
    private readonly open: OpenDocuments = new OpenDocuments(),
  ) {}

  /** Whether it holds as much as it may: write it and begin another. */
  isFull(): boolean {
    return this.weight > MAX_WEIGHT;
  }

  async take(events: readonly StoredEvent[]): Promise<void> {
    for (const { topic, partition, seq } of events) {
      const key = partitionKeyOf(topic, partition);
      if (seq > (this.taken[key] ?? 0)) this.taken[key] = seq;
    }
    const facts = events.filter((event) => RELEVANT.has(newestType(event.type))).map(factOf);
    if (facts.length === 0) return;
    const corrections = facts.filter((fact) => fact.type === CORRECTION_TYPE);
    const measured = facts.filter((fact) => fact.type !== CORRECTION_TYPE);
    await this.storeCorrections(corrections);
    const corrected = await this.markCorrected(corrections, measured);
    await this.load(measured);
    for (const fact of measured) if (!corrected.has(fact.identity)) this.add(fact);
    this.weight += measured.length;
  }

  /** Writes all that the batch touched. @returns the firm-years as they stand now; null for those that are gone */
  async write(): Promise<ReadonlyMap<string, FirmYear | null>> {
    await this.refold();
    await refreshRollups(this.db, this.session, this.documents, this.before);
    await this.writeFirmYears();
    await this.writeOthers();
    const firms = [
      ...this.keys('kpi').map((id) => id.slice(0, id.indexOf('/'))),
      ...this.keys('baselines').map((id) => id.slice(id.indexOf('/') + 1)),
    ];
    await refreshFindings(this.db, [...new Set(firms)], this.session);
    return this.firmYears();
  }

  private firmYears(): Map<string, FirmYear | null> {
    return this.documentsOf('kpi') as Map<string, FirmYear | null>;
  }

  private keys(collection: CollectionName): string[] {
    return [...(this.documents.get(collection)?.keys() ?? [])];
  }

  private documentsOf(collection: CollectionName): Map<string, unknown> {
    const known = this.documents.get(collection);
    if (known !== undefined) return known;
    const fresh = new Map<string, unknown>();
    this.documents.set(collection, fresh);
    return fresh;
  }

  private mark(collection: CollectionName, id: string): void {
    this.toRefold.set(collection, (this.toRefold.get(collection) ?? new Set()).add(id));
  }

  private async storeCorrections(corrections: readonly Fact[]): Promise<void> {
    if (corrections.length === 0) return;
    this.hasCorrections = true;
    await correctionsOf(this.db).bulkWrite(
      corrections.map((fact) => {
        const correction = correctionOf(fact);
        return {
          replaceOne: { filter: { _id: correction._id }, replacement: inKeyOrder(correction), upsert: true },
        };
      }),
      { session: this.session, ordered: false },
    );
  }

  /**
   * Marks the documents of every event that a correction bears on, now or from before.
   * @returns those of this batch's events that must not simply be added
   */
  private async markCorrected(
    corrections: readonly Fact[],
    measured: readonly Fact[],
  ): Promise<ReadonlySet<string>> {
    this.hasCorrections ??= (await correctionsOf(this.db).findOne({}, { session: this.session })) !== null;
    if (!this.hasCorrections) return new Set();
    const bearing = await projectedCorrections(
      this.db,
      measured.map((fact) => fact.identity),
      this.session,
    );
    const targets = new Set(bearing.map((correction) => correction.target));
    const corrected = new Set<string>();
    for (const fact of measured) {
      if (!targets.has(fact.identity)) continue;
      corrected.add(fact.identity);
      for (const { collection, id } of targetsOf(fact)) this.mark(collection, id);
    }
    await this.markEarlier(corrections.map((fact) => correctionOf(fact).target));
    return corrected;
  }

  /** Follows corrections to the events that they, or the corrections they take back, are about. */
  private async markEarlier(identities: readonly string[]): Promise<void> {
    if (identities.length === 0) return;
    const positions = await this.positions();
    let wanted = [...new Set(identities)];
    const seen = new Set<string>();
    for (let level = 0; wanted.length > 0 && level <= MAX_CORRECTION_LEVELS; level++) {
      for (const identity of wanted) seen.add(identity);
      const found = await eventsOf(this.log)
        .find({ _id: { $in: wanted } })
        .toArray();
      wanted = [];
      for (const event of found) {
        if (event.seq > (positions[partitionKeyOf(event.topic, event.partition)] ?? 0)) continue;
        const fact = factOf(event);
        if (event.type === CORRECTION_TYPE) {
          const { target } = correctionOf(fact);
          if (!seen.has(target)) wanted.push(target);
        } else for (const { collection, id } of targetsOf(fact)) this.mark(collection, id);
      }
    }
  }

  private async load(measured: readonly Fact[]): Promise<void> {
    const wanted = new Map<CollectionName, Set<string>>();
    for (const fact of measured)
      for (const { collection, id } of targetsOf(fact))
        wanted.set(collection, (wanted.get(collection) ?? new Set()).add(id));
    for (const [collection, ids] of wanted) {
      const documents = this.documentsOf(collection);
      const missing = [...ids].filter((id) => !documents.has(id));
      for (const [id, document] of await this.read(collection, missing)) {
        documents.set(id, document);
        if (collection !== 'kpi') continue;
        const year = document as FirmYear | null;
        this.before.set(id, year);
        if (year !== null && this.open.get(id) === undefined) this.weight += weightOf(year);
      }
    }
  }

  /** Documents as they stand: those still open from the last batches, the others from the database; null for none. */
  private async read(collection: CollectionName, ids: readonly string[]): Promise<Map<string, unknown>> {
    const documents = new Map<string, unknown>(
      ids.map((id) => [id, (collection === 'kpi' ? this.open.get(id) : undefined) ?? null]),
    );
    const unread = ids.filter((id) => documents.get(id) === null);
    if (unread.length === 0) return documents;
    const found = await this.db
      .collection<{ _id: string }>(collection)
      .find({ _id: { $in: unread } }, { session: this.session, batchSize: unread.length + 1 })
      .toArray();
    for (const document of found) documents.set(document._id, document);
    return documents;
  }

  private add(fact: Fact): void {
    for (const { collection, id } of targetsOf(fact)) {
      if (this.toRefold.get(collection)?.has(id)) continue;
      const model = READ_MODELS[collection] as unknown as {
        needsEvents(document: unknown, fact: Fact): boolean;
        add(document: unknown, fact: Fact): unknown;
      };
      const documents = this.documentsOf(collection);
      const document = documents.get(id) ?? null;
      if (model.needsEvents(document, fact)) this.mark(collection, id);
      else documents.set(id, model.add(document, fact));
    }
  }

  private async refold(): Promise<void> {
    if (this.toRefold.size === 0) return;
    const positions = await this.positions();
    for (const [collection, ids] of this.toRefold) {
      for (const id of ids) {
        const facts = await this.standing(READ_MODELS[collection].selectionOf(id), positions);
        this.documentsOf(collection).set(id, foldDocument(collection, id, facts));
      }
    }
  }

  private async standing(selection: EventSelection, positions: StreamPositions): Promise<Fact[]> {
    const events = await selectedEvents(this.log, selection, { positions });
    const identities = events.map((event) => event._id);
    const voided = voidedIdentities(await projectedCorrections(this.db, identities, this.session));
    return events.filter((event) => !voided.has(event._id)).map(factOf);
  }

  /** Where the reader stands after what was taken so far. Events behind it are not yet part of any document. */
  private async positions(): Promise<StreamPositions> {
    if (this.log === this.db && (await partitionsOf(this.db).findOne({})) === null)
      throw new ChainlightError(
        'INTERNAL',
        'a rebuild into another database has to pass the log to apply: a document must be folded anew from its events',
      );
    const positions: Record<string, number> = { ...(await readCursor(this.db, READER)) };
    for (const [key, seq] of Object.entries(this.taken)) positions[key] = Math.max(positions[key] ?? 0, seq);
    return positions;
  }

  /** Of a firm-year that only grew, the months that changed are written: a whole document costs the database twice as much. */
  private async writeFirmYears(): Promise<void> {
    const refolded = this.toRefold.get('kpi');
    const operations: AnyBulkWriteOperation<{ _id: string }>[] = [];
    for (const [id, document] of this.firmYears()) {
      const before = refolded?.has(id) ? undefined : this.before.get(id);
      if (document === null || before === undefined) operations.push(replacing(id, document));
      else if (before === null) operations.push({ insertOne: { document: inKeyOrder(document) } });
      else if (before !== document) operations.push(settingMonths(before, document));
    }
    await this.bulkWrite('kpi', operations);
  }

  private async writeOthers(): Promise<void> {
    for (const [collection, documents] of this.documents) {
      if (collection === 'kpi') continue;
      await this.bulkWrite(
        collection,
        [...documents].map(([id, document]) =>
          replacing(id, document as Documents[Exclude<CollectionName, 'kpi'>] | null),
        ),
      );
    }
  }

  private async bulkWrite(
    collection: CollectionName,
    operations: AnyBulkWriteOperation<{ _id: string }>[],
  ): Promise<void> {
    for (let from = 0; from < operations.length; from += MAX_WRITE_OPERATIONS) {
      await this.db
        .collection<{ _id: string }>(collection)
        .bulkWrite(operations.slice(from, from + MAX_WRITE_OPERATIONS), {
          session: this.session,
          ordered: false,
        });
    }
  }
}

function replacing(
  id: string,
  document: Documents[CollectionName] | null,
): AnyBulkWriteOperation<{ _id: string }> {
  if (document === null) return { deleteOne: { filter: { _id: id } } };
  return { replaceOne: { filter: { _id: id }, replacement: inKeyOrder(document), upsert: true } };
}

function settingMonths(before: FirmYear, after: FirmYear): AnyBulkWriteOperation<{ _id: string }> {
  const changed = Object.entries(after.months).filter(([month, value]) => before.months[month] !== value);
  const months = changed.map(([month, value]) => [`months.${month}`, inKeyOrder(value)] as const);
  return { updateOne: { filter: { _id: after._id }, update: { $set: Object.fromEntries(months) } } };
}

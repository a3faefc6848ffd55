import type { AnyBulkWriteOperation, ClientSession, Db } from 'mongodb';
import { ChainlightError } from '../../../schemas/errors.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { eventsOf, partitionKeyOf, partitionsOf, type StreamPositions } from '../../runtime/eventStore.ts';
import { type Projector, readCursor } from '../../runtime/projector.ts';
import { correctionOf, voidedIdentities } from '../domain/corrections.ts';
import { type Fact, factOf } from '../domain/facts.ts';
import {
  COLLECTION_NAMES,
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
import { correctionsOf, findingsOf, inKeyOrder, modelOf } from './store.ts';

const NAME = 'measurement';
const RELEVANT: ReadonlySet<string> = new Set([...MEASURED_TYPES, CORRECTION_TYPE]);

interface MeasurementProjector extends Projector {
  /** @param log the database that holds the events, when it is not the one with the read models (a rebuild elsewhere) */
  apply(db: Db, events: readonly StoredEvent[], session: ClientSession, log?: Db): Promise<void>;
}

/**
 * The read models of measurement. Documents are folded forward event by event; where only the events can decide (a
 * correction, two statements of the same instant) the one document is folded anew from the log.
 */
export const measurementProjector: MeasurementProjector = {
  name: NAME,
  collections: [...COLLECTION_NAMES, 'corrections', 'findings'],
  async ensureIndexes(db) {
    // Collections are made here because a transaction that meets one being made by another fails.
    await modelOf(db, 'kpi').createIndex({ firm: 1, year: 1 });
    await modelOf(db, 'firms').createIndex({ 'leader.name': 1 });
    await modelOf(db, 'baselines').createIndex({ firm: 1 });
    await modelOf(db, 'baselines').createIndex({ 'contract.timeMs': 1 });
    await modelOf(db, 'target_plans').createIndex({ city: 1 });
    await modelOf(db, 'city_totals').createIndex({ region: 1 });
    await modelOf(db, 'designations').createIndex({ region: 1 });
    await modelOf(db, 'service_approvals').createIndex({ region: 1 });
    await modelOf(db, 'subsidies').createIndex({ firm: 1 });
    await modelOf(db, 'evidence').createIndex({ firm: 1 });
    await modelOf(db, 'finding_cases').createIndex({ 'acts.timeMs': 1 });
    await correctionsOf(db).createIndex({ target: 1 });
    await findingsOf(db).createIndex({ code: 1 });
  },
  async apply(db, events, session, log = db) {
    const relevant = events.filter((event) => RELEVANT.has(event.type));
    if (relevant.length === 0) return;
    await new Batch(db, log, session, events).fold(relevant.map(factOf));
  },
};

/** One batch: loads what it touches, folds, writes. */
class Batch {
  private readonly documents = new Map<CollectionName, Map<string, unknown>>();
  private readonly toRefold = new Map<CollectionName, Set<string>>();

  constructor(
    private readonly db: Db,
    private readonly log: Db,
    private readonly session: ClientSession,
    private readonly events: readonly StoredEvent[],
  ) {}

  async fold(facts: readonly Fact[]): Promise<void> {
    const corrections = facts.filter((fact) => fact.type === CORRECTION_TYPE);
    const measured = facts.filter((fact) => fact.type !== CORRECTION_TYPE);
    await this.storeCorrections(corrections);
    const corrected = await this.markCorrected(corrections, measured);
    await this.load(measured);
    for (const fact of measured) if (!corrected.has(fact.identity)) this.add(fact);
    await this.refold();
    await this.write();
    const firms = [
      ...this.keys('kpi').map((id) => id.slice(0, id.indexOf('/'))),
      ...this.keys('baselines').map((id) => id.slice(id.indexOf('/') + 1)),
    ];
    await refreshFindings(this.db, [...new Set(firms)], this.session);
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
    while (wanted.length > 0) {
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
      const found = await this.db
        .collection<{ _id: string }>(collection)
        .find({ _id: { $in: [...ids] } }, { session: this.session })
        .toArray();
      for (const id of ids) documents.set(id, null);
      for (const document of found) documents.set(document._id, document);
    }
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

  /** Where the reader stands after this batch. Events behind it are not yet part of any document. */
  private async positions(): Promise<StreamPositions> {
    if (this.log === this.db && (await partitionsOf(this.db).findOne({})) === null)
      throw new ChainlightError(
        'INTERNAL',
        'a rebuild into another database has to pass the log to apply: a document must be folded anew from its events',
      );
    const positions: Record<string, number> = { ...(await readCursor(this.db, NAME)) };
    for (const event of this.events) {
      const key = partitionKeyOf(event.topic, event.partition);
      positions[key] = Math.max(positions[key] ?? 0, event.seq);
    }
    return positions;
  }

  private async write(): Promise<void> {
    for (const [collection, documents] of this.documents) {
      const operations = [...documents].map(([id, document]): AnyBulkWriteOperation<{ _id: string }> => {
        if (document === null) return { deleteOne: { filter: { _id: id } } };
        const replacement = inKeyOrder(document as Documents[CollectionName]) as { _id: string };
        return { replaceOne: { filter: { _id: id }, replacement, upsert: true } };
      });
      if (operations.length > 0)
        await this.db
          .collection<{ _id: string }>(collection)
          .bulkWrite(operations, { session: this.session, ordered: false });
    }
  }
}

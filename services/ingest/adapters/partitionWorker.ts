import { correctedIdentity, MAX_CORRECTIONS } from '../../../schemas/corrections.ts';
import { isChainlightError } from '../../../schemas/errors.ts';
import { OVERRIDE_TYPES } from '../../../schemas/events/index.ts';
import { type PartitionHead, readUpTo } from '../../runtime/eventStore.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Mongo } from '../../runtime/mongo.ts';
import type { ChainEntry } from '../domain/chain.ts';
import {
  type BatchDecision,
  decideBatch,
  type Examined,
  examine,
  heldAgainst,
  restsOnIdentities,
  restsOnNews,
} from '../domain/decide.ts';
import { partsOf, relationalAmong, targetsOfCorrections } from '../domain/parts.ts';
import type { IncomingRecord } from '../domain/record.ts';
import { REGISTRY_TYPES } from '../domain/registryFacts.ts';
import {
  commitBatch,
  loadPartition,
  lookUpIdentities,
  noteReadTo,
  noteWaiting,
  type ParkedDocument,
  parkedOf,
  readParked,
} from './ledger.ts';
import { parkedVerdicts, verdictAt } from './readVerdicts.ts';
import type { RegistryCache } from './registryCache.ts';
import { amplyCorrectedAmong, correctedAmong } from './relationCorrections.ts';

const MAX_BATCH = 2_000;
const MAX_RELEASE = 500;
const NOTHING_STORED: ReadonlyMap<string, string> = new Map();

export interface WorkerDeps {
  readonly mongo: Mongo;
  readonly registry: RegistryCache;
  readonly logger: Logger;
  readonly now: () => Date;
}

/** Judges the records of one partition, one batch after the other. Only the partition's owner gets a batch through. */
export class PartitionWorker {
  private state: PartitionHead | null = null;
  /**
   * Whether identities are looked up before a batch is judged. A first intake is judged without and relies on the identities
   * being unique in the store; after a batch with repeats, as in a replay, it pays to look first.
   */
  private expectsRepeats = true;
  private queue: Promise<unknown> = Promise.resolve();
  /** Offsets that hold no record, and are not yet noted as read. */
  private passed: { readonly from: number; readonly end: number } | null = null;
  /** State of the registry at which no parked record could be released. */
  private triedVersion: number | null = null;
  private readonly deps: WorkerDeps;
  readonly topic: string;
  readonly partition: number;

  constructor(deps: WorkerDeps, topic: string, partition: number) {
    this.deps = deps;
    this.topic = topic;
    this.partition = partition;
  }

  /** Offset of the next record to be judged: where consuming has to begin, whatever Kafka's own committed offset says. */
  async nextOffset(): Promise<number> {
    return this.exclusively(async () => (await this.load()).nextOffset);
  }

  /** The verdict about the record before that one; null where none was judged. */
  async lastVerdict(): Promise<ChainEntry | null> {
    return this.exclusively(async () => {
      const { nextOffset, seq } = await this.load();
      return seq === 0 ? null : verdictAt(this.deps.mongo.db, this, nextOffset - 1);
    });
  }

  /**
   * Judges records in offset order and makes the verdicts durable; records judged before are passed over.
   * @param end where the batch ends: markers of transactions may stand behind its last record
   * @returns the offset to commit to Kafka
   */
  async take(records: readonly IncomingRecord[], end = 0): Promise<number> {
    return this.exclusively(async () => {
      const { nextOffset } = await this.load();
      const unjudged = records.filter((record) => record.offset >= nextOffset);
      for (let start = 0; start < unjudged.length; start += MAX_BATCH) {
        const slice = unjudged.slice(start, start + MAX_BATCH);
        const now = this.deps.now();
        const last = slice.at(-1);
        if (last === undefined) break;
        for (const part of await this.partsOf(slice.map((record) => examine(record, now))))
          await this.judge(part, (part.at(-1)?.record.offset ?? last.offset) + 1, now, []);
      }
      await this.noteRead(end);
      return (await this.load()).nextOffset;
    });
  }

  /** Notes that the offsets from `from` to `end` hold no record, as soon as everything before them is judged. */
  passOver(from: number, end: number): void {
    this.passed = { from: this.passed?.end === from ? this.passed.from : from, end };
  }

  /** Makes durable what `passOver` noted; again at the next call where that fails. */
  async settlePassed(): Promise<void> {
    await this.exclusively(async () => {
      const { passed } = this;
      if (passed === null || readUpTo(await this.load()) < passed.from) return;
      await this.noteRead(passed.end);
      if (this.passed === passed) this.passed = null;
    });
  }

  private async noteRead(end: number): Promise<void> {
    const before = await this.load();
    if (readUpTo(before) >= end) return;
    await noteReadTo(this.deps.mongo.db, before, end);
    this.state = { ...before, readTo: end };
  }

  /**
   * Judges parked records anew whose relation or leader has come, or was changed, since they were tried the last time; a worker that has tried
   * none yet tries all whose relation or leader is known.
   * @returns whether any was released
   */
  async releaseParked(): Promise<boolean> {
    return this.exclusively(async () => {
      const { version } = this.deps.registry;
      if (this.triedVersion === version) return false;
      for (let after = -1; ; ) {
        const page = await this.awaitedAfter(after, this.triedVersion ?? 0);
        const last = page.at(-1);
        if (last === undefined) {
          this.triedVersion = version;
          return false;
        }
        if (await this.release(page)) return true;
        after = last.offset;
      }
    });
  }

  /** Parked records from an offset on that wait for something that came after a version: some may still wait for something else. */
  private async awaitedAfter(offset: number, version: number): Promise<ParkedDocument[]> {
    const own = { topic: this.topic, partition: this.partition };
    const parked = parkedOf(this.deps.mongo.db);
    const awaited = await parked.distinct('waitingFor', own);
    const arrived = awaited.filter((waitingFor) => this.deps.registry.hasComeSince(waitingFor, version));
    if (arrived.length === 0) return [];
    return parked
      .find({ ...own, waitingFor: { $in: arrived }, offset: { $gt: offset } })
      .sort({ offset: 1 })
      .limit(MAX_RELEASE)
      .toArray();
  }

  private async release(documents: readonly ParkedDocument[]): Promise<boolean> {
    const now = this.deps.now();
    const examined = await this.examineParked(documents, now);
    const waiting = this.stillWaiting(examined);
    await noteWaiting(this.deps.mongo.db, documents, waiting);
    const released = examined.filter(({ record }) => !waiting.has(record.offset));
    if (released.length === 0) return false;
    const { nextOffset } = await this.load();
    for (const piece of await this.partsOf(released)) {
      // A correction in the piece before may have left some of these nothing to be released by.
      const waitingAgain = this.stillWaiting(piece);
      const part = piece.filter(({ record }) => !waitingAgain.has(record.offset));
      if (part.length === 0) continue;
      const offsets = new Set(part.map(({ record }) => record.offset));
      const ids = documents.filter(({ offset }) => offsets.has(offset)).map(({ _id }) => _id);
      await this.judge(part, nextOffset, now, ids);
    }
    return true;
  }

  /** Each record that waited as it is to be judged; one that no verdict let wait is left where it is. */
  private async examineParked(documents: readonly ParkedDocument[], now: Date): Promise<Examined[]> {
    const verdicts = await parkedVerdicts(this.deps.mongo.db, this, documents);
    return documents.flatMap((document) => {
      const verdict = verdicts.get(document.offset);
      if (verdict !== undefined) return [heldAgainst(examine(readParked(document), now, true), verdict)];
      this.deps.logger.error({ parked: document._id }, 'no verdict let this record wait; see `cli verify`');
      return [];
    });
  }

  private async partsOf(examined: readonly Examined[]): Promise<Examined[][]> {
    const { mongo, registry } = this.deps;
    const relational = relationalAmong(examined, (id) => registry.relationStating(id) !== undefined);
    if (relational.size === 0) return [[...examined]];
    return partsOf(examined, relational, await correctedAmong(mongo.db, [...relational]));
  }

  /** Whether what `partsOf` cut off ends in a correction of a relation. */
  private endsInCorrection(part: readonly Examined[]): boolean {
    const last = part.at(-1);
    if (last === undefined || !('event' in last) || last.event.type !== 'correction.declared.v1')
      return false;
    const target = correctedIdentity(last.event.identity, last.event.data);
    return this.deps.registry.relationStating(target) !== undefined;
  }

  /** Of the parked records, by offset, those that would be parked again, and for what. */
  private stillWaiting(examined: readonly Examined[]): ReadonlyMap<number, string> {
    const trial = decideBatch(examined, {
      topic: this.topic,
      partition: this.partition,
      seq: 0,
      head: '',
      registry: this.deps.registry,
      stored: new Map(),
      now: this.deps.now(),
    });
    return new Map(trial.parked.map(({ record, waitingFor }) => [record.offset, waitingFor]));
  }

  private async judge(
    examined: readonly Examined[],
    nextOffset: number,
    now: Date,
    released: readonly string[],
  ): Promise<void> {
    const { mongo, registry, logger } = this.deps;
    const identities = [
      ...new Set(examined.flatMap((item) => ('event' in item ? [item.event.identity] : []))),
    ];
    const amplyCorrected = await this.amplyCorrected(examined);
    let known = this.expectsRepeats ? await lookUpIdentities(mongo.db, identities) : null;
    for (;;) {
      const before = await this.load();
      const context = {
        topic: this.topic,
        partition: this.partition,
        seq: before.seq,
        head: before.head,
        registry,
        amplyCorrected,
        stored: known ?? NOTHING_STORED,
        now,
      };
      let decision = decideBatch(examined, context);
      if (restsOnNews(decision) && released.length === 0) {
        await registry.refresh();
        decision = decideBatch(examined, context);
      }
      // Storing an accepted event fails when its identity is taken; parking or refusing one would not.
      const isSure = known !== null || !restsOnIdentities(decision);
      const outcome = isSure
        ? await this.commit({ before, nextOffset, decision, released, now })
        : 'identity-taken';
      if (outcome === 'identity-taken') {
        known = await lookUpIdentities(mongo.db, identities);
        continue;
      }
      this.expectsRepeats = decision.counts.duplicates + decision.counts.conflicts > 0;
      this.state = outcome;
      if (
        decision.accepted.some(
          ({ type }) => REGISTRY_TYPES.includes(type) || OVERRIDE_TYPES.includes(type),
        ) ||
        this.endsInCorrection(examined)
      )
        await registry.refresh();
      this.report(decision);
      logger.debug(
        { topic: this.topic, partition: this.partition, nextOffset, counts: decision.counts },
        'batch stored',
      );
      return;
    }
  }

  /** What has as many corrections as are kept: by itself, or by the relation that it bears on. */
  private async amplyCorrected(examined: readonly Examined[]): Promise<ReadonlySet<string>> {
    const { mongo, registry } = this.deps;
    const targets = targetsOfCorrections(examined);
    const ofFullRelations = targets.filter(
      (target) => (registry.relationStating(target)?.corrections.length ?? 0) >= MAX_CORRECTIONS,
    );
    return new Set([...(await amplyCorrectedAmong(mongo.db, targets)), ...ofFullRelations]);
  }

  private async commit(commit: Parameters<typeof commitBatch>[1]): Promise<PartitionHead | 'identity-taken'> {
    try {
      const outcome = await commitBatch(this.deps.mongo, commit);
      return outcome.kind === 'committed' ? outcome.partition : 'identity-taken';
    } catch (error) {
      // What is in memory may be out of date (fenced) or unknown (connection lost during the commit): read it anew next time.
      this.state = null;
      if (isChainlightError(error) && error.code === 'CHAIN_FENCED') {
        this.deps.logger.warn(
          { topic: this.topic, partition: this.partition },
          'fenced: another process owns this partition',
        );
      }
      throw error;
    }
  }

  private report(decision: BatchDecision): void {
    const { logger } = this.deps;
    for (const { record, refusal } of decision.dead) {
      logger.info(
        {
          correlationId: refusal.id,
          code: refusal.code,
          explanation: refusal.explanation,
          topic: record.topic,
          partition: record.partition,
          offset: record.offset,
        },
        'record refused',
      );
    }
    if (logger.isLevelEnabled('debug')) {
      for (const event of decision.accepted)
        logger.debug({ correlationId: event.correlationId, event: event._id }, 'event accepted');
    }
  }

  private async load(): Promise<PartitionHead> {
    this.state ??= await loadPartition(this.deps.mongo.db, this.topic, this.partition);
    return this.state;
  }

  /** A partition's batches and releases take turns: both move its chain. */
  private exclusively<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = this.queue.then(work, work);
    this.queue = turn.catch(() => {});
    return turn;
  }
}

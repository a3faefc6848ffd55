import { type Correction, correctedIdentity } from '../../../schemas/corrections.ts';
import { splitIdentity } from '../../../schemas/envelope.ts';
import type { ErrorCode } from '../../../schemas/errors.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { GENESIS, readEntryLine, type Verdict } from './chain.ts';
import { type BatchDecision, decideBatch, type Examined, examine, type ParkedRecord } from './decide.ts';
import { partsOf, relationalAmong } from './parts.ts';
import type { IncomingRecord } from './record.ts';
import { type CorrectableRegistry, type Leader, type Relation, relationId } from './registry.ts';
import {
  applyToRegistry,
  correctRelation,
  mayCorrectRelation,
  RELATION_TYPES,
  type RegistryOverlay,
  statedIn,
} from './registryFacts.ts';

const MAX_EXAMPLES = 3;
/** Records that wait are kept to be judged once more at the end, up to so much of them. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

export interface RefusalExample {
  readonly record: Pick<IncomingRecord, 'partition' | 'offset'>;
  readonly source: string | null;
  readonly id: string | null;
  readonly explanation: string;
}

/** What ingest would make of a sample. */
export interface Rehearsal {
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly refusals: ReadonlyMap<ErrorCode, { count: number; examples: RefusalExample[] }>;
  /** What is not declared (a leader's USCC, or `<buyer>/<supplier>`) and how many records wait for it. */
  readonly waitingFor: ReadonlyMap<string, number>;
  /** How many of those were too many to be judged once more at the end: the sample may declare what they wait for. */
  readonly judgedOnce: number;
  /** Event types with the number of events that would be accepted. */
  readonly accepted: ReadonlyMap<string, number>;
  /** Event types of those that would be accepted or wait. */
  readonly usable: ReadonlySet<string>;
}

/**
 * Puts records through the judges of ingest itself, without storing anything. What the sample declares counts for its later
 * records at once, and for its earlier ones at the end, as parked records are released. Of a record it keeps its identity and hash, some 300 bytes;
 * what waits is kept whole, up to 64 MiB.
 */
export class RehearsedIngest {
  private readonly hashes = new Map<string, string>();
  private readonly overlay: RegistryOverlay = { leaders: new Map(), relations: new Map() };
  /** By target: what the sample takes back, whether that has come or not. */
  private readonly corrections = new Map<string, Correction[]>();
  /** Of what the sample says of relations, the relation. */
  private readonly stating = new Map<string, string>();
  private readonly registry: CorrectableRegistry;
  private readonly counts = { accepted: 0, duplicates: 0, conflicts: 0, rejected: 0, parked: 0 };
  private readonly refusals = new Map<ErrorCode, { count: number; examples: RefusalExample[] }>();
  private readonly accepted = new Map<string, number>();
  private readonly usable = new Set<string>();
  private readonly lookUp: (identities: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  private readonly now: Date;
  private readonly assumed: Assumed | null;
  private readonly maxWaitingBytes: number;
  private parked: ParkedRecord[] = [];
  private parkedBytes = 0;
  /** What those wait for that were not kept. */
  private readonly notKept = new Map<string, number>();

  /**
   * @param registry what is declared, or else the USCC of a leader whose own sources and suppliers are all taken as declared
   * @param lookUp content hashes of those identities that are stored already
   */
  constructor(
    registry: CorrectableRegistry | string,
    lookUp: (identities: readonly string[]) => Promise<ReadonlyMap<string, string>>,
    now: Date,
    maxWaitingBytes = MAX_WAITING_BYTES,
  ) {
    this.maxWaitingBytes = maxWaitingBytes;
    this.assumed = typeof registry === 'string' ? assume(registry) : null;
    const declared = typeof registry === 'string' ? registryOf(this.assumed) : registry;
    this.registry = {
      leader: (uscc) => this.overlay.leaders.get(uscc) ?? declared.leader(uscc),
      relation: (id) => this.overlay.relations.get(id) ?? declared.relation(id),
      delegation: (id) => declared.delegation(id),
      isOverridden: (uscc) => declared.isOverridden(uscc),
      relationStating: (identity) => {
        const id = this.stating.get(identity) ?? declared.relationStating(identity)?._id;
        return id === undefined ? undefined : this.registry.relation(id);
      },
    };
    this.lookUp = lookUp;
    this.now = now;
  }

  /** Judges records of one topic, in order. */
  async take(records: readonly IncomingRecord[]): Promise<void> {
    const [first] = records;
    if (first === undefined) return;
    const examined = records.map((record) => examine(record, this.now));
    const events = examined.flatMap((item) => ('event' in item ? [item.event] : []));
    if (this.assumed !== null)
      for (const { source, identity } of events)
        if ('uscc' in source && source.uscc === this.assumed.leader._id)
          this.assumed.sources.add(splitIdentity(identity).source);
    const stored = await this.lookUp(events.map((event) => event.identity));
    const relational = relationalAmong(examined, (id) => this.registry.relationStating(id) !== undefined);
    for (const part of partsOf(examined, relational, new Set(this.corrections.keys())))
      this.judge(part, first, stored);
  }

  private judge(
    examined: readonly Examined[],
    { topic, partition }: Pick<IncomingRecord, 'topic' | 'partition'>,
    stored: ReadonlyMap<string, string>,
  ): void {
    const decision = decideBatch(examined, {
      topic,
      partition,
      seq: 0,
      head: GENESIS,
      registry: this.registry,
      stored: this.known(examined, stored),
      now: this.now,
    });
    for (const verdict of Object.keys(this.counts) as Verdict[])
      this.counts[verdict] += decision.counts[verdict];
    const typeOf = new Map(examined.map((item) => [item.record, 'event' in item ? item.event.type : null]));
    for (const waiting of decision.parked) this.usable.add(typeOf.get(waiting.record) ?? '');
    // What stands in the record already is as good for a figure as what would be accepted now.
    for (const [index, line] of decision.lines.entries())
      if (readEntryLine(line)?.verdict === 'duplicates')
        this.usable.add(typeOf.get(examined[index]?.record as IncomingRecord) ?? '');
    for (const waiting of decision.parked) this.keep(waiting);
    this.noteAccepted(decision.accepted);
    this.noteRefused(decision.dead);
  }

  /** Content hashes of those identities among these that were accepted before, by the stream or of this sample. */
  private known(
    examined: readonly Examined[],
    stored: ReadonlyMap<string, string>,
  ): ReadonlyMap<string, string> {
    const known = new Map<string, string>();
    for (const item of examined) {
      if (!('event' in item)) continue;
      const { identity } = item.event;
      const hash = this.hashes.get(identity) ?? stored.get(identity);
      if (hash !== undefined) known.set(identity, hash);
    }
    return known;
  }

  private keep(waiting: ParkedRecord): void {
    const bytes = waiting.record.value?.length ?? 0;
    if (this.parkedBytes + bytes <= this.maxWaitingBytes) {
      this.parked.push(waiting);
      this.parkedBytes += bytes;
    } else this.notKept.set(waiting.waitingFor, (this.notKept.get(waiting.waitingFor) ?? 0) + 1);
  }

  /** Judges anew what waited, as long as that changes anything, and tells what came of everything. */
  async finish(): Promise<Rehearsal> {
    for (let waiting = -1; this.parked.length > 0 && this.parked.length !== waiting; ) {
      waiting = this.parked.length;
      const again = this.parked.map(({ record }) => record);
      this.counts.parked -= this.parked.length;
      this.parked = [];
      this.parkedBytes = 0;
      await this.take(again);
    }
    const waitingFor = new Map(this.notKept);
    for (const { waitingFor: missing } of this.parked)
      waitingFor.set(missing, (waitingFor.get(missing) ?? 0) + 1);
    const { counts, refusals, accepted, usable } = this;
    const judgedOnce = [...this.notKept.values()].reduce((sum, count) => sum + count, 0);
    return { counts, refusals, waitingFor, judgedOnce, accepted, usable };
  }

  private noteAccepted(events: readonly StoredEvent[]): void {
    for (const event of events) {
      const { data } = JSON.parse(event.body) as { data: Record<string, unknown> };
      this.usable.add(event.type);
      this.hashes.set(event._id, event.contentHash);
      this.accepted.set(event.type, (this.accepted.get(event.type) ?? 0) + 1);
      applyToRegistry(this.overlay, this.registry, {
        identity: event._id,
        type: event.type,
        time: event.time,
        data,
      });
      if (RELATION_TYPES.includes(event.type))
        this.correct(event._id, relationId(String(data.buyerUscc), String(data.supplierUscc)));
      if (mayCorrectRelation(event.type, event.sourceClass)) this.takeBack(event, data);
    }
  }

  private takeBack({ _id, time }: StoredEvent, data: Record<string, unknown>): void {
    const target = correctedIdentity(_id, data);
    const correction = { _id, target, timeMs: time.getTime() };
    this.corrections.set(target, [...(this.corrections.get(target) ?? []), correction]);
    const relation = this.registry.relationStating(target);
    if (relation !== undefined) this.correct(_id, relation._id);
  }

  /** Takes the sample's corrections to a relation of which an event has stated something, or taken something back. */
  private correct(identity: string, id: string): void {
    this.stating.set(identity, id);
    const relation = this.registry.relation(id);
    if (relation === undefined) return;
    const bearing = new Map<string, Correction>();
    for (let targets = statedIn(relation); targets.length > 0; ) {
      const found = targets.flatMap((target) => this.corrections.get(target) ?? []);
      const fresh = found.filter(({ _id }) => !bearing.has(_id));
      for (const correction of fresh) bearing.set(correction._id, correction);
      targets = fresh.map(({ _id }) => _id);
    }
    for (const correctionId of bearing.keys()) this.stating.set(correctionId, id);
    if (bearing.size > 0) this.overlay.relations.set(id, correctRelation(relation, [...bearing.values()]));
  }

  private noteRefused(dead: BatchDecision['dead']): void {
    for (const { record, refusal } of dead) {
      const entry = this.refusals.get(refusal.code) ?? { count: 0, examples: [] };
      this.refusals.set(refusal.code, entry);
      entry.count++;
      const { explanation, source = null, id = null } = refusal;
      const { partition, offset } = record;
      if (entry.examples.length < MAX_EXAMPLES)
        entry.examples.push({ record: { partition, offset }, source, id, explanation });
    }
  }
}

/** What stands in for a registry that cannot be asked. */
interface Assumed {
  readonly leader: Omit<Leader, 'sources'>;
  /** The leader's sources that the sample speaks from. */
  readonly sources: Set<string>;
}

const assume = (leaderUscc: string): Assumed => ({
  leader: { _id: leaderUscc, name: leaderUscc, registeredAt: new Date(0) },
  sources: new Set(),
});

/** A leader whose every source is registered, and that trades with everybody. */
function registryOf(assumed: Assumed | null): CorrectableRegistry {
  return {
    relationStating: () => undefined,
    delegation: () => undefined,
    isOverridden: () => false,
    leader: (uscc) =>
      uscc === assumed?.leader._id ? { ...assumed.leader, sources: [...assumed.sources] } : undefined,
    relation: (id): Relation | undefined => {
      const [buyerUscc = '', supplierUscc = ''] = id.split('/');
      if (buyerUscc !== assumed?.leader._id) return undefined;
      const periods = [{ from: '2000-01-01', until: null }];
      return {
        _id: id,
        buyerUscc,
        supplierUscc,
        statements: [],
        corrections: [],
        declared: ['2000-01-01'],
        ended: [],
        periods,
      };
    },
  };
}

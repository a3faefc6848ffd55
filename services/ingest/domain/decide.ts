import { createHash } from 'node:crypto';
import type { WrongCheckDigit } from '../../../schemas/checkDigits.ts';
import { correctedIdentity, MAX_CORRECTIONS } from '../../../schemas/corrections.ts';
import { splitIdentity } from '../../../schemas/envelope.ts';
import type { StoredEvent } from '../../../schemas/storedEvent.ts';
import { bilingual } from '../../../schemas/wording.ts';
import { authorise, judgeCheckDigits } from './authorise.ts';
import { canonicalJson } from './canonicalJson.ts';
import { type ChainEntry, entryLine, nextHead, type Verdict } from './chain.ts';
import { decode } from './decode.ts';
import { type IncomingRecord, type Refusal, type Result, refuse } from './record.ts';
import type { Registry } from './registry.ts';
import { applyToRegistry, mayCorrectRelation, type RegistryOverlay } from './registryFacts.ts';
import { type ValidEvent, validate } from './validate.ts';

/** A record after the steps that need nothing but itself. */
export type Examined =
  | { readonly record: IncomingRecord; readonly released: boolean; readonly event: ValidEvent }
  | {
      readonly record: IncomingRecord;
      readonly released: boolean;
      readonly refusal: Refusal;
      /** Codes with a wrong check digit, where the data could be read: see `refusalOf`. */
      readonly deviating?: readonly WrongCheckDigit[];
    };

/** Decodes and validates one record. @param released whether it was parked before and is judged anew */
export function examine(record: IncomingRecord, now: Date, released = false): Examined {
  const decoded = decode(record);
  if (!decoded.ok) return { record, released, refusal: decoded.refusal };
  const valid = validate(decoded.value, now);
  if (valid.ok) return { record, released, event: valid.value };
  const { refusal, deviating = [] } = valid;
  return { record, released, refusal, deviating };
}

/** Why a record is refused that is no valid event: for a wrong check digit before anything else that is wrong with it. */
export function refusalOf(
  { refusal, deviating = [] }: Extract<Examined, { readonly refusal: Refusal }>,
  registry: Registry,
): Refusal {
  const digits = judgeCheckDigits(deviating, registry, refusal);
  return digits.ok ? refusal : digits.refusal;
}

/** Later than any record: what was valid when it came has not become too early since. */
const FAR_FUTURE = new Date(Date.UTC(9999, 0, 1));

/** The hash that a verdict states of a record. @param isEvent whether an event could be read from it then */
export function contentHashOf(record: IncomingRecord, isEvent: boolean): string | null {
  if (!isEvent) return hashOfBytes(record.value);
  const examined = examine(record, FAR_FUTURE);
  if ('event' in examined) return examined.event.contentHash;
  // Rules may have become stricter since it was judged.
  const decoded = decode(record);
  return decoded.ok ? createHash('sha256').update(canonicalJson(decoded.value)).digest('hex') : null;
}

/** A record that waited, held against the verdict that parked it: what was changed meanwhile is refused. */
export function heldAgainst(
  examined: Examined,
  parked: Pick<ChainEntry, 'identity' | 'contentHash'>,
): Examined {
  const { record, released } = examined;
  const hash = 'event' in examined ? examined.event.contentHash : contentHashOf(record, true);
  if (hash === parked.contentHash) return examined;
  const said = bilingual(
    `this record was changed in the database while it waited (${parked.contentHash} came); send it again`,
    `记录在等待期间于数据库中被改动（收到时为 ${parked.contentHash}），请重新发送`,
  );
  const known = parked.identity === null ? {} : splitIdentity(parked.identity);
  const refusal = refuse('PARKED_ALTERED', said, known);
  return refusal.ok ? examined : { record, released, refusal: refusal.refusal };
}

/** A record that is not accepted, with the reason. */
export interface DeadRecord {
  readonly record: IncomingRecord;
  readonly refusal: Refusal;
  readonly contentHash: string;
  /** For a conflict: hash of the content that was accepted under this identity. */
  readonly conflictsWith: string | null;
}

export interface ParkedRecord {
  /** Position of the verdict. */
  readonly seq: number;
  readonly record: IncomingRecord;
  readonly waitingFor: string;
  readonly identity: string;
}

/** All that one batch of one partition adds. */
export interface BatchDecision {
  readonly accepted: readonly StoredEvent[];
  readonly dead: readonly DeadRecord[];
  readonly parked: readonly ParkedRecord[];
  /** Texts of the chain's new links, in order. */
  readonly lines: readonly string[];
  readonly seq: number;
  readonly head: string;
  readonly counts: Readonly<Record<Verdict, number>>;
  /** Latest business time among the accepted; null when none was. */
  readonly maxTime: Date | null;
}

export interface BatchContext {
  readonly topic: string;
  readonly partition: number;
  readonly seq: number;
  readonly head: string;
  readonly registry: Registry;
  /** Identities that have as many corrections as are kept of one event. */
  readonly amplyCorrected?: ReadonlySet<string>;
  /** Content hashes of those identities of the batch that were accepted before. */
  readonly stored: ReadonlyMap<string, string>;
  readonly now: Date;
}

/** Judges examined records one after the other: authority, then identity; later records see what earlier ones did. */
export function decideBatch(examined: readonly Examined[], context: BatchContext): BatchDecision {
  const accepted: StoredEvent[] = [];
  const dead: DeadRecord[] = [];
  const parked: ParkedRecord[] = [];
  const lines: string[] = [];
  const counts: Record<Verdict, number> = {
    accepted: 0,
    duplicates: 0,
    conflicts: 0,
    rejected: 0,
    parked: 0,
  };
  const known = new Map(context.stored);
  const overlay: RegistryOverlay = { leaders: new Map(), relations: new Map() };
  const registry: Registry = {
    leader: (uscc) => overlay.leaders.get(uscc) ?? context.registry.leader(uscc),
    relation: (id) => overlay.relations.get(id) ?? context.registry.relation(id),
    // Delegations and what is stated by them lie in different topics, so never in one batch.
    delegation: (id) => context.registry.delegation(id),
    isOverridden: (uscc) => context.registry.isOverridden(uscc),
  };
  let { seq, head } = context;
  let maxTime: Date | null = null;

  for (const item of examined) {
    const { record, released } = item;
    const ruling = rule(item, context, registry, known);
    seq++;
    const entry: ChainEntry = {
      seq,
      offset: record.offset,
      verdict: ruling.verdict,
      released,
      code: 'refusal' in ruling ? ruling.refusal.code : null,
      identity: 'event' in item ? item.event.identity : null,
      contentHash: 'event' in item ? item.event.contentHash : hashOfBytes(record.value),
    };
    const line = entryLine(entry);
    head = nextHead(head, line);
    lines.push(line);
    counts[ruling.verdict]++;
    if (released) counts.parked--;

    switch (ruling.verdict) {
      case 'accepted': {
        const { event } = ruling;
        known.set(event.identity, event.contentHash);
        accepted.push(toStored(event, record, seq, head, context.now));
        applyToRegistry(overlay, registry, event);
        if (maxTime === null || event.time > maxTime) maxTime = event.time;
        break;
      }
      case 'duplicates':
        break;
      case 'parked':
        parked.push({ seq, record, waitingFor: ruling.waitingFor, identity: ruling.event.identity });
        break;
      case 'conflicts':
      case 'rejected':
        dead.push({
          record,
          refusal: ruling.refusal,
          contentHash: entry.contentHash,
          conflictsWith: ruling.conflictsWith,
        });
        break;
      default: {
        const unknown: never = ruling;
        return unknown;
      }
    }
  }
  return { accepted, dead, parked, lines, seq, head, counts, maxTime };
}

type Ruling =
  | { readonly verdict: 'accepted'; readonly event: ValidEvent }
  | { readonly verdict: 'duplicates' }
  | { readonly verdict: 'parked'; readonly event: ValidEvent; readonly waitingFor: string }
  | {
      readonly verdict: 'conflicts' | 'rejected';
      readonly refusal: Refusal;
      readonly conflictsWith: string | null;
    };

function rule(
  item: Examined,
  { topic, amplyCorrected }: BatchContext,
  registry: Registry,
  known: ReadonlyMap<string, string>,
): Ruling {
  if ('refusal' in item)
    return { verdict: 'rejected', refusal: refusalOf(item, registry), conflictsWith: null };
  const { event } = item;
  const authority =
    mayCorrectRelation(event.type, event.source.class) &&
    amplyCorrected?.has(correctedIdentity(event.identity, event.data))
      ? tooManyCorrections(event)
      : authorise(event, topic, registry);
  const before = known.get(event.identity);
  // What was accepted while its relation stood is the same event when it comes again, though the relation was ended for that day, or an override of its code revoked, since.
  const isRepeat = before === event.contentHash && (authority.ok || isByLaterState(authority.refusal));
  if (isRepeat) return { verdict: 'duplicates' };
  if (!authority.ok) return { verdict: 'rejected', refusal: authority.refusal, conflictsWith: null };
  if (before !== undefined)
    return { verdict: 'conflicts', refusal: conflictOf(event, before), conflictsWith: before };
  if (authority.value.kind === 'parked')
    return { verdict: 'parked', event, waitingFor: authority.value.waitingFor };
  return { verdict: 'accepted', event };
}

function tooManyCorrections({ identity, type }: ValidEvent): Result<never> {
  return refuse(
    'STATED_TOO_OFTEN',
    bilingual(
      `${MAX_CORRECTIONS} corrections of the same event are kept already`,
      `同一条数据已有 ${MAX_CORRECTIONS} 条更正`,
    ),
    { ...splitIdentity(identity), type },
  );
}

/** Refusals by what has come since an event was accepted: they say nothing of the event's repetition. */
const isByLaterState = ({ code }: Refusal): boolean =>
  code === 'RELATION_ENDED' ||
  code === 'DELEGATION_ENDED' ||
  code === 'STATED_TOO_OFTEN' ||
  code === 'BAD_CHECK_DIGIT';

/** Whether a registry that has heard the newest could decide otherwise. */
export const restsOnNews = ({ parked, dead }: BatchDecision): boolean =>
  parked.length > 0 || dead.some(({ refusal }) => refusal.code === 'BAD_CHECK_DIGIT');

/** Whether what was decided without looking identities up may be decided otherwise once they are: storing them would not show it. */
export const restsOnIdentities = ({ parked, dead }: BatchDecision): boolean =>
  parked.length > 0 || dead.some(({ refusal }) => isByLaterState(refusal));

function conflictOf(event: ValidEvent, before: string): Refusal {
  const blank = event.identity.indexOf(' ');
  return {
    code: 'CONFLICT',
    explanation: `this identity was accepted before with other content (accepted ${before}, this one ${event.contentHash})`,
    explanationZh: `同一来源和编号此前已收到不同的内容（已收 ${before}，本次 ${event.contentHash}）`,
    source: event.identity.slice(0, blank),
    id: event.identity.slice(blank + 1),
    type: event.type,
  };
}

function toStored(
  event: ValidEvent,
  record: IncomingRecord,
  seq: number,
  hash: string,
  now: Date,
): StoredEvent {
  return {
    _id: event.identity,
    type: event.type,
    sourceClass: event.source.class,
    time: event.time,
    firm: event.firm,
    period: event.period,
    correlationId: event.correlationId,
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    seq,
    contentHash: event.contentHash,
    hash,
    recordedAt: now,
    body: event.body,
  };
}

function hashOfBytes(value: Buffer | null): string {
  return createHash('sha256')
    .update(value ?? Buffer.alloc(0))
    .digest('hex');
}

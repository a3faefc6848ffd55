import type { Db } from 'mongodb';
import { type ChainEntry, readEntryLine, type Verdict } from '../domain/chain.ts';
import { verdictsOf } from './ledger.ts';

/** A verdict, and the record that it is about. */
export interface FoundVerdict extends ChainEntry {
  readonly topic: string;
  readonly partition: number;
}

/** Whose verdicts: of one topic, of a partition, or of the links from one to another; all where nothing is said. */
export interface VerdictPlace {
  readonly topic?: string;
  readonly partition?: number;
  readonly seqs?: readonly [first: number, last: number];
}

/** Reads the verdicts of one kind out of the chains, in their order, as the counts count them: a parked record that was released is parked no more. */
export async function* readVerdicts(
  db: Db,
  verdict: Verdict,
  { topic, partition, seqs }: VerdictPlace,
): AsyncGenerator<FoundVerdict> {
  const [first, last] = seqs ?? [0, Number.MAX_SAFE_INTEGER];
  const segments = verdictsOf(db)
    .find(
      {
        ...(topic === undefined ? {} : { topic: { $eq: topic } }),
        ...(partition === undefined ? {} : { partition: { $eq: partition } }),
        ...(seqs === undefined ? {} : { firstSeq: { $lte: last }, lastSeq: { $gte: first } }),
      },
      { projection: { topic: 1, partition: 1, lines: 1 } },
    )
    .sort({ topic: 1, partition: 1, firstSeq: 1 });
  const waiting = new Map<string, FoundVerdict>();
  for await (const segment of segments)
    for (const line of segment.lines.split('\n')) {
      const entry = readEntryLine(line);
      if (entry === null || entry.seq < first || entry.seq > last) continue;
      const found = { ...entry, topic: segment.topic, partition: segment.partition };
      const place = `${found.topic}/${found.partition}/${found.offset}`;
      if (entry.released) waiting.delete(place);
      if (entry.verdict !== verdict) continue;
      if (verdict === 'parked') waiting.set(place, found);
      else yield found;
    }
  yield* waiting.values();
}

/**
 * The verdicts that parked these records, by offset. Where a position is given it saves reading the chain, but is not relied upon.
 */
export async function parkedVerdicts(
  db: Db,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  records: readonly { readonly offset: number; readonly seq?: number }[],
): Promise<Map<number, ChainEntry>> {
  const found = new Map<number, ChainEntry>();
  let segment: { firstSeq: number; lines: readonly string[] } = { firstSeq: 0, lines: [] };
  for (const { offset, seq } of records) {
    if (typeof seq !== 'number') continue;
    if (seq < segment.firstSeq || seq >= segment.firstSeq + segment.lines.length) {
      const stored = await verdictsOf(db).findOne(
        { topic: { $eq: topic }, partition: { $eq: partition }, firstSeq: { $lte: seq } },
        { sort: { firstSeq: -1 }, projection: { firstSeq: 1, lines: 1 } },
      );
      segment = { firstSeq: stored?.firstSeq ?? 0, lines: stored?.lines.split('\n') ?? [] };
    }
    const entry = readEntryLine(segment.lines[seq - segment.firstSeq] ?? '');
    if (entry?.verdict === 'parked' && entry.offset === offset) found.set(offset, entry);
  }
  const wanted = new Set(records.map(({ offset }) => offset).filter((offset) => !found.has(offset)));
  if (wanted.size > 0)
    for await (const entry of readVerdicts(db, 'parked', { topic, partition }))
      if (wanted.has(entry.offset)) found.set(entry.offset, entry);
  return found;
}

/** The first verdict about the record at an offset, looked for from the end of the chain; null where there is none. */
export async function verdictAt(
  db: Db,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  offset: number,
): Promise<ChainEntry | null> {
  const segments = verdictsOf(db)
    .find({ topic: { $eq: topic }, partition: { $eq: partition } }, { projection: { lines: 1 } })
    .sort({ firstSeq: -1 })
    .batchSize(4);
  for await (const { lines } of segments)
    for (const line of lines.split('\n').reverse()) {
      const entry = readEntryLine(line);
      if (entry !== null && !entry.released && entry.offset <= offset)
        return entry.offset === offset ? entry : null;
    }
  return null;
}

/** The links of a partition after a position. */
export async function* linesSince(
  db: Db,
  { topic, partition, seq }: { readonly topic: string; readonly partition: number; readonly seq: number },
): AsyncGenerator<ChainEntry> {
  for await (const { lines } of verdictsOf(db)
    .find({ topic: { $eq: topic }, partition: { $eq: partition }, firstSeq: { $gt: seq } })
    .sort({ firstSeq: 1 }))
    for (const line of lines.split('\n')) {
      const entry = readEntryLine(line);
      if (entry !== null) yield entry;
    }
}

/** Verdicts of a partition that are looked through for the newest of a kind, however few a segment holds: what is rare may lie further back. */
const VERDICTS_LOOKED_AT = 100_000;

/**
 * The newest verdicts of one kind in a partition, newest first, without reading the whole chain.
 * @returns at most `limit`; fewer where the newest part of the chain holds no more
 */
export async function newestVerdicts(
  db: Db,
  verdict: Verdict,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  limit: number,
): Promise<FoundVerdict[]> {
  const segments = verdictsOf(db)
    .find({ topic: { $eq: topic }, partition: { $eq: partition } }, { projection: { lines: 1 } })
    .sort({ firstSeq: -1 })
    .batchSize(50);
  const found: FoundVerdict[] = [];
  const settled = new Set<number>();
  let looked = 0;
  for await (const { lines } of segments) {
    if (looked >= VERDICTS_LOOKED_AT) break;
    for (const line of lines.split('\n').reverse()) {
      looked++;
      const entry = readEntryLine(line);
      if (entry === null) continue;
      const isStanding = verdict !== 'parked' || !settled.has(entry.offset);
      if (entry.released || entry.verdict === 'parked') settled.add(entry.offset);
      if (entry.verdict !== verdict || !isStanding) continue;
      if (found.push({ ...entry, topic, partition }) === limit) return found;
    }
  }
  return found;
}

import type { ErrorCode } from '../../../schemas/errors.ts';
import { sha256 } from './validate.ts';

export const VERDICTS = ['accepted', 'duplicates', 'conflicts', 'rejected', 'parked'] as const;
/** How a record was judged; named as the counts are. */
export type Verdict = (typeof VERDICTS)[number];

/** One link of a partition's chain: a verdict about one Kafka record, or about a parked one that is released. */
export interface ChainEntry {
  /** Dense position in the chain, from 1. */
  readonly seq: number;
  readonly offset: number;
  readonly verdict: Verdict;
  /** Whether this verdict replaces an earlier `parked` one of the same offset. */
  readonly released: boolean;
  readonly code: ErrorCode | null;
  readonly identity: string | null;
  /** SHA-256 of the canonical event, or of the bytes when no event could be read from them. */
  readonly contentHash: string;
}

/** Head of a chain that has no link yet. */
export const GENESIS = sha256('chainlight');

/** The exact text of a link that is hashed and kept. */
export function entryLine(entry: ChainEntry): string {
  return JSON.stringify([
    entry.seq,
    entry.offset,
    entry.verdict,
    entry.released,
    entry.code,
    entry.identity,
    entry.contentHash,
  ]);
}

/** Reads a link back from its text. @returns null when that is not a link's text */
export function readEntryLine(line: string): ChainEntry | null {
  try {
    const [seq, offset, verdict, released, code, identity, contentHash] = JSON.parse(line);
    const entry: ChainEntry = { seq, offset, verdict, released, code, identity, contentHash };
    const isEntry =
      Number.isSafeInteger(seq) &&
      Number.isSafeInteger(offset) &&
      VERDICTS.includes(verdict) &&
      (identity === null || typeof identity === 'string') &&
      typeof contentHash === 'string';
    return isEntry && entryLine(entry) === line ? entry : null;
  } catch {
    return null;
  }
}

/** Head after a link: SHA-256 over the head before it, a line feed, and the link's text. */
export const nextHead = (head: string, line: string): string => sha256(`${head}\n${line}`);

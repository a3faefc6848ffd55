import { z } from 'zod';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Count = z.number().int().min(0);
const Day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** A partition's hash chain: number of verdicts, and the head after the last of them. */
export const Chain = z.object({
  topic: z.string(),
  partition: Count,
  length: Count,
  head: z.string(),
});

const PartitionDay = z.object({
  topic: z.string(),
  partition: Count,
  firstSeq: Count,
  lastSeq: Count,
  root: Sha256,
});

/** Merkle root of one day's verdicts (UTC, by recording time) over all partitions. */
export const AnchoredDay = z.object({
  day: Day,
  root: Sha256,
  verdicts: Count,
  /** Whether the day was over and sealed; the root of an open day still moves. */
  sealed: z.boolean(),
  partitions: z.array(PartitionDay),
});
export type AnchoredDay = z.infer<typeof AnchoredDay>;

/** A run of verdicts of the partition named last, each with a fingerprint that finds it again. */
export const AnchorRun = z.object({
  line: z.literal('verdicts'),
  /** Position in the chain of the first verdict. */
  from: Count,
  /** One letter a verdict: accepted, duplicate, conflict, rejected, parked. */
  verdicts: z.string().regex(/^[adcrp]+$/),
  /** First 8 bytes of each verdict's Merkle leaf, one after the other, base64. */
  leaves: z.base64(),
  /** Kafka offsets as runs: first offset, number of consecutive ones. */
  offsets: z.array(z.tuple([Count, Count])),
  sources: z.array(z.string()),
  /** Index into `sources` and id of each event; null where none could be read from the record. */
  ids: z.array(z.tuple([Count, z.string()]).nullable()),
});
export type AnchorRun = z.infer<typeof AnchorRun>;

/** One line of the file that `cli anchors export` writes; docs/operations.md describes the whole. */
export const AnchorLine = z.discriminatedUnion('line', [
  z.object({
    line: z.literal('anchors'),
    version: z.literal(1),
    takenAt: z.iso.datetime(),
  }),
  Chain.extend({ line: z.literal('partition') }),
  AnchorRun,
  AnchoredDay.extend({ line: z.literal('day') }),
  z.object({
    line: z.literal('end'),
    /** Number of lines before this one. */
    lines: Count,
    /** Over the bytes of all lines before this one, line feeds included. */
    sha256: Sha256,
  }),
]);
export type AnchorLine = z.infer<typeof AnchorLine>;

/** The first thing that is wrong with the chains, and where. */
export const ChainFault = z.object({
  kind: z.enum(['altered', 'missing', 'inserted', 'chain-broken', 'rewritten']),
  topic: z.string(),
  partition: z.number().int(),
  offset: z.number().int().nullable(),
  source: z.string().nullable(),
  id: z.string().nullable(),
  detail: z.string(),
});

/** Output of `cli anchors export --json`. */
export const AnchorsExported = z.object({
  /** Null where the chains are not sound: nothing is written then. */
  file: z.string().nullable(),
  partitions: z.array(Chain),
  events: Count,
  firstFault: ChainFault.nullable(),
  days: z.array(AnchoredDay.omit({ partitions: true })),
});
export type AnchorsExported = z.infer<typeof AnchorsExported>;

const PathStep = z.object({ side: z.enum(['left', 'right']), hash: Sha256 });

/** Output of `cli events prove --json`: leads from one event to its day's Merkle root. */
export const EventProof = z.object({
  source: z.string(),
  id: z.string(),
  topic: z.string(),
  partition: Count,
  offset: Count,
  recordedAt: z.iso.datetime(),
  /** SHA-256 of the event as canonical JSON (RFC 8785). */
  contentHash: Sha256,
  /** Text of the link in the hash chain: [seq, offset, verdict, released, code, identity, contentHash]. */
  link: z.string(),
  /** SHA-256(0x00, recordedAt, line feed, link) */
  leaf: Sha256,
  /** From the leaf up to the partition's root of the day. */
  path: z.array(PathStep),
  partitionDay: PartitionDay,
  /** From the partition's leaf up to the day's root. */
  dayPath: z.array(PathStep),
  day: Day,
  /** Whether the day is over, so that its root no longer moves. */
  sealed: z.boolean(),
  root: Sha256,
});
export type EventProof = z.infer<typeof EventProof>;

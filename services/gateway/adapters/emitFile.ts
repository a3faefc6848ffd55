import type { Readable } from 'node:stream';
import type { EmitResult } from '../../../schemas/api/emit.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { createProducer, type KafkaClient, type OutgoingRecord, send } from '../../runtime/kafka.ts';
import { isBlankLine, linesOf } from '../../runtime/lines.ts';

/** A batch stays far below what a broker takes, so that only a line that is itself too large can be refused for its size. */
const BATCH_BYTES = 2 * 1024 * 1024;
const BATCH_LINES = 1_000;
/** Sent alone from this size on. */
const LARGE_LINE_BYTES = 512 * 1024;
/** Beyond this no broker of ours would take it; it is not even sent. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const HEADERS = { 'content-type': 'application/cloudevents+json' };
/** Refusals that concern the record itself; any other failure ends the run. */
const RECORD_REFUSALS = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'CORRUPT_MESSAGE',
]);

/** Refusals that concern whoever sends to this topic, and so every line. */
const TOPIC_REFUSALS = new Set(['TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED']);

interface Line {
  readonly number: number;
  readonly record: OutgoingRecord;
  readonly bytes: number;
}

/**
 * Sends each line of `input` to `topic` as one record, byte for byte, keyed by the event's `partitionkey` where the line
 * can be read and has one. Blank lines are counted, not sent.
 * @throws ChainlightError BAD_INPUT when the topic does not exist
 */
export async function emitLines(kafka: KafkaClient, input: Readable, topic: string): Promise<EmitResult> {
  if (!(await exists(kafka, topic)))
    throw new ChainlightError(
      'BAD_INPUT',
      `the topic ${topic} does not exist. Register the leader first (cli leaders add), or name another topic with --topic`,
      { topic },
    );
  const producer = await createProducer(kafka);
  const refusedByBroker: EmitResult['refusedByBroker'] = [];
  let sent = 0;
  let blankLines = 0;
  let batch: Line[] = [];
  let batchBytes = 0;

  const flush = async (): Promise<void> => {
    const lines = batch;
    batch = [];
    batchBytes = 0;
    try {
      await send(
        producer,
        topic,
        lines.map((line) => line.record),
      );
      sent += lines.length;
    } catch (error) {
      const forbidden = reasonAmong(error, TOPIC_REFUSALS);
      const reason = forbidden ?? (lines.length === 1 ? reasonAmong(error, RECORD_REFUSALS) : null);
      if (reason === null) throw error;
      refusedByBroker.push(...lines.map((line) => ({ line: line.number, reason })));
    }
  };

  try {
    let number = 0;
    for await (const bytes of linesOf(input, MAX_LINE_BYTES)) {
      number++;
      if (bytes === 'too-long') {
        refusedByBroker.push({ line: number, reason: `longer than ${MAX_LINE_BYTES} bytes: not sent` });
        continue;
      }
      if (isBlankLine(bytes)) {
        blankLines++;
        continue;
      }
      const alone = bytes.length >= LARGE_LINE_BYTES;
      if (alone && batch.length > 0) await flush();
      const record = { key: partitionKeyIn(bytes), value: bytes, headers: HEADERS };
      batch.push({ number, record, bytes: bytes.length });
      batchBytes += bytes.length;
      if (alone || batch.length >= BATCH_LINES || batchBytes >= BATCH_BYTES) await flush();
    }
    if (batch.length > 0) await flush();
  } finally {
    await producer.disconnect();
  }
  return { topic, sent, refusedByBroker, blankLines };
}

function partitionKeyIn(bytes: Buffer): string | null {
  try {
    const event: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof event !== 'object' || event === null || !('partitionkey' in event)) return null;
    return typeof event.partitionkey === 'string' ? event.partitionkey : null;
  } catch {
    return null;
  }
}

/** Whether a topic is there; one that we may not even see counts as there, so that its refusal is told line by line. */
async function exists(kafka: KafkaClient, topic: string): Promise<boolean> {
  const admin = await kafka.admin();
  if ((await admin.listTopics()).includes(topic)) return true;
  return admin.fetchTopicMetadata({ topics: [topic] }).then(
    () => true,
    (error: unknown) => reasonAmong(error, TOPIC_REFUSALS) !== null,
  );
}

function reasonAmong(error: unknown, refusals: ReadonlySet<string>): string | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('type' in cause && typeof cause.type === 'string' && refusals.has(cause.type))
      return `${cause.type}: ${cause.message}`;
  }
  return null;
}

import type { ClientSession, Db } from 'mongodb';
import { ChainlightError } from '../../../schemas/errors.ts';
import { readSource } from '../../../schemas/sources.ts';
import { leaderOfTopic } from '../../../schemas/topics.ts';
import {
  coordinatesOf,
  type DeadLetter,
  deadLettersOf,
  keepRecord,
  REDRIVE_HEADER,
} from '../../runtime/deadLetterStore.ts';
import { isUnavailable } from '../../runtime/mongo.ts';
import type { DeadRecord } from '../domain/decide.ts';
import { frameOf } from './incoming.ts';

/**
 * The dead letters of a batch. Large originals are in their files when this returns, before any verdict refers to them;
 * a batch that is judged again finds them there.
 * @throws ChainlightError DEAD_LETTER_UNWRITABLE when the database refuses an original
 */
export async function makeDeadLetters(db: Db, dead: readonly DeadRecord[], now: Date): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (const { record, refusal, contentHash, conflictsWith } of dead) {
    const id = coordinatesOf(record);
    letters.push({
      _id: id,
      reason: refusal.code,
      explanation: refusal.explanation,
      explanationZh: refusal.explanationZh,
      topic: record.topic,
      partition: record.partition,
      offset: record.offset,
      ...(await orUnwritable(id, keepRecord(db, id, frameOf(record), record.value))),
      source: refusal.source ?? null,
      eventId: refusal.id ?? null,
      type: refusal.type ?? null,
      leader: leaderOf(record.topic, refusal.source),
      contentHash,
      conflictsWith,
      redriveOf: record.headers[REDRIVE_HEADER]?.slice(0, 300) ?? null,
      receivedAt: now,
      published: false,
    });
  }
  return letters;
}

/**
 * Stores dead letters with the verdicts of their transaction.
 * @throws ChainlightError DEAD_LETTER_UNWRITABLE when the database refuses them
 */
export async function storeDeadLetters(
  db: Db,
  letters: readonly DeadLetter[],
  session: ClientSession,
): Promise<void> {
  const [first] = letters;
  if (first !== undefined)
    await orUnwritable(first._id, deadLettersOf(db).insertMany([...letters], { session, ordered: false }));
}

/** A database that is away is waited for; one that refuses would refuse for ever, and somebody must hear of it. */
async function orUnwritable<Value>(id: string, writing: Promise<Value>): Promise<Value> {
  try {
    return await writing;
  } catch (cause) {
    if (isUnavailable(cause)) throw cause;
    throw new ChainlightError(
      'DEAD_LETTER_UNWRITABLE',
      `the database does not take dead letter ${id}`,
      { first: id },
      { cause },
    );
  }
}

/** The leader that a dead letter concerns: the owner of the topic, or else the one its source names. */
function leaderOf(topic: string, source: string | undefined): string | null {
  const owner = leaderOfTopic(topic);
  if (owner !== null) return owner;
  const reading = source === undefined ? null : readSource(source);
  return reading !== null && 'source' in reading && reading.source.class === 'chain'
    ? reading.source.uscc
    : null;
}

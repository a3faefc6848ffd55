import type { Db } from 'mongodb';
import { ChainlightError } from '../../../schemas/errors.ts';
import { DEAD_LETTERS } from '../../../schemas/topics.ts';
import { type DeadLetter, deadLettersOf, frameFrom, isInFile } from '../../runtime/deadLetterStore.ts';
import { groupHeaders, type OutgoingRecord, type Producer, send } from '../../runtime/kafka.ts';
import { FILES_BUCKET, readKept } from '../../runtime/keptBytes.ts';
import { isUnavailable } from '../../runtime/mongo.ts';
import { PATIENCE_MS, within } from './patience.ts';

const BATCH = 50;

/**
 * Brings dead letters from the database, where they became durable with their verdict, to the dead-letter topic.
 * Each is sent at least once; its header `chainlight-dead-letter` is its id.
 * @throws ChainlightError DEAD_LETTER_UNWRITABLE when the topic does not take them
 */
export async function publishDeadLetters(
  db: Db,
  producer: Producer,
  patienceMs = PATIENCE_MS,
): Promise<number> {
  let published = 0;
  for (;;) {
    const letters = await deadLettersOf(db)
      .find({ published: false })
      .sort({ _id: 1 })
      .limit(BATCH)
      .toArray();
    if (letters.length === 0) return published;
    try {
      for (const letter of letters) {
        await within(patienceMs, send(producer, DEAD_LETTERS, [await toRecord(db, letter)]));
      }
    } catch (cause) {
      // A database without a primary is waited for; that says nothing about the topic.
      if (isUnavailable(cause)) throw cause;
      throw new ChainlightError(
        'DEAD_LETTER_UNWRITABLE',
        `${letters.length} dead letters could not be written to topic ${DEAD_LETTERS}`,
        { first: letters[0]?._id },
        { cause },
      );
    }
    await deadLettersOf(db).updateMany(
      { _id: { $in: letters.map((letter) => letter._id) } },
      { $set: { published: true } },
    );
    published += letters.length;
  }
}

/** The record as it came, or, where it is large, a reference to the file that holds it: the topic has a limit, too. */
async function toRecord(db: Db, letter: DeadLetter): Promise<OutgoingRecord> {
  const told = {
    'chainlight-dead-letter': letter._id,
    'chainlight-reason': letter.reason,
    'chainlight-explanation': letter.explanation,
    'chainlight-topic': letter.topic,
    'chainlight-partition': String(letter.partition),
    'chainlight-offset': String(letter.offset),
  };
  if (isInFile(letter.frame) || isInFile(letter.original)) {
    const reference = {
      database: db.databaseName,
      bucket: FILES_BUCKET,
      value: isInFile(letter.original) ? letter.original.file : null,
      frame: isInFile(letter.frame) ? letter.frame.file : null,
      bytes: letter.originalBytes,
    };
    return {
      key: letter.leader,
      value: JSON.stringify(reference),
      headers: { ...told, 'chainlight-original': 'reference' },
    };
  }
  const { key, headers } = frameFrom(await readKept(db, letter.frame));
  return {
    key,
    value: letter.original === null ? null : await readKept(db, letter.original),
    headers: { ...groupHeaders(headers), ...told, 'chainlight-original': 'value' },
  };
}

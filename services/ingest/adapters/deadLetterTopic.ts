import type { Db } from 'mongodb';
import { ChainlightError } from '../../../schemas/errors.ts';
import { DEAD_LETTERS } from '../../../schemas/topics.ts';
import { type OutgoingRecord, type Producer, send } from '../../runtime/kafka.ts';
import { type DeadLetter, deadLettersOf } from './ledger.ts';

const BATCH = 50;

/**
 * Brings dead letters from the database, where they became durable with their verdict, to the dead-letter topic.
 * Each is sent at least once; its header `chainlight-dead-letter` is its id.
 * @throws ChainlightError DEAD_LETTER_UNWRITABLE when the topic does not take them
 */
export async function publishDeadLetters(db: Db, producer: Producer): Promise<number> {
  let published = 0;
  for (;;) {
    const letters = await deadLettersOf(db)
      .find({ published: false })
      .sort({ _id: 1 })
      .limit(BATCH)
      .toArray();
    if (letters.length === 0) return published;
    try {
      for (const letter of letters) await send(producer, DEAD_LETTERS, [toRecord(letter)]);
    } catch (cause) {
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

function toRecord(letter: DeadLetter): OutgoingRecord {
  return {
    key: letter.key,
    value: letter.original === null ? null : Buffer.from(letter.original.buffer),
    headers: {
      ...letter.headers,
      'chainlight-dead-letter': letter._id,
      'chainlight-reason': letter.reason,
      'chainlight-explanation': letter.explanation,
      'chainlight-topic': letter.topic,
      'chainlight-partition': String(letter.partition),
      'chainlight-offset': String(letter.offset),
    },
  };
}

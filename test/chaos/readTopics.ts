import { randomBytes } from 'node:crypto';
import { createConsumer, endOffsets, type IHeaders, type KafkaClient } from '../../services/runtime/kafka.ts';
import type { WholeRecord } from './topicRecord.ts';

/** Everything that stands in the topics: what was sent, whatever the sender believes. */
export async function readTopics(kafka: KafkaClient, topics: readonly string[]): Promise<WholeRecord[]> {
  const missing = new Map(Object.entries(await endOffsets(kafka, topics)).filter(([, end]) => end > 0));
  const records: WholeRecord[] = [];
  if (missing.size === 0) return records;
  const consumer = createConsumer(kafka, `chaos-reader-${randomBytes(4).toString('hex')}`);
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  try {
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer
        .run({
          eachBatch: async ({ batch: { topic, partition, messages } }) => {
            for (const { offset, key, headers, value } of messages)
              records.push({
                topic,
                partition,
                offset: Number(offset),
                headers: Object.fromEntries(
                  Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]),
                ),
                value: value?.toString() ?? '',
                bytes: { key, headers: headersOf(headers), value },
              });
            const place = `${topic}/${partition}`;
            if (Number(messages.at(-1)?.offset) + 1 >= (missing.get(place) ?? 0)) missing.delete(place);
            if (missing.size === 0) resolve();
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return records;
}

const headersOf = (headers: IHeaders = {}): (readonly [string, Buffer])[] =>
  Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, Buffer.from(value ?? '')] as const),
  );

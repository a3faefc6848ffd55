import { randomBytes } from 'node:crypto';
import { createConsumer, endOffsets, type KafkaClient } from '../../services/runtime/kafka.ts';
import type { TopicRecord } from './topicRecord.ts';

/** Everything that stands in the topics: what was sent, whatever the sender believes. */
export async function readTopics(kafka: KafkaClient, topics: readonly string[]): Promise<TopicRecord[]> {
  const missing = new Map(Object.entries(await endOffsets(kafka, topics)).filter(([, end]) => end > 0));
  const records: TopicRecord[] = [];
  const consumer = createConsumer(kafka, `chaos-reader-${randomBytes(4).toString('hex')}`);
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  try {
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer
        .run({
          eachBatch: async ({ batch: { topic, partition, messages } }) => {
            for (const { offset, headers, value } of messages)
              records.push({
                topic,
                partition,
                offset: Number(offset),
                headers: Object.fromEntries(
                  Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]),
                ),
                value: value?.toString() ?? '',
              });
            const key = `${topic}/${partition}`;
            if (Number(messages.at(-1)?.offset) + 1 >= (missing.get(key) ?? 0)) missing.delete(key);
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

import { setTimeout as sleep } from 'node:timers/promises';
import { createProducer, type KafkaClient, type Producer } from '../../services/runtime/kafka.ts';
import { type ChaosRecord, DAY_MS } from './population.ts';

/** Records that arrive within this span are sent together; it counts towards the lateness that is allowed for. */
const SPAN_DAYS = 3;
const MAX_RECORDS = 400;

/** Records in the order of arrival, cut where they are sent together. */
export function spansOf(records: readonly ChaosRecord[]): ChaosRecord[][] {
  const spans: ChaosRecord[][] = [];
  for (const record of records) {
    const last = spans.at(-1);
    const began = last?.[0]?.arrivesAtMs ?? Number.NEGATIVE_INFINITY;
    if (last !== undefined && last.length < MAX_RECORDS && record.arrivesAtMs - began < SPAN_DAYS * DAY_MS)
      last.push(record);
    else spans.push([record]);
  }
  return spans;
}

export interface Sender {
  /** Returns once the broker has everything, however long it is away. A record may then stand there twice. */
  send(records: readonly ChaosRecord[], partition?: number): Promise<void>;
  close(): Promise<void>;
}

export async function openSender(kafka: KafkaClient, progress: (line: string) => void): Promise<Sender> {
  let producer: Producer = await createProducer(kafka);
  const once = async (topic: string, records: readonly ChaosRecord[], partition?: number): Promise<void> => {
    const messages = records.map(({ key, value, headers }) => ({
      key,
      value,
      headers: { ...headers },
      partition,
    }));
    for (;;) {
      try {
        await producer.send({ topic, acks: -1, messages });
        return;
      } catch (error) {
        progress(`sender: ${String(error)}; it connects anew`);
        await producer.disconnect().catch(() => {});
        await sleep(500);
        producer = await createProducer(kafka).catch(() => producer);
      }
    }
  };
  return {
    send: async (records, partition) => {
      const topics = new Set(records.map((record) => record.topic));
      for (const topic of topics)
        await once(
          topic,
          records.filter((record) => record.topic === topic),
          partition,
        );
    },
    close: () => producer.disconnect(),
  };
}

import { createProducer, type KafkaClient, type Producer } from '../../runtime/kafka.ts';

/** A producer that connects when it is first needed, and again after a connection that failed. */
export interface LazyProducer {
  get(): Promise<Producer>;
  close(): Promise<void>;
}

export function lazyProducer(kafka: KafkaClient): LazyProducer {
  let producer: Promise<Producer> | null = null;
  return {
    get: () => {
      producer ??= createProducer(kafka).catch((error) => {
        producer = null;
        throw error;
      });
      return producer;
    },
    close: async () => {
      const connected = await producer?.catch(() => null);
      await connected?.disconnect();
    },
  };
}

import { SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { loadConfig } from '../../services/runtime/config.ts';
import { createConsumer, createKafka } from '../../services/runtime/kafka.ts';
import { connectMongo } from '../../services/runtime/mongo.ts';

/** What one would write in an afternoon: eachBatch → JSON.parse → unordered insertMany, or upserts by id. No validation. */
const mode = process.argv[2];
const config = loadConfig();
const mongo = await connectMongo(config.MONGODB_URI, config.MONGODB_DB);
const collection = mongo.db.collection<{ _id: string }>('events');
const consumer = createConsumer(createKafka(config.KAFKA_BROKERS, 'bare'), `bare-${mode}`);
await consumer.connect();
await consumer.subscribe({ topics: [SUPPLIER_REPORTS], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: false,
  partitionsConsumedConcurrently: 4,
  eachBatch: async ({ batch, resolveOffset, commitOffsetsIfNecessary, uncommittedOffsets }) => {
    const startedAt = Date.now();
    for (let start = 0; start < batch.messages.length; start += 2_000) {
      const documents = batch.messages.slice(start, start + 2_000).map((message) => {
        const event = JSON.parse(message.value?.toString() ?? '{}') as { source: string; id: string };
        return {
          ...event,
          _id: `${event.source} ${event.id}`,
          partition: batch.partition,
          offset: Number(message.offset),
        };
      });
      if (mode === 'insert') await collection.insertMany(documents, { ordered: false });
      else {
        await collection.bulkWrite(
          documents.map((document) => ({
            replaceOne: { filter: { _id: document._id }, replacement: document, upsert: true },
          })),
          { ordered: false },
        );
      }
    }
    resolveOffset(batch.lastOffset());
    await commitOffsetsIfNecessary(uncommittedOffsets());
    process.stdout.write(
      `${JSON.stringify({ startedAt, endedAt: Date.now(), records: batch.messages.length })}\n`,
    );
  },
});
process.on('SIGTERM', () => {
  void consumer
    .disconnect()
    .then(() => mongo.close())
    .then(() => process.exit(0));
});

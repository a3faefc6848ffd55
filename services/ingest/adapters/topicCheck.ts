import { ChainlightError } from '../../../schemas/errors.ts';
import { partitionKeyOf } from '../../runtime/eventStore.ts';
import { endOffsets, type KafkaClient } from '../../runtime/kafka.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { IncomingRecord } from '../domain/record.ts';
import { isOfVerdict } from '../domain/sameRecord.ts';
import type { PartitionWorker } from './partitionWorker.ts';

/** What a fetch brought of a partition; `records` may begin before and end behind what is new. */
export interface Fetched {
  /** Offset of the first record or marker. */
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** Where the partition ended then. */
  readonly end: number;
  readonly records: readonly IncomingRecord[];
}

/**
 * Holds each partition that this process has been given against what was judged of it, before anything of it is judged: a topic that
 * was made anew begins at 0 again, and what it holds up to the place reached would be passed over as judged before. kafkajs
 * cannot ask for a topic's id, so the record that was judged last is read once more and held against its verdict.
 */
export class TopicCheck {
  private readonly done = new Set<string>();
  /** Partitions that went back to their last judged record. */
  private readonly wentBack = new Set<string>();
  private readonly kafka: KafkaClient;
  private readonly logger: Logger;

  constructor({ kafka, logger }: { readonly kafka: KafkaClient; readonly logger: Logger }) {
    this.kafka = kafka;
    this.logger = logger;
  }

  /** Has every partition checked again: partitions were given out anew. */
  restart(): void {
    this.done.clear();
    this.wentBack.clear();
  }

  /** Offset of the record to begin with, unless the partition was checked meanwhile or nothing of it was judged. */
  async startOf(worker: PartitionWorker): Promise<number | null> {
    const last = await worker.lastVerdict();
    return last === null || this.done.has(partitionKeyOf(worker.topic, worker.partition))
      ? null
      : last.offset;
  }

  /**
   * Where consuming has to go back to before it judges: to the last judged record, or to where we stand when Kafka's committed offset is
   * ahead of us (a database restored from a backup). A gap that is still there after that is real (markers, expired records).
   * @returns null when what was fetched may be judged
   * @throws ChainlightError TOPIC_CUT_BACK when the topic is not the one that was judged
   */
  async goesBackTo(worker: PartitionWorker, fetched: Fetched): Promise<number | null> {
    const nextOffset = await worker.nextOffset();
    await this.expectEnd(worker, nextOffset, fetched.end);
    const key = partitionKeyOf(worker.topic, worker.partition);
    if (this.done.has(key)) return null;
    const last = await worker.lastVerdict();
    const from = last?.offset ?? nextOffset;
    if (fetched.firstOffset > from && !this.wentBack.has(key)) {
      this.wentBack.add(key);
      if (fetched.firstOffset > nextOffset)
        this.logger.warn(
          { partition: key, firstOffset: fetched.firstOffset, nextOffset },
          'going back to our own offset',
        );
      return from;
    }
    if (fetched.lastOffset < from) return null;
    this.done.add(key);
    if (last === null) return null;
    const record = fetched.records.find(({ offset }) => offset === last.offset);
    if (record === undefined) {
      this.logger.warn(
        { partition: key, offset: last.offset },
        'the record judged last is no longer in its topic',
      );
      return null;
    }
    if (isOfVerdict(record, last)) return null;
    throw new ChainlightError(
      'TOPIC_CUT_BACK',
      `${key} holds another record at offset ${last.offset} than the one that was judged there`,
      { topic: worker.topic, partition: worker.partition, offset: last.offset, judged: last.contentHash },
    );
  }

  private async expectEnd(worker: PartitionWorker, nextOffset: number, endAtFetch: number): Promise<void> {
    if (nextOffset <= endAtFetch) return;
    // What was fetched a while ago says nothing where another process has gone on since.
    const { topic, partition } = worker;
    const place = partitionKeyOf(topic, partition);
    const end = (await endOffsets(this.kafka, [topic]))[place] ?? nextOffset;
    if (nextOffset <= end) return;
    throw new ChainlightError(
      'TOPIC_CUT_BACK',
      `${place} ends at ${end}; ${nextOffset} records of it were judged`,
      { topic, partition, end, nextOffset },
    );
  }
}

import type { Readable } from 'node:stream';
import type { Db } from 'mongodb';
import { ChainlightError } from '../../../schemas/errors.ts';
import { erpTopic } from '../../../schemas/topics.ts';
import type { KafkaClient } from '../../runtime/kafka.ts';
import { type OffsetRange, offsetsOf, readRanges } from '../../runtime/kafkaRead.ts';
import { isBlankLine, linesOf } from '../../runtime/lines.ts';
import { type Rehearsal, RehearsedIngest } from '../domain/conformance.ts';
import type { IncomingRecord } from '../domain/record.ts';
import { toIncoming } from './incoming.ts';
import { lookUpIdentities } from './ledger.ts';
import { RegistryCache } from './registryCache.ts';

const BATCH = 1_000;
/** Large lines are judged a few at a time: a batch stands in memory whole. */
const BATCH_BYTES = 2 * 1024 * 1024;
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const HEADERS = { 'content-type': 'application/cloudevents+json' };

export interface Rehearsed {
  readonly rehearsal: Rehearsal;
  readonly records: number;
  readonly blankLines: number;
  /** Whether there is more than was read. */
  readonly truncated: boolean;
}

/**
 * What ingest would make of a file with one event a line, as `cli emit` would send it. Offsets are numbers of lines.
 * @param db null: the leader's sources and relations are taken as declared, and nothing as stored
 */
export async function rehearseFile(
  input: Readable,
  leader: string,
  sample: number,
  db: Db | null,
  now: Date,
): Promise<Rehearsed> {
  const ingest = await openRehearsal(leader, db, now);
  const batches = new Batches(ingest);
  let [line, records, blankLines] = [0, 0, 0];
  let truncated = false;
  for await (const bytes of linesOf(input, MAX_LINE_BYTES)) {
    line++;
    if (bytes !== 'too-long' && isBlankLine(bytes)) {
      blankLines++;
      continue;
    }
    if (records === 0 && bytes !== 'too-long') refuseArray(bytes);
    if (records === sample) {
      truncated = true;
      break;
    }
    records++;
    // A line that no topic takes is judged as too large by what was read of it.
    const value = bytes === 'too-long' ? Buffer.alloc(MAX_LINE_BYTES) : bytes;
    const taking = batches.add({
      topic: erpTopic(leader),
      partition: 0,
      offset: line,
      key: null,
      headers: HEADERS,
      value,
    });
    if (taking !== null) await taking;
  }
  await batches.flush();
  return { rehearsal: await ingest.finish(), records, blankLines, truncated };
}

/** Hands records on in batches of one partition that stay small, whatever comes. */
class Batches {
  private batch: IncomingRecord[] = [];
  private bytes = 0;
  private readonly ingest: RehearsedIngest;

  constructor(ingest: RehearsedIngest) {
    this.ingest = ingest;
  }

  /** @returns what is to be waited for before the next one, if anything is */
  add(record: IncomingRecord): Promise<void> | null {
    const isOfBatch = (this.batch[0] ?? record).partition === record.partition;
    const before = isOfBatch ? null : this.flush();
    this.batch.push(record);
    this.bytes += record.value?.length ?? 0;
    return this.batch.length < BATCH && this.bytes < BATCH_BYTES ? before : this.flush(before);
  }

  async flush(before: Promise<void> | null = null): Promise<void> {
    const { batch } = this;
    this.batch = [];
    this.bytes = 0;
    await before;
    await this.ingest.take(batch);
  }
}

/** What ingest makes of the newest records of a leader's topic; nobody's offsets are moved. */
export async function rehearseTopic(
  kafka: KafkaClient,
  leader: string,
  sample: number,
  db: Db,
  now: Date,
): Promise<Rehearsed> {
  const topic = erpTopic(leader);
  if (!(await (await kafka.admin()).listTopics()).includes(topic))
    throw new ChainlightError(
      'BAD_INPUT',
      `there is no topic ${topic}: register the leader first (cli leaders add), or give a file with --file`,
    );
  const all = await offsetsOf(kafka, topic);
  const ranges = newest(all, sample);
  // Nothing that is stored is looked up: the sample's own records would all be found there.
  const ingest = await openRehearsal(leader, db, now, false);
  const batches = new Batches(ingest);
  let records = 0;
  await readRanges(kafka, topic, ranges, (partition, message) => {
    records++;
    return batches.add(toIncoming(topic, partition, message));
  });
  await batches.flush();
  const size = (some: readonly OffsetRange[]): number =>
    some.reduce((sum, one) => sum + one.to - one.from, 0);
  return {
    rehearsal: await ingest.finish(),
    records,
    blankLines: 0,
    truncated: size(ranges) < size(all),
  };
}

async function openRehearsal(
  leader: string,
  db: Db | null,
  now: Date,
  looksUp = true,
): Promise<RehearsedIngest> {
  if (db === null) return new RehearsedIngest(leader, async () => new Map(), now);
  const registry = new RegistryCache(db);
  await registry.refresh();
  return new RehearsedIngest(
    registry,
    looksUp ? (identities) => lookUpIdentities(db, identities) : async () => new Map(),
    now,
  );
}

/** The newest `sample` records, shared out over the partitions as they are filled. */
export function newest(all: readonly OffsetRange[], sample: number): OffsetRange[] {
  const total = all.reduce((sum, { from, to }) => sum + to - from, 0);
  if (total <= sample) return [...all];
  let left = sample;
  // The fullest first: what rounding leaves goes to them, so that a small sample is not shared out to nothing.
  return [...all]
    .sort((a, b) => b.to - b.from - (a.to - a.from))
    .map(({ partition, from, to }) => {
      const size = Math.min(left, Math.ceil(((to - from) * sample) / total));
      left -= size;
      return { partition, from: to - size, to };
    });
}

function refuseArray(firstLine: Buffer): void {
  if (!firstLine.toString('utf8', 0, 16).trimStart().startsWith('[')) return;
  throw new ChainlightError(
    'BAD_INPUT',
    "the file holds a JSON array; what is wanted is one event a line, for example by: jq -c '.[]' FILE",
  );
}

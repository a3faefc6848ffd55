import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { ACTS, erpTopic } from '../../schemas/topics.ts';
import { measurementProjector } from '../../services/measurement/index.ts';
import { projectRoot } from '../../services/runtime/config.ts';
import { partitionsOf } from '../../services/runtime/eventStore.ts';
import { hasReached } from '../../services/runtime/eventTail.ts';
import { readCursor } from '../../services/runtime/projector.ts';
import { LEADER, leaderRegistered, orderPlaced, relationDeclared } from '../support/events.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

const topic = erpTopic(LEADER);
const HEAP_MIB = 96;
const RECORDS = 144;
const RECORD_BYTES = 900_000;
/** Of one request to the broker; RECORDS is a multiple. */
const AT_ONCE = 8;
/** What a process may take in all; with the whole topic's bytes beside its own needs it would take more. */
const PEAK_MIB = 400;

let stream: TestStream;
beforeAll(async () => {
  stream = await openTestStream();
  await stream.ensureTopics([topic]);
  await stream.send(ACTS, [leaderRegistered()]);
  await stream.send(topic, [relationDeclared()]);
});
afterAll(() => stream?.close());

/** Orders of nearly the allowed size, by a field that the schema does not know and that is kept. */
async function sendLarge(count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    const events = Array.from({ length: AT_ONCE }, (_, index) => {
      const id = `large-${sent + index}`;
      const event = orderPlaced(id);
      return { ...event, id, data: { ...(event.data as object), remark: 'x'.repeat(RECORD_BYTES) } };
    });
    await stream.producer.send({
      topic,
      messages: events.map((event) => ({
        key: event.id,
        value: JSON.stringify(event),
        headers: { 'content-type': 'application/cloudevents+json' },
      })),
    });
  }
}

/** Most memory that a process has held so far, as the kernel counts it. */
const peakMiB = (pid: number): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;

/** Runs a service with a small heap until `reached`; it must not end before. @returns the most memory it held, MiB */
async function peakOf(entry: string, reached: () => Promise<unknown>): Promise<number> {
  const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MIB}`, 'bin/run.mjs', entry], {
    cwd: projectRoot,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      KAFKA_BROKERS: inject('KAFKA_BROKERS'),
      MONGODB_URI: inject('MONGODB_URI'),
      MONGODB_DB: stream.mongo.db.databaseName,
      TEMPORAL_ADDRESS: inject('TEMPORAL_ADDRESS'),
      CHAINLIGHT_CLOCK: 'stream',
      LOG_LEVEL: 'fatal',
    },
  });
  const ended = once(child, 'exit');
  try {
    await Promise.race([
      reached(),
      ended.then(([code, signal]) => Promise.reject(new Error(`${entry} ended: ${code ?? signal}`))),
    ]);
    return peakMiB(child.pid ?? 0);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

it('processes with a small heap reach the end of a topic that their heap could not hold', async () => {
  await sendLarge(RECORDS);
  const judged = () =>
    eventually('a verdict on all of it', async () => (await stream.drained()).parked === 0);
  expect(await peakOf('services/ingest/main.ts', judged)).toBeLessThan(PEAK_MIB);
  expect(await stream.drained()).toMatchObject({
    accepted: RECORDS + 2,
    rejected: 0,
    duplicates: 0,
    parked: 0,
  });
  const heads = await partitionsOf(stream.mongo.db).find().toArray();
  const ends = Object.fromEntries(heads.map(({ _id, seq }) => [_id, seq]));
  const measured = () =>
    eventually('the end of the events', async () =>
      hasReached(await readCursor(stream.mongo.db, measurementProjector.name), ends),
    );
  expect(await peakOf('services/measurement/main.ts', measured)).toBeLessThan(PEAK_MIB);
});

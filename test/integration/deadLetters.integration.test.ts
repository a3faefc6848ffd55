import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Binary } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { DiscardCommand, RedriveCommand } from '../../schemas/api/deadLetters.ts';
import { ACTS, DEAD_LETTERS, erpTopic } from '../../schemas/topics.ts';
import type { CliIo } from '../../services/cli/output.ts';
import { buildProgram } from '../../services/cli/program.ts';
import {
  type DeadLetterDeps,
  discardDeadLetters,
  listDeadLetters,
  redriveDeadLetters,
  showDeadLetter,
  showEvent,
} from '../../services/gateway/index.ts';
import { waitUntilAllStored } from '../../services/runtime/confirm.ts';
import { deadLettersOf } from '../../services/runtime/deadLetterStore.ts';
import { eventsOf } from '../../services/runtime/eventStore.ts';
import { endOffsets, type KafkaMessage, type Producer, sendOne } from '../../services/runtime/kafka.ts';
import { offsetsOf, readRanges } from '../../services/runtime/kafkaRead.ts';
import {
  LEADER,
  LEADER_SOURCE,
  leaderRegistered,
  orderPlaced,
  relationDeclared,
  SUPPLIER,
  testUscc,
  withWrongDigit,
} from '../support/events.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';

const topic = erpTopic(LEADER);
const OTHER_SOURCE = `/chain/${LEADER}/erp/kingdee`;

describe('dead letters', () => {
  let stream: TestStream;
  let ingest: { stop(): Promise<void> };
  let deps: DeadLetterDeps;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainlight-letters-'));
    stream = await openTestStream();
    await stream.ensureTopics([topic]);
    ingest = await stream.startIngest();
    await stream.send(ACTS, [leaderRegistered()]);
    await stream.send(topic, [relationDeclared()]);
    await eventually('relation stored', async () => (await stream.drained()).parked === 0);
    deps = {
      db: stream.mongo.db,
      kafka: stream.kafka,
      producer: stream.producer,
      now: () => new Date(),
      confirmTimeoutMs: 30_000,
    };
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
    await ingest?.stop();
    await stream?.close();
  });

  /** Sends one record as it is; gives the id that its dead letter has or would have. */
  const sendRaw = async (record: Parameters<typeof sendOne>[2]): Promise<string> => {
    const { partition, offset } = await sendOne(stream.producer, topic, record);
    await stream.drained();
    return `${topic}/${partition}/${offset}`;
  };
  const refused = (id: string, overrides: Record<string, unknown> = {}) =>
    sendRaw({
      key: SUPPLIER,
      value: JSON.stringify(orderPlaced(id, { source: OTHER_SOURCE, ...overrides })),
    });
  const cli = (...args: string[]) => command('dead-letters', ...args);
  const command = async (word: string, ...args: string[]) => {
    vi.stubEnv('MONGODB_URI', inject('MONGODB_URI'));
    vi.stubEnv('MONGODB_DB', stream.mongo.db.databaseName);
    vi.stubEnv('KAFKA_BROKERS', inject('KAFKA_BROKERS'));
    vi.stubEnv('TEMPORAL_ADDRESS', inject('TEMPORAL_ADDRESS'));
    const lines: string[] = [];
    const io: CliIo = { out: (line) => lines.push(line), err: () => {}, exitCode: 0 };
    const program = await buildProgram(io, word);
    await program.parseAsync([word, ...args, '--json'], { from: 'user' });
    return JSON.parse(lines.at(-1) ?? '');
  };
  const redrive = (fields: Record<string, unknown>) =>
    redriveDeadLetters(deps, RedriveCommand.parse({ by: 'Li Wei', ...fields }));
  const at = async (id: string): Promise<KafkaMessage> => {
    const [name = '', partition = '', offset = ''] = id.split('/');
    const found: KafkaMessage[] = [];
    const from = Number(offset);
    await readRanges(
      stream.kafka,
      name,
      [{ partition: Number(partition), from, to: from + 1 }],
      (_, message) => found.push(message),
    );
    return found[0]!;
  };

  it('keeps every byte of key, headers and value, whatever they are, and redrives them as they came', async () => {
    const value = Buffer.concat([Buffer.from('{"a":'), randomBytes(40)]);
    const key = Buffer.from([0xff, 0x00, 0xfe]);
    const headers = {
      'Content-Type': 'application/json',
      $gt: Buffer.from([0x80, 0xff]),
      'a.b': ['one', 'two'],
      'nul\u0000name': 'x',
      '': 'nameless',
    };
    const id = await sendRaw({ key, value, headers });
    const letter = await showDeadLetter(stream.mongo.db, id);
    expect(letter).toMatchObject({
      reason: 'NOT_UTF8',
      state: 'open',
      act: null,
      originalBytes: value.length,
    });

    const result = await redrive({ ids: [id] });
    const again = result.redriven[0]!.to!;
    const message = await at(`${again.topic}/${again.partition}/${again.offset}`);
    expect(message.value).toEqual(value);
    expect(message.key).toEqual(key);
    expect(message.headers).toEqual({
      'Content-Type': Buffer.from('application/json'),
      $gt: Buffer.from([0x80, 0xff]),
      'a.b': [Buffer.from('one'), Buffer.from('two')],
      'nul\u0000name': Buffer.from('x'),
      '': Buffer.from('nameless'),
      'chainlight-redrive': Buffer.from(id),
    });
    await stream.drained();
    const next = await showDeadLetter(stream.mongo.db, `${again.topic}/${again.partition}/${again.offset}`);
    expect(next).toMatchObject({ reason: 'NOT_UTF8', state: 'open', redriveOf: id });
    expect(await showDeadLetter(stream.mongo.db, id)).toMatchObject({
      state: 'redriven',
      act: { actor: 'Li Wei', redrivenTo: again, why: null },
    });
  });

  it('accepts what is redriven after the cause was mended, and redrives no letter twice', async () => {
    const ids = [await refused('mended-1'), await refused('mended-2')];
    const dry = await redrive({ leader: LEADER, reason: 'NOT_AUTHORISED', dryRun: true });
    expect(dry.redriven.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(await eventsOf(stream.mongo.db).countDocuments({ _id: `${OTHER_SOURCE} mended-1` })).toBe(0);

    await stream.send(ACTS, [
      leaderRegistered({
        id: 'leader/more',
        data: { leaderUscc: LEADER, name: 'Test leader', sources: [LEADER_SOURCE, OTHER_SOURCE] },
      }),
    ]);
    await stream.drained();
    const first = await redrive({ leader: LEADER, reason: 'NOT_AUTHORISED' });
    expect(first.redriven.map(({ id, confirmed }) => [id, confirmed])).toEqual(
      dry.redriven.map(({ id }) => [id, true]),
    );
    await stream.drained();
    for (const name of ['mended-1', 'mended-2'])
      expect(await showEvent(stream.mongo.db, OTHER_SOURCE, name)).toMatchObject({ verdict: 'accepted' });

    const ends = await endOffsets(stream.kafka, [topic]);
    const second = await redrive({ ids });
    expect(second.redriven).toEqual([]);
    expect(second.skipped.map(({ because }) => because)).toEqual([
      expect.stringContaining('Li Wei has redriven it'),
      expect.stringContaining('Li Wei has redriven it'),
    ]);
    expect((await redrive({ leader: LEADER, reason: 'NOT_AUTHORISED' })).matched).toBe(0);
    expect(await endOffsets(stream.kafka, [topic])).toEqual(ends);
  });

  it('sends a record once although the redrive was interrupted at any of its steps', async () => {
    const id = await refused('interrupted', { type: 'order.dreamt.v1' });
    const dies = (after: 'before-sending' | 'before-the-act'): DeadLetterDeps => ({
      ...deps,
      producer: {
        ...stream.producer,
        send: async (record: Parameters<Producer['send']>[0]) => {
          if (after === 'before-sending' || record.topic === ACTS) throw new Error('killed');
          return stream.producer.send(record);
        },
      },
    });
    const command = RedriveCommand.parse({ ids: [id], by: 'Li Wei' });
    const copies = async () => {
      let count = 0;
      await readRanges(stream.kafka, topic, await offsetsOf(stream.kafka, topic), (_, message) => {
        if (message.headers?.['chainlight-redrive']?.toString() === id) count++;
      });
      return count;
    };
    await expect(redriveDeadLetters(dies('before-sending'), command)).rejects.toThrow('killed');
    expect(await copies()).toBe(0);
    // Whoever writes to the topic can set the mark; another record does not pass for the letter's.
    const original = await at(id);
    const forged = { key: SUPPLIER, value: '{}', headers: { 'chainlight-redrive': id } };
    await sendRaw({ ...forged, partition: Number(id.split('/')[1]) });
    expect(await copies()).toBe(1);
    await expect(redriveDeadLetters(dies('before-the-act'), command)).rejects.toThrow('killed');
    expect(await copies()).toBe(2);
    const result = await redriveDeadLetters(deps, { ...command, by: 'Wang Fang' });
    expect(result.redriven).toHaveLength(1);
    expect(await copies()).toBe(2);
    const { topic: _, partition, offset } = result.redriven[0]!.to!;
    expect((await at(`${topic}/${partition}/${offset}`)).value).toEqual(original.value);
    // Who began it is who did it.
    expect(await showDeadLetter(stream.mongo.db, id)).toMatchObject({
      state: 'redriven',
      act: { actor: 'Li Wei', redrivenTo: result.redriven[0]!.to },
    });
  });

  it('lets one of two redrives at the same moment have a letter', async () => {
    const id = await refused('raced', { type: 'order.dreamt.v1' });
    const results = await Promise.all([redrive({ ids: [id] }), redrive({ ids: [id] })]);
    expect(results.flatMap(({ redriven }) => redriven)).toHaveLength(1);
    expect(results.flatMap(({ skipped }) => skipped)).toHaveLength(1);
  });

  it('leaves a letter alone whose redriving was stated a moment ago and is not stored yet', async () => {
    const id = await refused('stated', { type: 'order.dreamt.v1' });
    const command = RedriveCommand.parse({ ids: [id], by: 'Li Wei' });
    const hasty = { ...deps, confirmTimeoutMs: 0 };
    expect((await redriveDeadLetters(hasty, command)).redriven).toHaveLength(1);
    expect((await redriveDeadLetters(hasty, command)).skipped).toMatchObject([
      { id, because: expect.stringMatching(/^Li Wei has /) },
    ]);
  });

  it('waits once for all the acts of a command where ingest does not answer, and tells how far it is', async () => {
    const ids: string[] = [];
    for (const name of ['mute-1', 'mute-2', 'mute-3', 'mute-4'])
      ids.push(await refused(name, { type: 'order.dreamt.v1' }));
    const lines: string[] = [];
    const unheard: DeadLetterDeps = {
      ...deps,
      confirmTimeoutMs: 0,
      progress: (line) => void lines.push(line),
      producer: {
        ...stream.producer,
        send: async (record: Parameters<Producer['send']>[0]) =>
          record.topic === ACTS ? [] : stream.producer.send(record),
      },
    };
    const by = 'Li Wei';
    const { redriven } = await redriveDeadLetters(
      unheard,
      RedriveCommand.parse({ ids: ids.slice(0, 2), by }),
    );
    expect(redriven.map(({ confirmed }) => confirmed)).toEqual([false, false]);
    const why = 'nobody hears it';
    const { discarded } = await discardDeadLetters(
      unheard,
      DiscardCommand.parse({ ids: ids.slice(2), by, why }),
    );
    expect(discarded.map(({ confirmed }) => confirmed)).toEqual([false, false]);
    expect(lines).toEqual(['0 of 2 acts stored by ingest', '0 of 2 acts stored by ingest']);

    const events = ids.map((id) => ({ source: '/nobody', id }));
    const looks: number[] = [];
    const stored = await waitUntilAllStored(deps.db, events, 200, (count) => void looks.push(count));
    expect([stored.size, looks]).toEqual([0, [0, 0, 0]]);
  });

  it('discards with a reason, keeps the letter, and does not redrive it any more', async () => {
    const id = await refused('useless', { type: 'order.dreamt.v1' });
    expect(DiscardCommand.safeParse({ ids: [id], by: 'Li Wei', why: '' }).success).toBe(false);
    expect(DiscardCommand.safeParse({ ids: [], by: 'Li Wei', why: 'test data' }).success).toBe(false);
    const command = DiscardCommand.parse({ ids: [id], by: 'Li Wei', why: 'sent by a test system' });
    const result = await discardDeadLetters(deps, command);
    expect(result.discarded).toMatchObject([{ id, confirmed: true }]);
    expect(await showDeadLetter(stream.mongo.db, id)).toMatchObject({
      state: 'discarded',
      act: { actor: 'Li Wei', why: 'sent by a test system', redrivenTo: null },
    });
    expect((await redrive({ ids: [id] })).skipped[0]?.because).toContain('has discarded it');
    const query = { limit: 100, leader: LEADER, state: 'discarded' } as const;
    expect((await listDeadLetters(stream.mongo.db, query)).items.map((item) => item.id)).toEqual([id]);
    await expect(redrive({ ids: ['erp.none/0/0'] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('keeps an original of 11 MiB in a file, refers to it on the topic, and redrives it whole', async () => {
    const value = randomBytes(11 * 1024 * 1024);
    const before = await endOffsets(stream.kafka, [DEAD_LETTERS]);
    const id = await sendRaw({ key: SUPPLIER, value });
    expect(await showDeadLetter(stream.mongo.db, id)).toMatchObject({
      reason: 'PAYLOAD_TOO_LARGE',
      originalBytes: value.length,
      original: { encoding: 'base64', truncated: true },
    });
    await eventually('letter published', () =>
      deadLettersOf(stream.mongo.db).findOne({ _id: id, published: true }),
    );
    const published: KafkaMessage[] = [];
    const ranges = (await offsetsOf(stream.kafka, DEAD_LETTERS)).map((range) => ({
      ...range,
      from: before[`${DEAD_LETTERS}/${range.partition}`]!,
    }));
    await readRanges(stream.kafka, DEAD_LETTERS, ranges, (_, message) => published.push(message));
    const own = published.find((message) => message.headers?.['chainlight-dead-letter']?.toString() === id);
    expect(own?.headers?.['chainlight-original']?.toString()).toBe('reference');
    expect(JSON.parse(own?.value?.toString() ?? '')).toMatchObject({
      bucket: 'originals',
      value: id,
      bytes: value.length,
    });
    const file = join(folder, 'large');
    expect(await cli('show', id, '--original', file)).toMatchObject({ id, originalFile: file });
    expect(readFileSync(file).equals(value)).toBe(true);
    const { redriven } = await redrive({ ids: [id] });
    const to = redriven[0]!.to!;
    expect((await at(`${to.topic}/${to.partition}/${to.offset}`)).value?.equals(value)).toBe(true);
  });

  it('writes an original to a file only where none is, and only the bytes that were refused', async () => {
    const value = Buffer.concat([Buffer.from([0xff, 0x0d, 0x0a, 0x00]), randomBytes(20)]);
    const id = await sendRaw({ key: SUPPLIER, value });
    const file = join(folder, 'small');
    expect(await cli('show', id, '--original', file)).toMatchObject({ originalFile: file });
    expect(readFileSync(file).equals(value)).toBe(true);
    const other = await refused('other', { type: 'order.dreamt.v1' });
    await expect(cli('show', other, '--original', file)).rejects.toMatchObject({
      code: 'BAD_USAGE',
      message: expect.stringContaining('is left as it is'),
    });
    expect(readFileSync(file).equals(value)).toBe(true);

    await deadLettersOf(stream.mongo.db).updateOne(
      { _id: other },
      { $set: { original: new Binary(Buffer.from('{}')) } },
    );
    const altered = join(folder, 'altered');
    await expect(cli('show', other, '--original', altered)).rejects.toMatchObject({
      code: 'KEPT_BYTES_ALTERED',
    });
    const empty = await sendRaw({ key: SUPPLIER, value: null });
    await expect(cli('show', empty, '--original', altered)).rejects.toMatchObject({ code: 'BAD_USAGE' });
    expect(existsSync(altered)).toBe(false);
  });

  it('says so where a filter names a leader that nobody registered', async () => {
    const unknown = testUscc(950_001);
    expect(
      await cli('list', '--leader', LEADER, '--state', 'discarded', '--reason', 'NOT_UTF8'),
    ).toMatchObject({
      total: 0,
    });
    for (const asked of [
      () => cli('list', '--leader', unknown),
      () => redrive({ leader: unknown }),
      () => discardDeadLetters(deps, DiscardCommand.parse({ leader: unknown, by: 'Li Wei', why: 'no use' })),
    ])
      await expect(asked()).rejects.toMatchObject({
        code: 'NOT_FOUND',
        message: expect.stringContaining('cli leaders list'),
      });
  });

  it('goes on past records that are hostile in every part: none blocks its partition', async () => {
    const big = 'x'.repeat(2 * 1024 * 1024);
    const hostile: Parameters<typeof sendOne>[2][] = [
      { key: null, value: null },
      { key: SUPPLIER, value: `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}` },
      { key: big, value: '{}', headers: { ce_source: big, ce_id: big, 'content-type': big } },
      {
        key: SUPPLIER,
        value: '{}',
        headers: { ce_specversion: '1.0', ce_type: 'order.placed.v1', ce_x: big },
      },
      { key: SUPPLIER, value: JSON.stringify(orderPlaced('\ud800')), headers: {} },
      { key: SUPPLIER, value: JSON.stringify(orderPlaced('\udbff')), headers: {} },
      {
        key: SUPPLIER,
        value: '{}',
        headers: Object.fromEntries(
          Array.from({ length: 2_000 }, (_, index) => [`$h.${index}`, '{"$gt":""}']),
        ),
      },
    ];
    const ids: string[] = [];
    for (const record of hostile) {
      const { partition, offset } = await sendOne(stream.producer, topic, { ...record, partition: 0 });
      ids.push(`${topic}/${partition}/${offset}`);
    }
    await sendOne(stream.producer, topic, {
      key: SUPPLIER,
      partition: 0,
      value: JSON.stringify(orderPlaced('after-the-hostile')),
    });
    await eventually('the record behind them', () =>
      eventsOf(stream.mongo.db).findOne({ _id: `${LEADER_SOURCE} after-the-hostile` }),
    );
    const letters = await deadLettersOf(stream.mongo.db)
      .find({ _id: { $in: ids } })
      .sort({ offset: 1 })
      .toArray();
    expect(letters.map(({ reason }) => reason)).toEqual([
      'BAD_ENVELOPE',
      'NESTED_TOO_DEEP',
      'BAD_ENVELOPE',
      'PAYLOAD_TOO_LARGE',
      'NOT_UTF8',
      'NOT_UTF8',
      'BAD_ENVELOPE',
    ]);
    await eventually(
      'all on the topic',
      async () => (await deadLettersOf(stream.mongo.db).countDocuments({ published: false })) === 0,
    );
  });

  it('takes in what a wrong check digit kept out while an override stands, and refuses it again afterwards', async () => {
    const uscc = withWrongDigit(testUscc(77));
    const about = { key: uscc, partitionkey: uscc };
    const order = (id: string) =>
      sendRaw({
        ...about,
        value: JSON.stringify(
          orderPlaced(id, {
            ...{ partitionkey: uscc, time: '2024-03-31T08:00:00Z' },
            data: { ...(orderPlaced(id).data as object), supplierUscc: uscc },
          }),
        ),
      });
    const relation = relationDeclared('2022-01-01', {
      ...{ id: 'relation/deviating', partitionkey: uscc },
      data: { buyerUscc: LEADER, supplierUscc: uscc, validFrom: '2022-01-01' },
    });
    const letters = [
      await sendRaw({ ...about, value: JSON.stringify(relation) }),
      await order('deviating-1'),
    ];
    for (const id of letters) {
      expect(await showDeadLetter(stream.mongo.db, id)).toMatchObject({
        reason: 'BAD_CHECK_DIGIT',
        state: 'open',
      });
    }

    const by = ['--why', 'seen in the register', '--by', 'Li Wei'];
    await expect(
      command('overrides', 'record', '--uscc', SUPPLIER, '--evidence', 'EX-1', ...by),
    ).rejects.toThrow(/right check digit/);
    await expect(command('overrides', 'revoke', '--uscc', uscc, ...by)).rejects.toThrow(/no override/);
    expect(
      await command('overrides', 'record', '--uscc', uscc, '--evidence', 'EX-2024-17', ...by),
    ).toMatchObject({
      confirmed: true,
    });
    expect((await command('overrides', 'list')).items).toEqual([
      expect.objectContaining({ uscc, state: 'standing', evidence: 'EX-2024-17', by: 'Li Wei' }),
    ]);
    expect((await redrive({ ids: letters })).redriven).toHaveLength(2);
    await eventually('the order was taken in', async () =>
      eventsOf(stream.mongo.db).findOne({ _id: `${LEADER_SOURCE} deviating-1` }),
    );

    await command('overrides', 'revoke', '--uscc', uscc, ...by);
    const before = await stream.drained();
    await order('deviating-1');
    expect((await stream.drained()).duplicates).toBe(before.duplicates + 1);
    expect(await showDeadLetter(stream.mongo.db, await order('deviating-2'))).toMatchObject({
      reason: 'BAD_CHECK_DIGIT',
    });
    expect((await command('overrides', 'list')).items).toMatchObject([
      { uscc, state: 'revoked', evidence: null },
    ]);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Conformance } from '../../../schemas/api/conformance.ts';
import { conformanceOf, describeConformance } from '../../../services/cli/conformanceReport.ts';
import type { CliIo } from '../../../services/cli/output.ts';
import { buildProgram } from '../../../services/cli/program.ts';
import { newest } from '../../../services/ingest/adapters/rehearse.ts';
import { RehearsedIngest } from '../../../services/ingest/domain/conformance.ts';
import { examine, rehearseFile } from '../../../services/ingest/index.ts';
import {
  cloudEvent,
  inventoryClosed,
  LEADER,
  LEADER_SOURCE,
  orderPlaced,
  relationDeclared,
  SUPPLIER,
  testUscc,
} from '../../support/events.ts';

const NOW = new Date('2025-01-15T00:00:00Z');

const report = async (lines: readonly (object | string | Buffer)[], sample = 1_000): Promise<Conformance> => {
  const bytes = lines.map((line) =>
    Buffer.isBuffer(line) ? line : Buffer.from(typeof line === 'string' ? line : JSON.stringify(line)),
  );
  const text = Buffer.concat(bytes.flatMap((line) => [line, Buffer.from('\n')]));
  const rehearsed = await rehearseFile(Readable.from([text]), LEADER, sample, null, NOW);
  return Conformance.parse(conformanceOf(LEADER, { kind: 'file', name: 'sample.jsonl' }, rehearsed, false));
};
/** What ingest makes of events of a registered leader that has declared nothing yet. */
const rehearse = async (events: readonly object[], isStored = false, maxWaitingBytes?: number) => {
  const leader = { _id: LEADER, name: 'Test', sources: [LEADER_SOURCE], registeredAt: NOW };
  const registry = {
    leader: (uscc: string) => (uscc === LEADER ? leader : undefined),
    relation: () => undefined,
    relationStating: () => undefined,
    delegation: () => undefined,
    isOverridden: () => false,
  };
  const records = events.map((event, offset) => ({
    topic: `erp.${LEADER}`,
    partition: 0,
    offset,
    key: null,
    headers: {},
    value: Buffer.from(JSON.stringify(event)),
  }));
  const stored = new Map(
    records.flatMap((record) => {
      const examined = examine(record, NOW);
      return isStored && 'event' in examined
        ? [[examined.event.identity, examined.event.contentHash] as const]
        : [];
    }),
  );
  const ingest = new RehearsedIngest(registry, async () => stored, NOW, maxWaitingBytes);
  await ingest.take(records);
  return ingest.finish();
};
const ownStock = (id: string, data: object = {}) => ({
  ...inventoryClosed(id),
  source: LEADER_SOURCE,
  partitionkey: SUPPLIER,
  data: { ...(inventoryClosed(id).data as object), holderUscc: LEADER, stockKind: 'consignment', ...data },
});

describe('conformance of a file without any server', () => {
  it('tells of each kind of refusal how often, where, what it means and how to mend it', async () => {
    const changed = orderPlaced('a', { data: { ...(orderPlaced('a').data as object), amountFen: 2 } });
    const result = await report([
      orderPlaced('a'),
      ' \t\r',
      '{"specversion":',
      orderPlaced('a'),
      changed,
      orderPlaced('b', { source: `/chain/${testUscc(7)}/erp/sap` }),
      orderPlaced('c', { data: { buyerUscc: LEADER } }),
      Buffer.from([0x22, 0xff, 0xfe, 0x22]),
      { hello: 'world' },
      ownStock('d'),
    ]);
    expect(result.sample).toMatchObject({ records: 9, blankLines: 1, truncated: false });
    expect(result.verdicts).toEqual({ accepted: 2, duplicates: 1, conflicts: 1, rejected: 5, parked: 0 });
    expect(result.acceptedShare).toBeCloseTo(3 / 9);
    expect(result.refusals.map(({ code, count, examples }) => [code, count, examples[0]?.line])).toEqual([
      ['BAD_ENVELOPE', 1, 9],
      ['CONFLICT', 1, 5],
      ['INVALID_DATA', 1, 7],
      ['NOT_AUTHORISED', 1, 6],
      ['NOT_JSON', 1, 3],
      ['NOT_UTF8', 1, 8],
    ]);
    for (const refusal of result.refusals) {
      expect(refusal.remedy.length).toBeGreaterThan(10);
      expect(refusal.examples[0]?.explanation.length).toBeGreaterThan(10);
    }
    expect(result.authority.checked).toBe('assumed');
    const text = describeConformance(result);
    expect(text).toContain('33.3 % would be accepted, or were before');
    expect(text).toContain('line 7 (c): data.supplierUscc');
  });

  it('tells which KPIs the events are enough for, and who could send what is missing', async () => {
    const result = await report([ownStock('a')]);
    const of = (id: string) => result.kpis.find((kpi) => kpi.id === id);
    expect(of('inventoryTurns')).toMatchObject({ computable: true, missing: [] });
    expect(of('cashToCash')).toMatchObject({
      computable: false,
      missing: ['receivables.closed.v1', 'revenue.reported.v1'],
      fromLeader: [],
    });
    expect(of('approvalLeadTimeMedian')).toMatchObject({
      computable: false,
      fromLeader: ['procurement.approval-decided.v1'],
    });
    // A file that was sent already is as good as it was then, though all of it is duplicates now.
    const again = await rehearse([ownStock('a')], true);
    const sent = conformanceOf(
      LEADER,
      { kind: 'file', name: 'f' },
      { rehearsal: again, records: 1, blankLines: 0, truncated: false },
      true,
    );
    expect(sent).toMatchObject({ acceptedShare: 1, verdicts: { accepted: 0, duplicates: 1 } });
    expect(sent.kpis.find((kpi) => kpi.id === 'inventoryTurns')?.computable).toBe(true);
    // An event that is refused is good for nothing.
    const refused = await report([ownStock('a', { closingStockFen: -1 })]);
    expect(refused.kpis.find((kpi) => kpi.id === 'inventoryTurns')?.computable).toBe(false);
  });

  it('takes what the sample itself declares into account, before and after', async () => {
    const declared = relationDeclared('2024-01-01');
    const early = orderPlaced('b', { time: '2023-06-01T00:00:00Z' });
    const result = await rehearse([declared, orderPlaced('a'), early]);
    expect(result.counts).toMatchObject({ accepted: 2, parked: 1 });
    expect([...result.waitingFor]).toEqual([[`${LEADER}/${SUPPLIER}`, 1]]);
    expect((await rehearse([orderPlaced('a'), declared])).counts).toMatchObject({ accepted: 2, parked: 0 });
  });

  it('keeps only so much of what waits, counts the rest as waiting, and says how many those are', async () => {
    const declared = relationDeclared('2020-01-01');
    const orders = ['a', 'b', 'c'].map((id) => orderPlaced(id));
    const bytesOfTwo = 2 * Buffer.byteLength(JSON.stringify(orders[0]));
    const result = await rehearse([...orders, declared], false, bytesOfTwo);
    expect(result.counts).toMatchObject({ accepted: 3, parked: 1 });
    expect(result.judgedOnce).toBe(1);
    expect([...result.waitingFor]).toEqual([[`${LEADER}/${SUPPLIER}`, 1]]);
    expect((await rehearse([...orders, declared])).judgedOnce).toBe(0);
  });

  it('takes a relation back where the sample does, for what comes after, whichever came first', async () => {
    const declared = relationDeclared('2024-01-01');
    const voids = (id: string, correctedId: unknown, time: string) =>
      cloudEvent({
        type: 'correction.declared.v1',
        source: LEADER_SOURCE,
        id,
        time,
        data: { correctedId, action: 'void', reason: 'another firm' },
      });
    const back = voids('back', declared.id, '2024-05-01T00:00:00Z');
    const between = await rehearse([declared, orderPlaced('a'), back, orderPlaced('b')]);
    expect(between.counts).toMatchObject({ accepted: 3, parked: 1 });
    const ahead = await rehearse([back, declared, orderPlaced('a')]);
    expect(ahead.counts).toMatchObject({ accepted: 2, parked: 1 });
    const again = voids('again', 'back', '2024-06-01T00:00:00Z');
    const restored = await rehearse([declared, back, orderPlaced('b'), again]);
    expect(restored.counts).toMatchObject({ accepted: 4, parked: 0 });
    const ofItself = voids('self', 'self', '2024-06-01T00:00:00Z');
    expect((await rehearse([declared, ofItself, orderPlaced('a')])).counts.parked).toBe(0);
  });

  it('shares a small sample out over the partitions without losing any of it', () => {
    const all = [0, 1, 2, 3].map((partition) => ({ partition, from: 10, to: 20 + partition }));
    for (const sample of [1, 3, 7, 100]) {
      const sizes = newest(all, sample).map(({ from, to }) => to - from);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(Math.min(sample, 46));
    }
  });

  it('reads no more than the sample, and refuses a JSON array with the way out', async () => {
    const many = Array.from({ length: 30 }, (_, index) => orderPlaced(`n${index}`));
    expect((await report(many, 12)).sample).toMatchObject({ records: 12, truncated: true });
    await expect(report(['[', '{}', ']'])).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(await report([])).toMatchObject({ acceptedShare: null, refusals: [] });
  });
});

describe('conformance of a file at the command line', () => {
  let folder: string;
  let file: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'chainlight-sample-'));
    file = join(folder, 'sample.jsonl');
    writeFileSync(file, `${JSON.stringify(orderPlaced('a'))}\r\n\r\n`);
    vi.stubEnv('KAFKA_BROKERS', '127.0.0.1:1');
    vi.stubEnv('TEMPORAL_ADDRESS', '127.0.0.1:1');
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async (command: string, ...args: string[]) => {
    const lines: string[] = [];
    const io: CliIo = { out: (line) => lines.push(line), err: () => {}, exitCode: 0 };
    const program = await buildProgram(io, command);
    await program.parseAsync([command, '--leader', LEADER, ...args, '--json'], { from: 'user' });
    return JSON.parse(lines.at(-1) ?? '');
  };
  const listening = (server: Server) =>
    new Promise<string>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(`mongodb://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`);
      });
    });
  const closed = (server: Server) => new Promise((resolve) => server.close(resolve));

  it('refuses a directory in clear words, as emit does', async () => {
    const refusal = { code: 'BAD_USAGE', message: `${folder} is a directory, not a file` };
    await expect(run('conformance', '--file', folder)).rejects.toMatchObject(refusal);
    await expect(run('emit', folder)).rejects.toMatchObject(refusal);
  });

  it('goes without a database that nobody runs, not without one that is not as it should be', async () => {
    const server = createServer((socket) => socket.destroy());
    const address = await listening(server);
    vi.stubEnv('MONGODB_URI', address);
    await expect(run('conformance', '--file', file)).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringContaining(address),
    });
    await closed(server);
    vi.stubEnv('MONGODB_URI', 'mongodb://127.0.0.1:1');
    expect(await run('conformance', '--file', file)).toMatchObject({
      sample: { records: 1, blankLines: 1 },
      authority: { checked: 'assumed' },
    });
    vi.stubEnv('MONGODB_URI', 'localhost:27017');
    await expect(run('conformance', '--file', file)).rejects.toThrow(
      'MONGODB_URI: must begin with mongodb://',
    );
  }, 30_000);
});

it('judges large lines a few at a time', async () => {
  const take = vi.spyOn(RehearsedIngest.prototype, 'take');
  try {
    const { sample } = await report(
      Array.from({ length: 12 }, (_, index) => `"${index}${'x'.repeat(700_000)}"`),
    );
    expect(sample.records).toBe(12);
    const sizes = take.mock.calls.map(([records]) => records.length);
    expect(sizes).toEqual([3, 3, 3, 3, 0]);
  } finally {
    take.mockRestore();
  }
});

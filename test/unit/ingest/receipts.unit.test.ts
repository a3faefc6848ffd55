import { describe, expect, it } from 'vitest';
import { Receipt } from '../../../schemas/receipt.ts';
import { isStreamTopic, receiptsTopic } from '../../../schemas/topics.ts';
import type { ChainEntry } from '../../../services/ingest/domain/chain.ts';
import { MAX_VERDICTS, receiptsOf } from '../../../services/ingest/domain/receipts.ts';
import { LEADER } from '../../support/events.ts';

const batch = {
  leader: LEADER,
  topic: `erp.${LEADER}`,
  partition: 1,
  judgedAt: new Date('2025-01-15T00:00:00Z'),
};
const entry = (seq: number, fields: Partial<ChainEntry> = {}): ChainEntry => ({
  seq,
  offset: seq - 1,
  verdict: 'accepted',
  released: false,
  code: null,
  identity: `/chain/${LEADER}/erp/sap id-${seq}`,
  contentHash: 'x',
  ...fields,
});

describe('receipts', () => {
  it('count what was accepted and tell everything else, each with what to do', () => {
    const told = new Map([[2, { explanation: 'the value is not JSON', source: null, id: 'of-the-header' }]]);
    const [receipt, ...more] = receiptsOf(
      batch,
      [
        entry(1),
        entry(2, { verdict: 'duplicates' }),
        entry(3, { verdict: 'rejected', code: 'NOT_JSON', identity: null }),
        entry(4, { verdict: 'parked' }),
        entry(5, { offset: 0, released: true }),
      ],
      told,
    );
    expect(more).toEqual([]);
    expect(Receipt.parse(receipt)).toEqual(receipt);
    expect(receipt).toMatchObject({ id: `erp.${LEADER}/1/1`, firstSeq: 1, lastSeq: 5, accepted: 2 });
    expect(receipt?.items.map(({ offset, verdict, code, id }) => [offset, verdict, code, id])).toEqual([
      [1, 'duplicate', null, 'id-2'],
      [2, 'rejected', 'NOT_JSON', 'of-the-header'],
      [3, 'parked', 'RELATION_UNKNOWN', 'id-4'],
      [0, 'accepted', null, 'id-5'],
    ]);
    expect(receipt?.items[1]).toMatchObject({ explanation: 'the value is not JSON' });
    expect(receipt?.items[1]?.remedy).toContain('UTF-8');
  });

  it('stay below what a topic takes, however much there is to say of each record', () => {
    const unprintable = '\u0001'.repeat(300);
    const told = new Map(
      Array.from({ length: 1_000 }, (_, offset) => [
        offset,
        { explanation: unprintable.repeat(5), source: unprintable, id: unprintable },
      ]),
    );
    const entries = Array.from({ length: 1_000 }, (_, index) =>
      entry(index + 1, { verdict: 'rejected', code: 'NOT_JSON', identity: null }),
    );
    const receipts = receiptsOf(batch, entries, told);
    for (const receipt of receipts)
      expect(Buffer.byteLength(JSON.stringify(receipt))).toBeLessThan(2.5 * 1024 * 1024);
    expect(receipts.flatMap(({ items }) => items)).toHaveLength(1_000);
    expect(receipts.slice(1).map(({ firstSeq }) => firstSeq)).toEqual(
      receipts.slice(0, -1).map(({ lastSeq }) => lastSeq + 1),
    );
  });

  it('cut a large batch into receipts that follow each other without a gap', () => {
    const entries = Array.from({ length: 2 * MAX_VERDICTS + 1 }, (_, index) => entry(index + 1));
    const receipts = receiptsOf(batch, entries, new Map());
    expect(receipts.map(({ firstSeq, lastSeq, accepted }) => [firstSeq, lastSeq, accepted])).toEqual([
      [1, MAX_VERDICTS, MAX_VERDICTS],
      [MAX_VERDICTS + 1, 2 * MAX_VERDICTS, MAX_VERDICTS],
      [2 * MAX_VERDICTS + 1, 2 * MAX_VERDICTS + 1, 1],
    ]);
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(3);
  });

  it('stand on a topic that ingest does not read', () => {
    expect(isStreamTopic(receiptsTopic(LEADER))).toBe(false);
  });
});

import { splitIdentity } from '../../../schemas/envelope.ts';
import { ERRORS } from '../../../schemas/errors.ts';
import type { Receipt, ReceiptItem } from '../../../schemas/receipt.ts';
import type { ChainEntry, Verdict } from './chain.ts';

/** What one receipt holds at most, so that it stays far below what a topic takes. One verdict's text is bounded by the validation. */
export const MAX_VERDICTS = 1_000;
export const MAX_ITEM_BYTES = 2 * 1024 * 1024;

/** What a refusal said, beyond the verdict itself; by offset. */
export interface Told {
  readonly explanation: string;
  readonly explanationZh?: string | undefined;
  readonly source: string | null;
  readonly id: string | null;
}

export interface Batch {
  readonly leader: string;
  readonly topic: string;
  readonly partition: number;
  readonly judgedAt: Date;
}

const NAMES: Readonly<Record<Verdict, ReceiptItem['verdict']>> = {
  accepted: 'accepted',
  duplicates: 'duplicate',
  conflicts: 'conflict',
  rejected: 'rejected',
  parked: 'parked',
};

/** Whether a verdict stands in a receipt by itself; the others are counted. */
export const isTold = (entry: ChainEntry): boolean => entry.verdict !== 'accepted' || entry.released;

/** The receipts of a run of verdicts. The same verdicts give the same receipts with the same ids. */
export function receiptsOf(
  batch: Batch,
  entries: readonly ChainEntry[],
  told: ReadonlyMap<number, Told>,
): Receipt[] {
  const receipts: Receipt[] = [];
  let part: ChainEntry[] = [];
  let items: ReceiptItem[] = [];
  let bytes = 0;
  const finish = (): void => {
    const [first, last] = [part[0], part.at(-1)];
    if (first === undefined || last === undefined) return;
    const offsets = part.map((entry) => entry.offset);
    receipts.push({
      id: `${batch.topic}/${batch.partition}/${first.seq}`,
      leader: batch.leader,
      topic: batch.topic,
      partition: batch.partition,
      firstSeq: first.seq,
      lastSeq: last.seq,
      firstOffset: Math.min(...offsets),
      lastOffset: Math.max(...offsets),
      judgedAt: batch.judgedAt.toISOString(),
      accepted: part.filter((entry) => entry.verdict === 'accepted').length,
      items,
    });
    [part, items, bytes] = [[], [], 0];
  };
  for (const entry of entries) {
    const item = isTold(entry) ? itemOf(entry, told.get(entry.offset)) : null;
    const itemBytes = item === null ? 0 : Buffer.byteLength(JSON.stringify(item));
    if (part.length === MAX_VERDICTS || (items.length > 0 && bytes + itemBytes > MAX_ITEM_BYTES)) finish();
    part.push(entry);
    if (item !== null) items.push(item);
    bytes += itemBytes;
  }
  finish();
  return receipts;
}

function itemOf(entry: ChainEntry, told: Told | undefined): ReceiptItem {
  const { offset, verdict, released } = entry;
  const code = verdict === 'parked' ? 'RELATION_UNKNOWN' : entry.code;
  const identity = entry.identity === null ? null : splitIdentity(entry.identity);
  return {
    offset,
    verdict: NAMES[verdict],
    released,
    code,
    ...explain(verdict, code, told),
    remedy: code === null ? null : ERRORS[code].remedy,
    source: identity?.source ?? told?.source ?? null,
    id: identity?.id ?? told?.id ?? null,
  };
}

function explain(
  verdict: Verdict,
  code: ReceiptItem['code'],
  told: Told | undefined,
): Pick<ReceiptItem, 'explanation' | 'explanationZh'> {
  switch (verdict) {
    case 'accepted':
      return { explanation: 'what it waited for has come', explanationZh: '所等的登记已经收到' };
    case 'duplicates':
      return {
        explanation: 'the same event was accepted before; nothing is counted twice',
        explanationZh: '同一条数据此前已收下，不会重复计算',
      };
    case 'conflicts':
    case 'rejected':
    case 'parked': {
      const explanation = told?.explanation ?? (code === null ? '' : ERRORS[code].title);
      return told?.explanationZh === undefined
        ? { explanation }
        : { explanation, explanationZh: told.explanationZh };
    }
    default: {
      const unknown: never = verdict;
      return unknown;
    }
  }
}

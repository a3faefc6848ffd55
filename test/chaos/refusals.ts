import { Receipt, type ReceiptItem } from '../../schemas/receipt.ts';
import { REFUSED_HEADER } from './garbage.ts';
import type { GivenVerdict } from './oracle.ts';
import { coordinatesOf, type TopicRecord, type WholeRecord } from './topicRecord.ts';

/** A refused record as it was kept, wherever that was. */
export interface KeptLetter {
  readonly id: string;
  readonly reason: string;
  readonly bytes: WholeRecord['bytes'];
}

const isRefused = (verdict: GivenVerdict | undefined): boolean =>
  verdict === 'rejected' || verdict === 'conflicts';

/** The code that a record's verdict must state: garbage says it itself. */
function codeOf(record: TopicRecord, verdict: GivenVerdict): string | null {
  switch (verdict) {
    case 'rejected':
      return record.headers[REFUSED_HEADER] ?? 'a code';
    case 'conflicts':
      return 'CONFLICT';
    case 'parked':
      return 'RELATION_UNKNOWN';
    case 'accepted':
    case 'duplicates':
      return null;
    default: {
      const unknown: never = verdict;
      return unknown;
    }
  }
}

/**
 * Every refused record has a letter with its code and every byte of it, and nothing else has one.
 * @param where what is named when a letter is wrong
 * @param mayRepeat whether a letter may come again, as in a topic that is written at least once
 */
export function wrongLetters(
  where: string,
  letters: readonly KeptLetter[],
  records: readonly WholeRecord[],
  verdicts: ReadonlyMap<string, GivenVerdict>,
  mayRepeat: boolean,
): string[] {
  const wrong: string[] = [];
  const owed = new Map(
    records
      .map((record) => [coordinatesOf(record), record] as const)
      .filter(([at]) => isRefused(verdicts.get(at))),
  );
  const seen = new Set<string>();
  for (const { id, reason, bytes } of letters) {
    const record = owed.get(id);
    const code = record === undefined ? null : codeOf(record, verdicts.get(id) ?? 'rejected');
    if (record === undefined) wrong.push(`${where} ${id}: that record was not refused`);
    else if (reason !== code) wrong.push(`${where} ${id}: ${reason}, not ${code}`);
    else if (textOf(bytes) !== textOf(record.bytes)) wrong.push(`${where} ${id}: other bytes than were sent`);
    if (seen.has(id) && !mayRepeat) wrong.push(`${where} ${id}: twice`);
    seen.add(id);
  }
  for (const id of owed.keys()) if (!seen.has(id)) wrong.push(`${where} ${id}: missing`);
  return wrong;
}

const textOf = ({ key, headers, value }: WholeRecord['bytes']): string =>
  JSON.stringify([
    key?.toString('base64') ?? null,
    headers.map(([name, bytes]) => [name, bytes.toString('base64')]),
    value?.toString('base64') ?? null,
  ]);

const NAMES = {
  accepted: 'accepted',
  duplicates: 'duplicate',
  conflicts: 'conflict',
  rejected: 'rejected',
  parked: 'parked',
} as const satisfies Record<GivenVerdict, ReceiptItem['verdict']>;

/**
 * Receipts of the leaders' topics: sent at least once but always the same under an id, without a gap in the chain's positions; each record
 * that was not accepted at once stands there once with its verdict, and once more where it had to wait; the others are counted.
 * @param mayWait whether a record may have been parked
 */
export function wrongReceipts(
  texts: readonly string[],
  records: readonly TopicRecord[],
  verdicts: ReadonlyMap<string, GivenVerdict>,
  mayWait: (record: TopicRecord) => boolean,
): string[] {
  const wrong: string[] = [];
  const receipts = new Map<string, { readonly text: string; readonly receipt: Receipt }>();
  for (const text of texts) {
    const receipt = Receipt.parse(JSON.parse(text));
    const before = receipts.get(receipt.id);
    if (before !== undefined && before.text !== text) wrong.push(`receipt ${receipt.id}: told otherwise`);
    receipts.set(receipt.id, { text, receipt });
  }
  const told = new Map<string, string[]>();
  const acceptedOf = new Map<string, number>();
  const nextSeq = new Map<string, number>();
  const inOrder = [...receipts.values()]
    .map(({ receipt }) => receipt)
    .sort((a, b) => a.firstSeq - b.firstSeq);
  for (const { id, topic, partition, firstSeq, lastSeq, accepted, items } of inOrder) {
    const place = `${topic}/${partition}`;
    if (firstSeq !== (nextSeq.get(place) ?? 1))
      wrong.push(`receipt ${id}: follows ${nextSeq.get(place) ?? 0}`);
    nextSeq.set(place, lastSeq + 1);
    acceptedOf.set(topic, (acceptedOf.get(topic) ?? 0) + accepted);
    for (const item of items) {
      const at = `${place}/${item.offset}`;
      told.set(at, [...(told.get(at) ?? []), itemText(item.verdict, item.released, item.code)]);
    }
  }
  for (const record of records) {
    const at = coordinatesOf(record);
    const verdict = verdicts.get(at);
    if (verdict === undefined) continue;
    if (verdict === 'accepted') acceptedOf.set(record.topic, (acceptedOf.get(record.topic) ?? 0) - 1);
    const final = (released: boolean) => itemText(NAMES[verdict], released, codeOf(record, verdict));
    const atOnce = verdict === 'accepted' ? '' : final(false);
    const afterWaiting = `${itemText('parked', false, codeOf(record, 'parked'))}, ${final(true)}`;
    const found = (told.get(at) ?? []).join(', ');
    if (found !== atOnce && !(mayWait(record) && found === afterWaiting))
      wrong.push(`receipts of ${at}: ${found || 'none'}, not ${atOnce || 'none'}`);
    told.delete(at);
  }
  for (const at of told.keys()) wrong.push(`receipts of ${at}: no such record`);
  for (const [topic, count] of acceptedOf)
    if (count !== 0) wrong.push(`receipts of ${topic}: ${count} accepted more than there are`);
  return wrong;
}

const itemText = (verdict: string, released: boolean, code: string | null): string =>
  [verdict, released ? 'released' : '', code ?? ''].filter(Boolean).join(' ');
